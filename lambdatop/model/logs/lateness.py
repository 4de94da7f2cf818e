"""How late the lines of a log come, learnt while it is read: how far back each reading must go to find nearly all.

A histogram of fixed size whose steps grow by a tenth, so that 200 ms and 10 minutes are told apart equally well. Old
evidence fades: a log that was late this morning need not be so now.
"""

from math import log

from msgspec import Struct, field

_FIRST_MS = 50.0
_GROWTH = 1.1
_STEPS = 105
"""The last one ends beyond 15 minutes."""
_FADES_AT = 200_000
ENOUGH = 200
"""With fewer lines nothing is known."""


class Lateness(Struct):
    """Counts of lines by how far before the end of what had been read they turned up."""

    total: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * _STEPS)

    def add(self, ms: int) -> None:
        """One more line, so many milliseconds late; zero or less is in time."""
        step = 0 if ms <= _FIRST_MS else min(_STEPS - 1, 1 + int(log(ms / _FIRST_MS) / log(_GROWTH)))
        self.counts[step] += 1
        self.total += 1
        if self.total >= _FADES_AT:
            self.counts = [count // 2 for count in self.counts]
            self.total = sum(self.counts)

    def within_ms(self, share: float) -> int | None:
        """What that share of the lines were not later than, rounded up by up to a tenth; None if too few are known."""
        if self.total < ENOUGH:
            return None
        beyond = self.total * (1 - share)
        step, later = _STEPS - 1, 0
        while step > 0 and later + self.counts[step] <= beyond:
            later += self.counts[step]
            step -= 1
        return int(_FIRST_MS * _GROWTH**step) + 1
