"""One trace on the whole screen: from its waterfall to a segment's details, its request's log, the next trace."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from lambdatop.clock import Clock
from lambdatop.model.metrics import Window
from lambdatop.model.text import safe
from lambdatop.ui.commands import Area, bindings, footer
from lambdatop.ui.content.segments import moment
from lambdatop.ui.messages import FunctionOpened, PanesChanged, RequestWanted, TraceOpened
from lambdatop.ui.notify import say
from lambdatop.ui.panes.trace import TracePane
from lambdatop.ui.screens.headed import HeadedView
from lambdatop.ui.widgets.bar import KeyBar
from lambdatop.ui.widgets.table import Table
from lambdatop.updates import FocusSource


class TraceScreen(HeadedView):
    """The trace in focus."""

    PLACES = (Area.TRACE, Area.ANYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.TRACE)]

    def __init__(self, clock: Clock, among: Sequence[str] = (), *, read_only: bool = False) -> None:
        super().__init__(clock, read_only=read_only)
        self._among = among
        self._pane = TracePane(among)
        self._waterfall = self._pane.waterfall

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._pane.data_bind(TraceScreen.state, TraceScreen.paused)
        yield self._troubles
        yield KeyBar(footer(Area.TRACE), id="keys")

    def on_mount(self) -> None:
        self._pane.enter()
        self._tick()

    @property
    def sources(self) -> frozenset[FocusSource]:
        """The sources that it needs."""
        return frozenset({"trace"})

    def on_screen_resume(self) -> None:
        self.post_message(PanesChanged())

    def on_function_opened(self, message: FunctionOpened) -> None:
        self.dismiss()  # by the palette: the app opens it, and this is no trace of it

    # Commands

    def action_turn(self) -> None:
        self._waterfall.turn()

    def action_unfold(self) -> None:
        self._waterfall.unfold()

    def action_fold(self) -> None:
        self._waterfall.fold()

    def action_error(self, step: int) -> None:
        if not self._waterfall.go_to_error(step):
            say(self.app, "nothing in this trace failed")

    def action_bottleneck(self) -> None:
        self._waterfall.go_to_bottleneck()

    @on(Table.Opened)
    def _row_opened(self, message: Table.Opened) -> None:
        message.stop()
        self.action_open()

    def action_open(self) -> None:
        from lambdatop.ui.screens.segment import SegmentScreen

        row, trace = self._waterfall.cursor_row, self.state.seen.trace
        if row is not None and row.branch.is_run:
            self._waterfall.turn()
        elif row is not None and trace is not None:
            self.app.push_screen(SegmentScreen(row.segment, trace))

    def action_log(self) -> None:
        """The log lines of the request, around where the cursor is."""
        row, trace, function = self._waterfall.cursor_row, self.state.seen.trace, self.state.focus.function
        if row is None or trace is None or function is None:
            return
        request_id, around = trace.request_id(function), moment(row.segment.start_s)
        start, end = moment(trace.start_s), moment(trace.end_s)
        if request_id is None or around is None or start is None or end is None:
            say(self.app, f"the trace does not name a request of {function}: its segment is not there")
        else:
            self.post_message(RequestWanted(request_id, around, Window(start, end)))

    def action_copy(self) -> None:
        trace_id = self.state.focus.trace_id
        if trace_id is not None:
            self.app.copy_to_clipboard(trace_id)
            self.notify(safe(trace_id), title="copied", markup=False)

    def action_step(self, step: int) -> None:
        """The next trace of the list that it was opened from, in its order, or the previous."""
        ids, trace_id = self._among, self.state.focus.trace_id
        at = ids.index(trace_id) + step if trace_id in ids else -1
        if 0 <= at < len(ids):
            self.post_message(TraceOpened(ids[at], ids))
        else:
            say(self.app, "there is no further trace in the list")

    def action_back(self) -> None:
        self.dismiss()
