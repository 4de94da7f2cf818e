"""Where a function's time goes, across a sample of its traces, and the service map around it.

The sample is taken evenly by rank: of the traces sorted by duration one from each fiftieth part, the slowest among
them. So its median and its p99 are those of all, and so are the shares; the newest traces alone would show what is
usual just now, the slowest alone what is rare.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.traces.downstream import Downstream, downstream
from lambdatop.model.traces.segments import Trace
from lambdatop.model.traces.service_map import Edge
from lambdatop.model.traces.summary import TraceSummary
from lambdatop.sources.traces.destination import TraceDestination
from lambdatop.sources.traces.recent import Recent, traces
from lambdatop.sources.traces.segments import whole
from lambdatop.sources.traces.service_map import service_map
from lambdatop.updates import DownstreamMeasured, Update

SAMPLE: Final = 50
FIRST: Final = 10
"""The first figures are yielded after this many traces."""
FRESH: Final = timedelta(seconds=30)
"""A list of traces younger than this is not read again."""


class SampledTraces(Struct):
    """The assembled traces of the sample: what was read once is not read again."""

    recent: Recent
    """The list to choose from, which the source of the traces may share."""
    _assembled: dict[str, Trace] = field(default_factory=dict)
    _edges: tuple[Edge, ...] = ()

    async def read(self, aws: Gate, clock: Clock, where: TraceDestination) -> AsyncIterator[Update]:
        """One reading: figures of the first few traces, of all, and with the service map. Raises AwsError."""
        now = clock.now()
        if self.recent.read_to is None or now - self.recent.read_to > FRESH:
            async for update in traces(aws, clock, self.recent, where):
                yield update
        wanted = sample(self.recent.listed(now), self._assembled)
        self._assembled = {each: self._assembled[each] for each in wanted if each in self._assembled}
        missing = [each for each in wanted if each not in self._assembled]
        first = missing and not self._assembled
        async for trace in whole(aws, clock, missing, await where.find(aws)):
            self._assembled[trace.id] = trace
            if first and len(self._assembled) == FIRST:
                yield self._told()
        if missing or not wanted or not self._edges:  # so, where the map is denied, the traces tell theirs
            yield self._told()
        if wanted:
            self._edges = await service_map(aws, self.recent.function, self.recent.window(now))
            yield self._told()

    def _told(self) -> DownstreamMeasured:
        told: Downstream = downstream(tuple(self._assembled.values()), self.recent.function)
        if self._edges:
            told = replace(told, edges=self._edges, edges_counted=False)
        return DownstreamMeasured(self.recent.function, told)


def sample(listed: Sequence[TraceSummary], known: Collection[str]) -> tuple[str, ...]:
    """The ids of about SAMPLE traces that have ended, one from each equal part of them by duration.

    Of each part one that is `known` already, else the middle one; of the slowest part the slowest. Every fifth comes
    first, so that the first few are a sample, too.
    """
    ended = sorted((each for each in listed if _has_ended(each)), key=lambda each: (each.duration_s or 0.0, each.id))
    count = min(SAMPLE, len(ended))
    bounds = [len(ended) * part // count for part in range(count + 1)] if count else []
    parts = [ended[start:end] for start, end in pairwise(bounds)]
    chosen = [next((each.id for each in part if each.id in known), part[len(part) // 2].id) for part in parts[:-1]]
    chosen += [part[-1].id for part in parts[-1:]]
    step = SAMPLE // FIRST
    return tuple(each for first in reversed(range(step)) for each in chosen[first::step])


def _has_ended(trace: TraceSummary) -> bool:
    return not trace.in_progress and trace.duration_s is not None
