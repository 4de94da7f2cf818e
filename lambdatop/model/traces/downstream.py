"""Across many traces of one function: where its time goes, who fails under it, and what sets its slowest apart."""

import math
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from lambdatop.model import words
from lambdatop.model.logs.report import percentile
from lambdatop.model.traces.critical_path import path_between
from lambdatop.model.traces.segments import Segment, SegmentKind, Trace
from lambdatop.model.traces.service_map import Edge, counted, edges_around
from lambdatop.model.traces.summary import TraceStatus
from lambdatop.model.traces.time_spent import TimeUse, code_under, purposes

__all__ = ["Downstream", "Edge", "Spender", "downstream"]

_FEWEST: Final = 20
"""With fewer traces, the slowest are not compared with the others."""
_SLOWEST: Final = 0.05
_MIDDLE: Final = (0.4, 0.6)


class Spender(Struct, frozen=True, kw_only=True):
    """One thing that the function's time goes into: a downstream, init, or its own code."""

    what: str
    """`DynamoDB Query orders`; raw text."""
    kind: SegmentKind
    traces: int
    """In how many of the traces it occurs."""
    calls: int
    share: float
    """Of all the traces' critical paths together, 0 to 1."""
    mean_ms: float
    """On the critical path of a trace in which it occurs."""
    p50_ms: float
    p99_ms: float
    errors: int
    """Calls that ended in error or throttle (4xx)."""
    faults: int
    """Calls that ended in fault (5xx)."""


class Downstream(Struct, frozen=True, kw_only=True):
    """What a number of traces say together."""

    traces: int
    p50_ms: float | None
    p99_ms: float | None
    spenders: tuple[Spender, ...]
    """The largest share first."""
    difference: str | None
    """`p99 is spent in init; p50 in DynamoDB Query orders`; None with too few traces to say."""
    edges: tuple[Edge, ...] = ()
    edges_counted: bool = False
    """True if the edges were counted in the traces, as GetServiceGraph did not answer."""


def downstream(traces: Sequence[Trace], function: str) -> Downstream:
    """Sum up assembled traces, from the function's own segment down; edges are counted in the traces."""
    parts = [part for trace in traces if (part := _part(trace, function)) is not None]
    durations = sorted(1_000 * part.seconds for part in parts)
    return Downstream(
        traces=len(parts),
        p50_ms=percentile(durations, 50),
        p99_ms=percentile(durations, 99),
        spenders=_spenders(parts),
        difference=_difference(sorted(parts, key=lambda part: part.seconds)),
        edges=edges_around(counted(traces), function),
        edges_counted=True,
    )


class _Part(Struct, frozen=True):
    """One trace from the function's own segment down."""

    seconds: float
    spent: dict[str, float]
    """Seconds on the critical path by what they are spent for; what occurs beside the path is there with 0."""
    kinds: dict[str, SegmentKind]
    calls: tuple[TimeUse, ...]


def _part(trace: Trace, function: str) -> _Part | None:
    """What the trace did for the function; None if it never came to it."""
    found = _ends(trace, function)
    if found is None:
        return None
    path = path_between(trace, *found)
    by_segment = purposes(trace, function)
    aims = {aim.segment.id: aim for aim in (by_segment[each.id] for each in found[0].walk())}.values()
    spent = {aim.what: 0.0 for aim in aims}
    for stretch in path:
        spent[by_segment[stretch.segment_id].what] += stretch.seconds
    return _Part(
        seconds=sum(spent.values()),
        spent=spent,
        kinds={aim.what: aim.kind for aim in aims},
        calls=tuple(aim for aim in aims if aim.kind is SegmentKind.CALL),
    )


def _ends(trace: Trace, function: str) -> tuple[Segment, Segment] | None:
    """Lambda's segment of the function or else its own, and of the two the one that ends last."""
    code = trace.function(function)
    services = [each for each in trace.walk() if each.kind is SegmentKind.SERVICE and each.name == function]
    service = next((each for each in services if code is None or code_under(each) is code), None)
    if service is None or code is None:
        alone = code or service
        return (alone, alone) if alone else None
    return service, max(service, code, key=_end)


def _end(segment: Segment) -> float:
    return math.inf if segment.end_s is None else segment.end_s


def _spenders(parts: Sequence[_Part]) -> tuple[Spender, ...]:
    total = sum(part.seconds for part in parts)
    kinds = {what: kind for part in parts for what, kind in part.kinds.items()}
    calls: dict[str, list[Segment]] = {}
    for call in (call for part in parts for call in part.calls):
        calls.setdefault(call.what, []).append(call.segment)
    spenders = (
        _spender(what, kind, [part.spent[what] for part in parts if what in part.spent], calls.get(what, ()), total)
        for what, kind in kinds.items()
    )
    return tuple(sorted(spenders, key=lambda spender: (-spender.share, spender.what)))


def _spender(what: str, kind: SegmentKind, spent: Sequence[float], calls: Sequence[Segment], total: float) -> Spender:
    """`spent` are its seconds on each trace's critical path, `total` is that of everything."""
    lasted = [each.seconds for each in calls if each.seconds is not None] if calls else spent
    durations = sorted(1_000 * each for each in lasted)
    mean_ms = 1_000 * sum(spent) / len(spent)
    return Spender(
        what=what,
        kind=kind,
        traces=len(spent),
        calls=len(calls),
        share=sum(spent) / total if total > 0 else 0.0,
        mean_ms=mean_ms,
        p50_ms=percentile(durations, 50) or 0.0,
        p99_ms=percentile(durations, 99) or 0.0,
        errors=sum(each.status in (TraceStatus.ERROR, TraceStatus.THROTTLE) for each in calls),
        faults=sum(each.status is TraceStatus.FAULT for each in calls),
    )


def _difference(parts: Sequence[_Part]) -> str | None:
    """What the slowest wait for against what the middle ones do; `parts` by their duration."""
    if len(parts) < _FEWEST:
        return None
    slowest = _most(parts[-max(1, round(_SLOWEST * len(parts))) :])
    middle = _most(parts[int(_MIDDLE[0] * len(parts)) : int(_MIDDLE[1] * len(parts))])
    if slowest[0] != middle[0]:
        return f"p99 is spent in {slowest[0]}; p50 in {middle[0]}"
    longer = f", {words.times(slowest[1] / middle[1])} as long at p99" if middle[1] > 0 else ""
    return f"p99 and p50 are both spent in {slowest[0]}{longer}"


def _most(parts: Sequence[_Part]) -> tuple[str, float]:
    """What these wait for most, and how long a trace of them on average."""
    spent: dict[str, float] = {}
    for part in parts:
        for what, seconds in part.spent.items():
            spent[what] = spent.get(what, 0.0) + seconds / len(parts)
    return max(spent.items(), key=lambda item: (item[1], item[0]))
