"""Whether a change helped: the same figures over equally long windows before and after it, and a verdict.

The minutes in which the change fell and settled belong to neither window, nor do those that CloudWatch still fills.
Rates are told apart by a test, percentiles by a threshold, and neither before there is enough of them: chance helps as
often as changes do.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from lambdatop.model.changes.aims import HIGHER_IS_BETTER, Measure, Purpose, purpose_of
from lambdatop.model.changes.marks import LATEST
from lambdatop.model.changes.plan import Receipt, Result, Step
from lambdatop.model.changes.significance import Share, differ, share
from lambdatop.model.metrics import Window

LATE = timedelta(minutes=1)
"""AWS: Lambda's points come 1 to 3 minutes late. The minute still filling is never looked at, nor is the one before."""
LONGEST = timedelta(minutes=60)
SETTLED = timedelta(minutes=15)
"""With so much time behind it and enough invocations a verdict stands."""
NEEDED = 100
"""Invocations on each side, below which a percentile says nothing and no difference can be claimed."""
MOVED = 0.10
"""A percentile or a cost has moved if by more than this share, and by more than chance moves it."""
LEAST_MS = 5.0
"""No duration has moved by less."""
_CHANCE = {Measure.P50: 3.0, Measure.P95: 5.5, Measure.P99: 10.0, Measure.COST: 3.0}
"""By how large a share, times the root of the invocations, chance moves it once in a hundred times: two samples of a
lognormal whose sigma is 0.7 (a p95 of three times the p50)."""
SAME_FROM = timedelta(minutes=5)
"""That nothing has changed is said no sooner."""
STOPPED = 0.01
"""What is left of the traffic of a function that was stopped: calls on their way."""
SURE_FROM = timedelta(minutes=3)
"""Silence may be CloudWatch's lateness before."""
RECENT = timedelta(hours=12)
"""So long a change is told of with its effect."""
REACHED = 0.5
"""A change of `$LATEST` that fewer of the invocations ran with has no figures of its own."""
OTHER_TRAFFIC = 1.5
"""Before and after differ so much in traffic, by a factor, that it is said."""


class Verdict(StrEnum):
    """What became of it, in the words of the screen."""

    HELPED = "it helped"
    WORSE = "it got worse"
    SAME = "no difference"
    UNREACHED = "it has reached no caller yet"
    EARLY = "too early to tell"
    UNKNOWN = "cannot tell"


class Turn(StrEnum):
    """Where one figure went."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "unknown"


class Figures(Struct, frozen=True, kw_only=True):
    """What is known of one window. CloudWatch has no point where nothing ran: the sums are None then, too."""

    window: Window
    invocations: float | None = None
    errors: float | None = None
    throttles: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    concurrency: float | None = None
    iterator_age_ms: float | None = None
    duration_sum_ms: float | None = None
    provisioned_invocations: float | None = None
    cost_usd_per_hour: float | None = None
    """With the memory of then, and what was provisioned."""
    memory_mb: float | None = None
    """The size that ran: as the reports tell, else as the plan does."""
    used_mb: float | None = None
    versions: Mapping[str, float] | None = None
    """Which versions ran, each with its share of the reports that were sampled."""
    cold: Share | None = None
    """Of the reports that were sampled, or as Lambda Insights counted."""
    kills: int | None = None
    """Out of memory, in all of the window."""
    timeouts: int | None = None

    @property
    def per_minute(self) -> float | None:
        minutes = self.window.seconds / 60
        return self.invocations / minutes if self.invocations is not None and minutes else None


class Shift(Struct, frozen=True):
    """One figure before and after."""

    measure: Measure
    before: float | None
    after: float | None
    turn: Turn

    @property
    def moved(self) -> bool:
        return self.turn in (Turn.BETTER, Turn.WORSE)


class Effect(Struct, frozen=True, kw_only=True):
    """What a change has brought about so far."""

    verdict: Verdict
    purpose: Purpose
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


def changes_of(function: str, receipts: Sequence[Receipt], now: datetime) -> Sequence[Receipt]:
    """What was lately done to the function and may show in its figures, in the order of the receipts.

    Of a plan over several functions each has its own part: what became of it at another tells nothing of this one.
    """
    recent = (each for each in receipts if function in each.plan.functions and now - each.ended < RECENT)
    its = (own(each, function) for each in recent)
    return [each for each in its if each.changed and purpose_of(each.plan)]


def own(receipt: Receipt, function: str) -> Receipt:
    """The function's own part of a receipt, as if the plan had been made for it alone."""
    steps = tuple(_alone(step, function) for step in receipt.plan.steps if step.concerns(function))
    outcomes = (each for each in receipt.outcomes if each.step.concerns(function))
    return replace(
        receipt,
        plan=replace(receipt.plan, functions=(function,), steps=steps),
        outcomes=tuple(replace(each, step=_alone(each.step, function)) for each in outcomes),
    )


def _alone(step: Step, function: str) -> Step:
    return replace(step, label=step.label.removeprefix(f"{function} "))


class Windows(Struct, frozen=True):
    """Two equally long ones."""

    before: Window
    after: Window


def windows(receipt: Receipt, others: Sequence[Receipt], now: datetime) -> Windows | None:
    """What can be compared now; None as long as there is nothing.

    `others` are what else was changed on the same function: no window reaches across such a change.
    """
    begun, ended = _minute(receipt.begun), _minute(receipt.ended) + timedelta(minutes=1)
    earlier = [_minute(other.ended) + timedelta(minutes=1) for other in others if other.ended <= receipt.begun]
    later = [_minute(other.begun) for other in others if other.begun >= receipt.ended]
    until = min([_minute(now) - LATE, *later])
    length = min(until - ended, LONGEST, *(begun - since for since in earlier))
    if length < timedelta(minutes=1):
        return None
    return Windows(Window(begun - length, begun), Window(ended, ended + length))


def due(receipt: Receipt) -> datetime:
    """When the first figures can be there."""
    return _minute(receipt.ended) + timedelta(minutes=2) + LATE


def latest_alone(receipt: Receipt) -> bool:
    """True of a change to the configuration of `$LATEST` that no alias was moved to: callers of one do not get it."""
    kinds = {each.step.setting.kind for each in receipt.outcomes if each.stands or each.result is Result.UNKNOWN}
    return "configuration" in kinds and "alias" not in kinds


def is_cut(receipt: Receipt, others: Sequence[Receipt]) -> bool:
    """True if another change has followed: the window after this one grows no longer."""
    return any(other.begun >= receipt.ended for other in others)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def effect(receipt: Receipt, before: Figures | None, after: Figures | None, *, cut: bool = False) -> Effect | None:
    """The verdict on a change from what was measured; None for one from which no effect on the figures is to be had.

    `cut` tells that the windows will not grow, as another change has followed.
    """
    purpose = purpose_of(receipt.plan)
    if purpose is None:
        return None
    if before is None or after is None:
        return Effect(verdict=Verdict.UNKNOWN if cut else Verdict.EARLY, purpose=purpose, final=cut)
    shifts = tuple(_shift(measure, before, after) for measure in purpose.measures)
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


def _verdict(purpose: Purpose, shifts: Sequence[Shift], before: Figures, after: Figures, *, over: bool) -> Verdict:
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


def _shift(measure: Measure, before: Figures, after: Figures) -> Shift:
    match measure:
        case Measure.INVOCATIONS:
            return _stopping(before, after)
        case Measure.ERRORS | Measure.THROTTLES | Measure.KILLS | Measure.TIMEOUTS | Measure.COLD:
            return _of_shares(measure, _share(measure, before), _share(measure, after))
        case _:
            return _of_sizes(measure, before, after)


def _stopping(before: Figures, after: Figures) -> Shift:
    """Of a function that was stopped, or let go again. AWS: no invocations, no point; so none is 0 here."""
    one, other = before.per_minute or 0.0, after.per_minute or 0.0
    stopped, began = other <= STOPPED * one and one > 0, one <= STOPPED * other and other > 0
    sure = began or bool(after.throttles) or after.window.seconds >= SURE_FROM.total_seconds()
    turn = Turn.UNKNOWN if not sure or not (one or other) else Turn.BETTER if stopped or began else Turn.SAME
    return Shift(Measure.INVOCATIONS, one, other, turn)


def _share(measure: Measure, figures: Figures) -> Share | None:
    invocations = figures.invocations
    match measure:
        case Measure.ERRORS:
            return share(figures.errors, invocations)
        case Measure.THROTTLES:
            asked = None if figures.throttles is None else (invocations or 0) + figures.throttles
            return share(figures.throttles, asked)
        case Measure.KILLS:
            return share(figures.kills, invocations)
        case Measure.TIMEOUTS:
            return share(figures.timeouts, invocations)
        case _:
            return figures.cold


def _of_shares(measure: Measure, before: Share | None, after: Share | None) -> Shift:
    one, other = before.rate if before else None, after.rate if after else None
    if before is None or after is None or one is None or other is None:
        return Shift(measure, one, other, Turn.UNKNOWN)
    if not differ(before, after):
        return Shift(measure, one, other, Turn.SAME)
    return Shift(measure, one, other, Turn.BETTER if other < one else Turn.WORSE)


def _of_sizes(measure: Measure, before: Figures, after: Figures) -> Shift:
    one, other = _size(measure, before), _size(measure, after)
    invocations = min(before.invocations or 0, after.invocations or 0)
    if one is None or other is None or invocations < NEEDED:
        return Shift(measure, one, other, Turn.UNKNOWN)
    least = LEAST_MS if measure in (Measure.P50, Measure.P95, Measure.P99) else 0.0
    by_chance = max(MOVED, _CHANCE.get(measure, 0.0) / math.sqrt(invocations))
    if abs(other - one) <= max(least, by_chance * one):
        return Shift(measure, one, other, Turn.SAME)
    return Shift(measure, one, other, Turn.BETTER if (other > one) is (measure in HIGHER_IS_BETTER) else Turn.WORSE)


def _size(measure: Measure, figures: Figures) -> float | None:
    match measure:
        case Measure.P50:
            return figures.p50_ms
        case Measure.P95:
            return figures.p95_ms
        case Measure.P99:
            return figures.p99_ms
        case Measure.CONCURRENCY:
            return figures.concurrency
        case Measure.AGE:
            return figures.iterator_age_ms
        case Measure.COST:
            return _cost_of_one(figures)
        case Measure.MEMORY:
            return _headroom(figures)
        case _:
            return None


def _cost_of_one(figures: Figures) -> float | None:
    """By invocation, so that more traffic is not called dearer."""
    per_minute = figures.per_minute
    return figures.cost_usd_per_hour / per_minute if per_minute and figures.cost_usd_per_hour is not None else None


def _headroom(figures: Figures) -> float | None:
    """The share of the memory that was never used."""
    if figures.used_mb is None or not figures.memory_mb:
        return None
    return max(0.0, 1 - figures.used_mb / figures.memory_mb)


def _invocations(figures: Figures | None) -> float | None:
    return figures.invocations if figures is not None else None
