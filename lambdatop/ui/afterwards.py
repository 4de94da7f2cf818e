"""The part of the app that follows up what was done: whether it helped is told wherever the user looks by then."""

from typing import Final, Literal

from lambdatop.ui.focus import FocusedApp
from lambdatop.updates import EffectMeasured, Update

VERDICT_S: Final = 20.0
"""How long a verdict stands on the screen."""


class FollowingApp(FocusedApp):
    """An app that tells a verdict once it is known, and again if it turns."""

    def take(self, update: Update) -> None:
        measured = update if isinstance(update, EffectMeasured) else None
        before = self.state.effects.get(measured.receipt_id) if measured is not None else None
        super().take(update)
        if measured is not None and (before is None or before.verdict is not measured.effect.verdict):
            self._tell_verdict(measured)

    def _tell_verdict(self, measured: EffectMeasured) -> None:
        from lambdatop.model.effect import Verdict
        from lambdatop.ui.effect_words import hint, sentence

        effect = measured.effect
        receipt = next((each for each in self.state.receipts if each.id == measured.receipt_id), None)
        if receipt is None or effect.verdict not in (Verdict.HELPED, Verdict.WORSE):
            return
        tone: Literal["information", "warning"] = "warning" if effect.verdict is Verdict.WORSE else "information"
        text = " ".join(filter(None, (sentence(receipt, effect), hint(receipt, effect))))
        self.notify(text, title=measured.function, severity=tone, timeout=VERDICT_S, markup=False)
