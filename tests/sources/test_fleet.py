"""The table's figures: who is measured when, how little is asked, and that the numbers are CloudWatch's own."""

import functools
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Answer
from lambdatop.aws.session import Connection
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.metrics import FunctionMetrics
from lambdatop.sources.fleet.figures import (
    EVERYONE_EVERY,
    REREAD_MINUTES,
    TREND_MINUTES,
    FleetMeter,
    FunctionsShown,
    active_within,
)
from lambdatop.state import State, reduce
from lambdatop.updates import AccountMeasured, FleetMeasured, Update
from tests.clocks import HandClock
from tests.gates import CREDENTIALS, gate_to
from tests.model.factories import MINUTE
from tests.sources.conftest import NotingGate
from tests.speaker import speaking

BUSY, QUIET, IDLE = "checkout-api", "support-ticket-router", "identity-cleaner"


def wants(visible: Sequence[str] = (), everyone: Sequence[str] = ()) -> FunctionsShown:
    return FunctionsShown(visible=tuple(visible), everyone=tuple(everyone or visible))


async def measured(meter: FleetMeter, aws: NotingGate, clock: HandClock, wanted: FunctionsShown) -> list[Update]:
    """What one pass tells."""
    return [update async for update in meter.measure(aws, clock, lambda: wanted)]


async def refused(
    meter: FleetMeter, aws: NotingGate, clock: HandClock, wanted: FunctionsShown
) -> tuple[list[Update], str]:
    """What one pass tells that ends with a refusal, and the refusal."""
    updates: list[Update] = []
    try:
        async for update in meter.measure(aws, clock, lambda: wanted):
            updates.append(update)
    except AwsError as error:
        return updates, str(error)
    raise AssertionError("nothing was refused")


def figures(updates: Sequence[Update]) -> dict[str, FunctionMetrics]:
    return {
        name: metrics
        for update in updates
        if isinstance(update, FleetMeasured)
        for name, metrics in update.metrics.items()
    }


def queries(aws: NotingGate) -> list[tuple[str, str, str, datetime, datetime]]:
    """Function, metric, statistic, start and end of every series asked for, the account's own left out."""
    return [
        (query["Metric"]["Dimensions"][0]["Value"], query["Metric"]["MetricName"], query["Stat"], *span(params))
        for params in aws.asked_of("GetMetricData")
        for query in (each["MetricStat"] for each in params["MetricDataQueries"])
        if query["Metric"]["Dimensions"]
    ]


def span(params: dict[str, Any]) -> tuple[datetime, datetime]:
    return params["StartTime"], params["EndTime"]


async def direct(aws: NotingGate, name: str, metric: str, stat: str, minutes: int = 15) -> float:
    """What CloudWatch answers for the window as one period."""
    answer = await aws.call(
        "cloudwatch",
        "GetMetricData",
        MetricDataQueries=[
            {
                "Id": "a",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Lambda",
                        "MetricName": metric,
                        "Dimensions": [{"Name": "FunctionName", "Value": name}],
                    },
                    "Period": 60 * minutes,
                    "Stat": stat,
                },
            }
        ],
        StartTime=MINUTE - timedelta(minutes=minutes),
        EndTime=MINUTE,
    )
    value: float = answer["MetricDataResults"][0]["Values"][0]
    return value


async def test_percentiles_are_those_of_the_whole_window(aws: NotingGate, clock: HandClock) -> None:
    found = figures(await measured(FleetMeter(), aws, clock, wants([QUIET])))[QUIET]

    assert found.window.end == MINUTE
    assert found.window.seconds == 900
    assert found.duration_p50_ms == await direct(aws, QUIET, "Duration", "p50")
    assert found.duration_p95_ms == await direct(aws, QUIET, "Duration", "p95")
    assert found.duration_p99_ms == await direct(aws, QUIET, "Duration", "p99")
    assert found.concurrent_executions == await direct(aws, QUIET, "ConcurrentExecutions", "Maximum")
    assert found.sum_of("invocations") == await direct(aws, QUIET, "Invocations", "Sum")


@pytest.mark.parametrize("minutes", [59, 60, 180])
async def test_sums_are_those_of_the_whole_window_also_beyond_the_trends(
    minutes: int, aws: NotingGate, clock: HandClock
) -> None:
    found = figures(await measured(FleetMeter(minutes), aws, clock, wants([BUSY])))[BUSY]

    assert found.window.seconds == 60 * minutes
    assert found.sum_of("invocations") == await direct(aws, BUSY, "Invocations", "Sum", minutes)
    assert found.sum_of("errors") == await direct(aws, BUSY, "Errors", "Sum", minutes)
    assert found.sum_of("throttles") == await direct(aws, BUSY, "Throttles", "Sum", minutes)


async def test_sums_beyond_the_trends_are_unknown_where_they_are_refused(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["cloudwatch.GetMetricData"] = Fault.delayed(0, times=4)  # the account's and the trends
    account.faults["cloudwatch.GetMetric*"] = Fault.denied()

    told, _ = await refused(FleetMeter(180), aws, clock, wants([BUSY]))

    assert any(figures(told)[BUSY].invocations.values)
    assert figures(told)[BUSY].sum_of("invocations") is None


async def test_figures_are_as_old_as_the_functions_own_and_not_as_the_accounts(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    meter, wanted = FleetMeter(), wants([QUIET])
    state = folded(State(), await measured(meter, aws, clock, wanted))
    clock.move(60)
    account.faults["cloudwatch.GetMetricData"] = Fault.delayed(0, times=3)  # the account's own are answered
    account.faults["cloudwatch.GetMetric*"] = Fault.denied()

    told, _ = await refused(meter, aws, clock, wanted)

    assert any(isinstance(update, AccountMeasured) for update in told)
    assert folded(state, told).fleet.measured == state.fleet.measured == clock.now() - timedelta(seconds=60)


async def test_figures_are_fresh_where_nothing_is_to_be_asked(aws: NotingGate, clock: HandClock) -> None:
    meter, wanted = FleetMeter(), wants([IDLE])
    state = folded(State(), await measured(meter, aws, clock, wanted))
    clock.move(60)

    told = await measured(meter, aws, clock, wanted)

    assert figures(told) == {}
    assert folded(state, told).fleet.measured == clock.now()


def folded(state: State, updates: Sequence[Update]) -> State:
    return functools.reduce(reduce, updates, state)


async def test_a_metric_that_cloudwatch_cannot_read_does_not_keep_the_other_functions_waiting(clock: HandClock) -> None:
    names = [f"f{number}" for number in range(25)]
    active = [{"Dimensions": [{"Name": "FunctionName", "Value": name}]} for name in names]
    failed = [{"Id": "q0", "StatusCode": "InternalError"}]
    meter = FleetMeter(181)  # ten functions a call
    body = json.dumps({"Metrics": active, "MetricDataResults": failed}).encode()
    async with speaking(body) as speaker, gate_to(speaker.url, clock) as aws:
        with pytest.raises(AwsError, match="could not read a metric"):
            [each async for each in meter.measure(aws, clock, lambda: wants(names))]

        assert aws.meter.calls["cloudwatch:GetMetricData"] == 1 + 3  # the account's, and one for each group


@pytest.mark.parametrize(("fault", "asked_again"), [(Fault.unavailable(), True), (Fault.denied(), False)])
async def test_who_is_active_is_asked_again_at_once_after_a_bad_moment(
    fault: Fault, asked_again: bool, aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    meter, wanted = FleetMeter(), wants([QUIET], [QUIET, BUSY])
    account.faults["cloudwatch.ListMetrics"] = fault
    told, _ = await refused(meter, aws, clock, wanted)
    assert set(figures(told)) == {QUIET}  # asking for all would be dear

    account.faults.clear()
    told = await measured(meter, aws, clock, wanted)

    assert len(aws.asked_of("ListMetrics")) == 1 + asked_again
    assert (BUSY in figures(told)) is asked_again


@pytest.mark.parametrize(("minutes", "recently"), [(180, "PT3H"), (181, None)])
async def test_who_is_idle_is_told_by_the_whole_window(
    minutes: int, recently: str | None, aws: NotingGate, clock: HandClock
) -> None:
    """AWS: RecentlyActive knows of three hours alone."""
    await measured(FleetMeter(minutes), aws, clock, wants([QUIET]))

    assert [params.get("RecentlyActive") for params in aws.asked_of("ListMetrics")] == [recently]


async def test_trends_lie_on_the_minute_and_end_with_the_one_still_filling(aws: NotingGate, clock: HandClock) -> None:
    found = figures(await measured(FleetMeter(), aws, clock, wants([BUSY])))[BUSY]

    assert found.invocations.start == (MINUTE - timedelta(minutes=TREND_MINUTES - 1)).timestamp()
    assert found.invocations.end == (MINUTE + timedelta(minutes=1)).timestamp()
    assert found.invocations.period_s == 60
    assert all(start.second == end.second == 0 for *_, start, end in queries(aws))


async def test_a_minute_without_invocations_is_unknown_and_not_zero(aws: NotingGate, clock: HandClock) -> None:
    found = figures(await measured(FleetMeter(), aws, clock, wants(["nightly-rollup"])))["nightly-rollup"]

    closed = found.invocations.values[:-1]
    assert closed.count(None) > TREND_MINUTES / 2
    assert 0 not in closed


async def test_the_visible_rows_are_measured_first(aws: NotingGate, account: Emulator, clock: HandClock) -> None:
    everyone = sorted(account.account().functions)
    visible = [name for name in everyone if name > "s" and name != "session-authorizer"][:5]
    active = await active_within(aws, 15)

    updates = await measured(FleetMeter(), aws, clock, wants(visible, everyone))

    passes = [each.metrics for each in updates if isinstance(each, FleetMeasured)]
    idle, first = passes[0], passes[1]
    assert set(idle) == set(everyone) - active
    assert set(visible) & active <= set(first)
    assert set().union(*passes) == set(everyone)


async def test_only_the_visible_rows_are_measured_between_two_full_passes(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    meter, wanted = FleetMeter(), wants([QUIET], sorted(account.account().functions))
    await measured(meter, aws, clock, wanted)
    told = []
    for _ in range(5):
        clock.move(60)
        told.append(set(figures(await measured(meter, aws, clock, wanted))))

    assert told[:4] == [{QUIET}] * 4
    assert len(told[4]) > 30


async def test_a_second_pass_asks_only_for_minutes_that_may_have_changed(aws: NotingGate, clock: HandClock) -> None:
    meter = FleetMeter()
    await measured(meter, aws, clock, wants([BUSY]))
    aws.asked.clear()
    clock.move(60)

    again = figures(await measured(meter, aws, clock, wants([BUSY])))[BUSY]

    trends = [(start, end) for _, _, stat, start, end in queries(aws) if stat == "Sum" and end > clock.now()]
    assert {end - start for start, end in trends} == {timedelta(minutes=REREAD_MINUTES + 1)}
    anew = figures(await measured(FleetMeter(), aws, clock, wants([BUSY])))[BUSY]
    assert again == anew


async def test_a_minute_is_asked_again_as_long_as_an_invocation_that_began_in_it_may_run(
    aws: NotingGate, clock: HandClock
) -> None:
    """AWS: a function runs for up to 15 minutes, and is counted where it began; points come 3 minutes late."""
    meter = FleetMeter()
    await measured(meter, aws, clock, wants([BUSY]))
    aws.asked.clear()
    clock.move(60)

    await measured(meter, aws, clock, wants([BUSY]))

    starts = [start for _, metric, _, start, _ in queries(aws) if metric in ("Invocations", "Errors", "Throttles")]
    assert starts
    assert all(start <= clock.now() - timedelta(minutes=15 + 3) for start in starts)


async def test_after_a_long_pause_everything_is_asked_anew(aws: NotingGate, clock: HandClock) -> None:
    meter = FleetMeter()
    await measured(meter, aws, clock, wants([BUSY]))
    clock.move(8 * 3600)

    again = figures(await measured(meter, aws, clock, wants([BUSY])))[BUSY]

    assert again == figures(await measured(FleetMeter(), aws, clock, wants([BUSY])))[BUSY]
    assert None not in again.invocations.values[:-1]


async def test_idle_functions_are_told_once_and_never_asked(aws: NotingGate, clock: HandClock) -> None:
    meter, wanted = FleetMeter(), wants([IDLE, QUIET])

    first = figures(await measured(meter, aws, clock, wanted))
    clock.move(60)
    second = figures(await measured(meter, aws, clock, wanted))

    assert first[IDLE].invocations.total() is None
    assert first[IDLE].duration_p95_ms is None
    assert set(second) == {QUIET}
    assert {name for name, *_ in queries(aws)} == {QUIET}


async def test_a_function_that_is_called_again_is_measured_again(aws: NotingGate, clock: HandClock) -> None:
    meter = FleetMeter(passes=1, active=frozenset(), idle={QUIET})
    assert figures(await measured(meter, aws, clock, wants([QUIET]))) == {}

    meter.passes = EVERYONE_EVERY

    assert set(figures(await measured(meter, aws, clock, wants([QUIET])))) == {QUIET}


class DenyingGate(NotingGate):
    """Refuses what asks for percentiles, as servers do that know none."""

    async def call(self, service: str, operation: str, **params: Any) -> Answer:
        stats = {query["MetricStat"]["Stat"] for query in params.get("MetricDataQueries", ())}
        if stats & {"p50", "p95", "p99"}:
            raise AwsError("no percentiles")
        return await super().call(service, operation, **params)


async def test_refused_percentiles_leave_the_trends(account: Emulator, clock: HandClock) -> None:
    connection = Connection(region="eu-west-1", endpoint_url=lambda: account.url, credentials=CREDENTIALS)
    aws = DenyingGate(connection, clock)

    told, refusal = await refused(FleetMeter(), aws, clock, wants([QUIET]))

    await aws.close()
    found = figures(told)[QUIET]
    assert refusal == "no percentiles"
    assert found.invocations.total()
    assert found.duration_p95_ms is None


async def test_refused_totals_of_the_account_leave_the_functions(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["cloudwatch.GetMetricData"] = Fault.denied(times=1)

    told, refusal = await refused(FleetMeter(), aws, clock, wants([QUIET]))

    assert refusal == "needs cloudwatch:GetMetricData"
    assert figures(told)[QUIET].duration_p95_ms


async def test_functions_are_measured_although_listing_the_active_ones_is_denied(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["cloudwatch.ListMetrics"] = Fault.denied()

    told, refusal = await refused(FleetMeter(), aws, clock, wants([QUIET], [QUIET, BUSY]))

    assert refusal == "needs cloudwatch:ListMetrics"
    assert set(figures(told)) == {QUIET}
    assert isinstance(told[0], AccountMeasured)


async def test_the_accounts_totals_are_the_sums_of_its_functions(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    updates = await measured(FleetMeter(), aws, clock, wants([], sorted(account.account().functions)))

    first, second = [each.metrics for each in updates if isinstance(each, AccountMeasured)]
    total = sum(filter(None, (each.invocations.values[-2] for each in figures(updates).values())))
    assert first.window_p95_ms is None
    assert second.invocations.values[-2] == pytest.approx(total)
    assert second.window_p95_ms
    assert second.duration_p95_ms.values[-2]


async def test_a_pass_costs_eight_series_a_function(aws: NotingGate, clock: HandClock) -> None:
    await measured(FleetMeter(), aws, clock, wants([QUIET, BUSY]))

    assert len(queries(aws)) == 2 * 8
    assert aws.meter.cost_usd == pytest.approx((2 * 8 + 6 + 1) * 1e-5)


async def test_what_scrolls_into_view_during_a_pass_is_measured_in_it(aws: NotingGate, clock: HandClock) -> None:
    meter, views = FleetMeter(), iter([wants([QUIET]), wants([QUIET]), wants([BUSY])])
    view = wants([BUSY])

    told = [update async for update in meter.measure(aws, clock, lambda: next(views, view))]

    assert [set(each.metrics) for each in told if isinstance(each, FleetMeasured)] == [{QUIET}, {BUSY}]
