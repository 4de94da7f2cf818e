"""From X-Ray's segment documents to one tree: any order, either style, parts missing, malformed or sent on their own.

Documents are taken in the order of their text, so that the same ones always make the same tree. Each step is linear,
or nearly: a trace may hold thousands of subsegments, and may have been written to hurt.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Final

from lambdatop.model.traces.segment_documents import (
    Draft,
    Raw,
    drafts,
    exceptions_of,
    kind_of,
    moment,
    read,
    segment_of,
)
from lambdatop.model.traces.segments import Segment, SegmentKind, Trace

SKEW_S: Final = 0.01
"""How far the clocks of two segments' hosts may be apart."""
_HOSTS: Final = frozenset({SegmentKind.SERVICE, SegmentKind.FUNCTION, SegmentKind.INVOCATION, SegmentKind.PART})
"""What a part without a parent may hang under."""
_HOSTS_TRIED: Final = 64
"""Of those open at a moment, the ones begun last."""


def assemble(trace_id: str, documents: Sequence[str], *, limited: bool = False) -> Trace:
    """The trace in these documents (JSON text), as far as they can be read. Never raises.

    `Trace.start_s` is the start of the earliest segment: an init that ran ahead of the request is cut there.
    """
    found = [read(text) for text in sorted(set(documents))]
    known, exceptions = _gather(document for document in found if document is not None)
    _link(known)
    roots = _adopt(list(_without_cycles(known)))
    parts = list(_parents_first(roots))
    start_s, end_s = window = _window(parts, _second_of(trace_id))
    segments = _segments(parts, window, exceptions)
    return Trace(
        id=trace_id,
        start_s=start_s,
        end_s=end_s,
        roots=_by_start(segments[root.id] for root in roots),
        limited=limited,
        unreadable=found.count(None),
    )


def _gather(documents: Iterable[Raw]) -> tuple[dict[str, Draft], dict[str, object]]:
    """Every part by its id, of several versions of one the final, and every exception by its own."""
    known: dict[str, Draft] = {}
    exceptions: dict[str, object] = {}
    numbers = count(1)
    for document in documents:
        for draft, around in drafts(document):
            exceptions.update(exceptions_of(draft.raw))
            if around is not None:
                draft.parent_id = around.id
            same = known.get(draft.id)
            if same is not None and same.name == draft.name:
                draft = _final(same, draft)
            elif same is not None or not draft.id:
                draft.id = next(name for number in numbers if (name := f"?{number}") not in known)
            known[draft.id] = draft
    return known, exceptions


def _final(one: Draft, other: Draft) -> Draft:
    """Of two versions the one that is over, or was longer under way; it keeps the parent that either names."""
    kept, left = (other, one) if _progress(other) > _progress(one) else (one, other)
    kept.parent_id = kept.parent_id or left.parent_id
    kept.whole = kept.whole or left.whole
    return kept


def _progress(draft: Draft) -> tuple[bool, float, int]:
    return not draft.in_progress, draft.end_s or -math.inf, len(draft.raw)


def _link(known: dict[str, Draft]) -> None:
    for draft in known.values():
        draft.parent = known.get(draft.parent_id) if draft.parent_id is not None else None
        if draft.parent is not None:
            draft.parent.children.append(draft)


def _without_cycles(known: dict[str, Draft]) -> Iterator[Draft]:
    """The roots. A circle of parts that are each other's parents is cut above the earliest of them."""
    settled: set[int] = set()
    for draft in known.values():
        climbed: dict[int, Draft] = {}
        at: Draft | None = draft
        while at is not None and id(at) not in settled and id(at) not in climbed:
            climbed[id(at)] = at
            at = at.parent
        settled.update(climbed)
        way = list(climbed.values())
        if at is None:
            yield way[-1]
        elif id(at) in climbed:
            yield _cut(way[way.index(at) :])


def _cut(circle: list[Draft]) -> Draft:
    first = min(circle, key=_place)
    if first.parent is not None:
        first.parent.children.remove(first)
    first.parent = first.parent_id = None
    return first


def _adopt(roots: list[Draft]) -> list[Draft]:
    """Hang what misses its parent under the innermost part that it happened in; return what is still a root."""
    bases = _bases(roots)
    firm = {base.id for base in bases}
    orphans = sorted((root for root in roots if root.id not in firm and root.start_s is not None), key=_place)
    coming = sorted((each for each in _parents_first(bases) if _can_host(each)), key=_began)[::-1]
    under_way: list[Draft] = []
    for orphan in orphans:
        while coming and _began(coming[-1]) <= _began(orphan) + SKEW_S:
            under_way.append(coming.pop())
        while under_way and _over(under_way[-1]) < _began(orphan):
            under_way.pop()
        host = next((each for each in under_way[: -_HOSTS_TRIED - 1 : -1] if _over(each) >= _ended(orphan)), None)
        if host is not None:
            orphan.parent, orphan.adopted = host, True
            host.children.append(orphan)
    return [root for root in roots if not root.adopted]


def _bases(roots: list[Draft]) -> list[Draft]:
    """The trees whose position is certain: segments that name no parent, else the earliest and its siblings."""
    segments = [root for root in roots if root.whole]
    certain = [root for root in segments if root.parent_id is None]
    if certain or not segments:
        return certain
    first = min(segments, key=_place)
    return [root for root in segments if root.parent_id == first.parent_id]


def _can_host(draft: Draft) -> bool:
    return draft.kind in _HOSTS and draft.start_s is not None


def _parents_first(roots: Iterable[Draft]) -> Iterator[Draft]:
    """Every part under these roots, with its kind, which depends on its parent's."""
    waiting = [*roots]
    while waiting:
        draft = waiting.pop()
        draft.kind = kind_of(draft)
        yield draft
        waiting += draft.children


def _began(draft: Draft) -> float:
    return math.inf if draft.start_s is None else draft.start_s


def _ended(draft: Draft) -> float:
    return _began(draft) if draft.end_s is None else draft.end_s


def _over(draft: Draft) -> float:
    """The last moment at which something can still have happened in it."""
    return math.inf if draft.end_s is None else draft.end_s + SKEW_S


def _place(draft: Draft) -> tuple[float, str]:
    return _began(draft), draft.id


def _window(parts: Sequence[Draft], otherwise_s: float) -> tuple[float, float]:
    """From the earliest segment, or the earliest part that is no init, to the last moment known."""
    timed = [draft for draft in parts if draft.start_s is not None]
    choices = (
        [draft for draft in timed if draft.whole],
        [draft for draft in timed if draft.kind is not SegmentKind.INIT],
        timed,
    )
    start_s = min(map(_began, next(filter(None, choices), ())), default=otherwise_s)
    ends = (at for draft in parts for at in (draft.start_s, draft.end_s) if at is not None)
    return start_s, max((start_s, *ends))


def _second_of(trace_id: str) -> float:
    """AWS: a trace id holds the second in which it began, `1-5759e988-…`, in hexadecimal."""
    try:
        second = moment(int(trace_id.split("-")[1], 16))
    except (IndexError, ValueError):
        second = None
    return second or 0.0


def _segments(parts: Sequence[Draft], window: tuple[float, float], exceptions: Raw) -> dict[str, Segment]:
    """The finished segments by id, from parts of which every parent comes before its children."""
    spans = _spans(parts, window)
    made: dict[str, Segment] = {}
    for draft in reversed(parts):
        children = _by_start(made[child.id] for child in draft.children)
        made[draft.id] = segment_of(draft, spans[draft.id], exceptions, children)
    return made


def _by_start(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    return tuple(sorted(segments, key=lambda each: (each.start_s, each.id)))


def _spans(parts: Sequence[Draft], window: tuple[float, float]) -> dict[str, tuple[float, float | None]]:
    """The bars: cut at the window's start, none shorter than nothing; an unknown start is the first child's."""
    spans: dict[str, tuple[float, float | None]] = {}
    for draft in parts:
        start_s = min((*map(_began, draft.children), _began(draft))) if draft.start_s is None else draft.start_s
        if start_s == math.inf:
            start_s = spans[draft.parent.id][0] if draft.parent is not None else window[0]
        start_s = max(start_s, window[0])
        spans[draft.id] = start_s, None if draft.end_s is None else max(start_s, draft.end_s)
    return spans
