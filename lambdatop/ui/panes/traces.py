"""The recent traces of the function in focus, newest first."""

from collections.abc import Iterator, Sequence

from textual.widget import Widget

from lambdatop.model.text import safe
from lambdatop.model.traces import TraceStatus, TraceSummary
from lambdatop.state import State
from lambdatop.ui import format
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.widgets.columns import Column
from lambdatop.ui.widgets.table import Table
from lambdatop.ui.widgets.tones import Cell, Span

BAR_WIDTH = 8
_BLOCKS = " ▏▎▍▌▋▊▉█"
_MARKS: dict[TraceStatus, Span] = {
    TraceStatus.OK: ("●", "good"),
    TraceStatus.ERROR: ("▲", "warn"),
    TraceStatus.THROTTLE: ("▲", "warn"),
    TraceStatus.FAULT: ("▲", "bad"),
}


def bar(share: float, width: int = BAR_WIDTH) -> str:
    """A horizontal bar in eighths of a cell; a share above 0 is never invisible."""
    eighths = max(1, round(max(0.0, min(1.0, share)) * width * 8))
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_BLOCKS[rest] if rest else ""))[:width].ljust(width)


class TracesPane(Pane):
    """Shows `State.traces`; the bars are to the longest of them."""

    SOURCE = "traces"

    def __init__(self) -> None:
        super().__init__()
        self._longest_s = 0.0
        self._table: Table[TraceSummary] = Table(self._columns(), key=lambda trace: trace.id)

    def content(self) -> Iterator[Widget]:
        yield self._table

    def fill(self, old: State, new: State) -> None:
        if new.traces is not old.traces or new.health is not old.health or new.focus is not old.focus:
            traces = new.traces or ()
            self._measure(traces)
            self._table.show(traces)
            self.title("traces", f"{len(traces)}" if traces else None)
            self.absent(None if traces else self._reason(new))

    def _measure(self, traces: Sequence[TraceSummary]) -> None:
        longest = max((trace.duration_s or 0.0 for trace in traces), default=0.0)
        if longest != self._longest_s:  # the bars of rows that did not change themselves are others now
            self._longest_s = longest
            self._table.columns = self._columns()

    def _reason(self, state: State) -> str:
        if state.traces is None:
            return self.waiting()
        row = state.fleet.rows.get(state.focus.function or "")
        if row is not None and not row.function.tracing:
            return "X-Ray tracing is off for this function (PassThrough)"
        return "no traces in this window"

    def _columns(self) -> tuple[Column[TraceSummary], ...]:
        longest = self._longest_s

        def share(trace: TraceSummary) -> Cell:
            known = trace.duration_s is not None and longest > 0
            return ((bar((trace.duration_s or 0) / longest), _MARKS[trace.status][1]),) if known else ""

        return (
            Column(key="time", title="TIME", width=8, cell=_time, align="left", importance=90),
            Column(key="status", title="", width=1, cell=lambda trace: (_MARKS[trace.status],), importance=100),
            Column(key="duration", title="TOTAL", width=7, cell=_duration, importance=95),
            Column(key="bar", title="", width=BAR_WIDTH, cell=share, align="left", importance=80),
            Column(key="what", title="WHAT", width=6, cell=_what, align="left", importance=50, flex=True),
        )


def _time(trace: TraceSummary) -> Cell:
    return ((format.clock(trace.start), "dim"),) if trace.start else (("–", "dim"),)


def _duration(trace: TraceSummary) -> Cell:
    return format.duration(trace.duration_s * 1000) if trace.duration_s is not None else (("–", "dim"),)


def _what(trace: TraceSummary) -> Cell:
    spans: list[Span] = []
    if trace.cold:
        spans.append(("cold ", "warn"))
    if trace.cause:
        spans.append((f"{safe(trace.cause)} ", "bad"))
    request = " ".join(part for part in (trace.method, trace.url) if part)
    spans.append((safe(request), "dim"))
    return tuple(spans)
