"""The log lines of one request on the whole screen: where a trace leads to, and Escape back to it."""

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.reactive import reactive

from lambdatop.clock import Clock
from lambdatop.state import State
from lambdatop.ui import account_line
from lambdatop.ui.commands import Place, bindings, footer
from lambdatop.ui.messages import FunctionOpened, PanesChanged
from lambdatop.ui.panes.log import LogPane
from lambdatop.ui.screens.leaving import View
from lambdatop.ui.widgets.bar import Bar, KeyBar, Troubles


class RequestScreen(View[None]):
    """The log while the focus is on a request."""

    PLACES = (Place.REQUEST, Place.LOG, Place.ANYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Place.REQUEST)]

    state: reactive[State] = reactive(State(), repaint=False, init=False)
    paused: reactive[bool] = reactive(False, repaint=False, init=False)

    def __init__(self, clock: Clock, *, read_only: bool = False) -> None:
        super().__init__()
        self._clock = clock
        self._read_only = read_only
        self._header, self._troubles = Bar(id="header"), Troubles()
        self._pane = LogPane(of_request=True)

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._pane.data_bind(RequestScreen.state)
        yield self._troubles
        yield KeyBar(footer(Place.REQUEST), id="keys")

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)
        self._pane.enter()
        self._tick()

    @property
    def sources(self) -> frozenset[str]:
        """What has to be asked for it."""
        return frozenset({"logs"})

    def on_screen_resume(self) -> None:
        self.post_message(PanesChanged())

    def watch_paused(self) -> None:
        self._tick()

    def _tick(self) -> None:
        now = self._clock.now()
        header = partial(account_line.header, self.state, now, width=self.size.width, paused=self.paused)
        self._header.show(*header(read_only=self._read_only))
        self._troubles.show(account_line.troubles(self.state, now))

    @on(KeyBar.Chosen)
    async def _key_clicked(self, message: KeyBar.Chosen) -> None:
        await self.run_action(message.action)

    def on_function_opened(self, message: FunctionOpened) -> None:
        self.dismiss()  # by the palette: the app opens it, and this is no request of it

    def action_back(self) -> None:
        self.dismiss()
