"""The cursor of a polling tail: which stretches of a log to read again so that late lines are found and none twice.

A cursor at the newest timestamp loses every older line that becomes visible later. This one reads a short reach before
the newest line again each time, as far as nearly all lines have been seen to come late; and every stretch of the log
three times more: soon, when it is as old as the latest lines have been, and at 15 minutes. Ids tell events apart.
"""

from collections.abc import Iterator

from msgspec import Struct, field

from lambdatop.model.logs.lateness import Lateness

LONG_MS = 15 * 60_000
"""No line is lost that becomes visible within 15 minutes of its own timestamp."""
STEPS_MS = (3_000, 5_000, 10_000)
"""How much is read again at a time, soon after, at the learnt age and at last."""
SHORT_FLOOR_MS, SHORT_MARGIN_MS = 500, 200
SHORT_PAUSES = 2
"""The short reach is at most so many pauses between readings, that no line is read over three times for it."""
NEAR = 3
"""Times the short reach."""
MIDDLE_MS, MIDDLE_FLOOR_MS = 30_000, 10_000
MANY = 10_000
"""With fewer lines the latest of them says little."""
SOUND_MS, SOUND_EVERY_MS, SOUND_STEP_MS = 120_000, 30_000, 10_000
"""Every so often a small part of the log is read again at that age: so far the middle reading can learn to reach."""
FEW_LINES = 50
"""So many lines cost no more than none: each reading goes back over the newest few, however old they are."""
_BUCKET_MS = 10_000
_SKEW_MS = 60_000
"""Ids are kept so much longer than needed, should the clock be set back."""


class TimeStretch(Struct, frozen=True):
    """Timestamps from `start_ms` on and before `end_ms`; without an end also those in the future."""

    start_ms: int
    end_ms: int | None = None

    @property
    def again(self) -> bool:
        """True if all of it has been read before, and only late lines are looked for."""
        return self.end_ms is not None


class Tail(Struct):
    """Times are epoch milliseconds, as CloudWatch Logs gives them.

    Each age has a time before which every line has been looked for when it was at least so old. So what becomes visible
    within the greatest age is found, wherever the newest line is, and however often and long reading was interrupted.
    """

    started_ms: int
    """Nothing older than this is read."""
    newest_ms: int | None = None
    read_to_ms: int = 0
    """Where the last reading of the newest lines ended."""
    lateness: Lateness = field(default_factory=Lateness)
    _again_to_ms: tuple[int, ...] = ()
    """By age."""
    _learns: bool = False
    """From the second reading of the newest lines on."""
    _sounded_to_ms: int = 0
    _near_ms: int = 0
    _seen: dict[int, set[int]] = field(default_factory=dict)
    """Hashes of ids by ten seconds of their timestamps: a set is dropped as a whole."""

    def __post_init__(self) -> None:
        self.read_to_ms = self._sounded_to_ms = self.started_ms
        self._again_to_ms = (self.started_ms,) * len(STEPS_MS)

    def due(self, now_ms: int, pause_ms: int) -> Iterator[TimeStretch]:
        """What to read now, newest first, if that is done every `pause_ms`. What was due before has been read."""
        self._forget(self.needed_from_ms)
        reach = max(self._short_ms(pause_ms), self._few_ms())
        start = max(self.started_ms, self.read_to_ms - reach)
        yield TimeStretch(start)
        self._near_ms = NEAR * self._short_ms(pause_ms)
        for at, age, step in zip(self._again_to_ms, self._ages_ms(), STEPS_MS, strict=True):
            if at < start and now_ms - age - at >= step:
                yield TimeStretch(at, now_ms - age)
        sound_to = now_ms - SOUND_MS
        if sound_to < start and sound_to - self._sounded_to_ms >= SOUND_EVERY_MS:
            yield TimeStretch(sound_to - SOUND_STEP_MS, sound_to)

    def admits(self, stretch: TimeStretch, identifier: str, time_ms: int, ingested_ms: int | None = None) -> bool:
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

    def finished(self, stretch: TimeStretch, began_ms: int) -> None:
        """The reading of a stretch that began at that time has come to its end. One that failed is due again."""
        end = began_ms if stretch.end_ms is None else stretch.end_ms
        self._again_to_ms = tuple(
            max(at, min(end, began_ms - age)) if stretch.start_ms <= at else at
            for at, age in zip(self._again_to_ms, self._ages_ms(), strict=True)
        )
        if stretch.start_ms <= began_ms - SOUND_MS <= end:
            self._sounded_to_ms = max(self._sounded_to_ms, began_ms - SOUND_MS)
        if not stretch.again:  # a line stamped in the future must not carry the cursor with it
            newest = began_ms if self.newest_ms is None else self.newest_ms
            self.read_to_ms = max(self.read_to_ms, min(newest, began_ms))
            self._learns = True

    @property
    def needed_from_ms(self) -> int:
        """No reading to come begins before."""
        return min(*self._again_to_ms, self.read_to_ms - LONG_MS) - _SKEW_MS

    def resume(self, last_ms: int) -> None:
        """Take over from another source of the same log, which has shown all but the late lines up to a time."""
        self._learns = False
        self.read_to_ms = max(self.read_to_ms, last_ms)
        ages = zip(self._again_to_ms, self._ages_ms(), strict=True)
        self._again_to_ms = tuple(max(at, last_ms - age) for at, age in ages)

    def _short_ms(self, pause_ms: int) -> int:
        """Finds 999 in 1,000 lines at once; or 99 in 100 if that is dear, the middle reading then finds the rest."""
        ceiling = max(SHORT_FLOOR_MS, SHORT_PAUSES * pause_ms)
        nearly_all, most = self.lateness.within_ms(0.999), self.lateness.within_ms(0.99)
        if nearly_all is None or most is None:
            return ceiling
        learnt = nearly_all if nearly_all <= pause_ms else max(most, pause_ms)
        return min(ceiling, max(SHORT_FLOOR_MS, min(nearly_all, learnt) + SHORT_MARGIN_MS))

    def _ages_ms(self) -> tuple[int, int, int]:
        middle = self._middle_ms()
        return min(self._near_ms, middle // 2), middle, LONG_MS

    def _middle_ms(self) -> int:
        """An age at which the latest line of those known would have been there, with a margin."""
        learnt = self.lateness.within_ms(1.0)
        least = MIDDLE_MS if self.lateness.total < MANY else MIDDLE_FLOOR_MS
        return min(SOUND_MS, max(least, (learnt or 0) * 5 // 4))

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


class Balance(Struct):
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
