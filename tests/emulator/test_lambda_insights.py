"""Lambda Insights in the emulated account: records and metrics of the same invocations, while the layer is on."""

import json
from collections import defaultdict
from typing import Any

import pytest

from lambdatop.emulator.function import INSIGHTS_GROUP
from lambdatop.emulator.server import Emulator
from tests.emulator.served import client
from tests.emulator.simulated import NOON, Simulated

LAYER = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:64"
NOON_MS = int(NOON * 1000)


def metric(demo: Simulated, name: str, stat: str, start: float, end: float, **dimensions: str) -> list[float]:
    """The values of a metric of LambdaInsights by the minute, oldest first."""
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    described = {"Namespace": "LambdaInsights", "MetricName": name, "Dimensions": named}
    answer = demo.call(
        "cloudwatch.GetMetricData",
        MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": described, "Period": 60, "Stat": stat}}],
        StartTime=start,
        EndTime=end,
        ScanBy="TimestampAscending",
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values


def records(demo: Simulated, name: str, **params: Any) -> list[dict[str, Any]]:
    """The performance records of a function by time."""
    found: list[dict[str, Any]] = []
    question = {"logGroupName": INSIGHTS_GROUP, "filterPattern": f'{{ $.function_name = "{name}" }}', **params}
    while True:
        page = demo.call("logs.FilterLogEvents", **question)
        found += [json.loads(event["message"]) for event in page["events"]]
        if "nextToken" not in page:
            return found
        question["nextToken"] = page["nextToken"]


def begun(record: dict[str, Any]) -> float:
    """When the record's invocation began, epoch seconds."""
    return float(record["_aws"]["Timestamp"]) / 1000


def attach(demo: Simulated, name: str, *layers: str) -> None:
    demo.call("lambda.UpdateFunctionConfiguration", FunctionName=name, Layers=list(layers))


def test_a_record_has_the_form_of_aws_own_example() -> None:
    demo = Simulated()
    told = records(demo, "image-resize", startTime=NOON_MS - 120_000)

    first = next(each for each in told if "trace_id" in each and not each["cold_start"])
    assert list(first) == [
        *("_aws", "event_type", "function_name", "version", "request_id", "trace_id", "duration", "billed_duration"),
        *("billed_mb_ms", "cold_start", "tmp_used", "tmp_free", "tmp_max", "threads_max", "used_memory_max"),
        *("total_memory", "memory_utilization", "cpu_user_time", "cpu_system_time", "cpu_total_time", "fd_use"),
        *("fd_max", "tx_bytes", "rx_bytes", "total_network", "agent_version", "agent_memory_avg", "agent_memory_max"),
    ]
    [directive] = first["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "LambdaInsights"
    assert directive["Dimensions"] == [["function_name"], ["function_name", "version"]]
    assert all(each["Name"] in first for each in directive["Metrics"])
    assert (first["event_type"], first["version"], first["fd_max"]) == ("performance", "$LATEST", 1024)


@pytest.mark.parametrize("name", ["image-resize", "fraud-score"])
def test_every_record_is_one_invocation(name: str) -> None:
    demo = Simulated(at=NOON + 60)
    told = [each for each in records(demo, name, startTime=NOON_MS - 120_000) if NOON - 60 <= begun(each) < NOON]

    happened = {each.request_id: each for each in demo.account.invocations(name, NOON - 60, NOON)}

    assert {each["request_id"] for each in told} == happened.keys()
    for each in told:
        invocation = happened[each["request_id"]]
        assert each["billed_duration"] == invocation.billed_ms
        assert each["used_memory_max"] == invocation.max_used_mb
        assert each["cold_start"] == (invocation.init_ms is not None) == ("init_duration" in each)
        assert each.get("trace_id") == invocation.trace_id
        assert each["cpu_user_time"] + each["cpu_system_time"] == each["cpu_total_time"] <= each["duration"] + 1
        assert each["tmp_used"] + each["tmp_free"] == each["tmp_max"]


@pytest.mark.parametrize("name", ["image-resize", "fraud-score", "recommendations-api"])
@pytest.mark.parametrize(("stat", "of"), [("Sum", sum), ("Maximum", max), ("Minimum", min), ("SampleCount", len)])
def test_the_metrics_of_a_minute_are_those_of_its_records(name: str, stat: str, of: Any) -> None:
    demo = Simulated(at=NOON + 60)
    minutes = defaultdict[str, dict[int, list[float]]](lambda: defaultdict(list))
    for record in records(demo, name, startTime=NOON_MS - 360_000):
        if NOON - 300 <= begun(record) < NOON:
            for each in record["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                minutes[each["Name"]][int(begun(record) // 60)].append(record[each["Name"]])

    for metric_name, values in minutes.items():
        expected = [of(each) for _, each in sorted(values.items())]
        assert metric(demo, metric_name, stat, NOON - 300, NOON, function_name=name) == expected
    assert len(minutes) == 10


def test_the_minute_that_is_filling_counts_what_has_begun() -> None:
    demo = Simulated(at=NOON + 20.5)

    counted = metric(demo, "cpu_total_time", "SampleCount", NOON, NOON + 60, function_name="image-resize")

    assert counted == [len(demo.account.invocations("image-resize", NOON, NOON + 20.5))]


def test_init_is_told_only_where_there_were_cold_starts() -> None:
    demo = Simulated()
    happened = demo.account.invocations("fraud-score", NOON - 3600, NOON)
    cold = [each for each in happened if each.init_ms is not None]

    told = metric(demo, "init_duration", "SampleCount", NOON - 3600, NOON, function_name="fraud-score")

    assert sum(told) == len(cold)
    assert len(told) == len({int(each.start // 60) for each in cold}) < 60


def test_a_function_that_is_bound_by_its_cpu_uses_nearly_all_that_its_memory_gives() -> None:
    told = records(Simulated(), "image-resize", startTime=NOON_MS - 120_000)

    utilisation = [each["cpu_total_time"] / (each["duration"] * 1024 / 1769) for each in told]

    assert 0.8 < sum(utilisation) / len(utilisation) <= 1


def test_a_killed_environment_is_told_as_a_shutdown_with_all_its_memory_used() -> None:
    told = records(Simulated(), "image-resize", startTime=NOON_MS - 900_000)

    killed = [each for each in told if each.get("shutdown")]

    assert killed
    assert {(each["shutdown_reason"], each["memory_utilization"]) for each in killed} == {("Failure", 100)}


def test_attaching_the_layer_brings_records_and_metrics_from_then_on_and_removing_it_ends_them() -> None:
    demo = Simulated()
    attach(demo, "search-suggest", LAYER)
    demo.clock.pass_(180)
    attach(demo, "search-suggest")
    demo.clock.pass_(180)

    starts = [begun(each) for each in records(demo, "search-suggest", startTime=NOON_MS - 300_000)]
    window = NOON - 300, NOON + 360
    told = metric(demo, "used_memory_max", "SampleCount", *window, function_name="search-suggest", version="$LATEST")

    assert NOON + 1.5 <= min(starts) < NOON + 2
    assert NOON + 181 < max(starts) < NOON + 181.5
    assert sum(told) == len(starts)
    assert metric(demo, "used_memory_max", "Sum", *window, function_name="search-suggest", version="7") == []


def test_a_published_version_keeps_its_layers_until_the_alias_moves() -> None:
    demo = Simulated()
    attach(demo, "catalog-api", LAYER)
    demo.clock.pass_(60)
    before = records(demo, "catalog-api", startTime=NOON_MS)
    version = demo.call("lambda.PublishVersion", FunctionName="catalog-api")["Version"]
    demo.call("lambda.UpdateAlias", FunctionName="catalog-api", Name="live", FunctionVersion=version)
    demo.clock.pass_(60)

    after = records(demo, "catalog-api", startTime=NOON_MS)

    assert before == []
    assert after
    assert {each["version"] for each in after} == {version} == {"9"}


def test_the_metrics_are_listed_by_function_and_by_version_while_they_are_recent() -> None:
    demo = Simulated()

    def listed(**more: str) -> set[tuple[str, ...]]:
        question = {"Namespace": "LambdaInsights", "MetricName": "memory_utilization", **more}
        found = demo.call("cloudwatch.ListMetrics", **question)["Metrics"]
        return {tuple(each["Value"] for each in one["Dimensions"]) for one in found}

    assert listed() == listed(RecentlyActive="PT3H")
    assert listed() == {
        *{("fraud-score",), ("image-resize",), ("recommendations-api",)},
        *{("fraud-score", "8"), ("image-resize", "$LATEST"), ("recommendations-api", "$LATEST")},
    }
    attach(demo, "image-resize")
    demo.clock.pass_(4 * 3600)
    assert ("image-resize",) in listed()
    assert ("image-resize",) not in listed(RecentlyActive="PT3H")


async def test_the_group_is_described_and_tailed_like_any_other() -> None:
    async with (
        Emulator(functions=60, lint=True, tail_every_s=0.05) as emulator,
        client(emulator, "logs") as made,
    ):
        described = await made.describe_log_groups(logGroupNamePrefix=INSIGHTS_GROUP)
        streams = await made.describe_log_streams(logGroupName=INSIGHTS_GROUP)
        tail = await made.start_live_tail(
            logGroupIdentifiers=[described["logGroups"][0]["logGroupArn"]],
            logEventFilterPattern='{ $.function_name = "recommendations-api" }',
        )
        async for frame in tail["responseStream"]:
            if found := frame.get("sessionUpdate", {}).get("sessionResults"):
                break
        tail["responseStream"].close()

        assert {each["logStreamName"] for each in streams["logStreams"]} >= {"image-resize", "recommendations-api"}
        assert {each["logStreamName"] for each in found} == {"recommendations-api"}
        assert not emulator.problems


def test_long_before_the_account_a_part_of_the_minutes_stands_for_all() -> None:
    demo, end = Simulated(), NOON - 4 * 3600

    told = metric(demo, "memory_utilization", "Average", end - 1800, end, function_name="image-resize")

    assert len(told) == 30
    assert len(set(told)) == 2
