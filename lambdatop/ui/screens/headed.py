"""What whole screens over the fleet have in common: the account in a line above, troubles and keys below."""

from textual import on
from textual.reactive import reactive

from lambdatop.clock import Clock
from lambdatop.state import State
from lambdatop.ui.commands import writes
from lambdatop.ui.content import account_line
from lambdatop.ui.screens.base import View
from lambdatop.ui.widgets.bar import Bar, KeyBar, Troubles


class HeadedView(View[None]):
    """A subclass composes `_header`, its own, `_troubles` and a KeyBar."""

    state: reactive[State] = reactive(State(), repaint=False, init=False)
    paused: reactive[bool] = reactive(False, repaint=False, init=False)

    def __init__(self, clock: Clock, *, read_only: bool) -> None:
        super().__init__()
        self._clock = clock
        self._read_only = read_only
        self._header, self._troubles = Bar(id="header"), Troubles()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In read-only mode there are no keys for what writes."""
        return super().check_action(action, parameters) and not (self._read_only and writes(action))

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)
        self._tick()

    def on_resize(self) -> None:
        self._tick()

    def watch_paused(self) -> None:
        self._tick()

    @property
    def _chosen(self) -> tuple[str, int]:
        """What is looked at, and how many of it there are, for the account's line; nothing by default."""
        return "", 0

    def _tick(self) -> None:
        """What changes with the second: clock, ages, troubles."""
        now, (chosen, shown) = self._clock.now(), self._chosen
        left, right = account_line.header(
            self.state,
            now,
            width=self.size.width,
            paused=self.paused,
            read_only=self._read_only,
            chosen=chosen,
            shown=shown,
        )
        self._header.show(left, right)
        self._troubles.show(account_line.troubles(self.state, now))

    @on(KeyBar.Chosen)
    async def _key_clicked(self, message: KeyBar.Chosen) -> None:
        await self.run_action(message.action)
