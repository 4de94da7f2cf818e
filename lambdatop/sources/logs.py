"""The tail of one function's log, and samples of its REPORT lines: FilterLogEvents, which is free but rationed."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdatop.aws.errors import NotFound
from lambdatop.aws.gate import Answer, Gate
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.logs import LogLine
from lambdatop.model.report import parse_report, summarise
from lambdatop.model.tail import POLLING, Tail, TailStatus
from lambdatop.state import LogsArrived, ReportsSampled, Update

FIRST_LINES = 500
FIRST_REACH = timedelta(minutes=15)
SAMPLE_LINES = 200
SAMPLE_REACH = timedelta(minutes=15)
SAMPLE_AGAIN_S = 120.0
SAMPLE_PAUSE_S = 0.25
"""Between two samples: half of the 5 to 25 calls a second that an account may make belong to the tail and to others."""
PAGES_OF_FIRST_READING = 3
PAGE_LINES = 1000
"""Keeps the decoding of one page shorter than a frame."""


@dataclass(slots=True)
class LogTail:
    """Following one function: the newest lines at once, then every line that appears."""

    function: Function
    cursor: Tail | None = None
    status: TailStatus = POLLING

    async def read(self, aws: Gate, clock: Clock) -> AsyncIterator[Update]:
        """One poll. A log group that does not exist yet is an empty log."""
        now_ms = int(clock.now().timestamp() * 1000)
        try:
            if self.cursor is None:
                lines = await self._first(aws, now_ms)
            else:
                lines = await self._next(aws, self.cursor, now_ms)
        except NotFound:
            lines = []
        behind_s = _behind_s(lines, clock.now())
        if behind_s is not None:
            self.status = TailStatus(behind_s=behind_s)
        yield LogsArrived(self.function.name, tuple(lines), self.status)

    async def _first(self, aws: Gate, now_ms: int) -> list[LogLine]:
        started_ms = now_ms - int(FIRST_REACH.total_seconds() * 1000)
        events: list[Mapping[str, Any]] = []
        ask = {"startTime": started_ms, "limit": FIRST_LINES, "startFromHead": False}
        pages = 0
        async for page in aws.pages("logs", "FilterLogEvents", logGroupName=self.function.log_group, **ask):
            pages += 1
            events.extend(self._own(page))
            if len(events) >= FIRST_LINES or pages == PAGES_OF_FIRST_READING:
                break
        events.sort(key=lambda event: (event["timestamp"], event["eventId"]))
        self.cursor = Tail(events[0]["timestamp"] if events else started_ms)
        return self._fresh(self.cursor, events, now_ms)

    async def _next(self, aws: Gate, cursor: Tail, now_ms: int) -> list[LogLine]:
        events: list[Mapping[str, Any]] = []  # of all pages: what a failed reading has seen must stay unseen
        ask = {"startTime": cursor.next_start(now_ms), "limit": PAGE_LINES}
        async for page in aws.pages("logs", "FilterLogEvents", logGroupName=self.function.log_group, **ask):
            events.extend(self._own(page))
        return self._fresh(cursor, events, now_ms)

    def _fresh(self, cursor: Tail, events: Sequence[Mapping[str, Any]], began_ms: int) -> list[LogLine]:
        fresh = cursor.unseen(events, key=lambda event: event["eventId"], time_ms=lambda event: event["timestamp"])
        cursor.finished(began_ms)
        return [decode_event(event, self.function.name) for event in fresh]

    def _own(self, page: Answer) -> list[Mapping[str, Any]]:
        return [event for event in page["events"] if writes(self.function, str(event.get("logStreamName") or ""))]


@dataclass(slots=True)
class ReportSampler:
    """A sample of the newest REPORT lines of the rows on the screen: memory, cold starts, timeouts, kills."""

    sampled_at: dict[str, float] = field(default_factory=dict)

    async def sample(self, aws: Gate, clock: Clock, wanted: Callable[[], Sequence[Function]]) -> AsyncIterator[Update]:
        """One pass over the functions whose sample is missing or old, one call each, unhurried."""
        for function in wanted():
            if clock.monotonic() - self.sampled_at.get(function.name, -SAMPLE_AGAIN_S) < SAMPLE_AGAIN_S:
                continue
            self.sampled_at[function.name] = clock.monotonic()
            yield await sample_reports(aws, clock, function)
            await clock.sleep(SAMPLE_PAUSE_S)


async def sample_reports(aws: Gate, clock: Clock, function: Function) -> ReportsSampled:
    """The newest REPORT lines of one function, summarised; no log group or no line gives no sample."""
    now = clock.now()
    pattern = '{ $.type = "platform.report" }' if function.log_format == "JSON" else '"REPORT RequestId"'
    try:
        answer = await aws.call(
            "logs",
            "FilterLogEvents",
            logGroupName=function.log_group,
            filterPattern=pattern,
            startTime=int((now - SAMPLE_REACH).timestamp() * 1000),
            limit=SAMPLE_LINES,
            startFromHead=False,
        )
    except NotFound:
        return ReportsSampled(function.name, None, now)
    reports = [
        (datetime.fromtimestamp(event["timestamp"] / 1000, UTC), report)
        for event in answer["events"]
        if writes(function, str(event.get("logStreamName") or "")) and (report := parse_report(event["message"]))
    ]
    return ReportsSampled(function.name, summarise(reports), now)


def writes(function: Function, stream: str) -> bool:
    """True if the stream is the function's: in a shared log group streams are named `date/function[version]id`."""
    return not function.shares_log_group or f"/{function.name}[" in stream


def decode_event(raw: Mapping[str, Any], function: str) -> LogLine:
    """One FilteredLogEvent; the message stays as it came."""
    ingested = raw.get("ingestionTime")
    return LogLine(
        timestamp=datetime.fromtimestamp(raw["timestamp"] / 1000, UTC),
        ingestion_time=datetime.fromtimestamp(ingested / 1000, UTC) if ingested is not None else None,
        stream=str(raw.get("logStreamName") or ""),
        event_id=str(raw.get("eventId") or ""),
        message=str(raw.get("message") or ""),
        function_name=function,
    )


def _behind_s(lines: Sequence[LogLine], now: datetime) -> float | None:
    if not lines:
        return None
    return max(0.0, (now - max(line.timestamp for line in lines)).total_seconds())
