"""Where the time of the function in focus goes, across its traces, and the service map around it."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from lambdatop.model.text import safe
from lambdatop.model.traces.downstream import Downstream, Edge, Spender
from lambdatop.model.traces.segments import SegmentKind
from lambdatop.state import State
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.widgets.blocks import share_bar
from lambdatop.ui.widgets.columns import Column
from lambdatop.ui.widgets.table import Table
from lambdatop.words import format, timespans
from lambdatop.words.spans import Cell, Span, Tone
from lambdatop.words.trace import why_none

LOW: Final = 12
"""The height below which there is room for where the time goes alone."""
_BAR: Final = 10
_TROUBLE_PCT: Final = 1.0
_UNKNOWN: Cell = ((format.UNKNOWN, "dim"),)


class Spent(Struct, frozen=True):
    """A spender, and of how many traces it was told."""

    spender: Spender
    of_traces: int


class Stop(Struct, frozen=True):
    """An edge at its place in the tree that is drawn."""

    key: str
    edge: Edge
    branch: str
    """`├─ ` or `└─ ` behind as many blanks as it lies deep."""


class DownstreamPane(Pane):
    """Shows `State.seen.downstream`."""

    SOURCE = "downstream"

    def __init__(self) -> None:
        super().__init__()
        self._sentence = Static(classes="sentence")
        self._spenders: Table[Spent] = Table(SPENDERS, key=lambda row: row.spender.what, gap=1)
        self._map: Table[Stop] = Table(MAP, key=lambda stop: stop.key, gap=1, classes="map")

    def content(self) -> Iterator[Widget]:
        yield self._sentence
        yield self._spenders
        yield self._map

    @property
    def reader(self) -> Widget:
        return self._spenders

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < LOW, "-low")

    def fill(self, old: State, new: State) -> None:
        if new.health is not old.health:
            self._spenders.stale = self._map.stale = self.SOURCE in new.health
        told = new.seen.downstream
        if told is not old.seen.downstream or new.focus is not old.focus:
            self.title("downstream", timespans.past(new), *(_said(told) if told is not None else ()))
        if told is None or not told.traces:
            self.absent(self.waiting() if told is None else why_none(new, self.remedy("tracing")))
        elif told is not old.seen.downstream:
            self.absent(None)
            self._show(told)

    def _show(self, told: Downstream) -> None:
        self._sentence.update(Content(safe(told.difference or "too few traces to tell the slowest from the others")))
        self._spenders.show([Spent(spender, told.traces) for spender in told.spenders])
        self._spenders.styles.max_height = len(told.spenders) + 1 if told.edges else None
        self._map.show([*stops(told.edges)])
        self._map.set_class(not told.edges, "-none")


def _said(told: Downstream) -> Iterator[str]:
    yield f"{told.traces:,} {'trace' if told.traces == 1 else 'traces'}"
    if told.p50_ms is not None:
        yield f"p50 {format.duration(told.p50_ms)}"
    if told.p99_ms is not None:
        yield f"p99 {format.duration(told.p99_ms)}"
    if told.edges_counted:
        yield "map counted in these traces"


def stops(edges: Sequence[Edge]) -> Iterator[Stop]:
    """The edges as a tree: callers on top, then the function, under it what it calls, and what those call."""
    for place, edge in enumerate(edges):
        last = not any(later.depth == edge.depth for later in _until_shallower(edges[place + 1 :], edge.depth))
        branch = "" if edge.depth < 1 else "   " * (edge.depth - 1) + ("└─ " if last else "├─ ")
        yield Stop(f"{place} {edge.name}", edge, branch)


def _until_shallower(edges: Sequence[Edge], depth: int) -> Iterator[Edge]:
    for edge in edges:
        if edge.depth < depth:
            return
        yield edge


def _what(row: Spent) -> Cell:
    kind: Tone = "warn" if row.spender.kind is SegmentKind.INIT else "plain"
    return ((safe(row.spender.what), kind),)


def _share(row: Spent) -> Cell:
    tone: Tone = "warn" if row.spender.kind is SegmentKind.INIT else "accent"
    return ((share_bar(row.spender.share, _BAR), tone), (f"{format.percent(100 * row.spender.share):>5}", "plain"))


def _calls(row: Spent) -> Cell:
    calls = row.spender.calls
    return format.significant(calls / row.of_traces) if calls and row.of_traces else _UNKNOWN


def _rate(part: int, of: int, tone: Tone) -> Cell:
    if not of:
        return _UNKNOWN
    percent = 100 * part / of
    return ((format.percent(percent), "dim" if not part else tone if percent >= _TROUBLE_PCT else "plain"),)


def _glyph(edge: Edge) -> Span:
    return (
        ("▲", "bad") if edge.faults else ("▲", "warn") if edge.errors else ("●", "good") if edge.calls else ("○", "dim")
    )


def _stop(stop: Stop) -> Cell:
    callers = "→ " if stop.edge.depth < 0 else ""
    tone: Tone = "strong" if stop.edge.depth == 0 else "plain"
    return ((stop.branch, "dim"), _glyph(stop.edge), (f" {callers}", "dim"), (safe(stop.edge.name), tone))


SPENDERS: tuple[Column[Spent], ...] = (
    Column(key="what", title="WHAT", width=26, max_width=44, cell=_what, align="left", importance=100, flex=True),
    Column(key="share", title="SHARE %", width=_BAR + 5, cell=_share, align="left", importance=95),
    Column(key="calls", title="CALLS/TRACE", width=11, cell=_calls, importance=60),
    Column(
        key="mean", title="TIME/TRACE", width=10, cell=lambda row: format.duration(row.spender.mean_ms), importance=50
    ),
    Column(key="p50", title="P50 EACH", width=8, cell=lambda row: format.duration(row.spender.p50_ms), importance=70),
    Column(key="p99", title="P99 EACH", width=8, cell=lambda row: format.duration(row.spender.p99_ms), importance=80),
    Column(
        key="errors",
        title="ERR %",
        width=5,
        cell=lambda row: _rate(row.spender.errors, row.spender.calls, "warn"),
        importance=75,
    ),
    Column(
        key="faults",
        title="FAULT %",
        width=7,
        cell=lambda row: _rate(row.spender.faults, row.spender.calls, "bad"),
        importance=85,
    ),
)
MAP: tuple[Column[Stop], ...] = (
    Column(
        key="name", title="SERVICE MAP", width=20, max_width=48, cell=_stop, align="left", importance=100, flex=True
    ),
    Column(
        key="kind",
        title="KIND",
        width=10,
        max_width=24,
        cell=lambda stop: ((safe(stop.edge.kind), "dim"),),
        align="left",
        importance=40,
        flex=True,
    ),
    Column(key="calls", title="CALLS", width=7, cell=lambda stop: format.count(stop.edge.calls), importance=90),
    Column(key="mean", title="MEAN", width=8, cell=lambda stop: format.duration(stop.edge.mean_ms), importance=70),
    Column(
        key="errors",
        title="ERR %",
        width=5,
        cell=lambda stop: _rate(stop.edge.errors, stop.edge.calls, "warn"),
        importance=75,
    ),
    Column(
        key="faults",
        title="FAULT %",
        width=7,
        cell=lambda stop: _rate(stop.edge.faults, stop.edge.calls, "bad"),
        importance=85,
    ),
)
