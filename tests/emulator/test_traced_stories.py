"""What is planted in the demo's functions is what their traces tell, by the diagnosis that the program makes of it."""

from collections import Counter

import pytest

from lambdatop.emulator.simulation.stories import TRUTH
from lambdatop.emulator.simulation.story import Truth
from lambdatop.model.traces.assembly import assemble
from lambdatop.model.traces.critical_path import bottleneck
from lambdatop.model.traces.downstream import downstream
from lambdatop.model.traces.segments import Segment, Trace
from lambdatop.model.traces.summary import TraceStatus
from tests.emulator.simulated import NOON, Simulated

MOST = 60
RECOVERED_AGO_S = 112 * 60
"""When the one whose trouble is over was well again."""


def told(name: str, truth: Truth, narrowed: str = "") -> list[Trace]:
    """Some traces of a function from the midst of its trouble, as the program reads them."""
    account = Simulated()
    end = NOON - (RECOVERED_AGO_S if truth.trouble == "recovered" else 0)
    page = account.call(
        "xray.GetTraceSummaries",
        StartTime=end - 1500,
        EndTime=end,
        FilterExpression=f'service(id(name: "{name}", type: "AWS::Lambda::Function")){narrowed}',
    )
    ids = [summary["Id"] for summary in page["TraceSummaries"][:MOST]]
    asked = [account.call("xray.BatchGetTraces", TraceIds=ids[at : at + 5]) for at in range(0, len(ids), 5)]
    return [
        assemble(trace["Id"], [segment["Document"] for segment in trace["Segments"]])
        for answer in asked
        for trace in answer["Traces"]
    ]


def calls(traces: list[Trace], title: str) -> list[Segment]:
    """The calls of one name."""
    return [segment for trace in traces for segment in trace.walk() if segment.title == title]


def planted(what: str) -> list[tuple[str, Truth]]:
    """The stories in which there is such a thing."""
    return [(name, truth) for name, truth in TRUTH.items() if getattr(truth, what) is not None]


@pytest.mark.parametrize(("name", "truth"), planted("bottleneck"))
def test_the_bottleneck_that_is_named_is_the_planted_one(name: str, truth: Truth) -> None:
    traces = told(name, truth, " AND annotation.ColdStart = true" if truth.bottleneck == "init" else "")

    named = Counter(found.what for trace in traces if (found := bottleneck(trace)) is not None)

    assert traces
    assert named.most_common(1)[0][0] == truth.bottleneck
    assert named[str(truth.bottleneck)] >= 0.8 * len(traces)


def test_sequential_calls_are_told_as_such() -> None:
    traces = told("checkout-api", TRUTH["checkout-api"])

    found = [each for trace in traces if (each := bottleneck(trace)) is not None and each.what != "init"]

    assert {(each.calls, each.sequential) for each in found} == {(3, True)}


def test_cold_starts_are_what_sets_the_slowest_apart() -> None:
    traces = told("shipping-quote-api", TRUTH["shipping-quote-api"])

    difference = downstream(traces, "shipping-quote-api").difference

    assert difference is not None
    assert difference.startswith("p99 is spent in init; p50 in ")


@pytest.mark.parametrize(("name", "truth"), planted("failing"))
def test_the_call_that_makes_it_fail_carries_the_failure(name: str, truth: Truth) -> None:
    traces = told(name, truth, " { fault = true }")

    failed = [call for call in calls(traces, str(truth.failing)) if call.status is not TraceStatus.OK]

    assert traces
    assert len(failed) >= 0.8 * len(traces)
    assert all(call.failures for call in failed)


@pytest.mark.parametrize(("name", "truth"), planted("retried"))
def test_retries_are_counted_on_the_call_that_had_them(name: str, truth: Truth) -> None:
    traces = told(name, truth)

    assert {call.retries for call in calls(traces, str(truth.retried))} <= {2, 3}
    assert all(not call.retries for trace in traces for call in trace.walk() if call.title != truth.retried)


def test_the_stories_hold_what_the_views_of_traces_are_to_reveal() -> None:
    names = {truth.bottleneck for truth in TRUTH.values()}

    assert {"init", "api.payments.example", "DynamoDB Query orders"} <= names
    assert len(planted("failing")) >= 2
    assert len(planted("retried")) >= 2
