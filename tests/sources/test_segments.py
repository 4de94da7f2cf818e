"""Whole traces: five ids a call, what is unprocessed asked again, what is in progress read anew, and what is gone."""

from typing import Any

import pytest

from lambdatop.aws.errors import AccessDenied, Throttled
from lambdatop.aws.gate import Gate
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.traces.segments import Trace
from lambdatop.model.traces.why_no_traces import Destination
from lambdatop.sources.traces.destination import TraceDestination
from lambdatop.sources.traces.recent import Recent, traces
from lambdatop.sources.traces.segments import TRIES, OpenedTrace, RetrievalFailed, segments_of, whole
from lambdatop.updates import TraceRead
from tests.clocks import HandClock
from tests.sources.conftest import NotingGate
from tests.sources.xray_desk import Desk


def trace_id(number: int, at: HandClock, ago_s: float = 600) -> str:
    return f"1-{int(at.monotonic() - ago_s):08x}-{number:024x}"


def document(identifier: str, start: float, end: float | None = None, **members: Any) -> dict[str, Any]:
    ended = {"in_progress": True} if end is None else {"end_time": end}
    origin = "AWS::Lambda::Function"
    return {"id": f"{identifier:0>16}", "name": "api", "start_time": start, "origin": origin, **ended, **members}


async def read(aws: Gate, clock: HandClock, opened: OpenedTrace) -> list[Trace]:
    updates = opened.read(aws, clock, TraceDestination())
    return [update.trace async for update in updates if isinstance(update, TraceRead)]


async def test_the_traces_of_a_list_are_whole_and_read_five_a_call(aws: NotingGate, clock: HandClock) -> None:
    recent = Recent("checkout-api", 10)
    async for _ in traces(aws, clock, recent, TraceDestination()):
        pass
    ids = [each.id for each in recent.listed(clock.now())[:12]]

    found = [trace async for trace in segments_of(aws, clock, ids)]

    assert {trace.id for trace in found} == set(ids)
    assert [len(asked["TraceIds"]) for asked in aws.asked_of("BatchGetTraces")] == [5, 5, 2]
    assert all(trace.function("checkout-api") for trace in found)
    assert clock.slept == [0] * clock.slept.count(0)


async def test_what_is_unprocessed_is_asked_for_again_and_nothing_else(
    to_xray: Gate, xray: Desk, clock: HandClock
) -> None:
    ids = [trace_id(number, clock) for number in range(3)]
    for each in ids:
        xray.documents[each] = [document("1", clock.monotonic() - 600, clock.monotonic() - 599)]
    xray.unprocessed[ids[1]] = 2

    found = [trace.id async for trace in segments_of(to_xray, clock, ids)]

    assert sorted(found) == ids
    assert [asked["TraceIds"] for asked in xray.asked_of("Traces")] == [ids, [ids[1]], [ids[1]]]
    assert [pause for pause in clock.slept if pause] == [0.5, 1.0]


async def test_an_id_that_is_never_processed_is_given_up(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    xray.unprocessed[trace_id(1, clock)] = 100

    assert [trace async for trace in segments_of(to_xray, clock, [trace_id(1, clock)])] == []
    assert len(xray.asked_of("Traces")) == TRIES


async def test_a_trace_that_aws_has_cut_is_told_from_a_whole_one(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    ids = [trace_id(1, clock), trace_id(2, clock)]
    xray.documents = {each: [document("1", clock.monotonic() - 600, clock.monotonic() - 599)] for each in ids}
    xray.limited = {ids[1]}

    found = {trace.id: trace.limited async for trace in segments_of(to_xray, clock, ids)}

    assert found == {ids[0]: False, ids[1]: True}


async def test_a_trace_in_progress_is_read_until_it_has_ended_and_settled(
    to_xray: Gate, xray: Desk, clock: HandClock
) -> None:
    mine, began = trace_id(1, clock, 2), clock.monotonic() - 2
    opened = OpenedTrace("api", mine)
    xray.documents[mine] = [document("1", began)]
    (running,) = await read(to_xray, clock, opened)
    xray.documents[mine] = [document("1", began, clock.monotonic() + 3)]
    clock.move(5)
    (ended,) = await read(to_xray, clock, opened)
    clock.move(120)

    assert await read(to_xray, clock, opened) == []
    assert running.roots[0].in_progress
    assert not ended.roots[0].in_progress
    assert len(xray.asked_of("Traces")) == 2


async def test_segments_that_come_late_are_shown(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    mine, began = trace_id(1, clock, 5), clock.monotonic() - 5
    opened = OpenedTrace("api", mine)
    xray.documents[mine] = [document("1", began, began + 3)]
    await read(to_xray, clock, opened)
    late = {"type": "subsegment", "parent_id": f"{1:016}", "namespace": "remote", "name": "pay"}
    xray.documents[mine].append(document("2", began + 1, began + 2, **late))
    clock.move(10)

    (trace,) = await read(to_xray, clock, opened)

    assert [each.name for each in trace.walk()] == ["api", "pay"]


async def test_what_never_ends_is_left_in_peace(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    mine = trace_id(1, clock, 2)
    opened = OpenedTrace("api", mine)
    xray.documents[mine] = [document("1", clock.monotonic() - 2)]
    await read(to_xray, clock, opened)
    clock.move(3600)

    assert await read(to_xray, clock, opened) == []


async def test_a_trace_that_is_gone_has_no_roots_and_is_not_asked_for_forever(
    to_xray: Gate, xray: Desk, clock: HandClock
) -> None:
    opened = OpenedTrace("api", trace_id(1, clock, 3 * 86_400))

    (gone,) = await read(to_xray, clock, opened)

    assert gone.roots == ()
    assert await read(to_xray, clock, opened) == []


async def test_nothing_is_asked_for_while_no_trace_is_opened(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    assert await read(to_xray, clock, OpenedTrace("api", None)) == []
    assert xray.asked == []


async def test_transaction_search_retrieves_what_xray_has_not(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    kept, indexed = trace_id(1, clock), trace_id(2, clock)
    began = clock.monotonic() - 600
    xray.retrievable[kept] = [document("1", began, began + 1)]
    xray.documents[indexed] = [document("1", began, began + 1)]

    found = {each.id: each async for each in whole(to_xray, clock, (kept, indexed), Destination.LOGS)}

    assert found.keys() == {kept, indexed}
    assert found[kept].roots[0].name == "api"
    (started,) = xray.asked_of("StartTraceRetrieval")
    assert started["StartTime"] < began < started["EndTime"] <= clock.monotonic()
    assert [asked["TraceFormat"] for asked in xray.asked_of("ListRetrievedTraces")] == ["XRAY"] * 3
    assert [asked["TraceIds"] for asked in xray.asked_of("Traces")] == [[indexed]]


async def test_a_retrieval_that_takes_too_long_is_cancelled(to_xray: Gate, xray: Desk, clock: HandClock) -> None:
    xray.retrieval = ["RUNNING"]

    with pytest.raises(RetrievalFailed, match="did not retrieve the traces: running"):
        _ = [each async for each in whole(to_xray, clock, (trace_id(1, clock),), Destination.LOGS)]

    assert len(xray.asked_of("CancelTraceRetrieval")) == 1


async def test_refusals_name_the_permission_or_the_throttle(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["xray.BatchGetTraces"] = Fault.denied(times=1)
    with pytest.raises(AccessDenied, match="needs xray:BatchGetTraces"):
        await read(aws, clock, OpenedTrace("api", trace_id(1, clock)))

    account.faults["xray.BatchGetTraces"] = Fault.throttled()
    with pytest.raises(Throttled):
        await read(aws, clock, OpenedTrace("api", trace_id(1, clock)))
