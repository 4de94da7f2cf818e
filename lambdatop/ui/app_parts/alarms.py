"""The part of the app that deals with alarms: it opens their screens, asks what those need, and looks again soon."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from lambdatop.ui.app_parts.changes import RemedyingApp
from lambdatop.ui.messages import AlarmEditWanted, AlarmLookedAt, AlarmPlanned, AlarmWanted
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In read-only mode there is no key for a new alarm."""
        return super().check_action(action, parameters) and not (self.config.read_only and action == "alarm")

    def action_alarm(self) -> None:
        """For one function with its past; for several the same questions without it, as for any other action."""
        if len(self.meant) > 1:
            self.action_remedy(ACTION)
        elif self._selected is not None:
            self.post_message(AlarmWanted(self._selected))

    def on_alarm_wanted(self, message: AlarmWanted) -> None:
        from lambdatop.ui.content.alarm_offers import Making

        row = self.state.fleet.rows.get(message.function)
        if row is not None:
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
            self.post_message(AlarmPlanned(plan))

    def on_alarm_planned(self, message: AlarmPlanned) -> None:
        self._ask_one(partial(self._guard, message.plan))

    async def _guard(self, plan: "Plan") -> None:
        """Show the plan; where its function is a protected one its name has to be typed, as for any other action."""
        from lambdatop.sources.function.controls import read_controls
        from lambdatop.workflow.protection import guarded

        account = self.state.identity.account if self.state.identity is not None else ""
        self._show(await guarded(self._aws, plan, self.config.protected, account, read_controls))

    def on_alarm_looked_at(self, message: AlarmLookedAt) -> None:
        self._run(self._feeds.alarms.history(message.name))

    def action_show_alarms(self) -> None:
        from lambdatop.ui.screens.alarms import AlarmsScreen, ChangingAlarmsScreen

        if any(isinstance(screen, AlarmsScreen) for screen in self.screen_stack):
            return
        read_only = self.config.read_only
        kind = AlarmsScreen if read_only else ChangingAlarmsScreen
        screen = kind(self.clock, self._looked_at, read_only=read_only)
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
