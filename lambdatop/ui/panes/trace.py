"""One trace: its bottleneck in a sentence, its waterfall, and the row under the cursor in full."""

from collections.abc import Iterator, Sequence

from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from lambdatop.model.text import safe
from lambdatop.model.traces.critical_path import Bottleneck, bottleneck, critical_path, told
from lambdatop.model.traces.segments import Trace
from lambdatop.state import State
from lambdatop.ui.content.segments import brief
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.widgets.bar import Bar
from lambdatop.ui.widgets.table import Table
from lambdatop.ui.widgets.waterfall import Waterfall
from lambdatop.words.trace import missing, nothing, short, titled

LOW = 10
"""The height below which there is room for the waterfall alone."""


class TracePane(Pane):
    """Shows `State.seen.trace`."""

    SOURCE = "trace"

    def __init__(self, among: Sequence[str] = ()) -> None:
        super().__init__()
        self._among = among
        """The ids of the list that the trace was opened from."""
        self.waterfall = Waterfall()
        self._sentence = Static(classes="sentence")
        self._found: Bottleneck | None = None
        self._cursor = Bar(classes="cursor")

    def content(self) -> Iterator[Widget]:
        yield self._sentence
        yield self.waterfall
        yield self._cursor

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < LOW, "-low")

    @property
    def reader(self) -> Widget:
        return self.waterfall

    def fill(self, old: State, new: State) -> None:
        if new.seen.trace is not old.seen.trace:
            self._show(new.seen.trace)
        listed_anew = new.seen.traces is not old.seen.traces or new.focus is not old.focus
        if new.seen.trace is not old.seen.trace or listed_anew or new.health is not old.health:
            self._retitle(new)
            self._sentence.update(Content(safe(self._said(new.seen.trace))))
            self.waterfall.stale = self.SOURCE in new.health

    def _show(self, trace: Trace | None) -> None:
        self._found = bottleneck(trace) if trace is not None else None
        named = frozenset(self._found.segment_ids if self._found is not None else ())
        self.waterfall.show_trace(trace, critical_path(trace) if trace is not None else (), named)
        self._tell_cursor()

    def _said(self, trace: Trace | None) -> str:
        """The bottleneck and what is missing, or why there is nothing; hiding the rest would cost two layouts more."""
        if trace is None:
            return self.waiting()
        if not trace.roots:
            return nothing(trace)
        found = told(self._found, trace) if self._found is not None else ""
        return " · ".join(filter(None, (found, *missing(trace))))

    def on_table_moved(self, message: Table.Moved) -> None:
        message.stop()
        self._tell_cursor()

    def _tell_cursor(self) -> None:
        """The names of a row may be cropped, and its trouble have no room: here they stand in full."""
        row, trace = self.waterfall.cursor_row, self.state.seen.trace
        self._cursor.show(brief(row.branch, trace) if row is not None and trace is not None else ())

    def _retitle(self, state: State) -> None:
        trace_id = state.focus.trace_id
        if trace_id is None:
            return
        summary = next((each for each in state.seen.traces or () if each.id == trace_id), None)
        listed = trace_id in self._among
        which = f"{self._among.index(trace_id) + 1:,} of {len(self._among):,}" if listed else None
        self.title(f"trace {short(trace_id)}", *titled(state.seen.trace, summary), which)
