"""How one branch of a trace reads as a row: its name, what kind of call it was, how long it took, its bar, its trouble.

Pure functions from rows to spans, and the columns they make at a width.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from msgspec import Struct

from lambdatop.model.text import safe
from lambdatop.model.traces.segments import Segment, SegmentKind, Trace
from lambdatop.model.traces.summary import TraceStatus
from lambdatop.model.traces.waterfall_rows import Branch, WaterfallRow
from lambdatop.ui.widgets.blocks import timed_bar
from lambdatop.ui.widgets.columns import Column
from lambdatop.ui.widgets.tones import width_of
from lambdatop.words import format
from lambdatop.words.spans import Cell, Span, Tone

LEAST_BARS: Final = 20
"""Cells that the bars keep, however long the names are."""
_LEAST_NAME, _MOST_NAME, _NAMES_SHARE = 8, 56, 0.45
_KIND_FROM = 100
"""The width from which there is room to say what kind of call it was."""
_KIND, _SIGN, _TOOK = 6, 1, 9
_LEAST_NOTE, _MOST_NOTE, _AIR = 10, 44, 2

STATUS_TONES: dict[TraceStatus, Tone] = {
    TraceStatus.OK: "good",
    TraceStatus.ERROR: "warn",
    TraceStatus.THROTTLE: "warn",
    TraceStatus.FAULT: "bad",
}


class Scale(Struct, frozen=True):
    """A stretch of time mapped onto a number of cells."""

    start_s: float
    end_s: float
    width: int

    def cells(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Start and end, in cells; the drawing cuts off what lies outside."""
        per_s = self.width / (self.end_s - self.start_s) if self.end_s > self.start_s else 0.0
        return (start_s - self.start_s) * per_s, (end_s - self.start_s) * per_s

    def axis(self) -> str:
        """The times at zero, a quarter, a half … of the width; fewer if there is no room for them."""
        seconds = self.end_s - self.start_s
        room = 2 * width_of(format.took(seconds)) + 1
        parts = next((parts for parts in (4, 2) if self.width >= parts * room), 1)
        line = "0"
        for part in range(1, parts + 1):
            label = format.took(seconds * part / parts, seconds)
            at = self.width * part // parts
            line = line.ljust(at - (len(label) if part == parts else 0)) + label
        return line


def columns(
    trace: Trace, tree: Sequence[Branch], named: frozenset[str], width: int
) -> tuple[Column[WaterfallRow], ...]:
    """The columns of a table of `width` cells: names as wide as they are, or as the bars leave room for."""
    kinds = [_KIND] if width >= _KIND_FROM else []
    others = sum(each + 1 for each in (*kinds, _SIGN, _TOOK))
    natural = max((_natural(branch) for branch in tree), default=0)
    name = max(_LEAST_NAME, min(natural, _MOST_NAME, int(width * _NAMES_SHARE), width - others - 1 - LEAST_BARS))
    bars = max(1, width - name - others - 1)
    scale = Scale(trace.start_s, trace.end_s, bars - _kept_for_notes(trace, tree, bars))
    made: list[Column[WaterfallRow]] = [
        _column("name", "SEGMENT", name, partial(_name, named=named, width=name), importance=100),
        *(_column("kind", "", each, _kind, importance=10) for each in kinds),
        _column("sign", "", _SIGN, _sign, importance=85),
        Column(key="took", title="TOOK", width=_TOOK, cell=partial(_took, among_s=trace.seconds), importance=90),
        _column("bars", scale.axis(), bars, partial(_bar, scale=scale, width=bars), importance=80),
    ]
    return tuple(made)


def _column(
    key: str, title: str, width: int, cell: Callable[[WaterfallRow], Cell], *, importance: int
) -> Column[WaterfallRow]:
    return Column(key=key, title=title, width=width, cell=cell, align="left", importance=importance)


def fails(segment: Segment) -> bool:
    """True if it ended in error, throttle or fault."""
    return segment.status is not TraceStatus.OK


def failure(segment: Segment) -> str:
    """How a segment failed, in a few words: `500 ConditionalCheckFailedException`, `fault`."""
    status = str(segment.http_status) if segment.http_status is not None and segment.http_status >= 400 else None
    kind = next((each.type for each in segment.failures if each.type), None)
    return safe(" ".join(part for part in (status, kind) if part) or segment.status.value)


def notes(row: WaterfallRow) -> list[Span]:
    """What is wrong with a row or odd about it: status and exception, retries, a parent that was never delivered."""
    spans: list[Span] = []
    for span in _notes(row):
        spans += [(" · ", "dim"), span]
    return spans[1:]


def _notes(row: WaterfallRow) -> Iterator[Span]:
    segments = row.branch.segments
    segment = next(filter(fails, segments), segments[0])
    if fails(segment):
        yield failure(segment), STATUS_TONES[segment.status]
    if retries := sum(each.retries or 0 for each in segments):
        yield f"{retries} {'retry' if retries == 1 else 'retries'}", "warn"
    if segment.lasted_s is not None:
        yield "began before the trace", "dim"
    if segment.adopted:
        yield "parent missing", "dim"
    if segment.end_s is None and not segment.in_progress:
        yield "end unknown", "dim"


def indent(branch: Branch, width: int) -> int:
    """How far in a branch's name begins in a column so wide: what is very deep stays readable."""
    return min(2 * branch.depth, width // 2)


def title(branch: Branch, tone: Tone = "plain") -> tuple[Span, ...]:
    """A branch's name: `DynamoDB Query orders`, `12 × DynamoDB GetItem users`, `checkout-api (service)`."""
    segment = branch.segments[0]
    count: Span = (f"{len(branch.segments)} × " if branch.is_run else "", "accent")
    whose: Span = (
        " (service)" if segment.kind is SegmentKind.SERVICE else " (inferred)" if segment.inferred else "",
        "dim",
    )
    return (count, (safe(segment.title) or format.UNKNOWN, tone), whose)


def took(branch: Branch, among_s: float) -> str:
    """How long a branch of a trace so long took, a run all of it together; `▶ running`, or unknown."""
    if branch.runs:
        return "▶ running"
    lengths = [segment.seconds for segment in branch.segments if segment.seconds is not None]
    return format.took(max(0.0, sum(lengths)), among_s) if lengths else format.UNKNOWN


def _natural(branch: Branch) -> int:
    return 2 * branch.depth + 2 + sum(width_of(text) for text, _ in title(branch))


def _name(row: WaterfallRow, *, named: frozenset[str], width: int) -> Cell:
    sign = "▾ " if row.is_open else "▸ " if row.opens else "  "
    is_named = any(segment.id in named for segment in row.branch.segments)
    tone: Tone = "strong" if is_named else "plain" if row.critical else "dim"
    return ((" " * indent(row.branch, width), "plain"), (sign, "accent"), *title(row.branch, tone))


def _kind(row: WaterfallRow) -> Cell:
    return ((safe(row.segment.namespace or ""), "dim"),)


def _sign(row: WaterfallRow) -> Cell:
    status = row.branch.status
    return (("▲", STATUS_TONES[status]),) if status is not TraceStatus.OK else ""


def _took(row: WaterfallRow, *, among_s: float) -> Cell:
    tone: Tone = "accent" if row.branch.runs else "plain" if row.critical else "dim"
    return ((took(row.branch, among_s), tone),)


def _bar(row: WaterfallRow, *, scale: Scale, width: int) -> Cell:
    pieces = [_piece(segment, scale) for segment in row.branch.segments]
    bright = [scale.cells(stretch.start_s, stretch.end_s) for stretch in row.critical]
    tone: Tone = "warn" if row.segment.kind is SegmentKind.INIT else "accent"
    return tuple(_beside(timed_bar(pieces, bright, scale.width, (tone, "faint")), notes(row), width))


def _beside(bar: list[Span], words: list[Span], width: int) -> list[Span]:
    """The words behind the bar, before it if there is room for them there alone, or else none."""
    line, needed = "".join(text for text, _ in bar), sum(width_of(text) for text, _ in words)
    behind, before = width - len(line) - _AIR, len(line) - len(line.lstrip()) - _AIR
    if words and needed > behind and needed <= before:
        first, tone = bar[0]
        rest: Span = (first[before + _AIR :], tone)
        return [(" " * (before - needed), "plain"), *words, (" " * _AIR, "plain"), rest, *bar[1:]]
    return [*bar, (" " * _AIR, "plain"), *words] if words and behind >= min(needed, _LEAST_NOTE) else bar


def _piece(segment: Segment, scale: Scale) -> tuple[float, float]:
    """To the end of the time that is shown if it still runs; a mark at its start if nothing says when it ended."""
    end = segment.end_s if segment.end_s is not None else scale.end_s if segment.in_progress else segment.start_s
    return scale.cells(segment.start_s, max(segment.start_s, end))


def _kept_for_notes(trace: Trace, tree: Sequence[Branch], bars: int) -> int:
    """How many of the cells for bars are kept free behind them, for words that have no room before theirs."""
    scale = Scale(trace.start_s, trace.end_s, bars - bars // 3)
    needed = 0
    for segment in (segment for branch in tree for segment in branch.segments if fails(segment)):
        words = _AIR + width_of(failure(segment))
        if scale.cells(segment.start_s, segment.start_s)[0] < words + _AIR:
            needed = max(needed, words)
    room = min(needed, _MOST_NOTE, bars - LEAST_BARS, bars // 3)
    return room if room >= min(needed, _LEAST_NOTE) else 0
