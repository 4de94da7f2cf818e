"""When a rate of errors, or the traffic, began to rise: the minute that splits a trend in a quiet part and another.

Errors are few, and chance plays with them: a split's score is the log-likelihood ratio of two Poisson rates against one
(Kulldorff's scan statistic, for a suffix). It weighs the factor against the traffic, so that one error in a quiet night
is no rise and three in a thousand is none.
"""

import math
from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct

MIN_SCORE = 6.0
"""A ratio of e^6 = 400 : 1 for two rates; below that chance makes too many such minutes in an hour."""
MIN_ERRORS = 5
MIN_BEFORE = 20
"""Invocations before the rise, without which nothing is known of the rate it rose from."""
USUAL_MINUTES, HELD_MINUTES = 15, 5
"""So long the traffic must have been as usual, and then held what it rose to."""
SURGE_STEP = 2


class Rise(Struct, frozen=True):
    """A rate of errors that rose at the beginning of period `index` and stayed up."""

    index: int
    before: float
    """Errors per invocation before."""
    after: float

    @property
    def factor(self) -> float | None:
        """How many times the rate grew; None if there were no errors before."""
        return self.after / self.before if self.before else None


def find_rise(errors: Sequence[float], invocations: Sequence[float]) -> Rise | None:
    """Return the likeliest rise in errors per invocation up to the end of two equally long trends, or None."""
    all_errors, all_invocations = sum(errors), sum(invocations)
    best, best_score = None, MIN_SCORE
    before = zip(accumulate(errors), accumulate(invocations), strict=True)
    for index, (errors_before, invocations_before) in enumerate(before, start=1):
        errors_after, invocations_after = all_errors - errors_before, all_invocations - invocations_before
        if errors_after < MIN_ERRORS:
            break
        if invocations_before < MIN_BEFORE or invocations_after <= 0:
            continue
        low, high = errors_before / invocations_before, errors_after / invocations_after
        if high <= low:
            continue
        overall = all_errors / all_invocations
        score = _weight(errors_before, low, overall) + _weight(errors_after, high, overall)
        if score > best_score:
            best, best_score = Rise(index, low, high), score
    return best


class Surge(Struct, frozen=True):
    """Traffic that rose by `factor` at the beginning of period `index`, and has stayed up."""

    index: int
    factor: float


def find_surge(invocations: Sequence[float]) -> Surge | None:
    """Return the surge that a trend by the minute ends in, or None.

    From there on no minute has less than twice as much as the busiest before: bursts and daily waves are none. Where
    nothing ran before, the usual traffic is unknown.
    """
    last = len(invocations) - HELD_MINUTES
    if last < USUAL_MINUTES or min(invocations[last:]) < SURGE_STEP * max(invocations[:USUAL_MINUTES]):
        return None  # nearly always
    least = [*accumulate(reversed(invocations), min)][::-1]
    peaks, sums = [*accumulate(invocations, max)], [*accumulate(invocations)]
    for index in range(USUAL_MINUTES, last + 1):
        if sums[index - 1] >= MIN_BEFORE and least[index] >= SURGE_STEP * peaks[index - 1]:
            held = sorted(invocations[last:])[HELD_MINUTES // 2]
            return Surge(index, held * index / sums[index - 1])
    return None


def _weight(errors: float, rate: float, overall: float) -> float:
    return errors * math.log(rate / overall) if errors else 0.0
