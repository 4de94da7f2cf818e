"""Whether a change helped: a verdict on how the figures of a window after it differ from those of the one before."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from lambdatop.model.changes.aims import ChangeAims, Measure, purpose_of
from lambdatop.model.changes.marks import LATEST
from lambdatop.model.changes.plan import Receipt
from lambdatop.model.changes.shifts import NEEDED, Shift, Turn, shift
from lambdatop.model.changes.windows import LONGEST, Figures, latest_alone

SETTLED = timedelta(minutes=15)
"""After this much time and with enough invocations, a verdict is final."""
SAME_FROM = timedelta(minutes=5)
"""No verdict of "no difference" is given sooner."""
REACHED = 0.5
"""A change of `$LATEST` that reached a smaller share of the invocations cannot be judged."""
OTHER_TRAFFIC = 1.5
"""If traffic differs by more than this factor, the verdict says so."""


class Verdict(StrEnum):
    """What became of it, in the words of the screen."""

    HELPED = "it helped"
    WORSE = "it got worse"
    SAME = "no difference"
    UNREACHED = "it has reached no caller yet"
    EARLY = "too early to tell"
    UNKNOWN = "cannot tell"


class Effect(Struct, frozen=True, kw_only=True):
    """What a change has brought about so far."""

    verdict: Verdict
    purpose: ChangeAims
    before: Figures | None = None
    """None while there is no window to look at."""
    after: Figures | None = None
    shifts: tuple[Shift, ...] = ()
    """Those of the purpose first."""
    final: bool = False
    """No more is to be learnt: it is not measured again."""

    @property
    def minutes(self) -> int:
        """How long either window is."""
        return self.after.window.seconds // 60 if self.after is not None else 0

    @property
    def reached(self) -> float | None:
        """The share of the invocations after that ran `$LATEST`; None if that is unknown."""
        versions = self.after.versions if self.after is not None else None
        return versions.get(LATEST, 0.0) if versions else None

    @property
    def traffic(self) -> float | None:
        """The traffic after in that of before, where they differ so much that it matters; else None."""
        before, after = _invocations(self.before), _invocations(self.after)
        if Measure.INVOCATIONS in self.purpose.aims or not before or not after:
            return None
        return after / before if not 1 / OTHER_TRAFFIC <= after / before <= OTHER_TRAFFIC else None


def effect(receipt: Receipt, before: Figures | None, after: Figures | None, *, cut: bool = False) -> Effect | None:
    """The verdict on a change from the measured figures; None for a change without an effect on figures.

    `cut` tells that the windows will not grow, as another change has followed.
    """
    purpose = purpose_of(receipt.plan)
    if purpose is None:
        return None
    if before is None or after is None:
        return Effect(verdict=Verdict.UNKNOWN if cut else Verdict.EARLY, purpose=purpose, final=cut)
    shifts = tuple(shift(measure, before, after) for measure in purpose.measures)
    over = cut or after.window.seconds >= LONGEST.total_seconds()
    verdict = _unreached(receipt, after, over=over) or _verdict(purpose, shifts, before, after, over=over)
    settled = after.window.seconds >= SETTLED.total_seconds()
    aged = settled and verdict not in (Verdict.EARLY, Verdict.UNREACHED)
    return Effect(verdict=verdict, purpose=purpose, before=before, after=after, shifts=shifts, final=over or aged)


def _unreached(receipt: Receipt, after: Figures, *, over: bool) -> Verdict | None:
    """The verdict where what ran was not what was changed, or it is unknown whether it was."""
    if not latest_alone(receipt) or not after.invocations:
        return None
    if not after.versions:
        return Verdict.UNKNOWN if over else Verdict.EARLY
    return Verdict.UNREACHED if after.versions.get(LATEST, 0.0) < REACHED else None


def _verdict(purpose: ChangeAims, shifts: Sequence[Shift], before: Figures, after: Figures, *, over: bool) -> Verdict:
    """Failures outweigh all else; then what was aimed at counts, and then what it cost in speed."""
    turned = {shift.measure: shift.turn for shift in shifts}
    if any(turned.get(measure) is Turn.WORSE for measure in purpose.failures):
        return Verdict.WORSE
    if any(turned.get(measure) is Turn.BETTER for measure in purpose.aims):
        return Verdict.HELPED
    if any(turned.get(measure) is Turn.WORSE for measure in (*purpose.aims, *purpose.guards)):
        return Verdict.WORSE
    if turned.get(Measure.INVOCATIONS) is Turn.SAME:
        return Verdict.SAME
    enough = min(before.invocations or 0, after.invocations or 0) >= NEEDED
    blind = bool(purpose.aims) and all(turned.get(measure) is Turn.UNKNOWN for measure in purpose.aims)
    if enough and not blind and (over or after.window.seconds >= SAME_FROM.total_seconds()):
        return Verdict.SAME
    return Verdict.UNKNOWN if over else Verdict.EARLY


def _invocations(figures: Figures | None) -> float | None:
    return figures.invocations if figures is not None else None
