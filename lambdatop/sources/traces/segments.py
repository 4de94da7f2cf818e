"""Whole traces by their ids: BatchGetTraces, or what Transaction Search retrieves, assembled one after the other."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct, field

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.traces.assembly import assemble
from lambdatop.model.traces.segments import Trace
from lambdatop.model.traces.why_no_traces import Destination
from lambdatop.sources.metric_data import chunks
from lambdatop.sources.traces.destination import TraceDestination
from lambdatop.sources.traces.summaries import began
from lambdatop.updates import TraceRead, Update

IDS_PER_CALL: Final = 5  # AWS: BatchGetTraces
IDS_PER_RETRIEVAL: Final = 100  # AWS: StartTraceRetrieval
TRIES: Final = 4
"""Of an id that comes back unprocessed: it may be too much at a time, or not exist."""
FIRST_PAUSE_S: Final = 0.5
RETRIEVAL_POLL_S: Final = 1.0
RETRIEVAL_LIMIT_S: Final = 60.0
SETTLED: Final = timedelta(seconds=90)
"""So long after a trace ended no segment of it is awaited any more."""
NEVER_ENDS: Final = timedelta(minutes=20)
"""What is in progress for longer than any function may run was left so."""
_STARTED_BEFORE, _ENDED_BEFORE = timedelta(minutes=1), timedelta(minutes=20)
_GOES_ON = ("SCHEDULED", "RUNNING")


class RetrievalFailed(AwsError):
    """Transaction Search abandoned a retrieval, or did not finish it in time."""


class OpenedTrace(Struct):
    """The trace that is looked at: read again as long as there may be more of it."""

    function: str
    trace_id: str | None
    """None as long as none is."""
    trace: Trace | None = None

    def is_complete(self, now: datetime) -> bool:
        """True once nothing more of it is to come."""
        if self.trace is None:
            return False
        in_progress = any(segment.in_progress for segment in self.trace.walk())
        return now.timestamp() - self.trace.end_s > (NEVER_ENDS if in_progress else SETTLED).total_seconds()

    async def read(self, aws: Gate, clock: Clock, where: TraceDestination) -> AsyncIterator[Update]:
        """One reading; quiet once the trace is complete. A trace that is not kept anywhere has no roots."""
        if self.trace_id is None or self.is_complete(clock.now()):
            return
        found = [trace async for trace in whole(aws, clock, (self.trace_id,), await where.find(aws))]
        if found or self.trace is None:
            self.trace = found[0] if found else assemble(self.trace_id, ())
            yield TraceRead(self.function, self.trace)


async def whole(aws: Gate, clock: Clock, ids: Iterable[str], destination: Destination | None) -> AsyncIterator[Trace]:
    """The traces of these ids, from wherever they are kept, in no order; what is not kept is left out.

    AWS: with Transaction Search on, BatchGetTraces finds only what is indexed. Raises AwsError.
    """
    ways: tuple[Callable[[Gate, Clock, Sequence[str]], AsyncIterator[Trace]], ...] = (segments_of,)
    if destination is Destination.LOGS:
        ways = (retrieved, segments_of)
    missing = dict.fromkeys(ids)
    for way in ways:
        async for trace in way(aws, clock, [*missing]):
            missing.pop(trace.id, None)
            yield trace


async def segments_of(aws: Gate, clock: Clock, ids: Sequence[str]) -> AsyncIterator[Trace]:
    """The traces of these ids as X-Ray has them, five a call; others have their turn after each."""
    for batch in chunks(ids, IDS_PER_CALL):
        for gathered in await _batch(aws, clock, batch):
            yield gathered.assembled()
            await clock.sleep(0)


class _Gathered(Struct):
    """What the pages so far say about one trace."""

    trace_id: str
    documents: list[str] = field(default_factory=list)
    limited: bool = False

    def assembled(self) -> Trace:
        return assemble(self.trace_id, self.documents, limited=self.limited)


async def _batch(aws: Gate, clock: Clock, ids: Sequence[str]) -> Iterable[_Gathered]:
    """Request the ids until each is answered, at most as often as is worthwhile."""
    gathered: dict[str, _Gathered] = {}
    waiting = set(ids)
    for tried in range(TRIES):
        if tried:
            await clock.sleep(FIRST_PAUSE_S * 2 ** (tried - 1))
        unprocessed: set[str] = set()
        async for page in aws.pages("xray", "BatchGetTraces", TraceIds=sorted(waiting)):
            _gather(gathered, page["Traces"], "Segments")
            unprocessed.update(page.get("UnprocessedTraceIds") or ())
        waiting &= unprocessed - gathered.keys()
        if not waiting:
            break
    return gathered.values()


def _gather(gathered: dict[str, _Gathered], traces: Iterable[dict[str, Any]], parts: str) -> None:
    for raw in traces:
        trace_id = str(raw.get("Id") or "")
        trace = gathered.setdefault(trace_id, _Gathered(trace_id))
        trace.documents += (str(part.get("Document") or "") for part in raw.get(parts) or ())
        trace.limited = trace.limited or raw.get("LimitExceeded") is True


async def retrieved(aws: Gate, clock: Clock, ids: Sequence[str]) -> AsyncIterator[Trace]:
    """The traces of these ids as Transaction Search has them, a hundred at a time."""
    for some in chunks(ids, IDS_PER_RETRIEVAL):
        start, end = _around(some, clock.now())
        begun = await aws.call("xray", "StartTraceRetrieval", TraceIds=list(some), StartTime=start, EndTime=end)
        gathered = await _retrieval(aws, clock, str(begun["RetrievalToken"]))
        for each in gathered:
            if each.documents:
                yield each.assembled()
                await clock.sleep(0)


def _around(ids: Iterable[str], now: datetime) -> tuple[datetime, datetime]:
    """The time in which the traces must have been: an id tells the second in which it began."""
    seconds = [at for each in ids if (at := began(each)) is not None] or [now]
    return min(seconds) - _STARTED_BEFORE, min(now, max(seconds) + _ENDED_BEFORE)


async def _retrieval(aws: Gate, clock: Clock, token: str) -> Iterable[_Gathered]:
    """Wait for a retrieval, then read it; one that is no longer awaited is cancelled."""
    gathered: dict[str, _Gathered] = {}
    since, status = clock.monotonic(), "SCHEDULED"
    try:
        while status in _GOES_ON and clock.monotonic() - since < RETRIEVAL_LIMIT_S:
            async for page in aws.pages("xray", "ListRetrievedTraces", RetrievalToken=token, TraceFormat="XRAY"):
                status = str(page.get("RetrievalStatus"))
                _gather(gathered, page.get("Traces") or (), "Spans")
            if status in _GOES_ON:
                await clock.sleep(RETRIEVAL_POLL_S)
    finally:
        if status in _GOES_ON:
            await _cancel(aws, token)
    if status != "COMPLETE":
        raise RetrievalFailed(f"Transaction Search did not retrieve the traces: {status.lower()}")
    return gathered.values()


async def _cancel(aws: Gate, token: str) -> None:
    with suppress(AwsError):  # else AWS ends it after an hour
        await aws.call("xray", "CancelTraceRetrieval", RetrievalToken=token)
