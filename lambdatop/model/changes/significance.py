"""Whether two shares really differ, or by chance alone: errors among invocations before and after a change.

Two-sided at one per cent. With plenty on all sides the pooled test of two proportions; with few of anything Fisher's
exact test, so that nine kills in 4,800 invocations against none in 4,700 is told from one against none.
"""

import math

from msgspec import Struct

LEVEL = 0.01
_Z = 2.576
"""What the normal distribution exceeds on either side with a probability of LEVEL together."""
_PLENTY = 10
"""Expected in every cell of the table, from which on the normal distribution holds."""


class Share(Struct, frozen=True):
    """`count` out of `of`; 0 ≤ `count` ≤ `of`."""

    count: int
    of: int

    @property
    def rate(self) -> float | None:
        """None of nothing."""
        return self.count / self.of if self.of else None


def share(count: float | None, of: float | None) -> Share | None:
    """The share of two counts as CloudWatch gives them, each of which may be late; None where one is unknown."""
    if count is None or of is None or of < 0:
        return None
    whole = round(of)
    return Share(min(whole, max(0, round(count))), whole)


def differ(one: Share, other: Share) -> bool:
    """True if chance alone would hardly make the two differ so much."""
    count, of = one.count + other.count, one.of + other.of
    if not one.of or not other.of or count in (0, of):
        return False
    if min(one.of, other.of) * min(count, of - count) / of >= _PLENTY:
        pooled = count / of
        error = math.sqrt(pooled * (1 - pooled) * (1 / one.of + 1 / other.of))
        return abs(one.count / one.of - other.count / other.of) > _Z * error
    return _chance(one, other) < LEVEL / 2


def _chance(one: Share, other: Share) -> float:
    """The probability of so uneven a division or a more uneven one in the same direction, the totals being given."""
    count, of = one.count + other.count, one.of + other.of
    if 2 * count > of:  # what did not happen is divided as unevenly, and is fewer
        return _chance(Share(one.of - one.count, one.of), Share(other.of - other.count, other.of))
    if one.count * other.of > other.count * one.of:
        one, other = other, one
    low = max(0, count - other.of)
    whole = _choose(of, count)
    return math.fsum(
        math.exp(_choose(one.of, hits) + _choose(other.of, count - hits) - whole) for hits in range(low, one.count + 1)
    )


def _choose(n: int, k: int) -> float:
    """The logarithm of the number of ways to choose k of n."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
