"""One function with the whole screen: what it is, what is wrong, its charts over one window, its log and its traces."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from lambdatop.clock import Clock
from lambdatop.model.time_window import longer, stepped
from lambdatop.state import State
from lambdatop.ui.commands import Area, bindings, footer
from lambdatop.ui.content import function_line
from lambdatop.ui.messages import MomentWanted, PaneName, PanesChanged, WindowWanted
from lambdatop.ui.panes.live import DETAILED, USUAL, LivePanes
from lambdatop.ui.screens.headed import HeadedView
from lambdatop.ui.widgets.bar import Bar, KeyBar
from lambdatop.updates import FocusSource

WIDTHS, HEIGHTS = [(0, "-narrow"), (110, "-normal")], [(0, "-short"), (32, "-tall")]
"""The least widths and heights at which the stylesheet lays the screen out so."""


class FunctionScreen(HeadedView):
    """The function in focus."""

    PLACES = (
        Area.FUNCTION,
        Area.REMEDY,
        Area.CHARTS,
        Area.LOG,
        Area.INVOCATIONS,
        Area.TRACES,
        Area.STARTS,
        Area.ANYWHERE,
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.FUNCTION), *bindings(Area.REMEDY)]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self, clock: Clock, pane: PaneName | None = None, *, read_only: bool = False) -> None:
        super().__init__(clock, read_only=read_only)
        self._first = pane
        self._summary = [Bar(classes="summary") for _ in range(function_line.MOST_LINES)]
        self._panes = LivePanes(
            clock,
            (*USUAL, *DETAILED),
            chosen="charts",
            closed=DETAILED,
            only=True,
            place=Area.FUNCTION,
            id="panes",
        )

    def compose(self) -> ComposeResult:
        yield self._header
        yield from self._summary
        yield self._panes.data_bind(FunctionScreen.state, FunctionScreen.paused)
        yield self._troubles
        yield KeyBar(footer(Area.FUNCTION, Area.REMEDY, read_only=self._read_only), id="keys")

    def on_mount(self) -> None:
        self._panes.call_next(self._panes.furnish)
        if self._first is not None:
            self._panes.maximise(self._first)
        self._fill()

    @property
    def sources(self) -> frozenset[FocusSource]:
        """The sources that the visible panes need, and that of the effects of changes."""
        return self._panes.sources | {"effect"}

    def on_screen_resume(self) -> None:
        self.post_message(PanesChanged())

    def on_resize(self) -> None:
        self._fill()

    def watch_state(self, old: State, new: State) -> None:
        if any(one is not other for one, other in zip(_shown(old), _shown(new), strict=True)):
            self._fill()

    def _fill(self) -> None:
        row = self.state.fleet.rows.get(self.state.focus.function or "")
        width = self.size.width
        lines = function_line.lines(row, self._clock.now(), self.state, width) if row is not None else []
        for index, bar in enumerate(self._summary):
            bar.display = index < len(lines)
            if bar.display:
                bar.show(*lines[index])
        self._tick()

    def action_toggle_pane(self, name: PaneName) -> None:
        narrow = self.has_class("-narrow")
        if self._panes.maximised:
            self.action_look(name)
        elif self._panes.toggle(name, alone=narrow):
            self._panes.enter(alone=narrow)

    def action_look(self, name: PaneName) -> None:
        """Maximise a pane, or restore all; if another pane is maximised, switch to this one."""
        if self._panes.shows_alone(name):
            self._panes.restore()
        else:
            self._panes.maximise(name)

    def action_maximise(self) -> None:
        if self._panes.maximised:
            self._panes.restore()
        else:
            self._panes.maximise(self._panes.focused or "charts")

    def action_window(self, steps: int) -> None:
        focus = self.state.focus
        self.post_message(WindowWanted(longer(focus.window_minutes, steps), focus.until))

    def action_step(self, direction: int) -> None:
        focus = self.state.focus
        until = stepped(self._clock.now(), focus.window_minutes, focus.until, direction)
        self.post_message(WindowWanted(focus.window_minutes, until))

    def action_now(self) -> None:
        self.post_message(WindowWanted(self.state.focus.window_minutes))
        self.post_message(MomentWanted(None))

    def action_back(self) -> None:
        """Out of a maximised pane, out of the moment pointed at, out of the function."""
        if self._panes.maximised and self._first is None:
            self._panes.restore()
        elif self.state.focus.cursor is not None:
            self.post_message(MomentWanted(None))
        else:
            self.post_message(WindowWanted(self.state.focus.window_minutes))  # the fleet looks at the present
            self.dismiss()


def _shown(state: State) -> tuple[object, ...]:
    """The slices that the lines above the panes, and those below, are made from."""
    return state.fleet, state.focus, state.health, state.receipts, state.effects
