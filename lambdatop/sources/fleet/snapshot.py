"""One pass over everything the fleet table shows, for `--once`: the same sources, folded by the same reducer."""

from collections.abc import AsyncIterator, Callable

from lambdatop.aws.errors import AwsError, BadAnswer
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.fleet.row import matches
from lambdatop.sources.alarms.listing import alarms
from lambdatop.sources.fleet import account
from lambdatop.sources.fleet.account import used
from lambdatop.sources.fleet.by_name import named
from lambdatop.sources.fleet.figures import FleetMeter, FunctionsShown
from lambdatop.sources.fleet.inventory import functions
from lambdatop.sources.poll import failed
from lambdatop.state import State, reduce
from lambdatop.updates import FunctionsListed, SourceName, Update


async def snapshot(aws: Gate, clock: Clock, *, window_minutes: int, pattern: str = "") -> State:
    """The fleet's state after one pass. A source that is refused is noted in `health`; the others continue.

    Raises AwsError if the functions cannot be listed: without them there is no snapshot.
    """
    state = State()
    try:
        async for update in functions(aws, clock):
            state = reduce(state, update)
    except BadAnswer as odd:  # perhaps of some functions only
        if not state.fleet.complete:
            raise
        state = reduce(state, failed("functions", odd, clock, 0.0))
    names = tuple(name for name, row in state.fleet.rows.items() if matches(row.function, pattern))
    meter = FleetMeter(window_minutes)
    return await _completed(
        state, aws, clock, lambda: meter.measure(aws, clock, lambda: FunctionsShown(visible=names, everyone=names))
    )


async def snapshot_of(aws: Gate, clock: Clock, called: str, *, window_minutes: int) -> State:
    """The same with one function as its only row, called by its name or ARN: no other is listed or measured.

    Alarms are those of the whole account: one in metric math or a composite cannot be found by its function. Raises
    NotFound with the nearest names, and other AwsErrors, if the function cannot be read.
    """
    function = await named(aws, called)
    state = reduce(State(), FunctionsListed((function,), True, clock.now()))
    meter = FleetMeter(window_minutes)
    return await _completed(state, aws, clock, lambda: meter.measure_only(aws, clock, function.name))


async def _completed(state: State, aws: Gate, clock: Clock, metrics: Callable[[], AsyncIterator[Update]]) -> State:
    """The state with everything beyond the functions themselves, each source read once."""
    passes: dict[SourceName, Callable[[], AsyncIterator[Update]]] = {
        "identity": lambda: account.identity(aws),
        "limits": lambda: account.limits(aws),
        "alarms": lambda: alarms(aws, clock),
        "metrics": metrics,
    }
    for name, read in passes.items():
        try:
            async for update in read():
                state = reduce(state, update)
        except AwsError as error:
            state = reduce(state, failed(name, error, clock, 0.0))
    return reduce(state, used(aws))
