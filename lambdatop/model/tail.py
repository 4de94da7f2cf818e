"""The cursor of a polling tail: which stretches of a log to read again so that late lines are found and none twice.

A cursor at the newest timestamp loses every older line that becomes visible later. This one reads a short reach before
the newest line again each time, as far as lines have been seen to come late; and every stretch of the log twice more,
once when it is as old as the latest lines have been, and once at 15 minutes. It knows events by their ids.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from lambdatop.model.lateness import Lateness

LONG_MS = 15 * 60_000
"""No line is lost that becomes visible within 15 minutes of its own timestamp."""
LONG_STEP_MS = 10_000
SHORT_FLOOR_MS, SHORT_MARGIN_MS = 500, 200
SHORT_PAUSES = 2
"""The short reach is at most so many pauses between readings, that no line is read over three times for it."""
MIDDLE_MS, MIDDLE_FLOOR_MS = 30_000, 10_000
MIDDLE_STEP_MS = 5_000
SOUND_MS, SOUND_EVERY_MS, SOUND_STEP_MS = 120_000, 30_000, 10_000
"""Every so often a small part of the log is read again at that age: so far the middle reading can learn to reach."""
FEW_LINES = 50
"""So many lines cost no more than none: each reading goes back over the newest few, however old they are."""
_BUCKET_MS = 10_000
_SKEW_MS = 60_000
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


@dataclass(frozen=True, slots=True)
class Stretch:
    """Timestamps from `start_ms` on and before `end_ms`; without an end also those in the future."""

    start_ms: int
    end_ms: int | None = None

    @property
    def again(self) -> bool:
        """True if all of it has been read before, and only late lines are looked for."""
        return self.end_ms is not None


@dataclass(slots=True)
class Tail:
    """Times are epoch milliseconds, as CloudWatch Logs gives them.

    Before `aged[age]` every line has been looked for when it was at least so old. So what becomes visible within the
    greatest age has been found there, wherever the newest line is, and however often and long reading was interrupted.
    """

    started_ms: int
    """Nothing older than this is read."""
    newest_ms: int | None = None
    read_to_ms: int = 0
    """Where the last reading of the newest lines ended."""
    lateness: Lateness = field(default_factory=Lateness)
    _middle_to_ms: int = 0
    _long_to_ms: int = 0
    _learns: bool = False
    """From the second reading of the newest lines on."""
    _sounded_to_ms: int = 0
    _seen: dict[int, set[int]] = field(default_factory=dict)
    """Hashes of ids by ten seconds of their timestamps: a set is dropped as a whole."""

    def __post_init__(self) -> None:
        self.read_to_ms = self._middle_to_ms = self._long_to_ms = self._sounded_to_ms = self.started_ms

    def due(self, now_ms: int, pause_ms: int) -> Iterator[Stretch]:
        """What to read now, the newest lines first, if that is done every `pause_ms`; all due before has been read."""
        self._forget(self.needed_from_ms)
        reach = max(self._short_ms(pause_ms), self._few_ms())
        start = max(self.started_ms, self.read_to_ms - reach)
        yield Stretch(start)
        middle_to, long_to = now_ms - self._middle_ms(), now_ms - LONG_MS
        if self._middle_to_ms < start and middle_to - self._middle_to_ms >= MIDDLE_STEP_MS:
            yield Stretch(self._middle_to_ms, middle_to)
        sound_to = now_ms - SOUND_MS
        if sound_to < start and sound_to - self._sounded_to_ms >= SOUND_EVERY_MS:
            yield Stretch(sound_to - SOUND_STEP_MS, sound_to)
        if self._long_to_ms < start and long_to - self._long_to_ms >= LONG_STEP_MS:
            yield Stretch(self._long_to_ms, long_to)

    def admits(self, stretch: Stretch, identifier: str, time_ms: int, ingested_ms: int | None = None) -> bool:
        """True if the event, read in that stretch, was not seen before; it is from now on."""
        known, mark = self._seen.setdefault(time_ms // _BUCKET_MS, set()), hash(identifier)
        if mark in known:
            return False
        known.add(mark)
        if stretch.again:
            self.lateness.add(LONG_MS if ingested_ms is None else ingested_ms - time_ms)
        elif self._learns:
            self.lateness.add(self.read_to_ms - time_ms)
        self.newest_ms = time_ms if self.newest_ms is None else max(self.newest_ms, time_ms)
        return True

    def finished(self, stretch: Stretch, began_ms: int) -> None:
        """The reading of a stretch that began at that time has come to its end. One that failed is due again."""
        end = began_ms if stretch.end_ms is None else stretch.end_ms
        if stretch.start_ms <= self._middle_to_ms:
            self._middle_to_ms = max(self._middle_to_ms, min(end, began_ms - self._middle_ms()))
        if stretch.start_ms <= self._long_to_ms:
            self._long_to_ms = max(self._long_to_ms, min(end, began_ms - LONG_MS))
        if stretch.start_ms <= began_ms - SOUND_MS <= end:
            self._sounded_to_ms = max(self._sounded_to_ms, began_ms - SOUND_MS)
        if not stretch.again:  # a line stamped in the future must not carry the cursor with it
            newest = began_ms if self.newest_ms is None else self.newest_ms
            self.read_to_ms = max(self.read_to_ms, min(newest, began_ms))
            self._learns = True

    @property
    def needed_from_ms(self) -> int:
        """No reading to come begins before."""
        return min(self._middle_to_ms, self._long_to_ms, self.read_to_ms - LONG_MS) - _SKEW_MS

    def resume(self, last_ms: int) -> None:
        """Take over from another source of the same log, which has shown all but the late lines up to a time."""
        self._learns = False
        self.read_to_ms = max(self.read_to_ms, last_ms)
        self._middle_to_ms = max(self._middle_to_ms, last_ms - self._middle_ms())
        self._long_to_ms = max(self._long_to_ms, last_ms - LONG_MS)

    def _short_ms(self, pause_ms: int) -> int:
        """Finds 999 in 1,000 lines at once; or 99 in 100 if that is dear, the middle reading then finds the rest."""
        ceiling = max(SHORT_FLOOR_MS, SHORT_PAUSES * pause_ms)
        nearly_all, most = self.lateness.within_ms(0.999), self.lateness.within_ms(0.99)
        if nearly_all is None or most is None:
            return ceiling
        learnt = nearly_all if nearly_all <= pause_ms else max(most, pause_ms)
        return min(ceiling, max(SHORT_FLOOR_MS, min(nearly_all, learnt) + SHORT_MARGIN_MS))

    def _middle_ms(self) -> int:
        """An age at which the latest line of those known would have been there, with a margin."""
        learnt = self.lateness.within_ms(1.0)
        if learnt is None or self._sounded_to_ms == self.started_ms:
            return MIDDLE_MS
        return min(SOUND_MS, max(MIDDLE_FLOOR_MS, learnt * 5 // 4))

    def _few_ms(self) -> int:
        """How far back the newest few lines go, at most as far as any line is looked for."""
        bucket, left = self.read_to_ms // _BUCKET_MS, FEW_LINES
        oldest = (self.read_to_ms - LONG_MS) // _BUCKET_MS
        while bucket >= oldest and (left := left - len(self._seen.get(bucket, ()))) >= 0:
            bucket -= 1
        return self.read_to_ms - (bucket + 1) * _BUCKET_MS

    def _forget(self, before_ms: int) -> None:
        last = before_ms // _BUCKET_MS
        for bucket in [bucket for bucket in self._seen if bucket < last]:
            del self._seen[bucket]


@dataclass(slots=True)
class Balance:
    """Which lines two sources of one log have both told, though they share no ids: by stream, time and text.

    Each source tells an event once, and equal events as often as there are. So one is new if the other source has not
    told more of its like: the count is of those polled less those that Live Tail brought.
    """

    _counts: dict[int, dict[int, int]] = field(default_factory=dict)

    def polled(self, stream: str, time_ms: int, message: str) -> bool:
        """True if Live Tail has not brought the event."""
        return self._add(stream, time_ms, message, 1) > 0

    def live(self, stream: str, time_ms: int, message: str) -> bool:
        """True if no reading has returned the event."""
        return self._add(stream, time_ms, message, -1) < 0

    def forget(self, before_ms: int) -> None:
        """Events older than that are told no more."""
        for bucket in [bucket for bucket in self._counts if bucket < before_ms // _BUCKET_MS]:
            del self._counts[bucket]

    def _add(self, stream: str, time_ms: int, message: str, by: int) -> int:
        counts, mark = self._counts.setdefault(time_ms // _BUCKET_MS, {}), hash((stream, time_ms, message))
        counts[mark] = counts.get(mark, 0) + by
        return counts[mark]
