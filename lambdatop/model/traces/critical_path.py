"""The critical path of a trace, and its bottleneck named in one sentence.

The path is found as usual: from the end backwards, always into the child that ended last before the moment reached,
and where none did, the time is the parent's own. What ran beside it meanwhile is not on the path.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from lambdatop.model import words
from lambdatop.model.traces.assembly import SKEW_S
from lambdatop.model.traces.segments import Segment, SegmentKind, Trace
from lambdatop.model.traces.summary import TraceStatus
from lambdatop.model.traces.time_spent import TimeUse, purposes

_ROUNDING_S: Final = 0.001
"""Calls this close are one after the other: many SDKs write whole milliseconds."""
_ALIKE: Final = 1.25
"""Durations no further apart than this factor are reported as one."""
_TIMED_OUT: Final = re.compile(r"tim(?:ed?|e_)[ -]?out|ETIMEDOUT", re.IGNORECASE)


class CriticalStretch(Struct, frozen=True):
    """A stretch of time that the answer waited for, and the segment it was spent in itself. Epoch seconds."""

    segment_id: str
    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


class Bottleneck(Struct, frozen=True, kw_only=True):
    """Where most of a trace's critical path went: calls to one thing, init, or the code itself."""

    what: str
    """`DynamoDB Query orders`, `init`, `checkout-api's own code`; raw text."""
    seconds: float
    """On the critical path, all calls together."""
    share: float
    """Of the whole trace, 0 to 1."""
    calls: int
    """0 if it is not a call."""
    sequential: bool
    """True if there were several calls and each began after the one before had ended."""
    parallel_s: float | None
    """About how long the trace would take if they ran at the same time; None unless sequential."""
    segment_ids: tuple[str, ...]
    """The calls, or the init or function itself, by time."""


def critical_path(trace: Trace) -> tuple[CriticalStretch, ...]:
    """The stretches that make up the trace's duration, by time; they never overlap.

    A call that is not waited for (an asynchronous invocation) is on the path if the trace ends with it.
    """
    walk = _Walk(trace.roots, trace.end_s)
    last = walk.last()
    if last is None:
        return ()
    walk.back(last)
    for root in sorted(trace.roots, key=walk.end_of, reverse=True):
        if root.start_s < walk.moment:
            walk.spend(last, walk.end_of(root))
            walk.back(root)
            last = root
    walk.spend(last, trace.start_s)
    return walk.path()


def path_between(trace: Trace, top: Segment, end: Segment) -> tuple[CriticalStretch, ...]:
    """The critical path of a part of the trace: from the end of `end` back to the start of `top`, which is above it."""
    walk = _Walk(trace.roots, trace.end_s)
    walk.moment = walk.end_of(end)
    walk.back(end, top)
    return walk.path()


class _Walk:
    """A walk through the tree from a moment backwards; every step is an assignment of time to a segment."""

    def __init__(self, roots: Sequence[Segment], moment: float) -> None:
        self.moment = moment
        self._stretches: list[CriticalStretch] = []
        self._parents: dict[str, Segment] = {}
        self._ends: dict[str, float] = {}
        """What has no end is as long as its parent."""
        self._waiting: dict[str, list[Segment]] = {}
        """The children of a segment that can still be on the path, by their end."""
        self._in_order = [segment for root in roots for segment in root.walk()]
        for segment in self._in_order:
            self._take_in(segment, moment)

    def _take_in(self, segment: Segment, moment: float) -> None:
        parent = self._parents.get(segment.id)
        around = self._ends[parent.id] if parent else moment
        self._ends[segment.id] = max(segment.start_s, around if segment.end_s is None else segment.end_s)
        self._parents.update((child.id, segment) for child in segment.children)

    def end_of(self, segment: Segment) -> float:
        return self._ends[segment.id]

    def last(self) -> Segment | None:
        """What ends last, of several the one above the others."""
        return max(self._in_order, key=self.end_of, default=None)

    def path(self) -> tuple[CriticalStretch, ...]:
        return tuple(reversed(self._stretches))

    def spend(self, segment: Segment, since: float) -> None:
        """Assign the time from `since` to the moment reached, and be there."""
        if since >= self.moment:
            return
        until = self.moment
        if self._stretches and self._stretches[-1].segment_id == segment.id:
            until = self._stretches.pop().end_s
        self._stretches.append(CriticalStretch(segment.id, since, until))
        self.moment = since

    def back(self, segment: Segment, top: Segment | None = None) -> None:
        """Walk from within a segment to the start of `top`, or of its root."""
        at: Segment | None = segment
        while at is not None:
            child = self._waited_for(at)
            if child is not None:
                self.spend(at, self.end_of(child))
                at = child
                continue
            self.spend(at, at.start_s)
            at = None if at is top else self._parents.get(at.id)

    def _waited_for(self, segment: Segment) -> Segment | None:
        """The child that ended last before the moment reached; one that ends later is out of the question for good."""
        waiting = self._waiting.get(segment.id)
        if waiting is None:
            waiting = self._waiting[segment.id] = sorted(segment.children, key=self.end_of)
        while waiting:
            child = waiting.pop()
            if self.end_of(child) <= self.moment + SKEW_S and child.start_s < min(self.moment, self.end_of(child)):
                return child
        return None


def bottleneck(trace: Trace) -> Bottleneck | None:
    """What the critical path spends most in; None for a trace without a length."""
    aims = purposes(trace)
    spent: dict[str, dict[str, float]] = {}
    for stretch in critical_path(trace):
        aim = aims[stretch.segment_id]
        each = spent.setdefault(aim.what, {})
        each[aim.segment.id] = each.get(aim.segment.id, 0.0) + stretch.seconds
    if not spent or trace.seconds <= 0:
        return None
    what, most = max(spent.items(), key=lambda item: sum(item[1].values()))
    return _bottleneck(trace, what, most, [aims[identifier] for identifier in most])


def _bottleneck(trace: Trace, what: str, spent: dict[str, float], aims: Sequence[TimeUse]) -> Bottleneck:
    seconds = sum(spent.values())
    calls = [aim.segment for aim in aims if aim.kind is SegmentKind.CALL]
    sequential = _sequential(calls)
    return Bottleneck(
        what=what,
        seconds=seconds,
        share=min(1.0, seconds / trace.seconds),
        calls=len(calls),
        sequential=sequential,
        parallel_s=trace.seconds - seconds + max(spent.values()) if sequential else None,
        segment_ids=tuple(spent),
    )


def _sequential(calls: Sequence[Segment]) -> bool:
    in_order = sorted(calls, key=lambda call: call.start_s)
    apart = (one.end_s is not None and one.end_s <= other.start_s + _ROUNDING_S for one, other in pairwise(in_order))
    return len(calls) > 1 and all(apart)


def told(found: Bottleneck, trace: Trace) -> str:
    """`79 % of 1.90 s is DynamoDB Query orders: 3 calls one after another (0.45 s each); in parallel about 1.0 s`."""
    whole = f"{words.share(found.share)} of {words.seconds(trace.seconds, trace.seconds)} is {found.what}"
    members = set(found.segment_ids)
    segments = [each for each in trace.walk() if each.id in members]
    if not found.calls:
        cold = " (cold start)" if any(each.kind is SegmentKind.INIT for each in segments) else ""
        return ", ".join([whole + cold, *_trouble(segments)])
    calls = ", ".join([_calls(found, segments, trace), *_trouble(segments)])
    parallel = "" if found.parallel_s is None else f"; in parallel about {words.about(found.parallel_s, trace.seconds)}"
    return f"{whole}: {calls}{parallel}"


def _calls(found: Bottleneck, calls: Sequence[Segment], trace: Trace) -> str:
    """`1 call`, `3 calls one after another (0.45 s each)`; `1 of 8 calls` where the others were not waited for."""
    made = sum(each.kind is SegmentKind.CALL and each.title == found.what for each in trace.walk())
    beside = f" of {made}" if made > found.calls else ""
    number = f"{found.calls}{beside} {'call' if max(made, found.calls) == 1 else 'calls'}"
    if found.calls == 1:
        return number
    one_after_another = " one after another" if found.sequential else ""
    return f"{number}{one_after_another} ({_each(calls, found.seconds / found.calls, trace.seconds)})"


def _each(calls: Sequence[Segment], mean: float, among: float) -> str:
    lasted = sorted(call.seconds for call in calls if call.seconds is not None) or [mean]
    if lasted[-1] <= lasted[0] * _ALIKE:
        return f"{words.seconds(sum(lasted) / len(lasted), among)} each"
    return f"{words.seconds(lasted[0], among)} to {words.seconds(lasted[-1], among)}"


def _trouble(segments: Sequence[Segment]) -> Iterator[str]:
    """What went wrong in these, in as many words as matter: `2 retries`, `timed out`, `2 of 3 throttled`."""
    retries = sum(each.retries or 0 for each in segments)
    if retries:
        yield f"{retries} {'retry' if retries == 1 else 'retries'}"
    endings = Counter(ending for each in segments if (ending := _ending(each)))
    for ending, count in sorted(endings.items(), key=lambda item: (-item[1], item[0])):
        yield ending if len(segments) == 1 else f"{count} of {len(segments)} {ending}"


def _ending(segment: Segment) -> str | None:
    if segment.status is TraceStatus.OK:
        return None
    told_of = [text for each in segment.failures for text in (each.type, each.message) if text]
    if segment.http_status in (408, 504) or any(_TIMED_OUT.search(text) for text in told_of):
        return "timed out"
    if segment.status is TraceStatus.THROTTLE:
        return "throttled"
    return f"failed: {told_of[0]}" if told_of else "failed"
