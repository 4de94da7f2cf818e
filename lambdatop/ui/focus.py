"""The part of the app that follows what the user looks at: the one State, the focus in it, and the sources for it.

What is in view is asked for, and what has gone out of it no longer; another focus asks anew for what it changes.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from functools import partial

from textual.app import App
from textual.reactive import reactive
from textual.worker import WorkType

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.config import Config
from lambdatop.state import FOCUS_SOURCES, Focus, FocusMoved, SourceFailed, State, Update, reduce
from lambdatop.ui.feeds import Feeds, InView, Updates, slices
from lambdatop.ui.messages import FocusWanted, LogWanted, QueryWanted, WindowWanted
from lambdatop.ui.panes.live import Watching


class FocusedApp(App[SourceFailed | str]):
    """An app that pumps the updates of sources through `reduce`, and whose focus its screens move by messages."""

    state: reactive[State] = reactive(State(), repaint=False)
    paused: reactive[bool] = reactive(False, repaint=False)

    def __init__(self, aws: Gate, config: Config, clock: Clock) -> None:
        super().__init__()
        self.config = config
        self.clock = clock
        self._aws = aws
        self._feeds = Feeds(aws, clock, config.window_minutes, self._in_view, lambda: self.state.receipts)

    def take(self, update: Update) -> None:
        """Fold one update into the state."""
        self.state = reduce(self.state, update)

    def _in_view(self) -> InView:
        """The rows on the screen; asked by the fleet's sources before each reading."""
        raise NotImplementedError

    def _start(self, updates: Updates) -> None:
        if self.paused:
            return
        for name, source in updates.items():
            # a coroutine made here would warn on the terminal if the program ended before its turn
            pump: WorkType[None] = partial(self._pump, source)
            self.run_worker(pump, name=name, group=name, exclusive=True)

    async def _pump(self, source: AsyncIterator[Update]) -> None:
        async for update in source:
            for part in slices(update):
                self.take(part)
                if part is not update:
                    await self.clock.sleep(0)  # keys and frames come in between

    # Focus

    def on_focus_wanted(self, message: FocusWanted) -> None:
        if message.function != self.state.focus.function:
            self._focus(replace(self.state.focus, function=message.function))

    def on_window_wanted(self, message: WindowWanted) -> None:
        self._focus(replace(self.state.focus, window_minutes=message.minutes, until=message.until))

    def _focus(self, focus: Focus) -> None:
        """Look at something else: whatever is in view is asked for anew."""
        self.take(FocusMoved(focus))
        self._ask(self._sources_in_view, anew=True)

    def on_panes_changed(self) -> None:
        """Ask for what has come into view, and no longer for what has gone out of it."""
        self._ask(self._sources_in_view)

    def on_log_wanted(self, message: LogWanted) -> None:
        """Read the log anew, and nothing else."""
        focus = replace(self.state.focus, log_minutes=message.minutes, live=message.live)
        if focus != self.state.focus and not self.paused:
            self.take(FocusMoved(focus))
            self._start_focus({"logs"})

    def on_query_wanted(self, message: QueryWanted) -> None:
        """Count cold starts anew, and nothing else."""
        if not self.paused:
            self.take(FocusMoved(replace(self.state.focus, query=message.agreed)))
            self._start_focus({"starts"})

    def _ask(self, wanted: frozenset[str], *, anew: bool = False) -> None:
        """Have just these sources run of those that look at the function in focus."""
        running = {worker.name for worker in self.workers if not worker.is_finished} & {*FOCUS_SOURCES}
        known = self.state.focus.function in self.state.fleet.rows
        for name in running - wanted if known else running:
            self.workers.cancel_group(self, name)
        self._start_focus(wanted if anew else wanted - running)

    def _start_focus(self, names: Iterable[str]) -> None:
        row = self.state.fleet.rows.get(self.state.focus.function or "")
        if row is not None and not self.paused:
            self._start(self._feeds.focus(row.function, self.state.focus, names))

    @property
    def _sources_in_view(self) -> frozenset[str]:
        """What the topmost screen with panes has to show; a dialog over it changes nothing."""
        watching = (screen for screen in reversed(self.screen_stack) if isinstance(screen, Watching))
        return next((screen.sources for screen in watching), frozenset())
