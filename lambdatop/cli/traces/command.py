"""`lambdatop traces`: a function's recent traces, or one of them as a tree, by the same sources as the panes."""

import asyncio
import shutil
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from msgspec import Struct

from lambdatop.aws.gate import Gate
from lambdatop.cli.connect import gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.output import guarded, in_colour, put, reader_watched
from lambdatop.cli.times import When, stretch
from lambdatop.cli.traces import as_json as traces_json
from lambdatop.cli.traces import table as traces_table
from lambdatop.cli.traces import tree as traces_tree
from lambdatop.cli.traces.parser import NEWEST, SLOWEST
from lambdatop.cli.traces.queries import EVERY, Narrowed, TraceQueries
from lambdatop.clock import Clock, SystemClock
from lambdatop.config import Config
from lambdatop.model.metrics import Window
from lambdatop.model.traces.summary import TraceSummary
from lambdatop.sources.traces.recent import TRACES_KEPT
from lambdatop.sources.traces.summaries import began
from lambdatop.words.trace import nothing

DEFAULT_SINCE: Final = timedelta(hours=1)
DATED_FROM: Final = timedelta(days=1)
_ID_LENGTH: Final = len("1-6ac7d554-62c6b0e3a1b2c3d4e5f60718")
_SECOND_LENGTH: Final = len("1-6ac7d554")
_AROUND: Final = timedelta(seconds=30)
_NAMED: Final = 3
"""Of several traces that an id may mean."""
_NO_TERMINAL: Final = (100, 24)


class TracesArguments(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    function: str
    since: When | None = None
    until: When | None = None
    narrowed: Narrowed = EVERY
    trace_id: str | None = None
    """A whole id, the beginning of one, `newest` or `slowest`; None lists them."""
    limit: int = 50
    as_json: bool = False


def run(config: Config, wanted: TracesArguments) -> int:
    """Print the traces; 0, 3 if something refused, or the code of what made it impossible."""
    return guarded(lambda: _run(config, wanted, SystemClock()))


def _run(config: Config, wanted: TracesArguments, clock: Clock) -> int:
    try:
        window = Window(*stretch(wanted.since or DEFAULT_SINCE, wanted.until, clock.now()))
    except ValueError as error:
        return complain(f"--since and --until leave no time between them: {error}", Exit.USAGE)
    with gate(config, clock) as aws:
        return asyncio.run(_traces(aws, clock, wanted, window))


async def _traces(aws: Gate, clock: Clock, wanted: TracesArguments, window: Window) -> int:
    try:
        with reader_watched():
            asked = TraceQueries(aws=aws, clock=clock, window=window, name=wanted.function)
            await asked.find()
            code = await (_list(asked, wanted) if wanted.trace_id is None else _one(asked, wanted, wanted.trace_id))
        return Exit.PARTIAL if asked.refused and code == Exit.OK else code
    finally:
        await aws.close()


async def _list(asked: TraceQueries, wanted: TracesArguments) -> int:
    found = await asked.listed(wanted.narrowed, wanted.limit)
    if not found:
        return complain(await _why_none(asked, wanted), Exit.OK)
    if wanted.as_json:
        put("".join(map(traces_json.summary, found)))
    else:
        dated = asked.clock.now() - asked.window.start > DATED_FROM
        put("".join(f"{line}\n" for line in traces_table.lines(found, dated=dated, coloured=in_colour())))
    return Exit.OK


async def _one(asked: TraceQueries, wanted: TracesArguments, trace_id: str) -> int:
    if len(trace_id) < _ID_LENGTH:
        asked.window = _around(trace_id) or asked.window
        found = _meant(await asked.listed(wanted.narrowed, TRACES_KEPT), trace_id)
        if not found:
            none = f"no trace in that time begins with {trace_id}"
            return complain(none if trace_id not in (NEWEST, SLOWEST) else await _why_none(asked, wanted), Exit.FAILED)
        if len(found) > 1:
            some = ", ".join(each.id for each in found[:_NAMED])
            return complain(f"{len(found):,} traces begin with {trace_id}: {some}", Exit.FAILED)
        trace_id = found[0].id
    trace = await asked.trace(trace_id)
    if trace is None or not trace.roots:
        return complain(f"{trace_id}: {nothing(trace)}" if trace else f"no trace {trace_id}", Exit.FAILED)
    if wanted.as_json:
        put(traces_json.whole(trace, asked.name))
    else:
        width = shutil.get_terminal_size(_NO_TERMINAL).columns
        put("".join(f"{line}\n" for line in traces_tree.lines(trace, asked.name, width, coloured=in_colour())))
    return Exit.OK


def _around(trace_id: str) -> Window | None:
    """When a trace must have begun: the first digits of its id are a time, if all eight are there."""
    at = began(trace_id) if len(trace_id) >= _SECOND_LENGTH else None
    return None if at is None else Window(at - _AROUND, at + _AROUND)


def _meant(listed: Sequence[TraceSummary], trace_id: str) -> Sequence[TraceSummary]:
    """The traces that an id, the beginning of one, or a word for one may mean."""
    if trace_id == NEWEST:
        return listed[:1]
    if trace_id == SLOWEST:
        return sorted(listed, key=lambda trace: trace.duration_s or 0.0)[-1:]
    return [trace for trace in listed if trace.id.startswith(trace_id)]


async def _why_none(asked: TraceQueries, wanted: TracesArguments) -> str:
    if wanted.narrowed.expressions and (asked.function is None or asked.function.tracing):
        return "no such traces in that time; see --since, and what there is without --slow, --errors and --cold"
    return await asked.why_none()
