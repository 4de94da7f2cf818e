"""One function as the fleet's table would show it, measured by the same sources: the evidence for a plan."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.fleet import Row
from lambdatop.model.function import Function
from lambdatop.sources.alarms import alarms
from lambdatop.sources.fleet import FleetMeter, Wanted
from lambdatop.sources.reports import sample_reports
from lambdatop.state import FunctionsListed, State, Update, reduce

WINDOW_MINUTES = 15


async def row_of(aws: Gate, clock: Clock, function: Function) -> Row:
    """The function's row; what is refused stays unknown in it."""
    state = reduce(State(), FunctionsListed((function,), True, clock.now()))
    attached = frozenset({function.name} if function.has_insights else ())
    wanted, meter = Wanted((function.name,), (function.name,), attached), FleetMeter(WINDOW_MINUTES)

    async def sampled() -> AsyncIterator[Update]:
        yield await sample_reports(aws, clock, function)

    asked: tuple[Callable[[], AsyncIterator[Update]], ...] = (
        lambda: meter.measure(aws, clock, lambda: wanted),
        sampled,
        lambda: alarms(aws, clock),
    )
    for ask in asked:
        with suppress(AwsError):
            async for update in ask():
                state = reduce(state, update)
    return state.fleet.rows[function.name]
