"""The part of the app that follows up what was done: whether it helped is told wherever the user looks by then.

So it is for what was done in earlier sessions and by other terminals, as far as the journal knows of it.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from textual.worker import WorkType

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.config import Config
from lambdatop.model.text import safe
from lambdatop.ui.app_parts.changes import RemedyingApp
from lambdatop.updates import EffectMeasured, IdentityKnown, JournalRead, Update

if TYPE_CHECKING:
    from lambdatop.model.changes.plan import Receipt

VERDICT_S: Final = 20.0
"""How long a verdict stands on the screen."""
NEWS: Final = timedelta(hours=1)
"""The verdict on an older change is on the function's screen, and no news."""


class FollowingApp(RemedyingApp):
    """An app that tells a verdict once it is known, and again if it turns."""

    def __init__(self, aws: Gate, config: Config, clock: Clock) -> None:
        super().__init__(aws, config, clock)
        self._told_left: set[str] = set()

    def take(self, update: Update) -> None:
        before = self.state
        super().take(update)
        match update:
            case IdentityKnown() if not self.config.demo:
                self._remember(update)
            case JournalRead(left=left):
                self._tell_left([each for each in left if each.id not in self._told_left])
            case EffectMeasured(function, receipt_id, effect):
                known = before.effects.get((function, receipt_id))
                if known is None or known.verdict is not effect.verdict:
                    self._tell_verdict(update)

    def _remember(self, who: IdentityKnown) -> None:
        work: WorkType[None] = partial(self._take_up, who)
        self.run_worker(work, name="journal", group="journal", exclusive=True)

    async def _take_up(self, who: IdentityKnown) -> None:
        from lambdatop.actions.applying.follow_journal import remembered

        await self._pump(remembered(self.journal, self.clock, who, self._aws.endpoint_url))

    def _tell_left(self, left: "Sequence[Receipt]") -> None:
        """Once: whoever was there when it happened may not know how it ended either."""
        if not left:
            return
        self._told_left.update(each.id for each in left)
        newest, *others = reversed(left)
        more = f", and {len(others)} more" if others else ""
        told = f"left in the middle: {newest.plan.title}{more}; J shows what is known of it"
        self.notify(safe(told), severity="warning", timeout=VERDICT_S, markup=False)

    def _tell_verdict(self, measured: EffectMeasured) -> None:
        from lambdatop.model.changes.effect import Verdict
        from lambdatop.model.changes.windows import own
        from lambdatop.words.effect import hint, sentence

        effect = measured.effect
        receipt = next((each for each in self.state.receipts if each.id == measured.receipt_id), None)
        if receipt is None or effect.verdict not in (Verdict.HELPED, Verdict.WORSE):
            return
        if self.clock.now() - receipt.ended > NEWS:
            return
        tone: Literal["information", "warning"] = "warning" if effect.verdict is Verdict.WORSE else "information"
        its = own(receipt, measured.function)
        text = " ".join(filter(None, (sentence(its, effect), hint(its, effect))))
        self.notify(text, title=measured.function, severity=tone, timeout=VERDICT_S, markup=False)
