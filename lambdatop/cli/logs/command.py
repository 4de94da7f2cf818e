"""`lambdatop logs`: the lines of some functions, once or followed, by the same source as the log pane."""

import asyncio
from datetime import datetime, timedelta

from msgspec import Struct

from lambdatop.aws.gate import Gate
from lambdatop.cli.connect import gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.logs import invocations as logs_invocations
from lambdatop.cli.logs.functions import UsageError, find
from lambdatop.cli.logs.invocations import Invocations
from lambdatop.cli.logs.line import as_json, plain
from lambdatop.cli.logs.printer import Chooser, LinePrinter, Printer
from lambdatop.cli.logs.tail_notes import Notes
from lambdatop.cli.output import guarded, in_colour, reader_watched
from lambdatop.cli.times import When, stretch
from lambdatop.clock import Clock, SystemClock
from lambdatop.config import Config
from lambdatop.model.logs.levels import Level
from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.running_requests import Running
from lambdatop.sources.logs.request_log import of_request
from lambdatop.sources.logs.tail import LogTail
from lambdatop.updates import LogsArrived, SourceAnswered, SourceFailed

DEFAULT_SINCE = timedelta(minutes=10)
DATED_FROM = timedelta(days=1)
CONTEXT_LINES = 10
"""Of each function, shown before the first new line, as `tail -f` does."""


class LogsArguments(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    functions: tuple[str, ...]
    follow: bool = False
    since: When | None = None
    until: When | None = None
    pattern: str | None = None
    level: Level | None = None
    request_id: str | None = None
    live: bool = False
    invocations: bool = False
    as_json: bool = False


def run(config: Config, wanted: LogsArguments) -> int:
    """Print the lines; 0, 3 if something refused, or the code of what made it impossible."""
    return guarded(lambda: _run(config, wanted, SystemClock()))


def _run(config: Config, wanted: LogsArguments, clock: Clock) -> int:
    try:
        since, until = _range(wanted, clock.now())
        with gate(config, clock) as aws:
            return asyncio.run(_logs(aws, clock, wanted, since, until))
    except UsageError as error:
        return complain(str(error), Exit.USAGE)


def _range(wanted: LogsArguments, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From when to when. Followed without `--since`, a log begins with its newest lines."""
    try:
        if not wanted.follow:
            return stretch(wanted.since or DEFAULT_SINCE, wanted.until, now)
        return (stretch(wanted.since, None, now)[0] if wanted.since else None), None
    except ValueError as error:
        raise UsageError(f"--since and --until leave no time between them: {error}") from error


async def _logs(aws: Gate, clock: Clock, wanted: LogsArguments, since: datetime | None, until: datetime | None) -> int:
    try:
        with reader_watched():
            found = await find(aws, clock, wanted.functions, pattern=wanted.pattern, follow=wanted.follow)
            if not found.functions:
                return Exit.FAILED
            tail = LogTail(found.functions, since=since, until=until, pattern=wanted.pattern, live=wanted.live)
            printer = _printer(wanted, tail, clock)
            try:
                await (_follow if wanted.follow else _read)(aws, clock, tail, printer, wanted)
            finally:
                printer.end()
        return Exit.OK if found.complete else Exit.PARTIAL
    finally:
        await aws.close()


async def _read(aws: Gate, clock: Clock, tail: LogTail, printer: Printer, wanted: LogsArguments) -> None:
    request = wanted.request_id
    updates = tail.read(aws, clock) if request is None else of_request(aws, clock, tail, request)
    async for update in updates:
        printer.show(update.lines)


async def _follow(aws: Gate, clock: Clock, tail: LogTail, printer: Printer, wanted: LogsArguments) -> None:
    notes = Notes()
    before: list[LogLine] | None = [] if tail.since is None else None
    """What was there before: gathered until the first round of readings is over, for the newest of it."""
    async for update in tail.follow(aws, clock):
        if before is not None and not isinstance(update, LogsArrived):
            printer.show(before, CONTEXT_LINES)
            before = None
        match update:
            case LogsArrived(_, lines, status):
                notes.arrived(status)
                if before is None:
                    printer.show(lines)
                else:
                    before.extend(lines)
            case SourceFailed():
                notes.failed(update)
            case SourceAnswered():
                notes.answered()


def _printer(wanted: LogsArguments, tail: LogTail, clock: Clock) -> Printer:
    names = tuple(function.name for function in tail.functions)
    dated = tail.since is not None and clock.now() - tail.since > DATED_FROM
    coloured = in_colour()
    if wanted.invocations:
        table = logs_invocations.plain(dated=dated, named=len(names) > 1, coloured=coloured)
        return Invocations(logs_invocations.as_json() if wanted.as_json else table, clock, wanted.request_id)
    form = as_json if wanted.as_json else plain(names, dated=dated, coloured=coloured)
    return LinePrinter(_chooser(wanted), form, None if wanted.follow else "no such lines in that time; see --since")


def _chooser(wanted: LogsArguments) -> Chooser:
    request = wanted.request_id
    if request is not None and not wanted.follow:  # all that `of_request` finds is that request's
        return Chooser(wanted.level, None, lambda line, parsed: request)
    return Chooser(wanted.level, request, Running().of)
