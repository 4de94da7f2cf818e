"""The list of traces: pages, ranges of six hours, live without loss or doubles, spans, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from lambdatop.aws.errors import AccessDenied, AwsError, Throttled
from lambdatop.aws.gate import Gate
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.focus import Focus
from lambdatop.model.metrics import Window
from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.model.traces.why_no_traces import Destination
from lambdatop.sources.traces.destination import TraceDestination
from lambdatop.sources.traces.recent import LONGEST_RANGE, TRACES_KEPT, Recent, traces
from lambdatop.updates import TraceDestinationKnown, TracesArrived
from tests.clocks import HandClock
from tests.model.factories import NOW
from tests.sources.conftest import NotingGate
from tests.sources.xray_desk import Desk


def named(number: int, at: HandClock, ago_s: float = 0) -> str:
    """The id of a trace that began so long ago."""
    return f"1-{int(at.monotonic() - ago_s):08x}-{number:024x}"


async def read(
    aws: Gate, clock: HandClock, recent: Recent, where: TraceDestination | None = None
) -> list[TracesArrived]:
    updates = traces(aws, clock, recent, where or TraceDestination())
    return [update async for update in updates if isinstance(update, TracesArrived)]


async def listed(
    aws: Gate, clock: HandClock, recent: Recent, where: TraceDestination | None = None
) -> tuple[TraceSummary, ...]:
    return (await read(aws, clock, recent, where))[-1].traces


# The first reading


async def test_traces_of_the_function_come_newest_first(aws: NotingGate, clock: HandClock) -> None:
    found = await listed(aws, clock, Recent("sms-gateway", 60))

    starts = [trace.start for trace in found if trace.start]
    assert len(starts) == len(found) > 0
    assert starts == sorted(starts, reverse=True)
    assert len({trace.id for trace in found}) == len(found)


async def test_the_first_page_is_told_before_the_last_is_read(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    told = await read(aws, clock, Recent("checkout-api", 60))

    assert len(told[0].traces) == 100
    assert len(told[-1].traces) == TRACES_KEPT
    assert account.calls["xray.GetTraceSummaries"] == len(told) - 1


async def test_no_more_traces_are_read_than_are_kept(aws: NotingGate, account: Emulator, clock: HandClock) -> None:
    found = await listed(aws, clock, Recent("checkout-api", 24 * 60, kept=120))

    assert len(found) == 120
    assert account.calls["xray.GetTraceSummaries"] <= 3


async def test_a_long_window_is_asked_for_six_hours_at_a_time_newest_first(
    to_xray: Gate, xray: Desk, clock: HandClock
) -> None:
    for hours in (1, 7, 13, 23, 25):
        xray.plant(named(hours, clock, hours * 3600), clock.monotonic() - hours * 3600)

    found = await listed(to_xray, clock, Recent("api", 24 * 60))

    asked = xray.asked_of("TraceSummaries")
    assert [trace.id for trace in found] == [named(hours, clock, hours * 3600) for hours in (1, 7, 13, 23)]
    assert len(asked) == 4
    assert [each["EndTime"] for each in asked[1:]] == [each["StartTime"] for each in asked[:-1]]
    assert asked[0]["EndTime"] - asked[-1]["StartTime"] == 24 * 3600
    assert all(each["EndTime"] - each["StartTime"] == LONGEST_RANGE.total_seconds() for each in asked)


async def test_the_moment_pointed_at_and_the_windows_end_choose_the_traces(
    to_xray: Gate, xray: Desk, clock: HandClock
) -> None:
    for minutes in (5, 30, 65, 90):
        xray.plant(named(minutes, clock, minutes * 60), clock.monotonic() - minutes * 60)
    until = NOW - timedelta(hours=1)
    moment = Window(NOW - timedelta(minutes=30), NOW - timedelta(minutes=29))

    before = await listed(to_xray, clock, Recent.of("api", Focus("api", 60, until)))
    at = await listed(to_xray, clock, Recent.of("api", Focus("api", 60, until, moment=moment)))

    assert [trace.id for trace in before] == [named(65, clock, 65 * 60), named(90, clock, 90 * 60)]
    assert [trace.id for trace in at] == [named(30, clock, 30 * 60)]


async def test_what_xray_no_longer_keeps_is_not_asked_for(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    old = Recent("api", 60, until=NOW - timedelta(days=40))

    assert await listed(to_xray, clock, old) == ()
    assert xray.asked_of("TraceSummaries") == []


# Live


async def test_afterwards_only_what_was_updated_since_is_asked_for(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    recent = Recent("api", 180)
    await listed(to_xray, clock, recent)
    clock.move(15)
    xray.asked.clear()

    await listed(to_xray, clock, recent)

    (asked,) = xray.asked_of("TraceSummaries")
    assert (asked["TimeRangeType"], asked["EndTime"] - asked["StartTime"]) == ("Event", 75)


async def test_live_no_trace_is_lost_or_told_twice(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    recent, expected = Recent("api", 180), []
    for number in range(40):
        began = clock.monotonic() - 3
        trace_id = named(number, clock, 3)
        xray.plant(trace_id, began, updated=clock.monotonic())
        xray.visible[trace_id] = clock.monotonic() + number % 45  # X-Ray lists it that late
        expected.append(trace_id)
        await listed(to_xray, clock, recent)
        clock.move(15)
    clock.move(45)

    found = await listed(to_xray, clock, recent)

    assert [trace.id for trace in found] == expected[::-1]


async def test_a_long_trace_that_ends_late_is_found(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    recent = Recent("api", 180)
    began = clock.monotonic()
    await listed(to_xray, clock, recent)
    clock.move(600)
    await listed(to_xray, clock, recent)
    xray.plant("1-6908bb80-late", began, updated=clock.monotonic())
    clock.move(15)

    assert [trace.id for trace in await listed(to_xray, clock, recent)] == ["1-6908bb80-late"]


async def test_what_is_in_progress_is_completed(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    recent, began = Recent("api", 180), clock.monotonic() - 5
    xray.plant("1-6908bb80-a", began, IsPartial=True, Duration=1.0)
    (running,) = await listed(to_xray, clock, recent)
    clock.move(300)
    xray.plant("1-6908bb80-a", began, updated=clock.monotonic(), IsPartial=False, HasFault=True, Duration=290.0)
    clock.move(15)

    (ended,) = await listed(to_xray, clock, recent)

    assert (running.in_progress, running.status) == (True, TraceStatus.OK)
    assert (ended.in_progress, ended.status, ended.duration_s) == (False, TraceStatus.FAULT, 290.0)


async def test_what_has_not_changed_is_the_same_value(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    recent = Recent("api", 180)
    xray.plant(named(1, clock, 5), clock.monotonic() - 5)
    first = await listed(to_xray, clock, recent)
    clock.move(15)

    assert await listed(to_xray, clock, recent) is first


async def test_traces_that_the_window_has_left_are_dropped(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    recent = Recent("api", 5)
    xray.plant(named(1, clock, 60), clock.monotonic() - 60)
    assert len(await listed(to_xray, clock, recent)) == 1
    clock.move(300)

    assert await listed(to_xray, clock, recent) == ()


async def test_a_stretch_of_the_past_is_asked_for_once(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    recent = Recent("api", 60, until=NOW - timedelta(hours=2))
    xray.plant(named(1, clock, 9000), clock.monotonic() - 9000)
    first = await listed(to_xray, clock, recent)
    clock.move(15)

    assert await listed(to_xray, clock, recent) is first
    assert len(xray.asked_of("TraceSummaries")) == 1


async def test_a_reading_that_broke_off_is_made_up_for(aws: NotingGate, account: Emulator, clock: HandClock) -> None:
    recent = Recent("checkout-api", 60)
    updates = traces(aws, clock, recent, TraceDestination())
    await anext(updates)
    account.faults["xray.GetTraceSummaries"] = Fault.throttled()
    with pytest.raises(Throttled):
        await anext(updates)
    account.faults.clear()

    assert len(await listed(aws, clock, recent)) == TRACES_KEPT


# Where traces are kept, and refusals


def span(trace_id: str, start: float, **attributes: Any) -> dict[str, Any]:
    """As X-Ray writes a function's segment into aws/spans."""
    return {
        "traceId": trace_id.replace("-", "")[1:],
        "spanId": "a" * 16,
        "name": "api",
        "kind": "SERVER",
        "startTimeUnixNano": int(start * 1e9),
        "endTimeUnixNano": int((start + 0.25) * 1e9),
        "status": {"code": "UNSET"},
        "attributes": {"aws.local.service": "api", "aws.xray.origin": "AWS::Lambda::Function", **attributes},
        "resource": {"attributes": {"service.name": "api"}},
    }


async def test_with_transaction_search_spans_complete_the_list(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    indexed, other, foreign = (named(number, clock, 10 * number) for number in (1, 2, 3))
    start = clock.monotonic()
    xray.destination = "CloudWatchLogs"
    xray.plant(indexed, start - 10, Http={"HttpURL": "https://x/y"})
    xray.spans = [
        (start - 10, span(indexed, start - 10)),
        (start - 20, span(other, start - 20, **{"http.response.status_code": 503, "faas.coldstart": True})),
        (start - 30, span(foreign, start - 30) | {"kind": "CLIENT"}),
    ]
    where = TraceDestination()

    updates = [update async for update in traces(to_xray, clock, Recent("api", 60), where)]

    assert TraceDestinationKnown(Destination.LOGS) in updates
    assert isinstance(updates[-1], TracesArrived)
    first, second = updates[-1].traces
    assert (first.id, first.url) == (indexed, "https://x/y")
    assert (second.id, second.status, second.cold, second.duration_s) == (other, TraceStatus.FAULT, True, 0.25)
    assert xray.asked_of("FilterLogEvents")[0]["filterPattern"] == r'"\"api\""'


async def test_without_the_log_group_of_spans_the_indexed_traces_are_listed(
    to_xray: Gate, xray: Desk, clock: HandClock
) -> None:
    xray.destination = "CloudWatchLogs"
    xray.plant(named(1, clock, 10), clock.monotonic() - 10)

    assert len(await listed(to_xray, clock, Recent("api", 60))) == 1


async def test_the_destination_is_asked_for_once(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    where = TraceDestination()

    for function in ("api", "worker"):
        await listed(to_xray, clock, Recent(function, 60), where)

    assert len(xray.asked_of("GetTraceSegmentDestination")) == 1


async def test_a_destination_that_may_not_be_known_leaves_the_traces(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["xray.GetTraceSegmentDestination"] = Fault.denied()

    assert await listed(aws, clock, Recent("sms-gateway", 60))


async def test_who_may_not_read_traces_learns_which_permission_is_missing(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["xray.GetTraceSummaries"] = Fault.denied()

    with pytest.raises(AccessDenied, match="needs xray:GetTraceSummaries"):
        await listed(aws, clock, Recent("sms-gateway", 60))


async def test_an_odd_name_is_never_sent(aws: NotingGate, clock: HandClock) -> None:
    with pytest.raises(AwsError, match="is not a function's name"):
        await listed(aws, clock, Recent('x") OR service("y', 60))

    assert aws.asked_of("GetTraceSummaries") == []
