"""The invocations that the log's lines make, newest first; on top those that run longest.

Only new lines are folded, a few at a time so that keys are served in between, and none while nobody looks.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Final

from msgspec.structs import replace
from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.widget import Widget
from textual.worker import WorkType

from lambdatop.clock import Clock
from lambdatop.model.invocations.from_log import Fold
from lambdatop.model.invocations.invocation import Invocation, Outcome
from lambdatop.model.text import safe
from lambdatop.model.traces.why_no_traces import why_no_trace
from lambdatop.state import State
from lambdatop.ui.commands import Area, bindings
from lambdatop.ui.content.invocations import COLUMNS, totals_words
from lambdatop.ui.messages import InvocationOpened, TraceOpened
from lambdatop.ui.notify import say
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.widgets.table import Table
from lambdatop.words import timespans

LINES_KEPT: Final = 50_000
SLICE: Final = 300
"""Lines folded at once: less than a frame."""
TICK_S: Final = 1.0
ON_TOP: Final = 5
"""At most this many running ones, so that those of a busy function do not hide how the others ended."""


class InvocationsPane(Pane):
    """Folds `State.seen.log`."""

    SOURCE = "logs"
    PLACE = Area.INVOCATIONS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.INVOCATIONS)]

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._fold = Fold(lines_kept=LINES_KEPT)
        self._folds = self._is_due = False
        self._next = 0
        self._read: tuple[object, ...] = ()
        self._told: tuple[Invocation, ...] = ()
        self._shown: Sequence[Invocation] = ()
        self._table: Table[Invocation] = Table(COLUMNS, key=lambda row: row.request_id, gap=1)

    def content(self) -> Iterator[Widget]:
        yield self._table

    def on_mount(self) -> None:
        self.set_interval(TICK_S, self._tick)

    def on_show(self, event: events.Show) -> None:
        self._take()

    def fill(self, old: State, new: State) -> None:
        if new.focus.request is not None:
            return  # a log of its own is read for that; this one is gone back to
        if new.seen.log is not old.seen.log or new.focus is not old.focus:
            self._take()
        if new.health is not old.health:
            self._table.stale = self.SOURCE in new.health
            self._explain()

    @property
    def _seen(self) -> bool:
        return self.is_attached and self.screen.is_current and self.is_on_screen

    def _take(self) -> None:
        """Begin anew if another log is read now; then fold what has arrived."""
        focus, log = self.state.focus, self.state.seen.log
        read = (focus.function, focus.log_minutes, focus.live, focus.until, focus.moment, log is None)
        if read != self._read:
            self._read, self._next = read, 0
            self._fold = Fold(lines_kept=LINES_KEPT)
            self._told = self._shown = ()
            self._table.show(())
            self._explain()
        if log is not None and self._seen and not self._folds:
            self._folds = True
            work: WorkType[None] = self._folding
            self.run_worker(work, group="fold")

    async def _folding(self) -> None:
        """Fold until nothing is left; a flood is shown meanwhile once a second."""
        try:
            while self._fold_slice():
                await asyncio.sleep(0)
                if self._is_due:
                    await self._show()
            await self._show()
        finally:
            self._folds = False

    def _fold_slice(self) -> bool:
        """Fold a few lines more; False if there are none. What a flood has pushed out is left out."""
        log = self.state.seen.log
        if log is None or (begin := max(self._next, log.lines.end - LINES_KEPT)) >= log.lines.end:
            return False
        self._next = min(begin + SLICE, log.lines.end)
        self._fold.add(log.lines.between(begin, self._next))
        self._fold.sum_up()
        return True

    def _tick(self) -> None:
        """Ages change with the clock alone."""
        self._is_due = True
        self._age()

    async def _show(self) -> None:
        """Show what has changed; of very many invocations in turns, none of which stops the others for long."""
        self._is_due = False
        fold, told = self._fold, self._fold.invocations()
        if told is not self._told:
            await asyncio.sleep(0)
            said = [*totals_words(fold.totals(), self._ends_before())]
            await asyncio.sleep(0)
            if fold is not self._fold:
                return  # another log is read by now
            self._told, self._shown = told, self._cut(told)
            self._age(always=True)
            self.title("invocations", timespans.moment(self.state), *said)
        self._explain()

    def _ends_before(self) -> bool:
        """True if what is read ends before the present: how those that ran on have ended is not in it."""
        focus = self.state.focus
        end = focus.moment.end if focus.moment is not None else focus.until
        return end is not None and end <= self._clock.now()

    def _cut(self, told: tuple[Invocation, ...]) -> Sequence[Invocation]:
        if not self._ends_before():
            return told
        return [replace(each, outcome=Outcome.UNKNOWN) if each.outcome is Outcome.RUNNING else each for each in told]

    def _age(self, *, always: bool = False) -> None:
        running = [each for each in self._shown if each.outcome is Outcome.RUNNING]
        if not (running or always):
            return
        now = self._clock.now()
        aged = {each.request_id: _aged(each, now) for each in reversed(running)}
        top = list(aged)[:ON_TOP]
        rest = [aged.get(each.request_id, each) for each in self._shown if each.request_id not in top]
        self._table.show([*(aged[request_id] for request_id in top), *rest])

    def _explain(self) -> None:
        if not self._shown:
            self.title("invocations", timespans.moment(self.state), self.state.focus.function)
        self._table.empty = safe(
            self.waiting() if self.state.seen.log is None else "no invocations in the lines read so far"
        )

    def on_table_opened(self, message: Table.Opened) -> None:
        message.stop()
        invocation = next((each for each in self._shown if each.request_id == message.key), None)
        if invocation is not None:
            lines, no_trace = self._fold.lines_of(invocation.request_id), self._no_trace(invocation)
            self.post_message(InvocationOpened(invocation, lines, no_trace))

    def action_open(self) -> None:
        self._table.action_open()

    def action_trace(self) -> None:
        """The trace of the invocation under the cursor, or why there is none."""
        invocation = self._table.cursor_row
        if invocation is None:
            raise SkipAction
        if invocation.trace_id is not None:
            self.post_message(TraceOpened(invocation.trace_id))
        else:
            say(self.app, self._no_trace(invocation))

    def _no_trace(self, invocation: Invocation) -> str:
        row = self.state.fleet.rows.get(invocation.function_name)
        return why_no_trace(row.function if row is not None else None, ended=invocation.ended is not None)


def _aged(invocation: Invocation, now: datetime) -> Invocation:
    """A running one with the time it has taken so far."""
    return replace(invocation, duration_ms=1000 * (now - invocation.started).total_seconds())
