"""The log lines of one request on the whole screen: where a trace leads to, and Escape back to it."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from lambdatop.clock import Clock
from lambdatop.ui.commands import Area, bindings, footer
from lambdatop.ui.messages import FunctionOpened, PanesChanged
from lambdatop.ui.panes.log.pane import LogPane
from lambdatop.ui.screens.headed import HeadedView
from lambdatop.ui.widgets.bar import KeyBar
from lambdatop.updates import FocusSource


class RequestScreen(HeadedView):
    """The log while the focus is on a request."""

    PLACES = (Area.REQUEST, Area.LOG, Area.ANYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.REQUEST)]

    def __init__(self, clock: Clock, *, read_only: bool = False) -> None:
        super().__init__(clock, read_only=read_only)
        self._pane = LogPane(of_request=True)

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._pane.data_bind(RequestScreen.state, RequestScreen.paused)
        yield self._troubles
        yield KeyBar(footer(Area.REQUEST), id="keys")

    def on_mount(self) -> None:
        self._pane.enter()
        self._tick()

    @property
    def sources(self) -> frozenset[FocusSource]:
        """The sources that it needs."""
        return frozenset({"logs"})

    def on_screen_resume(self) -> None:
        self.post_message(PanesChanged())

    def on_function_opened(self, message: FunctionOpened) -> None:
        self.dismiss()  # by the palette: the app opens it, and this is no request of it

    def action_back(self) -> None:
        self.dismiss()
