"""The part of the app that deals with alarms: it opens their screens, asks what those need, and looks again soon."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from lambdatop.model.fleet.row import Row
from lambdatop.ui.app_parts.changes import RemedyingApp
from lambdatop.ui.messages import AlarmEditWanted, AlarmLookedAt
from lambdatop.updates import AlarmSource, SourceAnswered

if TYPE_CHECKING:
    from lambdatop.model.changes.plan import Plan
    from lambdatop.ui.content.alarm_offers import Offering

ACTION: Final = "alarm"
"""The action as the planners name it."""


class AlarmingApp(RemedyingApp):
    """An app whose screens ask for alarms by messages."""

    def reread_alarms(self, history: str | None) -> None:
        """Look at them again at once, and for a while often; also at the history of this one."""
        self._feeds.alarms.hurry()
        self._start(self._feeds.alarms.listed())
        if history is not None:
            self._start(self._feeds.alarms.history(history))

    @property
    def _selected(self) -> str | None:
        """The function that the user means."""
        raise NotImplementedError

    def action_alarm(self) -> None:
        """For one function with its past; for several the same questions without it, as for any other action."""
        if len(self.meant) > 1:
            self.action_remedy(ACTION)
        elif self._selected is not None and (row := self.state.fleet.rows.get(self._selected)) is not None:
            self._make(row)

    def _make(self, row: Row) -> None:
        from lambdatop.ui.content.alarm_offers import Making

        self._offer(Making(row.function, self.config.objective_ms(row.name)), row.name)

    def on_alarm_edit_wanted(self, message: AlarmEditWanted) -> None:
        from lambdatop.ui.content.alarm_offers import Editing

        known = message.alarm.definition
        if known is not None:
            self._offer(Editing(message.alarm, known), None)

    def _offer(self, offering: "Offering", function: str | None) -> None:
        """Ask what alarm it shall be; the answer is a plan, which is asked about like any other."""
        from lambdatop.ui.screens.alarm import AlarmScreen

        self._run(self._feeds.alarms.offering(offering.watched, function))
        screen = AlarmScreen(offering)
        self.push_screen(screen.data_bind(AlarmingApp.state), self._offered)

    def _offered(self, plan: "Plan | None") -> None:
        from lambdatop.ui.feeds.alarms import OFFERING

        self._leave(OFFERING)
        if plan is not None:
            self._ask_one(partial(self._show, plan))

    def on_alarm_looked_at(self, message: AlarmLookedAt) -> None:
        self._run(self._feeds.alarms.history(message.name))

    def action_show_alarms(self) -> None:
        from lambdatop.ui.screens.alarms import AlarmsScreen

        if any(isinstance(screen, AlarmsScreen) for screen in self.screen_stack):
            return
        screen = AlarmsScreen(self.clock, self._looked_at, read_only=self.read_only)
        self.push_screen(screen.data_bind(AlarmingApp.state, AlarmingApp.paused), self._leave_alarms)

    @property
    def _looked_at(self) -> str:
        """The filter that the list opens with: from a function's screen its alarms, which Escape makes all again."""
        from lambdatop.ui.screens.function import FunctionScreen

        inside = any(isinstance(screen, FunctionScreen) for screen in self.screen_stack)
        return (self.state.focus.function or "") if inside else ""

    def _leave_alarms(self, _: None) -> None:
        from lambdatop.ui.feeds.alarms import HISTORY

        self._leave((HISTORY,))

    def _leave(self, sources: Iterable[AlarmSource]) -> None:
        """Ask no more of what nobody looks at; its trouble is none any more."""
        for name in sources:
            self.workers.cancel_group(self, name)
            self.take(SourceAnswered(name, self.clock.now()))
