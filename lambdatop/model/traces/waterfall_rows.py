"""Which rows a waterfall has: a trace's tree, with runs of equal siblings folded into one and closed parts left out.

The tree is laid out once, parents first, each branch knowing where its part ends: to leave a part out is a step to its
end. How deep a trace is was its sender's choice, so nothing here recurses.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Final

from msgspec import Struct

from lambdatop.model.traces.critical_path import CriticalStretch
from lambdatop.model.traces.segments import Segment, Trace
from lambdatop.model.traces.summary import TraceStatus

RUN: Final = 5
"""This many equal siblings in a row are folded into one row until it is opened."""
_BADNESS: Final = (TraceStatus.OK, TraceStatus.ERROR, TraceStatus.THROTTLE, TraceStatus.FAULT)

Stretches = Sequence[CriticalStretch]


# Compared by identity: comparing what is below a segment would recurse as deep as the trace is.
class Branch(Struct, frozen=True, eq=False, kw_only=True):
    """A segment, or a run of equal ones, in the tree."""

    key: str
    segments: Sequence[Segment]
    """One, or those of a run."""
    depth: int
    parent: int | None
    """The place of the branch it hangs under."""
    end: int
    """The index after the last of its descendants."""
    critical: Stretches
    """The part of the critical path spent in the segment itself; a run has none."""

    @property
    def is_run(self) -> bool:
        return len(self.segments) > 1

    @property
    def runs(self) -> bool:
        """One of its segments is in progress."""
        return any(segment.in_progress for segment in self.segments)

    @property
    def status(self) -> TraceStatus:
        """The worst of its segments'."""
        return max((segment.status for segment in self.segments), key=_BADNESS.index)


class WaterfallRow(Struct, frozen=True, eq=False, kw_only=True):
    """A branch as it is shown now."""

    place: int
    branch: Branch
    opens: bool
    """Something hangs under it."""
    is_open: bool
    critical: Stretches
    """Including its hidden descendants."""

    @property
    def key(self) -> str:
        return self.branch.key

    @property
    def segment(self) -> Segment:
        """The segment, or the first of the run."""
        return self.branch.segments[0]


def branches(trace: Trace, path: Stretches) -> Sequence[Branch]:
    """The whole tree of a trace with this critical path, parents first."""
    critical: dict[str, list[CriticalStretch]] = {}
    for stretch in path:
        critical.setdefault(stretch.segment_id, []).append(stretch)
    laid = [*_laid(trace)]
    ends = _ends([each.depth for each in laid])
    return [each.branch(end, critical) for each, end in zip(laid, ends, strict=True)]


def rows(tree: Sequence[Branch], toggled: AbstractSet[str]) -> Iterator[WaterfallRow]:
    """What is shown while these are not as at first: segments are open at first, and runs closed."""
    place = 0
    while place < len(tree):
        branch = tree[place]
        opens = branch.end > place + 1
        is_open = opens and branch.is_run is (branch.key in toggled)
        hides = tree[place + 1 : branch.end] if not is_open else ()
        critical = [*branch.critical, *(stretch for hidden in hides for stretch in hidden.critical)]
        yield WaterfallRow(place=place, branch=branch, opens=opens, is_open=is_open, critical=critical)
        place = place + 1 if is_open else branch.end


def above(tree: Sequence[Branch], place: int) -> Iterator[Branch]:
    """What that branch hangs under, the nearest first."""
    parent = tree[place].parent
    while parent is not None:
        yield tree[parent]
        parent = tree[parent].parent


class _Laid(Struct):
    """A branch before it is known where its part ends."""

    key: str
    segments: Sequence[Segment]
    depth: int
    parent: int | None

    def branch(self, end: int, critical: Mapping[str, Stretches]) -> Branch:
        own = critical.get(self.segments[0].id, ()) if len(self.segments) == 1 else ()
        return Branch(key=self.key, segments=self.segments, depth=self.depth, parent=self.parent, end=end, critical=own)


def _laid(trace: Trace) -> Iterator[_Laid]:
    """The tree, parents first; keys are the segments' ids, made unique if several share one."""
    seen: Counter[str] = Counter()
    waiting: list[tuple[Sequence[Segment], int, int | None]] = [(group, 0, None) for group in _groups(trace.roots)]
    waiting.reverse()
    place = 0
    while waiting:
        segments, depth, parent = waiting.pop()
        is_run = len(segments) > 1
        key = f"{'run ' if is_run else ''}{segments[0].id}"
        seen[key] += 1
        yield _Laid(f"{key} {seen[key]}" if seen[key] > 1 else key, segments, depth, parent)
        under = [(segment,) for segment in segments] if is_run else _groups(segments[0].children)
        waiting += [(group, depth + 1, place) for group in reversed(under)]
        place += 1


def _groups(siblings: Sequence[Segment]) -> list[Sequence[Segment]]:
    """Siblings as they come, those of a long run of equal ones together."""
    groups: list[Sequence[Segment]] = []
    for _, equal in groupby(siblings, key=lambda segment: (segment.kind, segment.title)):
        run = tuple(equal)
        groups += [run] if len(run) >= RUN else [(segment,) for segment in run]
    return groups


def _ends(depths: Sequence[int]) -> list[int]:
    """For each index, the first later index that is no deeper."""
    ends = [len(depths)] * len(depths)
    still_open: list[int] = []
    for place, depth in enumerate(depths):
        while still_open and depths[still_open[-1]] >= depth:
            ends[still_open.pop()] = place
        still_open.append(place)
    return ends
