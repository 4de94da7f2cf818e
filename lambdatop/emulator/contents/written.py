"""Log groups and events that somebody wrote into the account, beside those that follow from invocations.

Tests and benchmarks plant events here with any timestamp and any later moment at which they become visible: late ones,
bursts, equal times and texts, the future. PutLogEvents writes here too, and then an event is visible at once.
"""

import zlib
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import Struct, field

LogGroupClass = Literal["STANDARD", "INFREQUENT_ACCESS"]


class Position(NamedTuple):
    """An event's place in the order of a group: by time, then by stream, in which the order of writing holds."""

    timestamp: int
    stream_key: int
    started_us: int
    line: int


class WrittenEvent(NamedTuple):
    """One log event."""

    position: Position
    ingested: int
    """Epoch milliseconds."""
    stream: str
    message: str

    @property
    def id(self) -> str:
        """AWS's eventId: digits, unique and in the order of the events."""
        timestamp, stream_key, started_us, line = self.position
        return f"3{timestamp:014d}{stream_key:010d}{started_us:017d}{line:04d}"


class WrittenGroup(Struct):
    """One log group that was created by name."""

    created_ms: int
    log_class: LogGroupClass = "STANDARD"
    streams: dict[str, int] = field(default_factory=dict)
    """When each was created."""
    events: list[WrittenEvent] = field(default_factory=list)
    """In the order of a group."""
    arrivals: list[tuple[int, WrittenEvent]] = field(default_factory=list)
    """In the order in which they become visible."""

    def add(self, stream: str, timestamp_ms: int, message: str, visible_ms: int) -> None:
        """Write one event that nobody sees before `visible_ms`."""
        self.streams.setdefault(stream, visible_ms)
        number = len(self.events)
        event = WrittenEvent(
            Position(timestamp_ms, zlib.crc32(stream.encode()), 0, number), visible_ms, stream, message
        )
        insort(self.events, event)
        insort(self.arrivals, (visible_ms, event))

    def within(self, start_ms: int, end_ms: int, now_ms: int) -> Iterator[WrittenEvent]:
        """The visible events with timestamps in [start, end)."""
        first = bisect_left(self.events, start_ms, key=_timestamp)
        last = bisect_left(self.events, end_ms, key=_timestamp)
        return (event for event in self.events[first:last] if event.ingested <= now_ms)

    def arrived(self, since_ms: int, now_ms: int) -> list[WrittenEvent]:
        """The events that became visible in (since, now]."""
        first = bisect_right(self.arrivals, since_ms, key=lambda arrival: arrival[0])
        last = bisect_right(self.arrivals, now_ms, key=lambda arrival: arrival[0])
        return [event for _, event in self.arrivals[first:last]]

    @property
    def newest_ms(self) -> int:
        """The greatest timestamp, which may lie in the future; 0 if nothing is written."""
        return self.events[-1].position.timestamp if self.events else 0


def _timestamp(event: WrittenEvent) -> int:
    return event.position.timestamp
