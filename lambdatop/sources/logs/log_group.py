"""One log group as its tail reads it: page after page of FilterLogEvents, each function's own lines, each line once."""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from lambdatop.aws.errors import AwsError, Throttled, Unreachable
from lambdatop.aws.gate import Answer, Gate
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.tail_cursor import Balance, Tail, TimeStretch
from lambdatop.sources.logs.pace import Pace
from lambdatop.sources.poll import retry_in_s

FIRST_LINES = 500
FIRST_REACH_MS = 15 * 60_000
PAGES_OF_FIRST_READING = 3
PAGE_LINES = 750
"""Keeps the decoding of one page shorter than a frame."""
READ_TRIES = 5
"""Of one page, once others have been read: minutes of work are not given up for a moment's trouble."""
_REPEATS = 3
"""AWS may answer a token with the same token and no line; that often in a row there is nothing more."""

Event = Mapping[str, Any]


class PageReading(Struct):
    """A stretch that is being read, and the position in it: an interrupted reading is resumed later."""

    stretch: TimeStretch
    began_ms: int
    token: str | None = None
    repeats: int = 0

    def turned(self, token: object) -> bool:
        """Take the token of an answer; False if that was the last page."""
        if not isinstance(token, str) or not token:
            return False
        self.repeats = self.repeats + 1 if token == self.token else 0
        self.token = token
        return self.repeats < _REPEATS


class LogGroup(Struct):
    """The tail of one log group, for one function or for several that share it."""

    name: str
    functions: tuple[Function, ...]
    pattern: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive end: nothing from this time or later is read."""
    balance: Balance | None = None
    """Only beside Live Tail, which gives no ids."""
    cursor: Tail | None = None
    late: int = 0
    _writers: dict[str, Function | None] = field(default_factory=dict)
    """By stream; a busy function has some hundred in a day."""
    _readings: deque[PageReading] = field(default_factory=deque)

    async def fresh(self, aws: Gate, clock: Clock, pace: Pace) -> AsyncIterator[list[LogLine]]:
        """One round: what has become visible since the last one, page by page, each in order. Raises AwsError."""
        now_ms = epoch_ms(clock.now())
        if self.cursor is None and self.since is None:
            yield await self._newest(aws, clock, pace, now_ms)
            return
        cursor = self.cursor = self.cursor or Tail(epoch_ms(self.since or clock.now()))
        if not self._readings:
            pause_ms = int(pace.pause_s(clock.monotonic()) * 1000)
            until_ms = self._until_ms
            due = (each for each in cursor.due(now_ms, pause_ms) if until_ms is None or each.start_ms < until_ms)
            self._readings.extend(PageReading(stretch, now_ms) for stretch in due)
        while self._readings:
            reading = self._readings[0]
            async for page in self._pages(aws, clock, pace, reading):
                yield self._new(cursor, reading.stretch, page)
            cursor.finished(reading.stretch, reading.began_ms)
            self._readings.popleft()
        if self.balance is not None:
            self.balance.forget(cursor.needed_from_ms)

    async def once(
        self, aws: Gate, clock: Clock, pace: Pace, start_ms: int, end_ms: int
    ) -> AsyncGenerator[list[LogLine], None]:
        """Everything in [start, end), oldest first, page by page. Raises AwsError, but tries again after a moment."""
        reading, begun, failures = PageReading(TimeStretch(start_ms, end_ms), end_ms), False, 0
        while True:
            try:
                async for page in self._pages(aws, clock, pace, reading):
                    begun, failures = True, 0
                    yield self._decoded(page)
                return
            except (Throttled, Unreachable) as error:
                failures += 1
                if not begun or failures == READ_TRIES:
                    raise
                await clock.sleep(retry_in_s(error, failures))

    def resume(self, last_ms: int) -> None:
        """Continue where another source of the same log has ended."""
        if self.cursor is not None:
            self.cursor.resume(last_ms)

    def attribute(self, stream: str) -> Function | None:
        """The function that writes the stream; None if it is another's in a shared log group."""
        if stream not in self._writers:
            self._writers[stream] = next((each for each in self.functions if writes(each, stream)), None)
        return self._writers[stream]

    async def _newest(self, aws: Gate, clock: Clock, pace: Pace, now_ms: int) -> list[LogLine]:
        """The newest lines of the last quarter of an hour: one call, unless most are another function's."""
        events: list[Event] = []
        first = TimeStretch(min(now_ms, self._until_ms or now_ms) - FIRST_REACH_MS)
        reading, pages = PageReading(first, now_ms), 0
        async for page in self._pages(aws, clock, pace, reading, limit=FIRST_LINES, startFromHead=False):
            pages += 1
            events.extend(event for event in page if self.attribute(_stream(event)))
            if len(events) >= FIRST_LINES or pages == PAGES_OF_FIRST_READING:
                break
        events.sort(key=_order)
        began = TimeStretch(events[0]["timestamp"] if events else first.start_ms)
        self.cursor = Tail(began.start_ms)
        lines = self._new(self.cursor, began, events)
        self.cursor.finished(began, now_ms)
        return lines

    @property
    def _until_ms(self) -> int | None:
        return epoch_ms(self.until) if self.until is not None else None

    async def _pages(
        self, aws: Gate, clock: Clock, pace: Pace, reading: PageReading, *, limit: int = PAGE_LINES, **more: Any
    ) -> AsyncIterator[Sequence[Event]]:
        params: dict[str, Any] = {"logGroupName": self.name, "startTime": reading.stretch.start_ms, "limit": limit}
        ends = [end_ms for end_ms in (reading.stretch.end_ms, self._until_ms) if end_ms is not None]
        if ends:
            params["endTime"] = min(ends) - 1  # AWS: inclusive
        if self.pattern:
            params["filterPattern"] = self.pattern
        goes_on = True
        while goes_on:
            answer = await self._page(aws, clock, pace, reading, params | more)
            await clock.sleep(0)  # the SDK has just been busy with the page for ten milliseconds
            yield answer["events"]
            goes_on = reading.turned(answer.get("nextToken"))

    async def _page(self, aws: Gate, clock: Clock, pace: Pace, reading: PageReading, params: dict[str, Any]) -> Answer:
        await pace.turn(clock)
        if reading.token:
            params["nextToken"] = reading.token
        try:
            return await aws.call("logs", "FilterLogEvents", **params)
        except (Throttled, Unreachable):
            raise
        except AwsError:
            reading.token, reading.repeats = None, 0  # it may be the token: AWS forgets it after a day
            raise

    def _new(self, cursor: Tail, stretch: TimeStretch, page: Iterable[Event]) -> list[LogLine]:
        new = [event for event in page if cursor.admits(stretch, _id(event), event["timestamp"], _ingested(event))]
        if self.balance is not None:
            polled = self.balance.polled
            new = [event for event in new if polled(_stream(event), event["timestamp"], _message(event))]
        lines = self._decoded(new)
        self.late += len(lines) if stretch.again else 0
        return lines

    def _decoded(self, events: Iterable[Event]) -> list[LogLine]:
        return [
            decode_event(event, function.name)
            for event in sorted(events, key=_order)
            if (function := self.attribute(_stream(event))) is not None
        ]


def log_groups(functions: Sequence[Function]) -> dict[str, tuple[Function, ...]]:
    """The functions by log group: those that share one are read together."""
    groups: dict[str, tuple[Function, ...]] = {}
    for function in functions:
        groups[function.log_group] = (*groups.get(function.log_group, ()), function)
    return groups


def writes(function: Function, stream: str) -> bool:
    """True if the stream is the function's: in a shared log group streams are named `date/function[version]id`."""
    return not function.shares_log_group or f"/{function.name}[" in stream


def decode_event(raw: Event, function: str) -> LogLine:
    """One FilteredLogEvent; the message stays as it came."""
    ingested = _ingested(raw)
    return LogLine(
        timestamp=datetime.fromtimestamp(raw["timestamp"] / 1000, UTC),
        ingestion_time=datetime.fromtimestamp(ingested / 1000, UTC) if ingested is not None else None,
        stream=_stream(raw),
        event_id=str(raw.get("eventId") or ""),
        message=_message(raw),
        function_name=function,
    )


def epoch_ms(at: datetime) -> int:
    """Milliseconds since 1970."""
    return round(at.timestamp() * 1000)


async def merged(readings: Sequence[AsyncIterator[list[LogLine]]]) -> AsyncIterator[list[LogLine]]:
    """The lines of several log groups by time, as soon as no group can still have older ones."""
    if len(readings) == 1:
        async for lines in readings[0]:
            yield lines
        return
    waiting: list[LogLine] = []
    read_to = dict.fromkeys(readings, datetime.min.replace(tzinfo=UTC))
    while read_to:
        slowest = min(read_to, key=lambda reading: read_to[reading])
        try:
            lines = await anext(slowest)
        except StopAsyncIteration:
            del read_to[slowest]
        else:
            read_to[slowest] = max([read_to[slowest], *(line.timestamp for line in lines[-1:])])
            waiting = sorted([*waiting, *lines], key=lambda line: (line.timestamp, line.event_id))
        sure = min(read_to.values(), default=datetime.max.replace(tzinfo=UTC))
        ready = [line for line in waiting if line.timestamp <= sure]
        waiting = waiting[len(ready) :]
        yield ready


def _id(event: Event) -> str:
    """AWS's id, or what tells the event apart where an endpoint gives none."""
    return str(
        event.get("eventId") or (_stream(event), event["timestamp"], event.get("ingestionTime"), _message(event))
    )


def _order(event: Event) -> tuple[int, str]:
    return event["timestamp"], str(event.get("eventId") or "")


def _ingested(event: Event) -> int | None:
    return event.get("ingestionTime")


def _stream(event: Event) -> str:
    return str(event.get("logStreamName") or "")


def _message(event: Event) -> str:
    return str(event.get("message") or "")
