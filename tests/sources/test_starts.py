"""Cold starts on the emulated account: from REPORT lines, whole or in part, from Lambda Insights, from traces."""

import asyncio
from itertools import pairwise

import pytest

from lambdatop.aws.errors import AccessDenied
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.focus import Focus, QueryAgreed
from lambdatop.model.invocations.cold_starts import ColdStarts, Origin
from lambdatop.sources.cold_starts.by_reports import SPREAD, stretches
from lambdatop.sources.cold_starts.cold_starts import Starts
from lambdatop.sources.fleet.inventory import decode_function
from lambdatop.updates import StartsMeasured
from tests.clocks import HandClock
from tests.sources.conftest import NotingGate

QUIET, BUSY, SHARED, JSON, NEVER = (
    "support-ticket-router",
    "checkout-api",
    "identity-token-refresh",
    "webhook-dispatch",
    "analytics-scheduler",
)
COLD, ATTACHED, VERSIONED = "shipping-quote-api", "image-resize", "fraud-score"


async def starts_of(aws: NotingGate, name: str, minutes: int = 180) -> Starts:
    described = decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name))
    return Starts(described, Focus(function=name, window_minutes=minutes))


async def told(starts: Starts, aws: NotingGate, clock: HandClock) -> list[ColdStarts]:
    return [update.starts async for update in starts.read(aws, clock) if isinstance(update, StartsMeasured)]


async def last(starts: Starts, aws: NotingGate, clock: HandClock) -> ColdStarts:
    return (await told(starts, aws, clock))[-1]


@pytest.mark.parametrize("name", [QUIET, JSON])
async def test_every_report_line_of_a_quiet_function_is_read(aws: NotingGate, clock: HandClock, name: str) -> None:
    counted = await last(await starts_of(aws, name, minutes=15), aws, clock)

    assert counted.origin is Origin.REPORTS
    assert not counted.sampled
    assert counted.invocations == sum(each.invocations for each in counted.versions) > 10
    assert None not in counted.cold_by_period.values
    assert max(mb or 0 for mb in counted.used_mb.values) > 0


async def test_of_a_shared_log_group_what_was_not_read_yet_is_read_by_the_next_pass(
    aws: NotingGate, clock: HandClock
) -> None:
    starts = await starts_of(aws, SHARED, minutes=15)
    first = await last(starts, aws, clock)
    clock.move(5)

    second = await last(starts, aws, clock)

    assert first.sampled
    assert second.invocations > first.invocations


async def test_a_busy_function_is_sampled_evenly_and_what_was_not_read_is_unknown(
    aws: NotingGate, clock: HandClock
) -> None:
    counted = await last(await starts_of(aws, BUSY), aws, clock)

    read = [i for i, value in enumerate(counted.cold_by_period.values) if value is not None]
    gaps = {later - earlier for earlier, later in pairwise(read)}
    assert counted.sampled
    assert len(read) == SPREAD
    assert len(gaps) == 1
    assert len(aws.asked_of("FilterLogEvents")) == SPREAD


async def test_what_has_settled_is_not_read_again(aws: NotingGate, clock: HandClock) -> None:
    starts = await starts_of(aws, BUSY)
    await told(starts, aws, clock)
    before = len(aws.asked_of("FilterLogEvents"))
    clock.move(60)

    again = await last(starts, aws, clock)

    assert len(aws.asked_of("FilterLogEvents")) - before <= 2
    assert again.sampled
    assert again.invocations > 0


async def test_the_figures_come_stretch_by_stretch(aws: NotingGate, clock: HandClock) -> None:
    steps = [each.invocations for each in await told(await starts_of(aws, BUSY), aws, clock)]

    assert len(steps) == SPREAD
    assert steps == sorted(steps)


async def test_the_planted_cold_starts_are_found_with_their_version_and_price(
    aws: NotingGate, clock: HandClock
) -> None:
    counted = await last(await starts_of(aws, COLD), aws, clock)

    assert counted.percent == pytest.approx(12, abs=2)
    assert 2_000 < (counted.init_p95_ms or 0) < 3_500
    assert [(each.version, each.aliases) for each in counted.versions] == [("17", ("live",))]
    assert (counted.init_usd_per_month or 0) > 5
    assert counted.size_mb.peak() == 512


async def test_lambda_insights_counts_everything_and_no_log_is_read(aws: NotingGate, clock: HandClock) -> None:
    starts = await starts_of(aws, ATTACHED)
    counted = await last(starts, aws, clock)

    assert counted.origin is Origin.INSIGHTS
    assert not counted.sampled
    assert 0 < counted.cold < counted.invocations
    assert counted.init_p50_ms is not None
    assert counted.init_p95_ms is not None
    assert counted.init_p50_ms < counted.init_p95_ms
    assert aws.asked_of("FilterLogEvents") == []
    assert counted.size_mb.peak() == starts.function.memory_mb


async def test_lambda_insights_tells_versions_apart(aws: NotingGate, clock: HandClock) -> None:
    counted = await last(await starts_of(aws, VERSIONED), aws, clock)

    assert [(each.version, each.aliases) for each in counted.versions] == [("8", ("live",))]
    assert counted.versions[0].cold == counted.cold


async def test_a_trouble_that_passes_is_asked_again_and_a_refusal_is_not(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["lambda.ListAliases"] = Fault.throttled()
    account.faults["logs.DescribeLogGroups"] = Fault.denied()
    starts = await starts_of(aws, VERSIONED)
    first = await last(starts, aws, clock)
    del account.faults["lambda.ListAliases"]
    clock.move(60)

    second = await last(starts, aws, clock)
    asked = len(aws.asked_of("ListAliases"))
    clock.move(60)
    await last(starts, aws, clock)

    assert [each.aliases for each in first.versions] == [()]
    assert [each.aliases for each in second.versions] == [("live",)]
    assert len(aws.asked_of("ListAliases")) == asked
    assert len(aws.asked_of("DescribeLogGroups")) == 1


async def test_unreadable_logs_leave_the_traces_and_are_told_of(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["logs.FilterLogEvents"] = Fault.denied()
    found: list[ColdStarts] = []

    with pytest.raises(AccessDenied, match="logs:FilterLogEvents"):  # noqa: PT012
        async for update in (await starts_of(aws, COLD, minutes=15)).read(aws, clock):
            assert isinstance(update, StartsMeasured)
            found.append(update.starts)

    assert [each.origin for each in found] == [Origin.TRACES]
    assert found[0].sampled
    assert found[0].init_usd_per_month is None


async def test_refused_metrics_leave_the_report_lines(aws: NotingGate, account: Emulator, clock: HandClock) -> None:
    account.faults["cloudwatch.GetMetricData"] = Fault.denied()
    found: list[ColdStarts] = []

    with pytest.raises(AccessDenied, match="cloudwatch:GetMetricData"):  # noqa: PT012
        async for update in (await starts_of(aws, QUIET, minutes=15)).read(aws, clock):
            assert isinstance(update, StartsMeasured)
            found.append(update.starts)

    assert found[-1].invocations > 0


async def test_a_function_that_never_ran_has_nothing_and_needs_no_trace(aws: NotingGate, clock: HandClock) -> None:
    counted = await last(await starts_of(aws, NEVER), aws, clock)

    assert (counted.invocations, counted.sampled) == (0, False)
    assert aws.asked_of("GetTraceSummaries") == []


async def test_the_price_of_a_query_is_told_and_none_is_started(aws: NotingGate, clock: HandClock) -> None:
    counted = await last(await starts_of(aws, BUSY), aws, clock)

    assert counted.price is not None
    assert counted.price.usd > 0
    assert aws.asked_of("StartQuery") == []


async def test_without_the_log_groups_size_there_is_no_price(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["logs.DescribeLogGroups"] = Fault.denied()

    assert (await last(await starts_of(aws, QUIET, minutes=15), aws, clock)).price is None


def test_neighbouring_periods_are_one_stretch() -> None:
    assert list(stretches([60, 120, 240, 300, 600], 60)) == [(60, 180), (240, 360), (600, 660)]
    assert list(stretches([], 60)) == []


async def agreed(aws: NotingGate, name: str, minutes: int = 15) -> Starts:
    """The cold starts of a function whose query has been agreed to."""
    described = decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name))
    yes = QueryAgreed(name, minutes, None)
    return Starts(described, Focus(function=name, window_minutes=minutes, query=yes))


@pytest.mark.parametrize("name", [COLD, JSON, SHARED])
async def test_the_query_counts_what_the_report_lines_say(aws: NotingGate, clock: HandClock, name: str) -> None:
    counted = await last(await agreed(aws, name), aws, clock)
    read = await starts_of(aws, name, minutes=15)
    for _ in range(4):  # a shared log group takes more than one pass
        lines = await last(read, aws, clock)

    assert counted.origin is Origin.QUERY
    assert not counted.sampled
    assert counted.invocations == pytest.approx(lines.invocations, rel=0.05)
    assert counted.cold == pytest.approx(lines.cold, abs=2 + 0.05 * lines.cold)
    assert counted.init_p95_ms == pytest.approx(lines.init_p95_ms or 0.0, rel=0.1)
    assert [each.version for each in counted.versions] == [each.version for each in lines.versions]
    assert counted.size_mb.peak() == lines.size_mb.peak() is not None


async def test_a_query_is_paid_once_and_its_price_is_metered(aws: NotingGate, clock: HandClock) -> None:
    starts = await agreed(aws, COLD)
    first = await last(starts, aws, clock)
    paid = aws.meter.cost_usd

    again = await last(starts, aws, clock)

    assert again is first
    assert len(aws.asked_of("StartQuery")) == 1
    assert paid > 0
    assert aws.meter.cost_usd == paid


async def test_leaving_stops_the_query_and_coming_back_starts_no_other(aws: NotingGate, clock: HandClock) -> None:
    starts = await agreed(aws, BUSY, minutes=180)
    waiting = asyncio.create_task(last(starts, aws, clock))
    while not aws.asked_of("GetQueryResults"):  # noqa: ASYNC110 - the gate notes, it tells nobody
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    counted = await last(starts, aws, clock)

    assert len(aws.asked_of("StopQuery")) == 1
    assert len(aws.asked_of("StartQuery")) == 1
    assert counted.origin is Origin.REPORTS


async def test_a_query_that_is_refused_is_told_and_then_sampled(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["logs.StartQuery"] = Fault.denied()
    starts = await agreed(aws, COLD)
    with pytest.raises(AccessDenied, match="logs:StartQuery"):
        await told(starts, aws, clock)

    assert (await last(starts, aws, clock)).origin is Origin.REPORTS
