"""All lines of one request, most of which do not name it: CloudWatch finds those that do, and they tell where to read.

Reading a stretch of a busy log for one request would take thousands of pages; this takes two short readings.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.focus import Sought
from lambdatop.model.function import Function
from lambdatop.model.logs.levels import LineKind
from lambdatop.model.logs.line import LogLine, read
from lambdatop.model.logs.running_requests import Running
from lambdatop.model.logs.tail_status import TailStatus
from lambdatop.sources.logs.tail import LogTail
from lambdatop.sources.poll import failed, retry_in_s
from lambdatop.updates import LogsArrived, SourceAnswered, Update

BEFORE: Final = timedelta(seconds=2)
AFTER: Final = timedelta(seconds=10)
"""Traces and logs are stamped by different clocks, and REPORT comes after the end."""
LONGEST: Final = timedelta(minutes=16)
"""AWS: an invocation takes at most 15 minutes."""
AGAIN_S: Final = 3.0


class RequestLog(Struct):
    """The lines of one request of a function, read again until its REPORT is there."""

    function: Function
    sought: Sought
    _seen: set[str] = field(default_factory=set)
    _ended: bool = False

    async def follow(self, aws: Gate, clock: Clock) -> AsyncGenerator[Update, None]:
        """LogsArrived with what is new each time, then that it is whole; SourceFailed of "logs" under trouble."""
        failures = 0
        while True:
            latest = self.sought.within.start + LONGEST
            try:
                async for update in self._read(aws, clock, latest):
                    yield update
                failures, wait_s = 0, AGAIN_S
                yield LogsArrived(self.function.name, (), TailStatus(whole=True))
                yield SourceAnswered("logs", clock.now())
                if self._ended or clock.now() > latest:
                    return
            except AwsError as error:
                failures += 1
                wait_s = retry_in_s(error, failures)
                yield failed("logs", error, clock, wait_s)
            await clock.sleep(wait_s)

    async def _read(self, aws: Gate, clock: Clock, latest: datetime) -> AsyncIterator[LogsArrived]:
        until = self.sought.within.end + AFTER if not self._seen else latest
        tail = LogTail((self.function,), since=self.sought.within.start - BEFORE, until=min(until, clock.now()))
        async for update in of_request(aws, clock, tail, self.sought.request_id):
            new = tuple(line for line in update.lines if line.event_id not in self._seen)
            self._seen.update(line.event_id for line in new)
            self._ended = self._ended or any(read(line.message).kind is LineKind.REPORT for line in new)
            if new:
                yield replace(update, lines=new)


class Run(Struct, frozen=True, kw_only=True):
    """Where one attempt of a request wrote. Lambda tries asynchronous ones again under the same id."""

    function_name: str
    stream: str
    since: datetime
    until: datetime
    ended: bool
    """True if its REPORT was there; else lines may follow that do not name the request."""


async def of_request(aws: Gate, clock: Clock, tail: LogTail, request_id: str) -> AsyncIterator[LogsArrived]:
    """The lines of a request within the tail's stretch of time that its pattern lets through. Raises AwsError."""
    naming: list[LogLine] = []
    async for update in replace(tail, pattern=quoted(request_id)).read(aws, clock):
        naming.extend(update.lines)
    for run in runs_of(request_id, naming):
        until = run.until if run.ended else tail.until
        where = replace(tail, functions=_of(run, tail.functions), since=run.since, until=until)
        running = Running({run.stream: request_id})
        async for update in where.read(aws, clock):
            in_stream = (line for line in update.lines if line.stream == run.stream)
            its = (line for line in in_stream if running.of(line, read(line.message)) == request_id)
            yield replace(update, lines=tuple(its))


def quoted(term: str) -> str:
    """A filter term, quoted as CloudWatch requires if it has more than letters and digits."""
    escaped = term.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def runs_of(request_id: str, naming: Iterable[LogLine]) -> Sequence[Run]:
    """The attempts seen in the lines that name the request, in order; each begins with its own START."""
    runs: dict[tuple[str, str, int], Run] = {}
    attempts: dict[str, int] = {}
    for line in naming:
        parsed = read(line.message)
        if parsed.request_id != request_id:  # of another request that talks of this one
            continue
        if parsed.kind is LineKind.START:
            attempts[line.stream] = attempts.get(line.stream, 0) + 1
        key = line.function_name, line.stream, attempts.get(line.stream, 0)
        run = runs.get(key)
        runs[key] = Run(
            function_name=line.function_name,
            stream=line.stream,
            since=run.since if run else line.timestamp,
            until=line.timestamp,
            ended=(run is not None and run.ended) or parsed.kind is LineKind.REPORT,
        )
    return sorted(runs.values(), key=lambda run: run.since)


def _of(run: Run, functions: Iterable[Function]) -> tuple[Function, ...]:
    return tuple(function for function in functions if function.name == run.function_name)
