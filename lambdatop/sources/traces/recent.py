"""The recent traces of one function: GetTraceSummaries by filter expression, and spans where Transaction Search is on.

The first reading is of the whole stretch. Those after it ask only for what was updated since: traces are completed
late, and what is in progress changes, however long ago it began.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec import Struct, field

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.focus import Focus
from lambdatop.model.metrics import Window
from lambdatop.model.traces.otel_spans import together
from lambdatop.model.traces.summary import TraceSummary
from lambdatop.model.traces.why_no_traces import Destination
from lambdatop.sources.traces.destination import TraceDestination
from lambdatop.sources.traces.otel_spans import spans
from lambdatop.sources.traces.summaries import decode_summary, of_function
from lambdatop.updates import TraceDestinationKnown, TracesArrived, Update

LONGEST_RANGE: Final = timedelta(hours=6)  # AWS: a request may span six hours
RETENTION: Final = timedelta(days=30)  # AWS: X-Ray keeps traces so long
TRACES_KEPT: Final = 500
OVERLAP: Final = timedelta(seconds=60)
"""A trace is listed some seconds after it was updated."""
LATEST: Final = timedelta(minutes=30)
"""A function runs for 15 minutes at most, may be queued before and its segments late: then nothing more comes."""


class Recent(Struct):
    """What is known of the newest traces of one function in one stretch of time, and what to request next."""

    function: str
    minutes: int
    until: datetime | None = None
    moment: Window | None = None
    narrowed: tuple[str, ...] = ()
    """Further filter expressions."""
    kept: int = TRACES_KEPT
    read_to: datetime | None = None
    """What was updated before is known; None before the first whole reading."""
    _known: dict[str, TraceSummary] = field(default_factory=dict)
    _listed: tuple[TraceSummary, ...] = ()

    @staticmethod
    def of(function: str, focus: Focus) -> "Recent":
        """The traces that the focus is on: of the moment that the time cursor points at, else of the window."""
        return Recent(function, focus.window_minutes, focus.until, focus.moment)

    def window(self, now: datetime) -> Window:
        """From when to when the traces are wanted; nothing after now, and nothing that X-Ray no longer keeps."""
        end = min(self.until or now, now)
        start = end - timedelta(minutes=self.minutes)
        if self.moment is not None:
            start, end = self.moment.start, min(self.moment.end, now)
        start = max(start, now - RETENTION)
        return Window(start, max(start, end))

    def due(self, now: datetime) -> Iterator[dict[str, Any]]:
        """The time ranges to request, newest first; none once nothing can change any more."""
        window = self.window(now)
        if self.read_to is None:
            yield from _ranges(window, "TraceId")
        elif self.read_to < window.end + LATEST:
            yield from _ranges(Window(self.read_to - OVERLAP, now), "Event")

    def stretch(self, now: datetime) -> Window:
        """All that `due` requests, as one stretch."""
        window = self.window(now)
        return window if self.read_to is None else Window(self.read_to - OVERLAP, now)

    def take(self, summaries: Iterable[TraceSummary]) -> None:
        """Take what X-Ray answered; a summary replaces that of the same trace before."""
        self._known.update((each.id, each) for each in summaries)

    def add(self, told: Iterable[TraceSummary]) -> None:
        """Take what spans tell: it completes what X-Ray's summaries say."""
        for each in told:
            self._known[each.id] = together(self._known[each.id], each) if each.id in self._known else each

    def listed(self, now: datetime) -> tuple[TraceSummary, ...]:
        """The traces of the stretch, newest first; the same tuple as long as nothing has changed."""
        window = self.window(now)
        goes_on = self.until is None and self.moment is None  # AWS's clock may be ahead of ours
        end = None if goes_on else window.end
        inside = (each for each in self._known.values() if _began_in(each, window.start, end))
        newest = tuple(sorted(inside, key=_order, reverse=True)[: self.kept])
        if newest != self._listed:
            self._listed = newest
            self._known = {each.id: each for each in newest}
        return self._listed


async def traces(aws: Gate, clock: Clock, recent: Recent, where: TraceDestination) -> AsyncIterator[Update]:
    """One reading; of the first what is there page by page, then the whole list. Raises AwsError."""
    now = clock.now()
    asked = [*recent.due(now)]
    async for page in _newest(aws, recent, asked):
        recent.take(page)
        await clock.sleep(0)  # the SDK has just been busy with the page
        if recent.read_to is None and page:
            yield TracesArrived(recent.function, recent.listed(now))
    destination = await where.find(aws)
    if destination is not None:
        yield TraceDestinationKnown(destination)
    if destination is Destination.LOGS and asked:
        recent.add(await spans(aws, recent.function, recent.stretch(now), recent.kept))
    recent.read_to = now
    yield TracesArrived(recent.function, recent.listed(now))


async def _newest(aws: Gate, recent: Recent, asked: Iterable[dict[str, Any]]) -> AsyncIterator[list[TraceSummary]]:
    """The pages of some time ranges, until there are as many as are kept."""
    expression, read = of_function(recent.function, *recent.narrowed), 0
    for times in asked:
        async for page in aws.pages("xray", "GetTraceSummaries", FilterExpression=expression, **times):
            summaries = [decode_summary(raw, recent.function) for raw in page["TraceSummaries"]]
            yield summaries
            read += len(summaries)
            if read >= recent.kept:
                return


def _ranges(window: Window, kind: str) -> Iterator[dict[str, Any]]:
    """The parts of a window that fit one request each, by when traces began or by when they were updated."""
    end = window.end
    while end > window.start:
        start = max(window.start, end - LONGEST_RANGE)
        yield {"StartTime": start, "EndTime": end, "TimeRangeType": kind}
        end = start


def _order(trace: TraceSummary) -> tuple[datetime, str]:
    return trace.start or datetime.min.replace(tzinfo=UTC), trace.id


def _began_in(trace: TraceSummary, start: datetime, end: datetime | None) -> bool:
    return trace.start is None or (start <= trace.start and (end is None or trace.start < end))
