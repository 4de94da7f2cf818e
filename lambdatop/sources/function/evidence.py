"""One function as the fleet's table would show it, measured by the same sources: the evidence for a plan."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import nullcontext, suppress

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.alarms.alarm import Topics
from lambdatop.model.alarms.definition import Watched
from lambdatop.model.alarms.suggestions import possible, watched
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


async def row_of(aws: Gate, clock: Clock, function: Function, *, alarms_needed: bool = False) -> Row:
    """The function's row; what is refused stays unknown in it, but raises AwsError for alarms that are needed."""
    state = reduce(State(), FunctionsListed((function,), True, clock.now()))
    attached = frozenset({function.name} if function.has_insights else ())
    wanted, meter = FunctionsShown((function.name,), (function.name,), attached), FleetMeter(WINDOW_MINUTES)

    async def sampled() -> AsyncIterator[Update]:
        yield await sample_reports(aws, clock, function)

    asked: tuple[tuple[Callable[[], AsyncIterator[Update]], bool], ...] = (
        (lambda: meter.measure(aws, clock, lambda: wanted), False),
        (sampled, False),
        (lambda: alarms(aws, clock), alarms_needed),
    )
    for ask, needed in asked:
        with nullcontext() if needed else suppress(AwsError):
            async for update in ask():
                state = reduce(state, update)
    return state.fleet.rows[function.name]


async def usage_of(aws: Gate, clock: Clock, function: Function) -> Usage | None:
    """How busy CPU and memory were in its newest invocations, as far as Lambda Insights tells: evidence for a size.

    Records of another memory size, from before the last change, say nothing of this one.
    """
    if not function.has_insights:
        return None
    with suppress(AwsError):
        records = await newest_records(aws, function, window_of(clock.now(), USAGE_MINUTES))
        return usage([record for record in records if record.memory_mb == function.memory_mb])
    return None


async def past_of(
    aws: Gate, clock: Clock, function: Function, more: Iterable[Watched] = ()
) -> Mapping[Watched, Series]:
    """The last days of what alarms on it would watch, and of `more`, as far as AWS tells them."""
    state = State()
    with suppress(AwsError):
        all_ = dict.fromkeys((*(watched(function, what) for what in possible(function)), *more))
        async for update in alarm_past(aws, clock, all_):
            state = reduce(state, update)
    return state.alarm_basis.past


async def topics_of(aws: Gate) -> Topics | None:
    """The SNS topics that an alarm can tell, or why they may not be listed."""
    state = State()
    async for update in topics(aws):
        state = reduce(state, update)
    return state.alarm_basis.topics
