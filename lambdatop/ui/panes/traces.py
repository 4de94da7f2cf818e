"""The recent traces of the function in focus: when, how long, how they ended, and what was asked."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from msgspec.structs import replace
from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.widget import Widget

from lambdatop.model.text import safe
from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.state import State
from lambdatop.ui.commands import Area, bindings
from lambdatop.ui.messages import TraceOpened
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.panes.traces_choice import Only, TraceChoice
from lambdatop.ui.widgets.blocks import share_bar
from lambdatop.ui.widgets.columns import Column, Sort
from lambdatop.ui.widgets.table import Table
from lambdatop.ui.widgets.timeline import STATUS_TONES
from lambdatop.words import format, timespans
from lambdatop.words.spans import Cell, Span
from lambdatop.words.trace import request, why_none

ROOMY: Final = 84
"""The width from which cold start, status, request and root cause have a column each."""
_BAR, _WIDE_BAR = 6, 16
_UNKNOWN: Cell = ((format.UNKNOWN, "dim"),)


class TracesPane(Pane):
    """Shows `State.seen.traces`; the bars are to the longest of them."""

    SOURCE = "traces"
    PLACE = Area.TRACES
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.TRACES)]

    def __init__(self) -> None:
        super().__init__()
        self._choice = TraceChoice()
        self._made_for = (0.0, False)
        self._table: Table[TraceSummary] = Table(columns(*self._made_for), key=lambda trace: trace.id, gap=1)

    def content(self) -> Iterator[Widget]:
        yield self._table

    def fill(self, old: State, new: State) -> None:
        if new.seen.traces is not old.seen.traces or new.health is not old.health or new.focus is not old.focus:
            self._table.stale = self.SOURCE in new.health
            self._show(new)
        if not new.seen.traces:
            self.absent(self.waiting() if new.seen.traces is None else why_none(new, self.remedy("tracing")))

    def on_resize(self, event: events.Resize) -> None:
        self._fit(self._made_for[0])

    def _show(self, state: State) -> None:
        traces = state.seen.traces or ()
        shown = self._choice.of(traces)
        self._fit(max((trace.duration_s or 0.0 for trace in traces), default=0.0))
        self._table.empty = "no such trace among them · Esc shows all"
        self._table.sort = Sort("took" if self._choice.by_duration else "time")
        self._table.show(shown)
        self.title("traces", timespans.past(state), *self._choice.words(traces, shown))
        if traces:
            self.absent(None)

    def _fit(self, longest_s: float) -> None:
        wanted = (longest_s, self.size.width >= ROOMY)
        if wanted != self._made_for:  # the bars of rows that did not change themselves are others now
            self._made_for = wanted
            self._table.columns = columns(*wanted)

    def _choose(self, choice: TraceChoice) -> None:
        self._choice = choice
        self._show(self.state)

    def action_only(self, what: str) -> None:
        self._choose(self._choice.turned(Only(what)))

    def action_turn_order(self) -> None:
        self._choose(replace(self._choice, by_duration=not self._choice.by_duration))
        self._table.action_first()

    def action_clear(self) -> None:
        if not self._choice.only:
            raise SkipAction
        self._choose(replace(self._choice, only=frozenset()))

    def on_table_header_clicked(self, message: Table.HeaderClicked) -> None:
        message.stop()
        if message.key in ("time", "took"):
            self._choose(replace(self._choice, by_duration=message.key == "took"))

    def on_table_opened(self, message: Table.Opened) -> None:
        message.stop()
        self.action_open()

    def action_open(self) -> None:
        if self._table.cursor_key is not None:
            among = tuple(trace.id for trace in self._table.rows)
            self.post_message(TraceOpened(self._table.cursor_key, among))


def columns(longest_s: float, roomy: bool) -> Sequence[Column[TraceSummary]]:
    """The columns of a pane; where there is little room, what is odd about a trace stands before what was asked."""
    width = _WIDE_BAR if roomy else _BAR

    def bar(trace: TraceSummary) -> Cell:
        share = (trace.duration_s or 0.0) / longest_s if longest_s > 0 else 0.0
        return ((share_bar(share, width), _glyph(trace)[1] if trace.status is not TraceStatus.OK else "dim"),)

    first: tuple[Column[TraceSummary], ...] = (
        Column(key="time", title="TIME", width=8, cell=_time, align="left", importance=90),
        Column(key="glyph", title="", width=1, cell=lambda trace: (_glyph(trace),), importance=100),
        Column(key="took", title="TOTAL", width=7, cell=_took, importance=95),
        Column(key="bar", title="", width=width, cell=bar, align="left", importance=80),
    )
    return (*first, *(_ROOMY if roomy else _NARROW))


def _time(trace: TraceSummary) -> Cell:
    return ((format.clock(trace.start), "dim"),)


def _glyph(trace: TraceSummary) -> Span:
    if trace.status is not TraceStatus.OK:
        return ("▲", STATUS_TONES[trace.status])
    return ("▶", "accent") if trace.in_progress else ("●", "good")


def _took(trace: TraceSummary) -> Cell:
    return format.took(trace.duration_s) if trace.duration_s is not None else _UNKNOWN


def _cold(trace: TraceSummary) -> Cell:
    return _UNKNOWN if trace.cold is None else (("cold" if trace.cold else "", "warn"),)


def _status(trace: TraceSummary) -> Cell:
    status = f"{trace.http_status} " if trace.http_status is not None else ""
    if trace.status is not TraceStatus.OK:
        return ((f"{status}{trace.status.value}", STATUS_TONES[trace.status]),)
    return ((f"{status}running", "accent"),) if trace.in_progress else ((f"{status}ok", "dim"),)


def _request(trace: TraceSummary) -> Cell:
    return ((safe(request(trace.method, trace.url)), "dim"),)


def _cause(trace: TraceSummary) -> Cell:
    return ((safe(trace.cause or ""), "plain"),)


def _what(trace: TraceSummary) -> Cell:
    running: Span = ("running " if trace.in_progress else "", "accent")
    cold: Span = ("cold " if trace.cold else "", "warn")
    cause: Span = (f"{safe(trace.cause)} " if trace.cause else "", "plain")
    return (running, cold, cause, (safe(request(trace.method, trace.url)), "dim"))


_ROOMY: Sequence[Column[TraceSummary]] = (
    Column(key="cold", title="COLD", width=4, cell=_cold, align="left", importance=60),
    Column(key="status", title="STATUS", width=12, cell=_status, align="left", importance=70),
    Column(key="cause", title="CAUSE", width=14, max_width=34, cell=_cause, align="left", importance=65, flex=True),
    Column(key="request", title="REQUEST", width=14, cell=_request, align="left", importance=50, flex=True),
)
_NARROW: Sequence[Column[TraceSummary]] = (
    Column(key="what", title="WHAT", width=4, cell=_what, align="left", importance=85, flex=True),
)
