"""The cursor of a polling tail: which stretch of a log to read again so that late lines are found and none shown twice.

A cursor at the newest timestamp loses every older line that becomes visible later. This one reads a window before the
newest line again: a short one each time, a longer one at times, the longest seldom; and knows events by their ids.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

E = TypeVar("E")

SHORT_MS = 12_000
MIDDLE_MS, MIDDLE_EVERY = 60_000, 5
LONG_MS, LONG_EVERY = 15 * 60_000, 30
"""No line is lost that becomes visible within 15 minutes of its own timestamp."""


@dataclass(slots=True)
class Tail:
    """Times are epoch milliseconds, as CloudWatch Logs gives them."""

    started_ms: int
    """Nothing older than this is read."""
    newest_ms: int | None = None
    polls: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    def next_start(self, now_ms: int) -> int:
        """Where the next reading begins. A line stamped in the future must not carry the cursor with it."""
        high = now_ms if self.newest_ms is None else min(self.newest_ms, now_ms)
        self.polls += 1
        if self.polls % LONG_EVERY == 0:
            back = LONG_MS
        elif self.polls % MIDDLE_EVERY == 0:
            back = MIDDLE_MS
        else:
            back = SHORT_MS
        return max(self.started_ms, high - back)

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

    def forget(self, now_ms: int) -> None:
        """Drop the ids that no reading can return again."""
        high = now_ms if self.newest_ms is None else min(self.newest_ms, now_ms)
        oldest = high - LONG_MS - MIDDLE_MS
        if len(self.seen) > 1000 and min(self.seen.values()) < oldest:
            self.seen = {key: at for key, at in self.seen.items() if at >= oldest}
