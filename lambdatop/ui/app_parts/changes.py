"""The part of the app that changes things: an action is asked about, planned, shown, confirmed, applied and undone.

There is one way to a write: a yes to a PlanScreen. What was confirmed goes on while the user does something else.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal

from textual.worker import WorkType

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.config import Config
from lambdatop.model.text import safe
from lambdatop.ui.app_parts.focus import FocusedApp
from lambdatop.ui.commands import writes
from lambdatop.ui.messages import InvocationConfirmed, PlanConfirmed, PlanWanted, UndoWanted
from lambdatop.updates import InvocationEnded, PlanEnded, Update
from lambdatop.words.spans import Tone

if TYPE_CHECKING:
    from lambdatop.actions.journal.journal import Journal
    from lambdatop.actions.journal.saved_payloads import EventStore
    from lambdatop.actions.planning.subject import Subject
    from lambdatop.model.changes.plan import Plan, Receipt, Refusal
    from lambdatop.model.controls import Controls
    from lambdatop.model.invocations.by_hand import ManualInvocation

_SEVERITIES: Mapping[Tone, Literal["information", "warning"]] = {"good": "information", "warn": "warning"}

ASKING, CARRYING_OUT = "remedy", "plan"
PLANS = frozenset({ASKING, CARRYING_OUT})
"""The groups of the workers that no pause may end."""


class RemedyingApp(FocusedApp):
    """An app with actions. Their modules are imported when the first one is asked for."""

    def __init__(self, aws: Gate, config: Config, clock: Clock) -> None:
        super().__init__(aws, config, clock)
        self._told_to_wait = False

    @property
    def read_only(self) -> bool:
        """True if nothing may be changed."""
        return self.config.read_only

    @property
    def meant(self) -> Sequence[str]:
        """The functions that an action is for: the tagged ones, else the selected one."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In read-only mode there are no keys for what writes."""
        return super().check_action(action, parameters) and not (self.read_only and writes(action))

    # From a key to a plan

    def action_remedy(self, action: str) -> None:
        self._ask_one(partial(self._ask_for, action, tuple(self.meant)))

    def _ask_one(self, work: WorkType[None]) -> None:
        """One question at a time: while one is being read, or is asked already, there is no other."""
        if not self._is_busy(ASKING):
            self.run_worker(work, group=ASKING)

    def _is_busy(self, group: str) -> bool:
        return any(worker.group == group and not worker.is_finished for worker in self.workers)

    async def _ask_for(self, action: str, names: Sequence[str]) -> None:
        """Read what is there, ask what is open, and show the plan."""
        from lambdatop.actions.catalogue import MOST_AT_ONCE, form_many, plan_many
        from lambdatop.actions.planning.form import Form
        from lambdatop.ui.screens.form import FormScreen

        if not 0 < len(names) <= MOST_AT_ONCE:
            self._refuse("choose a function first" if not names else f"at most {MOST_AT_ONCE} functions at once")
            return
        subjects = await self._subjects(action, names)
        if not subjects:
            return
        chosen: Plan | Refusal | Form | None = form_many(action, subjects)
        if isinstance(chosen, Form):
            chosen = await self.push_screen_wait(FormScreen(chosen, partial(plan_many, action, subjects)))
        if chosen is not None:
            await self._show(chosen, [subject.controls for subject in subjects])

    async def _subjects(self, action: str, names: Sequence[str]) -> "list[Subject]":
        """What is known of these functions, and what is read of them now; none if one cannot be read, and says why."""
        from lambdatop.workflow.subjects import Gatherer

        if len(names) > 1:
            self.notify(f"reading the settings of {len(names)} functions …", markup=False)
        who = self.state.identity
        gatherer = Gatherer(aws=self._aws, clock=self.clock, config=self.config, journal=self.journal, who=who)
        try:
            return await gatherer.subjects(action, names, rows=self.state.fleet.rows)
        except AwsError as error:
            self._refuse(error.line())
            return []

    def on_plan_wanted(self, message: PlanWanted) -> None:
        self._ask_one(partial(self._show, message.plan))

    async def _show(self, chosen: "Plan | Refusal", known: "Sequence[Controls]" = ()) -> None:
        """Ask about a plan: the one way to a PlanScreen, and so through the guard. `known` was read just now."""
        from lambdatop.model.changes.plan import Refusal
        from lambdatop.ui.screens.plan import PlanScreen
        from lambdatop.words import plan as plan_words
        from lambdatop.workflow.guard import guard

        if isinstance(chosen, Refusal):
            self._refuse(chosen.reason)
            return
        guarded = await guard(self._aws, self.config, chosen, known)
        if guarded.refused is not None:
            self._refuse(guarded.refused)
            return
        profile, endpoint = self.config.profile, self._aws.endpoint_url
        script = plan_words.script(chosen, region=self._aws.region, profile=profile, endpoint=endpoint)
        screen = PlanScreen(guarded, self.clock, script)
        self.push_screen(screen.data_bind(FocusedApp.state))

    def _refuse(self, reason: str) -> None:
        self.notify(safe(reason), title="not possible", severity="warning", markup=False)

    # From a yes to a receipt

    def on_plan_confirmed(self, message: PlanConfirmed) -> None:
        self._told_to_wait = False
        work: WorkType[None] = partial(self._carry_out, message.guarded.plan)
        self.run_worker(work, group=CARRYING_OUT)

    async def _carry_out(self, plan: "Plan") -> None:
        from lambdatop.actions.applying.apply import apply

        await self._pump(self._followed(apply(self._aws, self.clock, plan, self.journal, self.state.identity)))

    async def _followed(self, updates: AsyncIterator[Update]) -> AsyncIterator[Update]:
        """The same updates; what the fleet shows of the functions is read anew once they have been changed."""
        async for update in updates:
            yield update
            if isinstance(update, PlanEnded):
                self._tell(update.receipt)
                if update.receipt.changed:
                    self.refresh_soon()

    def _tell(self, receipt: "Receipt") -> None:
        """For who has left the plan's screen."""
        from lambdatop.ui.screens.plan import PlanScreen
        from lambdatop.words import plan as plan_words

        if isinstance(self.screen, PlanScreen) and self.screen.plan is receipt.plan:
            return
        verdict, tone = plan_words.verdict(receipt)
        told = safe(f"{receipt.plan.title}: {verdict}")
        self.notify(told, severity=_SEVERITIES.get(tone, "error"), markup=False)

    def refresh_soon(self) -> None:
        """Ask again for what may have been changed."""
        raise NotImplementedError

    @cached_property
    def journal(self) -> "Journal":
        """Where what is done is written down. The embedded account's is forgotten with it."""
        from lambdatop.actions.journal.journal import Journal, default_path

        return Journal(None if self.config.demo else default_path())

    @cached_property
    def events(self) -> "EventStore":
        """Payloads that were saved, and the ones that were sent last."""
        from lambdatop.actions.journal.saved_payloads import EventStore, default_folder

        return EventStore(None if self.config.demo else default_folder())

    # Back

    def action_undo(self) -> None:
        """Take back the newest change made here that nothing has taken back yet."""
        self._ask_one(partial(self._ask_back, None))

    def on_undo_wanted(self, message: UndoWanted) -> None:
        self._ask_one(partial(self._ask_back, message.receipt))

    async def _ask_back(self, receipt: "Receipt | None") -> None:
        """Read what is there, and show the plan that leads back from there: of that change, or of the newest."""
        from lambdatop.workflow.undo import plan_back

        await self._show(await plan_back(self._aws, self.journal, self.state.identity, receipt, as_it_is_now=True))

    def action_invoke(self) -> None:
        from lambdatop.ui.screens.invoke import InvokeScreen

        if self.meant:
            screen = InvokeScreen(self.meant[0], self.events, self.clock)
            self.push_screen(screen.data_bind(FocusedApp.state))

    def on_invocation_confirmed(self, message: InvocationConfirmed) -> None:
        self._told_to_wait = False
        work: WorkType[None] = partial(self._invoke, message.invocation)
        self.run_worker(work, group=CARRYING_OUT)

    async def _invoke(self, invocation: "ManualInvocation") -> None:
        from lambdatop.actions.applying.invoke import invoke

        self.take(InvocationEnded(await invoke(self._aws, self.clock, invocation, self.journal, self.state.identity)))

    def action_show_journal(self) -> None:
        from lambdatop.ui.screens.journal import JournalScreen

        if not any(isinstance(screen, JournalScreen) for screen in self.screen_stack):
            function = self.meant[0] if self.meant else None
            screen = JournalScreen(self.journal, self.clock, function=function, read_only=self.read_only)
            self.push_screen(screen.data_bind(FocusedApp.state, FocusedApp.paused))

    async def action_quit(self) -> None:
        """Quit; while something is on its way only at the second time: who leaves does not learn how it ended."""
        if self._is_busy(CARRYING_OUT) and not self._told_to_wait:
            self._told_to_wait = True
            self.notify("something is on its way: quit once more to leave it to itself", severity="warning")
        else:
            self.exit()

    def action_menu(self) -> None:
        from lambdatop.ui.screens.menu import MenuScreen

        async def run(action: str | None) -> None:
            if action is not None:
                await self.run_action(action)

        if self.meant:
            self.push_screen(MenuScreen(self.meant, read_only=self.read_only), run)
