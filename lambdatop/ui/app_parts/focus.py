"""The part of the app that follows what the user looks at: the one State, the focus in it, and the sources for it.

What is in view is asked for, and what has gone out of it no longer; another focus asks anew for what it changes.
"""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from textual.actions import SkipAction
from textual.reactive import reactive
from textual.timer import Timer
from textual.worker import WorkType

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.config import Config
from lambdatop.model.focus import Focus, QueryAgreed
from lambdatop.model.metrics import Window
from lambdatop.model.time_window import moved, period_of, window_at
from lambdatop.state import State, reduce
from lambdatop.ui.app_parts.follow_up import FollowUp, follow_ups
from lambdatop.ui.crashing import CrashingApp
from lambdatop.ui.feeds.feeds import Feeds, InView, Updates
from lambdatop.ui.messages import FocusWanted, LogWanted, MomentWanted, QueryPriced, WindowWanted
from lambdatop.ui.panes.live import Watching
from lambdatop.updates import FOCUS_SOURCES, FocusMoved, FocusSource, SourceFailed, Update

if TYPE_CHECKING:
    from lambdatop.ui.widgets.charts import Chart

REST_S: Final = 0.3
"""How long the time cursor must rest before log, invocations and traces follow it."""
OF_THE_MOMENT: Final[frozenset[FocusSource]] = frozenset({"logs", "traces", "downstream", "insights"})
"""The sources that look at the moment pointed at, if there is one."""
WHOLE_WINDOW: Final = 100_000
"""Steps beyond either end of any window."""


class FocusedApp(CrashingApp[SourceFailed | str]):
    """An app that pumps the updates of sources through `reduce`, and whose focus its screens move by messages."""

    state: reactive[State] = reactive(State(), repaint=False)
    paused: reactive[bool] = reactive(False, repaint=False)

    def __init__(self, aws: Gate, config: Config, clock: Clock) -> None:
        super().__init__()
        self.config = config
        self.clock = clock
        self._aws = aws
        self._feeds = Feeds(aws, clock, config.window_minutes, self._in_view, lambda: self.state.receipts)
        self._rest: Timer | None = None
        """Runs while the time cursor has moved and does not rest yet."""

    def take(self, update: Update) -> None:
        """Fold one update into the state, and do what follows from it."""
        before = self.state
        self.state = after = reduce(before, update)
        for wanted in follow_ups(before, after, update, config=self.config, now=self.clock.now()):
            self.follow_up(wanted)

    def follow_up(self, wanted: FollowUp) -> None:
        """Do what follows from an update. The whole app knows how."""
        raise NotImplementedError

    def _in_view(self) -> InView:
        """The rows on the screen; asked by the fleet's sources before each reading."""
        raise NotImplementedError

    def _start(self, updates: Updates) -> None:
        if not self.paused:
            self._run(updates)

    def _run(self, updates: Updates) -> None:
        """Ask even while paused: the user wants just this."""
        if not self.is_running:
            return  # it is ending, and has cancelled whatever it asks
        for name, source in updates.items():
            # a coroutine made here would warn on the terminal if the program ended before its turn
            pump: WorkType[None] = partial(self._pump, source)
            self.run_worker(pump, name=name, group=name, exclusive=True)

    async def _pump(self, source: AsyncIterator[Update]) -> None:
        async for update in source:
            self.take(update)

    # Focus

    def on_focus_wanted(self, message: FocusWanted) -> None:
        if message.function != self.state.focus.function:
            self._focus(replace(self.state.focus, function=message.function, cursor=None, moment=None, request=None))

    def on_window_wanted(self, message: WindowWanted) -> None:
        """Look at another window; a moment that is not in it is let go."""
        focus = replace(self.state.focus, window_minutes=message.minutes, until=message.until)
        window = window_at(self.clock.now(), focus.window_minutes, focus.until)
        if focus.cursor is not None and not window.start <= focus.cursor.start < window.end:
            focus = replace(focus, cursor=None, moment=None)
        if focus != self.state.focus:
            self._focus(focus)

    def _focus(self, focus: Focus) -> None:
        """Look at something else: whatever is in view is asked for anew."""
        self.take(FocusMoved(focus))
        self._ask(self._sources_in_view, anew=True)

    def on_panes_changed(self) -> None:
        """Ask for what has come into view, and no longer for what has gone out of it."""
        if self._rest is not None:
            self._narrow(self.state.focus.cursor)  # what opens now is to be of the moment pointed at
        self._ask(self._sources_in_view)

    def on_log_wanted(self, message: LogWanted) -> None:
        """Read the log anew, and nothing else; its ranges end now, or where the window does. A request has none."""
        if self.paused or self.state.focus.request is not None:
            return
        self._narrow(None)
        focus = replace(self.state.focus, log_minutes=message.minutes, live=message.live)
        if focus != self.state.focus:
            self.take(FocusMoved(focus))
            self._start_focus({"logs"})

    def on_query_priced(self, message: QueryPriced) -> None:
        from lambdatop.ui.screens.confirm import ConfirmScreen

        question = ConfirmScreen(message.question, message.reasons, yes=message.yes, no="No")
        self.push_screen(question, lambda yes: self._count_starts(message.agreed) if yes else None)

    def _count_starts(self, agreed: QueryAgreed) -> None:
        """Count cold starts anew by a query that the user has agreed to pay for, and nothing else."""
        if not self.paused:
            self.take(FocusMoved(replace(self.state.focus, query=agreed)))
            self._start_focus({"starts"})

    # The time cursor

    def action_move_cursor(self, steps: int) -> None:
        """Move the time cursor at once; what it points at is asked for when it rests."""
        focus, now = self.state.focus, self.clock.now()
        window, period_s = window_at(now, focus.window_minutes, focus.until), period_of(focus.window_minutes)
        self.take(FocusMoved(replace(focus, cursor=moved(window, period_s, focus.cursor, steps, now))))
        self._stop_rest()
        self._rest = self.set_timer(REST_S, lambda: self._narrow(self.state.focus.cursor))

    def action_cursor_end(self, direction: int) -> None:
        """Move the time cursor to the first or the last period."""
        self.action_move_cursor(0)
        self.action_move_cursor(direction * WHOLE_WINDOW)

    def action_pin(self) -> None:
        """Do not wait until the time cursor has rested."""
        if self.state.focus.cursor is None:
            raise SkipAction
        self._narrow(self.state.focus.cursor)

    def action_unpin(self) -> None:
        """Let the moment pointed at go."""
        if self.state.focus.cursor is None:
            raise SkipAction
        self._narrow(None)

    def on_chart_pointed(self, message: "Chart.Pointed") -> None:
        start = datetime.fromtimestamp(message.at, UTC)
        self._narrow(Window(start, start + timedelta(seconds=message.period_s)))

    def on_moment_wanted(self, message: MomentWanted) -> None:
        self._narrow(message.moment)

    def _narrow(self, moment: Window | None) -> None:
        """Look at a moment, or at all time again; what is in view of it is asked for anew and nothing else.

        While the program is paused only the cursor goes there.
        """
        self._stop_rest()
        focus = replace(self.state.focus, cursor=moment)
        if not self.paused or moment is None:
            focus = replace(focus, moment=moment)
        is_other = focus.moment != self.state.focus.moment
        if focus != self.state.focus:
            self.take(FocusMoved(focus))
        if is_other:
            self._start_focus(self._sources_in_view & OF_THE_MOMENT)

    def _stop_rest(self) -> None:
        if self._rest is not None:
            self._rest.stop()
            self._rest = None

    def _ask(self, wanted: frozenset[FocusSource], *, anew: bool = False) -> None:
        """Have just these sources run of those that look at the function in focus."""
        names = {worker.name for worker in self.workers if not worker.is_finished}
        running = {source for source in FOCUS_SOURCES if source in names}
        known = self.state.focus.function in self.state.fleet.rows
        for name in running - wanted if known else running:
            self.workers.cancel_group(self, name)
        self._start_focus(wanted if anew else wanted - running)

    def _start_focus(self, names: Iterable[FocusSource]) -> None:
        row = self.state.fleet.rows.get(self.state.focus.function or "")
        if row is not None and not self.paused:
            log_kept = self.state.seen.log is not None
            self._start(self._feeds.focus(row.function, self.state.focus, names, log_kept=log_kept))

    @property
    def _sources_in_view(self) -> frozenset[FocusSource]:
        """What the topmost screen with panes has to show; a dialog over it changes nothing."""
        watching = (screen for screen in reversed(self.screen_stack) if isinstance(screen, Watching))
        return next((screen.sources for screen in watching), frozenset())
