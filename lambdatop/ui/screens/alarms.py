"""Every alarm on Lambda's metrics: its state, its condition, whom it notifies; below, one of them in full."""

from collections.abc import Iterator
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer

from lambdatop.actions.alarms.change import Deed, not_edited, plan_alarm_deed
from lambdatop.actions.alarms.create import SIGNED
from lambdatop.clock import Clock
from lambdatop.model.alarms.alarm import Alarm
from lambdatop.model.alarms.history import AlarmHistory, HistoryItem
from lambdatop.model.alarms.listing import Listed, listed
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.commands import Area, bindings, footer
from lambdatop.ui.content import alarms as alarm_words
from lambdatop.ui.messages import AlarmEditWanted, AlarmLookedAt, FunctionOpened, PanesChanged, PlanWanted
from lambdatop.ui.notify import copy
from lambdatop.ui.screens.headed import HeadedView
from lambdatop.ui.widgets.bar import KeyBar
from lambdatop.ui.widgets.filterbar import FilterBar
from lambdatop.ui.widgets.paragraphs import Paragraphs
from lambdatop.ui.widgets.table import Table
from lambdatop.words.spans import Span

REST_S: Final = 0.3
"""How long the cursor must rest before the history follows it."""
_WORDS: Final = "words in name, function, metric, state or reason; !word inverts"


class AlarmsScreen(HeadedView):
    """The alarms, those that ring first. Each key that changes one leads to a plan."""

    PLACES = (Area.ALARMS, Area.ALARM_CHANGES, Area.ANYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.ALARMS), *bindings(Area.ALARM_CHANGES)]

    pattern: reactive[str] = reactive("", repaint=False, init=False)

    def __init__(self, clock: Clock, pattern: str = "", *, read_only: bool) -> None:
        super().__init__(clock, read_only=read_only)
        self.set_reactive(AlarmsScreen.pattern, pattern)
        self._filter = FilterBar()
        self._table: Table[Listed] = Table(alarm_words.COLUMNS, key=lambda row: row.name, gap=1, id="alarms")
        self._story, self._reason = Vertical(classes="pane", id="alarm-story"), Paragraphs(indent=2)
        self._history: Table[HistoryItem] = Table(alarm_words.HISTORY, key=_key, gap=1, id="alarm-history")
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._table
        with self._story:
            yield self._reason
            yield self._history
        yield self._filter
        yield self._troubles
        yield KeyBar(footer(*self.PLACES[:-1], read_only=self._read_only), id="keys")

    def on_mount(self) -> None:
        self._table.focus()
        self._fill()

    @property
    def sources(self) -> frozenset[str]:
        """Nothing of the function in focus is on this screen."""
        return frozenset()

    def on_screen_resume(self) -> None:
        self.post_message(PanesChanged())
        self._fill()

    @property
    def chosen(self) -> Alarm | None:
        """The alarm under the cursor."""
        row = self._table.cursor_row
        return row.alarm if row is not None else None

    # What is shown

    def watch_state(self, old: State, new: State) -> None:
        if new.fleet is not old.fleet or new.health is not old.health:
            self._fill()
        elif new.alarm_basis is not old.alarm_basis:
            self._tell()

    def watch_paused(self) -> None:
        super().watch_paused()
        if not self.paused:
            self._rests()  # pausing has stopped the reading of its history

    def watch_pattern(self) -> None:
        self._fill(others=True)

    def _fill(self, *, others: bool = False) -> None:
        failed = self.state.health.get("alarms")
        self._table.empty = failed.error if failed is not None else self._absence()
        self._table.stale = failed is not None
        self._table.show(listed(self.state.fleet.alarms, self.pattern), others=others)
        self._tell()
        self._tick()

    def _absence(self) -> str:
        if self.pattern:
            return safe(f"no alarm matches {self.pattern!r}")
        nothing = "there are no alarms on Lambda's metrics"
        return nothing if self._read_only else f"{nothing}; a on a function makes one"

    def _tell(self) -> None:
        """The alarm under the cursor in full, and what became of it."""
        alarm, history = self.chosen, self.state.alarm_basis.history
        self._story.border_title = Content(safe(f"history · {alarm.name}")) if alarm is not None else None
        self._reason.show(_paragraphs(alarm) if alarm is not None else ())
        known = history if history is not None and alarm is not None and history.name == alarm.name else None
        self._history.empty = self._waiting(known)
        self._history.show(known.items if known is not None else ())

    def _waiting(self, known: AlarmHistory | None) -> str:
        failed = self.state.health.get("alarm history")
        if failed is not None:
            return failed.error
        if self.chosen is None:
            return "no alarm is selected"
        return "nothing has happened to it in 30 days" if known is not None else "asking for its history …"

    @property
    def _chosen(self) -> tuple[str, int]:
        return f"/{self.pattern}" if self.pattern else "alarms", len(self._table.rows)

    # The cursor

    @on(Table.Moved, "#alarms")
    def _moved(self, message: Table.Moved) -> None:
        message.stop()
        self._tell()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_S, self._rests)

    def _rests(self) -> None:
        if self.chosen is not None:
            self.post_message(AlarmLookedAt(self.chosen.name))

    @on(Table.Moved, "#alarm-history")
    def _history_moved(self, message: Table.Moved) -> None:
        message.stop()

    @on(Table.Opened)
    def _opened(self, message: Table.Opened) -> None:
        message.stop()
        self.action_open()

    # Commands

    def action_open(self) -> None:
        row = self._table.cursor_row
        name = next((name for name in row.functions if name in self.state.fleet.rows), None) if row else None
        if name is not None:
            self.post_message(FunctionOpened(name))
        else:
            self.notify("it watches no function of this account and Region", markup=False)

    async def action_filter(self) -> None:
        await self._filter.open(self.pattern, _WORDS)

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        self.pattern = message.pattern

    def on_filter_bar_closed(self) -> None:
        self._table.focus()

    def action_copy(self) -> None:
        if self.chosen is not None:
            copy(self.app, self.chosen.name)

    def action_back(self) -> None:
        if self.pattern:
            self.pattern = ""
        else:
            self.dismiss()

    # What leads to a plan

    def action_edit(self) -> None:
        alarm = self.chosen
        if alarm is None:
            return
        if alarm.definition is None:
            self._propose(not_edited(alarm))
        else:
            self.post_message(AlarmEditWanted(alarm))

    def action_delete(self) -> None:
        self._do("delete")

    def action_turn_actions(self) -> None:
        self._do("off" if self.chosen is not None and self.chosen.actions_enabled else "on")

    def action_test(self) -> None:
        self._do("test")

    def _do(self, deed: Deed) -> None:
        if self.chosen is not None:
            self._propose(plan_alarm_deed(self.chosen, deed))

    def _propose(self, answer: Plan | Refusal) -> None:
        if isinstance(answer, Refusal):
            self.notify(safe(answer.reason), title="not possible", severity="warning", markup=False)
        else:
            self.post_message(PlanWanted(answer))


def _paragraphs(alarm: Alarm) -> Iterator[list[Span]]:
    """What the table has no room for."""
    since: Span = (f" since {alarm_words.since(alarm.updated)}", "dim")
    yield [*alarm_words.state(alarm.state), since, (f"  {safe(alarm_words.judged(alarm))}", "strong")]
    if alarm.reason:
        yield [(safe(alarm.reason), "plain")]
    described = str(alarm.settings.get("AlarmDescription") or "")
    if described and not described.endswith(SIGNED):  # it repeats the line above
        yield [(safe(described), "dim")]


def _key(item: HistoryItem) -> str:
    return f"{item.at} {item.event} {item.summary}"
