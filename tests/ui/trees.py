"""Small factories for traces: times are seconds into the trace."""

from collections.abc import Sequence
from typing import Any

from lambdatop.model.traces.critical_path import CriticalStretch
from lambdatop.model.traces.segments import Segment, SegmentException, SegmentKind, Trace
from lambdatop.model.traces.summary import TraceStatus
from tests.ui.driving import AT

ID = "1-6ac7d554-62c6b8a1d2e3f4a5b6c7d8e9"
BEGAN_S = AT.timestamp()


def segment(id: str, start: float, end: float | None, *children: Segment, **facts: Any) -> Segment:
    """A segment named as its id."""
    facts = {"name": id, "kind": SegmentKind.CALL, **facts}
    end_s = BEGAN_S + end if end is not None else None
    return Segment(id=id, start_s=BEGAN_S + start, end_s=end_s, children=children, **facts)


def query(id: str, start: float, end: float) -> Segment:
    """A call that is equal to others of its kind."""
    return segment(id, start, end, name="DynamoDB", operation="Query", resource="orders", namespace="aws")


def trace(*roots: Segment, seconds: float = 2.0, **facts: Any) -> Trace:
    return Trace(
        id="1-6ac7d554-62c6b8a1d2e3f4a5b6c7d8e9", start_s=BEGAN_S, end_s=BEGAN_S + seconds, roots=roots, **facts
    )


def path(*stretches: tuple[str, float, float]) -> Sequence[CriticalStretch]:
    """A critical path: segment id, from, to."""
    return [CriticalStretch(id, BEGAN_S + start, BEGAN_S + end) for id, start, end in stretches]


FAULT = {
    "status": TraceStatus.FAULT,
    "http_status": 500,
    "failures": (SegmentException(type="KeyError", message="'sku'", stack=("handler (app.py:12)",)),),
}


def checkout(calls: int = 3) -> Trace:
    """Lambda, the function with its init, some calls one after another of which the last one fails, and a quick one."""
    each = 1.5 / calls
    queries = [query(f"query {number}", 0.4 + number * each, 0.4 + (number + 1) * each) for number in range(calls)]
    queries[-1] = segment("query last", 1.9 - each, 1.9, name="DynamoDB", operation="Query", resource="orders", **FAULT)
    init = segment("init", 0.0, 0.4, name="Init", kind=SegmentKind.INIT)
    quick = segment("quick", 0.5, 0.6, name="api.example", namespace="remote")
    function = segment("function", 0.0, 1.95, init, *queries, quick, name="checkout-api", kind=SegmentKind.FUNCTION)
    service = segment("service", 0.0, 2.0, function, name="checkout-api", kind=SegmentKind.SERVICE, request_id="8f50")
    return trace(service)


def deep(levels: int) -> Trace:
    """A trace in which each segment holds the next."""
    inner = segment(f"level {levels}", 0, 1)
    for level in reversed(range(levels)):
        inner = segment(f"level {level}", 0, 1, inner)
    return trace(inner)
