"""One function as the fleet's table would show it, measured by the same sources: the evidence for a plan.

A plan is possible without most of it. What AWS refused is kept, so that the plan can say what it does not rest on.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct, field

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.alarms.alarm import Topics
from lambdatop.model.alarms.definition import Watched
from lambdatop.model.alarms.suggestions import possible, watched
from lambdatop.model.changes.evidence import Evidence
from lambdatop.model.fleet.row import Row
from lambdatop.model.function import Function
from lambdatop.model.insights.usage import Usage, usage
from lambdatop.model.metrics import Series, window_of
from lambdatop.sources.alarms.listing import alarms
from lambdatop.sources.alarms.past import alarm_past
from lambdatop.sources.alarms.topics import topics
from lambdatop.sources.fleet.figures import FleetMeter, FunctionsShown
from lambdatop.sources.function.insights import newest_records
from lambdatop.sources.logs.report_samples import sample_reports
from lambdatop.state import State, reduce
from lambdatop.updates import FunctionsListed, Update

WINDOW_MINUTES = 15
USAGE_MINUTES = 60


class EvidenceReader(Struct):
    """Reads the evidence on one function."""

    aws: Gate
    clock: Clock
    function: Function
    refused: dict[Evidence, str] = field(default_factory=dict)
    """What could not be read: one line each that says why, and names the IAM action where one is missing."""

    async def row(self, *, alarms_needed: bool = False) -> Row:
        """The function's row; what is refused stays unknown in it, but raises AwsError for alarms that are needed."""
        state = reduce(State(), FunctionsListed((self.function,), True, self.clock.now()))
        for what, updates in (
            (Evidence.METRICS, self._metrics()),
            (Evidence.REPORTS, self._reports()),
            (Evidence.ALARMS, alarms(self.aws, self.clock)),
        ):
            with self._noting(what, needed=what is Evidence.ALARMS and alarms_needed):
                async for update in updates:
                    state = reduce(state, update)
        return state.fleet.rows[self.function.name]

    def _metrics(self) -> AsyncIterator[Update]:
        name = self.function.name
        wanted = FunctionsShown((name,), (name,), frozenset({name} if self.function.has_insights else ()))
        return FleetMeter(WINDOW_MINUTES).measure(self.aws, self.clock, lambda: wanted)

    async def _reports(self) -> AsyncIterator[Update]:
        yield await sample_reports(self.aws, self.clock, self.function)

    async def usage(self) -> Usage | None:
        """How busy CPU and memory were in its newest invocations, as measured by Lambda Insights.

        None where Insights is not attached, has no record or is refused. Records of another memory size, from before
        the last change, say nothing about this one.
        """
        if not self.function.has_insights:
            return None
        with self._noting(Evidence.USAGE):
            window = window_of(self.clock.now(), USAGE_MINUTES)
            records = await newest_records(self.aws, self.function, window)
            return usage([record for record in records if record.memory_mb == self.function.memory_mb])
        return None

    async def alarm_past(self, more: Iterable[Watched] = ()) -> Mapping[Watched, Series]:
        """The last days of what alarms on it would watch, and of `more`; as many of them as could be read."""
        state = State()
        with self._noting(Evidence.PAST):
            all_ = dict.fromkeys((*(watched(self.function, what) for what in possible(self.function)), *more))
            async for update in alarm_past(self.aws, self.clock, all_):
                state = reduce(state, update)
        return state.alarm_basis.past

    @contextmanager
    def _noting(self, what: Evidence, *, needed: bool = False) -> Iterator[None]:
        """Note what AWS refuses, and continue without it unless it is needed."""
        try:
            yield
        except AwsError as error:
            if needed:
                raise
            self.refused[what] = error.line()


async def topics_of(aws: Gate) -> Topics | None:
    """The SNS topics that an alarm can notify, or why they may not be listed."""
    state = State()
    async for update in topics(aws):
        state = reduce(state, update)
    return state.alarm_basis.topics
