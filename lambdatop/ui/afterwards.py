"""The part of the app for what follows a change: whether it helped, the journal, and invocations by hand."""

from functools import partial
from typing import TYPE_CHECKING, Literal

from textual.worker import WorkType

from lambdatop.state import EffectMeasured, InvocationEnded, Update
from lambdatop.ui.focus import FocusedApp
from lambdatop.ui.messages import InvocationConfirmed
from lambdatop.ui.remedies import RemedyingApp

if TYPE_CHECKING:
    from lambdatop.actions.events import EventStore
    from lambdatop.model.invoked import Invocation

VERDICT_S = 20.0
"""How long a verdict stands on the screen for who is elsewhere."""


class FollowingApp(RemedyingApp):
    """An app that tells what became of what was done."""

    _events: "EventStore | None" = None

    def take(self, update: Update) -> None:
        told = update if isinstance(update, EffectMeasured) else None
        before = self.state.effects.get(told.receipt_id) if told is not None else None
        super().take(update)
        if told is not None and (before is None or before.verdict is not told.effect.verdict):
            self._tell_verdict(told)

    def _tell_verdict(self, told: EffectMeasured) -> None:
        """Once it is known, and again if it turns: also for who looks at something else by then."""
        from lambdatop.model.effect import Verdict
        from lambdatop.ui.effect_words import hint, sentence

        receipt = next((each for each in self.state.receipts if each.id == told.receipt_id), None)
        if receipt is None or told.effect.verdict not in (Verdict.HELPED, Verdict.WORSE):
            return
        tone: Literal["information", "warning"] = "warning" if told.effect.verdict is Verdict.WORSE else "information"
        text = " ".join(filter(None, (sentence(receipt, told.effect), hint(receipt, told.effect))))
        self.notify(text, title=told.function, severity=tone, timeout=VERDICT_S, markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In read-only mode nothing is invoked."""
        return super().check_action(action, parameters) and not (self.read_only and action == "invoke")

    # The journal

    def action_show_journal(self) -> None:
        from lambdatop.ui.screens.journal import JournalScreen

        if isinstance(self.screen, JournalScreen):
            return
        function = next(iter(self.meant), None)
        screen = JournalScreen(self.journal, self.clock, function=function, read_only=self.read_only)
        self.push_screen(screen.data_bind(FocusedApp.state, FocusedApp.paused))

    # Invocations by hand

    def action_invoke(self) -> None:
        from lambdatop.ui.screens.invoke import InvokeScreen

        function = next(iter(self.meant), None)
        if function is not None:
            screen = InvokeScreen(function, self.events, self.clock)
            self.push_screen(screen.data_bind(FocusedApp.state))

    def on_invocation_confirmed(self, message: InvocationConfirmed) -> None:
        work: WorkType[None] = partial(self._invoke, message.invocation)
        self.run_worker(work, group="plan", exclusive=False)

    async def _invoke(self, invocation: "Invocation") -> None:
        from lambdatop.actions.invoke import invoke

        self.take(InvocationEnded(await invoke(self._aws, self.clock, invocation, self.journal, self.state.identity)))

    @property
    def events(self) -> "EventStore":
        """Test events: beside the journal, or in memory if that is."""
        if self._events is None:
            from lambdatop.actions.events import EventStore

            path = self.journal.path
            self._events = EventStore(path.parent / "events" if path is not None else None)
        return self._events
