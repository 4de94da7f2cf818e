"""Across traces: a sample that is sound, told while it is read, read once, and the service map where X-Ray has one."""

from datetime import timedelta
from itertools import pairwise

import pytest

from lambdatop.aws.errors import AccessDenied
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.traces.downstream import Downstream
from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.sources.traces.destination import TraceDestination
from lambdatop.sources.traces.downstream import FIRST, SAMPLE, SampledTraces, sample
from lambdatop.sources.traces.recent import Recent
from lambdatop.sources.traces.service_map import decode_node
from lambdatop.updates import DownstreamMeasured
from tests.clocks import HandClock
from tests.model.factories import NOW
from tests.sources.conftest import NotingGate


def summary(number: int, duration_s: float | None, *, in_progress: bool = False) -> TraceSummary:
    return TraceSummary(
        id=f"1-6908bb80-{number:024x}",
        start=NOW - timedelta(seconds=number),
        duration_s=duration_s,
        response_time_s=duration_s,
        status=TraceStatus.OK,
        in_progress=in_progress,
    )


async def told(aws: NotingGate, clock: HandClock, across: SampledTraces) -> list[Downstream]:
    updates = across.read(aws, clock, TraceDestination())
    return [update.downstream async for update in updates if isinstance(update, DownstreamMeasured)]


async def test_the_sample_is_told_while_it_is_read_and_then_the_map(aws: NotingGate, clock: HandClock) -> None:
    across = SampledTraces(Recent("checkout-api", 60))

    first, whole, mapped = await told(aws, clock, across)

    assert (first.traces, whole.traces, mapped.traces) == (FIRST, SAMPLE, SAMPLE)
    assert (whole.edges_counted, mapped.edges_counted) == (True, False)
    assert mapped.spenders[0].what == "DynamoDB Query orders"
    assert mapped.spenders[0].calls == 3 * SAMPLE
    function, called = mapped.edges[0], mapped.edges[1]
    assert (function.name, function.depth, called.depth) == ("checkout-api", 0, 1)
    assert called.kind == "AWS::DynamoDB::Table"
    assert called.calls == pytest.approx(3 * function.calls, rel=0.1)


async def test_a_minute_later_only_new_traces_are_read(aws: NotingGate, clock: HandClock) -> None:
    across = SampledTraces(Recent("checkout-api", 60))
    await told(aws, clock, across)
    aws.asked.clear()
    clock.move(60)

    again = await told(aws, clock, across)

    read = [each for asked in aws.asked_of("BatchGetTraces") for each in asked["TraceIds"]]
    assert again[-1].traces == SAMPLE
    assert 0 < len(read) < SAMPLE


async def test_a_list_that_is_fresh_is_not_read_anew(aws: NotingGate, clock: HandClock) -> None:
    across = SampledTraces(Recent("checkout-api", 60))
    await told(aws, clock, across)
    aws.asked.clear()

    await told(aws, clock, across)

    assert {operation for operation, _ in aws.asked} == {"GetServiceGraph", "GetTraceSegmentDestination"}


async def test_where_the_service_graph_does_not_answer_the_map_is_counted_in_the_traces(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["xray.GetServiceGraph"] = Fault(kind="unavailable")

    *_, last = await told(aws, clock, SampledTraces(Recent("checkout-api", 60)))

    assert last.edges_counted
    assert last.edges[0].name == "checkout-api"


async def test_where_the_service_graph_is_denied_the_missing_action_is_named_behind_what_the_traces_tell(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    account.faults["xray.GetServiceGraph"] = Fault.denied()
    across, heard = SampledTraces(Recent("checkout-api", 60)), list[Downstream]()

    async def hear() -> None:
        async for update in across.read(aws, clock, TraceDestination()):
            heard.extend([update.downstream] if isinstance(update, DownstreamMeasured) else [])

    for _ in range(2):  # the second time no trace is new
        with pytest.raises(AccessDenied, match="needs xray:GetServiceGraph"):
            await hear()

    assert [each.traces for each in heard] == [FIRST, SAMPLE, SAMPLE]
    assert all(each.edges_counted for each in heard)


async def test_without_traces_nothing_is_read_and_that_is_told(aws: NotingGate, clock: HandClock) -> None:
    (only,) = await told(aws, clock, SampledTraces(Recent("content-api", 60)))

    assert only.traces == 0
    assert aws.asked_of("BatchGetTraces") == []


async def test_the_map_is_asked_for_six_hours_at_most(aws: NotingGate, clock: HandClock) -> None:
    await told(aws, clock, SampledTraces(Recent("sms-gateway", 24 * 60)))

    (asked,) = aws.asked_of("GetServiceGraph")
    assert asked["EndTime"] - asked["StartTime"] == timedelta(hours=6)


def test_the_sample_is_even_by_rank_with_the_slowest_in_it() -> None:
    listed = [summary(number, number % 500 / 100) for number in range(500)]

    chosen = sample(listed, ())

    durations = sorted({each.id: each.duration_s or 0 for each in listed}[each] for each in chosen)
    assert len(set(chosen)) == SAMPLE
    assert durations[-1] == 4.99
    assert durations[SAMPLE // 2] == pytest.approx(2.5, abs=0.1)
    assert all(0.05 < later - before < 0.15 for before, later in pairwise(durations))


def test_the_first_of_the_sample_are_a_sample_too() -> None:
    listed = [summary(number, number / 100) for number in range(500)]
    durations = {each.id: each.duration_s or 0 for each in listed}

    first = sorted(durations[each] for each in sample(listed, ())[:FIRST])

    assert first[-1] == 4.99
    assert first[FIRST // 2] == pytest.approx(2.5, abs=0.6)


def test_what_was_read_before_is_chosen_again() -> None:
    listed = [summary(number, number / 100) for number in range(500)]
    known = sample(listed, ())
    newer = [summary(number + 1000, number / 20) for number in range(100)]

    chosen = sample([*newer, *listed[:400]], known)

    assert len(set(chosen) & set(known)) > SAMPLE / 2


@pytest.mark.parametrize("count", [0, 1, 2, 9, 49, 50, 51])
def test_of_few_traces_all_are_in_the_sample(count: int) -> None:
    listed = [summary(number, 0.1) for number in range(count)]

    assert len(set(sample(listed, ()))) == min(count, SAMPLE)


def test_what_has_not_ended_is_not_in_the_sample() -> None:
    listed = [summary(1, 0.5), summary(2, 9.0, in_progress=True), summary(3, None)]

    assert sample(listed, ()) == (listed[0].id,)


def test_a_node_without_figures_is_still_a_node() -> None:
    node = decode_node({"ReferenceId": 0, "Name": "api", "Type": "client", "Edges": [{"ReferenceId": 1}]})

    assert (node.key, node.links[0].to, node.figures.calls, node.figures.seconds) == ("0", "1", 0, None)
