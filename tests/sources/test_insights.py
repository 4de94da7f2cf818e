"""Lambda Insights on the emulated account: metrics, records, and what the table asks of functions that have it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from lambdatop.aws.errors import AccessDenied
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.evidence import Evidence
from lambdatop.model.fleet.row import row
from lambdatop.model.focus import Focus
from lambdatop.model.insights.insights import Insights
from lambdatop.model.metrics import FunctionMetrics, Window
from lambdatop.sources.fleet.figures import FleetMeter, FunctionsShown
from lambdatop.sources.fleet.inventory import decode_function
from lambdatop.sources.function.evidence import EvidenceReader
from lambdatop.sources.function.insights import RECORDS, Measured, insights
from lambdatop.updates import FleetMeasured, InsightsMeasured
from tests.clocks import HandClock
from tests.sources.conftest import NotingGate

ATTACHED, BARE = "image-resize", "checkout-api"


async def told(aws: NotingGate, clock: HandClock, name: str, focus: Focus | None = None) -> list[Insights]:
    described = decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name))
    updates = insights(aws, clock, described, focus or Focus(function=name, window_minutes=60))
    return [update.insights async for update in updates if isinstance(update, InsightsMeasured)]


async def test_the_metrics_come_first_and_the_newest_records_after_them(aws: NotingGate, clock: HandClock) -> None:
    first, second = await told(aws, clock, ATTACHED)

    assert str(first.layer) == "layer 64, x86_64"
    assert first.records == ()
    assert first.series["used_mb"].peak()
    assert 0 < (first.series["cpu_percent"].peak() or 0) < 150
    assert second.series is first.series
    assert 0 < len(second.records) <= RECORDS
    assert {record.function_name for record in second.records} == {ATTACHED}
    assert [record.at for record in second.records] == sorted((r.at for r in second.records), reverse=True)


async def test_all_the_metrics_are_asked_for_in_one_call(aws: NotingGate, clock: HandClock) -> None:
    await told(aws, clock, ATTACHED)

    (asked,) = aws.asked_of("GetMetricData")
    metrics = [query["MetricStat"]["Metric"] for query in asked["MetricDataQueries"]]
    named = {(metric["Namespace"], metric["Dimensions"][0]["Name"]) for metric in metrics}
    assert named == {("LambdaInsights", "function_name"), ("AWS/Lambda", "FunctionName")}


async def test_the_time_cursor_chooses_the_records(aws: NotingGate, clock: HandClock) -> None:
    minute = clock.now().replace(second=0) - timedelta(minutes=20)
    moment = Window(minute, minute + timedelta(minutes=1))

    *_, last = await told(aws, clock, ATTACHED, Focus(function=ATTACHED, window_minutes=60, moment=moment))

    assert last.records
    assert all(moment.start <= record.at < moment.end for record in last.records)


async def test_another_moment_of_the_same_window_costs_no_metrics_anew(aws: NotingGate, clock: HandClock) -> None:
    described = decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=ATTACHED))
    begun, known = clock.now().replace(second=0), Measured()
    focus = Focus(function=ATTACHED, window_minutes=60)
    for ago in (20, 30):
        moment = Window(begun - timedelta(minutes=ago), begun - timedelta(minutes=ago - 1))
        updates = [each async for each in insights(aws, clock, described, replace(focus, moment=moment), known)]
    asked = len(aws.asked_of("GetMetricData"))
    clock.move(60)
    later = [each async for each in insights(aws, clock, described, focus, known)]

    assert len(updates) == len(later) == 2
    assert (asked, len(aws.asked_of("GetMetricData"))) == (1, 2)


async def test_without_the_layer_nothing_is_asked(aws: NotingGate, clock: HandClock) -> None:
    (only,) = await told(aws, clock, BARE)

    assert only.layer is None
    assert aws.asked_of("GetMetricData") == []
    assert aws.asked_of("FilterLogEvents") == []


async def test_records_that_may_not_be_read_leave_the_metrics(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["logs.FilterLogEvents"] = Fault.denied()

    with pytest.raises(AccessDenied, match="logs:FilterLogEvents"):
        await told(aws, clock, ATTACHED)


async def test_the_table_measures_cold_starts_and_memory_where_the_layer_is(aws: NotingGate, clock: HandClock) -> None:
    names = (ATTACHED, BARE)
    wanted = FunctionsShown(visible=names, everyone=names, insights=frozenset({ATTACHED}))
    found: dict[str, FunctionMetrics] = {}
    async for update in FleetMeter().measure(aws, clock, lambda: wanted):
        if isinstance(update, FleetMeasured):
            found |= update.metrics

    rows = {
        name: row(
            decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name)),
            found[name],
            None,
            (),
            clock.now(),
        )
        for name in names
    }
    assert 0 < (rows[ATTACHED].cold_pct or 0) < 20
    assert 500 < (rows[ATTACHED].used_mb or 0) <= 1024
    assert (rows[BARE].cold_pct, rows[BARE].used_mb) == (None, None)
    insights_asked = [
        query["MetricStat"]["Metric"]["MetricName"]
        for call in aws.asked_of("GetMetricData")
        for query in call["MetricDataQueries"]
        if query["MetricStat"]["Metric"]["Namespace"] == "LambdaInsights"
    ]
    assert sorted(insights_asked) == ["init_duration", "used_memory_max"]


async def test_cpu_and_memory_of_the_newest_invocations_are_the_evidence_for_a_size(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    attached, bare = [
        decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name))
        for name in (ATTACHED, BARE)
    ]

    used = await EvidenceReader(aws, clock, attached).usage()

    assert used is not None
    assert used.cpu_bound
    assert used.memory_mb == attached.memory_mb
    for other in (replace(attached, memory_mb=2048), bare):
        unknown = EvidenceReader(aws, clock, other)
        assert (await unknown.usage(), unknown.refused) == (None, {})
    account.faults["logs.FilterLogEvents"] = Fault.denied()
    refused = EvidenceReader(aws, clock, attached)
    assert await refused.usage() is None
    (why,) = refused.refused.items()
    assert why[0] is Evidence.USAGE
    assert why[1].startswith("needs logs:FilterLogEvents on ")
    assert "/aws/lambda-insights" in why[1]
