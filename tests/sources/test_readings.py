"""Identity, limits, alarms, charts and the snapshot of all: one reading each, and odd answers."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from lambdatop.aws.errors import AccessDenied, AwsError, BadAnswer, NotFound
from lambdatop.cli.once import window_measured
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.alarms.alarm import AlarmState
from lambdatop.model.focus import Focus
from lambdatop.model.metrics import window_of
from lambdatop.model.time_window import period_of, window_at
from lambdatop.sources.alarms.listing import alarms, decode_alarm
from lambdatop.sources.fleet import account as accounts
from lambdatop.sources.fleet.figures import active_within
from lambdatop.sources.fleet.snapshot import snapshot, snapshot_of
from lambdatop.sources.function.charts import charts
from lambdatop.sources.function.concurrency import Bounds
from lambdatop.sources.metric_data import MetricQuery, measure
from lambdatop.updates import AlarmsListed, ChartsMeasured, IdentityKnown, LimitsKnown
from tests.clocks import HandClock
from tests.gates import gate_to
from tests.model.factories import MINUTE, NOW, function
from tests.odd import answers
from tests.sources.conftest import NotingGate
from tests.speaker import speaking

SUMS = {"invocations", "errors", "throttles", "duration_sum_ms", "concurrent_executions"}
PERCENTILES = {"duration_p50_ms", "duration_p95_ms", "duration_p99_ms"}


async def test_who_we_are_and_how_much_may_run(aws: NotingGate) -> None:
    told = [update async for update in accounts.identity(aws)] + [update async for update in accounts.limits(aws)]

    assert told == [
        IdentityKnown("123456789012", "arn:aws:sts::123456789012:assumed-role/oncall/demo", "eu-west-1"),
        LimitsKnown(1000),
    ]


async def test_alarms_are_told_by_the_function_that_they_watch(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    (told,) = [update async for update in alarms(aws, clock)]

    assert isinstance(told, AlarmsListed)
    watched = {alarm.function_name for alarm in told.alarms}
    assert None in watched  # the alarm on the account's concurrency
    assert watched - {None} <= set(account.account().functions)
    assert {alarm.state for alarm in told.alarms} >= {AlarmState.OK, AlarmState.ALARM}
    assert all(alarm.updated for alarm in told.alarms)


def test_an_alarm_on_an_expression_watches_each_of_its_functions() -> None:
    def metric(name: str, namespace: str = "AWS/Lambda") -> dict[str, Any]:
        dimensions = [{"Name": "FunctionName", "Value": name}]
        return {"MetricStat": {"Metric": {"Namespace": namespace, "MetricName": "Errors", "Dimensions": dimensions}}}

    raw = {
        "AlarmName": "both",
        "StateValue": "ALARM",
        "Metrics": [{"Expression": "a+b"}, metric("a"), metric("b"), metric("a"), metric("c", "AWS/SQS")],
    }

    assert [(alarm.name, alarm.function_name) for alarm in decode_alarm(raw)] == [("both", "a"), ("both", "b")]


async def test_a_chart_holds_every_series_on_one_grid(aws: NotingGate, clock: HandClock) -> None:
    told = [update async for update in charts(aws, clock, function(name="checkout-api"), Focus())]

    first, second = [update.charts for update in told if isinstance(update, ChartsMeasured)]
    assert set(first.series) == set(second.series) == SUMS | PERCENTILES
    assert {(each.start, each.period_s, len(each.values)) for each in second.series.values()} == {
        (int((MINUTE + timedelta(minutes=1 - 180)).timestamp()), 60, 180)
    }
    assert all(first.series[name].peak() is None for name in PERCENTILES)
    assert all(second.series[name].peak() for name in PERCENTILES | {"invocations"})
    assert second.window.end == MINUTE + timedelta(minutes=1)


async def test_what_bounds_the_concurrency_is_asked_once_and_drawn_with_it(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    made = function(name="orders-consumer")
    bounds = Bounds(made.name)
    for _ in range(2):
        told = [update async for update in charts(aws, clock, made, Focus(), bounds)]
        clock.move(60)

    last = told[-1]
    assert isinstance(last, ChartsMeasured)
    assert (last.charts.reserved, last.charts.provisioned) == (50, None)
    assert len(aws.asked_of("GetFunctionConcurrency")) == 1


async def test_after_a_change_what_bounds_the_concurrency_is_asked_anew_and_once(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    bounds = Bounds("orders-consumer")
    await bounds.ask(aws, clock)
    clock.move(1)
    changed = clock.now()
    clock.move(1)
    for _ in range(3):
        await bounds.ask(aws, clock, since=changed)

    assert len(aws.asked_of("GetFunctionConcurrency")) == 2


async def test_what_bounds_the_concurrency_is_asked_again_after_a_trouble_that_passes(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    bounds = Bounds("orders-consumer")
    account.faults["lambda.GetFunctionConcurrency"] = Fault.throttled()
    await bounds.ask(aws, clock)
    first = bounds.reserved
    del account.faults["lambda.GetFunctionConcurrency"]
    account.faults["lambda.ListProvisionedConcurrencyConfigs"] = Fault.denied()
    for _ in range(2):
        clock.move(60)
        await bounds.ask(aws, clock)

    assert (first, bounds.reserved, bounds.provisioned) == (None, 50, None)
    assert isinstance(bounds.refused, AccessDenied)
    assert len(aws.asked_of("ListProvisionedConcurrencyConfigs")) == 2


async def test_provisioned_executions_are_those_of_all_aliases_and_versions(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    made = function(name="catalog-api")
    wanted = {"FunctionName": made.name, "Qualifier": "live"}
    await aws.call("lambda", "PutProvisionedConcurrencyConfig", ProvisionedConcurrentExecutions=2, **wanted)
    clock.move(20 * 60)
    try:
        told = [update async for update in charts(aws, clock, made, Focus(window_minutes=15))]
    finally:
        await aws.call("lambda", "DeleteProvisionedConcurrencyConfig", **wanted)

    last = told[-1]
    assert isinstance(last, ChartsMeasured)
    assert last.charts.provisioned == 2
    assert 0 < (last.charts.series["provisioned_executions"].peak() or 0) <= 2


async def test_where_the_bounds_may_not_be_read_the_charts_go_without_them(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["lambda.*"] = Fault.denied()

    told = [update async for update in charts(aws, clock, function(name="orders-consumer"), Focus())]

    assert len(told) == 2


async def test_refused_percentiles_leave_the_charts_of_the_sums(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["cloudwatch.GetMetricData"] = Fault.delayed(0, times=1)
    account.faults["cloudwatch.GetMetric*"] = Fault.denied()
    told: list[ChartsMeasured] = []

    with pytest.raises(AwsError):
        told += [
            each
            async for each in charts(aws, clock, function(name="x"), Focus(window_minutes=60))
            if isinstance(each, ChartsMeasured)
        ]

    assert len(aws.asked_of("GetMetricData")) == 2


async def test_what_bounds_concurrency_stays_known_while_it_is_asked_again(aws: NotingGate, clock: HandClock) -> None:
    bounds = Bounds("checkout-api", reserved=5, provisioned={"live": 2})

    asking = asyncio.create_task(bounds.ask(aws, clock))
    await asyncio.sleep(0)  # it has begun, and waits for AWS

    assert (bounds.reserved, bounds.provisioned) == (5, {"live": 2})
    await asking
    assert (bounds.reserved, bounds.provisioned) != (5, {"live": 2})


@pytest.mark.parametrize("minutes", [5, 60, 180, 360, 1440, 4320, 10080])
def test_a_chart_has_as_many_points_as_can_be_told_apart(minutes: int) -> None:
    window = window_at(NOW, minutes)

    assert window.start.timestamp() % period_of(minutes) == window.end.timestamp() % period_of(minutes) == 0
    assert NOW - timedelta(hours=1) < window.end - timedelta(seconds=period_of(minutes)) <= NOW < window.end
    assert window.seconds / period_of(minutes) <= 300


@settings(deadline=None, max_examples=100)
@given(answers("cloudwatch", "MetricAlarm"))
def test_any_well_typed_alarm_is_decoded(raw: dict[str, Any]) -> None:
    assert all(alarm.state in AlarmState for alarm in decode_alarm(raw))


async def test_a_snapshot_is_everything_the_table_shows(aws: NotingGate, account: Emulator, clock: HandClock) -> None:
    state = await snapshot(aws, clock, window_minutes=15)

    assert set(state.fleet.rows) == set(account.account().functions)
    assert all(row.metrics for row in state.fleet.rows.values())
    assert state.identity
    assert state.fleet.concurrency_limit
    assert state.fleet.alarms
    assert state.health == {}
    assert state.api.calls == account.calls.total()


async def test_a_snapshot_goes_on_without_an_odd_function_and_says_so(clock: HandClock) -> None:
    odd = b'{"Functions": [{"FunctionName": "bad", "Timeout": "x"}, {"FunctionName": "good"}]}'
    async with speaking(odd) as speaker, gate_to(speaker.url, clock) as aws:
        state = await snapshot(aws, clock, window_minutes=15)

    assert list(state.fleet.rows) == ["good"]
    assert state.health["functions"].error == "ListFunctions: Timeout of bad is not as AWS has it; it is left out"


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        (b'"StatusCode": "InternalError"', "could not read a metric"),
        (b'"StatusCode": "Forbidden"', "needs cloudwatch:GetMetricData"),
    ],
)
async def test_what_cloudwatch_could_not_read_is_no_metric_without_data(
    odd: bytes, told: str, clock: HandClock
) -> None:
    query = MetricQuery("x", "Errors", "Sum", 60)
    body = b'{"MetricDataResults": [{"Id": "q0", "Timestamps": [], "Values": [], %s}]}' % odd
    async with speaking(body) as speaker, gate_to(speaker.url, clock) as aws:
        with pytest.raises(AwsError, match=told):
            await measure(aws, [query], NOW - timedelta(minutes=5), NOW)


async def test_a_series_that_nobody_asked_for_is_a_bad_answer(clock: HandClock) -> None:
    body = b'{"MetricDataResults": [{"Id": "other", "Timestamps": [], "Values": []}]}'
    async with speaking(body) as speaker, gate_to(speaker.url, clock) as aws:
        with pytest.raises(BadAnswer, match="other"):
            await measure(aws, [MetricQuery("x", "Errors", "Sum", 60)], NOW - timedelta(minutes=5), NOW)


async def test_a_dimension_without_a_name_or_a_value_names_no_function(clock: HandClock) -> None:
    named = b'[{"Name": "FunctionName", "Value": "a"}]'
    body = (
        b'{"Metrics": [{"Dimensions": [{}]}, {"Dimensions": [{"Name": "FunctionName"}]}, {"Dimensions": %s}]}' % named
    )
    async with speaking(body) as speaker, gate_to(speaker.url, clock) as aws:
        assert await active_within(aws, 15) == {"a"}


async def test_a_snapshot_tells_the_window_that_it_measured_though_the_next_minute_has_begun(
    aws: NotingGate, clock: HandClock
) -> None:
    state = await snapshot(aws, clock, window_minutes=15)
    (asked,) = {(each["StartTime"], each["EndTime"]) for each in aws.asked_of("GetMetricData") if _is_of_window(each)}
    clock.move(60)

    told = window_measured(state.fleet.rows.values())

    assert told is not None
    assert (told.start, told.end) == asked
    assert told != window_of(clock.now(), 15)


def _is_of_window(asked: Mapping[str, Any]) -> bool:
    return bool(asked["EndTime"] - asked["StartTime"] == timedelta(minutes=15))


async def test_a_snapshot_measures_only_what_passes_the_filter(aws: NotingGate, clock: HandClock) -> None:
    state = await snapshot(aws, clock, window_minutes=15, pattern="sms-gateway")

    assert [name for name, row in state.fleet.rows.items() if row.metrics] == ["sms-gateway"]


@pytest.mark.parametrize("called", ["sms-gateway", "arn:aws:lambda:eu-west-1:123456789012:function:sms-gateway"])
async def test_a_snapshot_of_one_function_reads_and_measures_no_other(
    called: str, aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    everything = await snapshot(aws, clock, window_minutes=15)
    before = account.calls.copy()
    aws.asked.clear()

    state = await snapshot_of(aws, clock, called, window_minutes=15)

    asked = [query for call in aws.asked_of("GetMetricData") for query in call["MetricDataQueries"]]
    assert account.calls - before == {
        "lambda.GetFunctionConfiguration": 1,
        "lambda.GetAccountSettings": 1,
        "sts.GetCallerIdentity": 1,
        "cloudwatch.DescribeAlarms": (account.calls - before)["cloudwatch.DescribeAlarms"],
        "cloudwatch.GetMetricData": 2,
    }
    assert len(asked) == 8
    assert {str(query["MetricStat"]["Metric"]["Dimensions"]) for query in asked} == {
        str([{"Name": "FunctionName", "Value": "sms-gateway"}])
    }
    assert list(state.fleet.rows) == ["sms-gateway"]
    assert state.fleet.rows["sms-gateway"] == everything.fleet.rows["sms-gateway"]
    assert state.fleet.concurrency_limit == everything.fleet.concurrency_limit
    assert state.identity == everything.identity
    assert state.health == {}


async def test_a_snapshot_of_one_function_keeps_its_trends_if_only_percentiles_are_refused(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["cloudwatch.GetMetricData"] = Fault.delayed(0, times=1)
    account.faults["cloudwatch.GetMetric*"] = Fault.denied()

    state = await snapshot_of(aws, clock, "sms-gateway", window_minutes=15)

    assert list(state.health) == ["metrics"]
    assert state.fleet.rows["sms-gateway"].invocations is not None


async def test_there_is_no_snapshot_of_a_function_that_does_not_exist(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    with pytest.raises(NotFound, match="did you mean sms-gateway"):
        await snapshot_of(aws, clock, "sms-gatewy", window_minutes=15)

    assert not aws.asked_of("GetMetricData")


async def test_what_is_denied_to_a_snapshot_stands_in_its_health(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["cloudwatch.DescribeAlarms"] = Fault.denied()
    account.faults["sts.GetCallerIdentity"] = Fault.denied()

    state = await snapshot(aws, clock, window_minutes=15, pattern="sms-gateway")

    assert {source: failed.error for source, failed in state.health.items()} == {
        "alarms": "needs cloudwatch:DescribeAlarms",
        "identity": "needs sts:GetCallerIdentity",
    }
    assert state.fleet.rows["sms-gateway"].metrics


async def test_without_the_functions_there_is_no_snapshot(aws: NotingGate, account: Emulator, clock: HandClock) -> None:
    account.faults["lambda.ListFunctions"] = Fault.denied()

    with pytest.raises(AwsError, match="needs lambda:ListFunctions"):
        await snapshot(aws, clock, window_minutes=15)
