"""The cursor of a polling tail: which stretch of a log to read again so that late lines are found and none shown twice.

A cursor at the newest timestamp loses every older line that becomes visible later. This one reads a window before the
newest line again: a short one each time, a longer one at times, the longest seldom; and knows events by their ids.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

E = TypeVar("E")

SHORT_MS = 12_000
MIDDLE_MS, MIDDLE_EVERY = 60_000, 5
LONG_MS, LONG_EVERY = 15 * 60_000, 30
"""No line is lost that becomes visible within 15 minutes of its own timestamp."""
_IDS_KEPT = 1000
_MARGIN_MS = 60_000
"""Ids are kept so much longer than needed, should the clock be set back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TailStatus:
    """How a tail is doing, for the pane's frame and the command line's stderr."""

    mode: Literal["polling", "live"] = "polling"
    behind_s: float | None = None
    """From the newest line's timestamp to its being read."""
    poll_s: float | None = None
    """Seconds between two readings, as learnt; None while live."""
    late: int = 0
    """Lines that only a longer reading found, since the start."""
    gaps: int = 0
    """Interruptions since the start whose lines were read afterwards."""
    sampled: bool = False
    """Live Tail left lines out (AWS: above 500 events a second)."""
    note: str | None = None
    """What keeps it from its best: `no log group yet`, `throttled`, `Infrequent Access: …`."""


POLLING = TailStatus()
"""A tail that has read nothing yet."""


@dataclass(slots=True)
class Tail:
    """Times are epoch milliseconds, as CloudWatch Logs gives them.

    A line not visible at one reading and visible within the reach of its timestamp is younger than that reading less
    the reach. So each kind of reading begins a reach before the end of the last one at least as long, whenever it was.
    """

    started_ms: int
    """Nothing older than this is read."""
    newest_ms: int | None = None
    readings: int = 0
    """How many have come to their end; the first is one of everything."""
    read_to: dict[int, int] = field(default_factory=dict)
    """A reach to where the last reading with at least that reach ended."""
    seen: dict[str, int] = field(default_factory=dict)

    def next_start(self, now_ms: int) -> int:
        """Where the reading begins that is due now."""
        reach = self._reach()
        end = min(self._end(now_ms), self.read_to.get(reach, self.started_ms))
        return max(self.started_ms, end - reach)

    def unseen(self, events: Iterable[E], key: Callable[[E], str], time_ms: Callable[[E], int]) -> list[E]:
        """The events not returned before, in their order; they count as seen from now on."""
        fresh = []
        for event in events:
            identifier = key(event)
            if identifier not in self.seen:
                self.seen[identifier] = time_ms(event)
                fresh.append(event)
        if fresh:
            self.newest_ms = max(self.newest_ms or 0, max(time_ms(event) for event in fresh))
        return fresh

    def finished(self, began_ms: int) -> None:
        """The reading that began at that time has come to its end. One that failed is not finished, but due again."""
        reached, end = self._reach(), self._end(began_ms)
        self.read_to.update({reach: end for reach in (SHORT_MS, MIDDLE_MS, LONG_MS) if reach <= reached})
        self.readings += 1
        oldest = self.read_to[LONG_MS] - LONG_MS - _MARGIN_MS  # no reading begins before
        if len(self.seen) > _IDS_KEPT and min(self.seen.values()) < oldest:
            self.seen = {key: at for key, at in self.seen.items() if at >= oldest}

    def _reach(self) -> int:
        if self.readings % LONG_EVERY == 0:
            return LONG_MS
        return MIDDLE_MS if self.readings % MIDDLE_EVERY == 0 else SHORT_MS

    def _end(self, now_ms: int) -> int:
        """As far as is known. A line stamped in the future must not carry the cursor with it."""
        return now_ms if self.newest_ms is None else min(self.newest_ms, now_ms)
