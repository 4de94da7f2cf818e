"""The records that a query looks through: the log events of a group, newest first, batch by batch.

A query for reports alone, which is most of them, reads what ran in each minute and renders nothing; how much it would
have scanned is told from a sample. Every other one reads the rendered events.
"""

import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from lambdatop.emulator.contents.written import Position, WrittenEvent
from lambdatop.emulator.function import INSIGHTS_GROUP
from lambdatop.emulator.logquery.columns import Batch, batch_of
from lambdatop.emulator.logquery.discovery import Fields, discovered
from lambdatop.emulator.logquery.syntax import Value
from lambdatop.emulator.logquery.written import Moment
from lambdatop.emulator.logs.lines import Manner, lines, manner_of
from lambdatop.emulator.logs.scan import ingested, reach_s, stretches
from lambdatop.emulator.simulation.happening import invocation
from lambdatop.emulator.simulation.run import Ran, ran

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account
    from lambdatop.emulator.function import EmulatedFunction

Report = Literal["REPORT", "platform.report"]
"""The reports of functions that log text, and of those that log JSON."""

_SAMPLE = 12
"""Invocations of a minute that are rendered to learn how much they write."""
_LATEST_MS = 12_000
_MB = 1e6


class QueriedLine:
    """A log event and what was discovered in it."""

    def __init__(self, event: WrittenEvent) -> None:
        self.event = event

    @cached_property
    def field(self) -> Fields:
        """By name."""
        return discovered(self.event.message)


class Scan(NamedTuple):
    """A batch, and how much had to be looked at for it."""

    batch: Batch
    records: int
    bytes: int


def scans(account: "Account", group: str, start_ms: int, end_ms: int, only: Report | None) -> Iterator[Scan]:
    """The group's records in [start_ms, end_ms), of which `only` says that no others are wanted."""
    log = f"{account.id}:{group}"
    if only is None or group == INSIGHTS_GROUP:
        for stretch in stretches(account, group, start_ms, end_ms, newest_first=True):
            yield _of_lines(stretch.events, log)
        return
    for name in account.log_groups().get(group, ()):
        function = account.function(name)
        last = int(min(end_ms / 1000, account.clock()) // 60)
        first = int((start_ms / 1000 - reach_s(function)) // 60)
        for minute in range(last, first - 1, -1):
            if function.course.demand(minute):
                yield _of_reports(account, function, minute, (start_ms, end_ms), only, log)
    if (written := account.written.get(group)) is not None:
        yield _of_lines(list(written.within(start_ms, end_ms, int(account.clock() * 1000))), log)


def _of_lines(events: Sequence[WrittenEvent], log: str) -> Scan:
    batch = batch_of([QueriedLine(event) for event in events], lambda name: _reader(name, log))
    return Scan(batch, len(events), sum(len(event.message) for event in events))


def _reader(name: str, log: str) -> Callable[[QueriedLine], Value]:
    """What reads a field of an event."""
    match name:
        case "@timestamp":
            return lambda line: Moment(line.event.position.timestamp)
        case "@ingestionTime":
            return lambda line: Moment(line.event.ingested)
        case "@message":
            return lambda line: line.event.message
        case "@logStream":
            return lambda line: line.event.stream
        case "@log":
            return lambda line: log
        case "@ptr":
            return lambda line: b64encode(f"{log}/{line.event.id}".encode()).decode()
        case _:
            return lambda line: line.field(name)


def _of_reports(
    account: "Account", function: "EmulatedFunction", minute: int, window: tuple[int, int], only: Report, log: str
) -> Scan:
    """The reports of the minute's invocations that lie in the window and can be seen."""
    manner = manner_of(function.config)
    now = account.clock()
    seen = [
        run
        for run in ran(function.name, function.course, minute)
        if run.fate.start <= now and window[0] <= (at := _told_ms(run)) < window[1] and _is_seen(at, run, now * 1000)
    ]
    rendered = [lines(invocation(function.name, run), manner) for run in seen[:_SAMPLE]]
    each = len(seen) / len(rendered) if rendered else 0
    records = round(each * sum(map(len, rendered)))
    size = round(each * sum(len(message) for told in rendered for _, message in told))
    wanted = seen if manner.json_format == (only == "platform.report") else []
    return Scan(batch_of(wanted, lambda name: _report_reader(name, function.name, manner, log)), records, size)


def _told_ms(run: Ran) -> int:
    """The timestamp of its REPORT, to the very rounding of the rendered line."""
    return int(run.fate.start * 1000 + (run.init_ms or 0) + run.duration_ms)


def _is_seen(at: int, run: Ran, now_ms: float) -> bool:
    return at + _LATEST_MS < now_ms or ingested(at, zlib.crc32(run.stream.encode())) <= now_ms


def _report_reader(name: str, function_name: str, manner: Manner, log: str) -> Callable[[Ran], Value]:
    """What reads a field of a report; what is not known without its text is read from the rendered event."""
    known = (_JSON if manner.json_format else _TEXT).get(name)
    if known is not None:
        return known
    read = _reader(name, log)
    return lambda run: read(_rendered(function_name, manner, run))


def _rendered(function_name: str, manner: Manner, run: Ran) -> QueriedLine:
    """The event of an invocation's report, which is its last."""
    told = lines(invocation(function_name, run), manner)
    at, key = _told_ms(run), zlib.crc32(run.stream.encode())
    position = Position(at, key, int(run.fate.start * 1_000_000), len(told) - 1)
    return QueriedLine(WrittenEvent(position, ingested(at, key), run.stream, told[-1][1]))


_ANY: Mapping[str, Callable[[Ran], Value]] = {
    "@timestamp": lambda run: Moment(_told_ms(run)),
    "@logStream": lambda run: run.stream,
}
_TEXT: Mapping[str, Callable[[Ran], Value]] = {
    **_ANY,
    "@type": lambda run: "REPORT",
    "@requestId": lambda run: run.request_id,
    "@duration": lambda run: run.duration_ms,
    "@billedDuration": lambda run: float(run.billed_ms),
    "@memorySize": lambda run: run.fate.lane.behaviour.memory_mb * _MB,
    "@maxMemoryUsed": lambda run: run.used_mb * _MB,
    "@initDuration": lambda run: run.init_ms,
    "@xrayTraceId": lambda run: run.trace_id,
}
_JSON: Mapping[str, Callable[[Ran], Value]] = {
    **_ANY,
    "type": lambda run: "platform.report",
    "record.requestId": lambda run: run.request_id,
    "record.metrics.durationMs": lambda run: run.duration_ms,
    "record.metrics.billedDurationMs": lambda run: run.billed_ms,
    "record.metrics.memorySizeMB": lambda run: run.fate.lane.behaviour.memory_mb,
    "record.metrics.maxMemoryUsedMB": lambda run: run.used_mb,
    "record.metrics.initDurationMs": lambda run: run.init_ms,
}
