"""How each figure moved from before a change to after it: better, worse, the same, or unknown.

Rates are compared by a test, percentiles by a threshold, and neither before there are enough invocations.
"""

import math
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from lambdatop.model.changes.aims import HIGHER_IS_BETTER, Measure
from lambdatop.model.changes.significance import Share, differ, share
from lambdatop.model.changes.windows import Figures

NEEDED = 100
"""Invocations on each side, below which a percentile says nothing and no difference can be claimed."""
MOVED = 0.10
"""A percentile or a cost has moved if by more than this share, and by more than chance moves it."""
LEAST_MS = 5.0
"""No duration has moved by less."""
_CHANCE = {Measure.P50: 3.0, Measure.P95: 5.5, Measure.P99: 10.0, Measure.COST: 3.0}
"""By how large a share, times the root of the invocations, chance moves it once in a hundred times: two samples of a
lognormal whose sigma is 0.7 (a p95 of three times the p50)."""
STOPPED = 0.01
"""What is left of the traffic of a function that was stopped: calls on their way."""
SURE_FROM = timedelta(minutes=3)
"""Silence may be CloudWatch's lateness before."""


class Turn(StrEnum):
    """Where one figure went."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "unknown"


class Shift(Struct, frozen=True):
    """One figure before and after."""

    measure: Measure
    before: float | None
    after: float | None
    turn: Turn

    @property
    def moved(self) -> bool:
        return self.turn in (Turn.BETTER, Turn.WORSE)


def shift(measure: Measure, before: Figures, after: Figures) -> Shift:
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
    """Per invocation, so that more traffic does not look more expensive."""
    per_minute = figures.per_minute
    return figures.cost_usd_per_hour / per_minute if per_minute and figures.cost_usd_per_hour is not None else None


def _headroom(figures: Figures) -> float | None:
    """The share of the memory that was never used."""
    if figures.used_mb is None or not figures.memory_mb:
        return None
    return max(0.0, 1 - figures.used_mb / figures.memory_mb)
