"""One pass over everything the fleet table shows, for `--once`: the same sources, folded by the same reducer."""

from collections.abc import AsyncIterator, Callable

from lambdatop.aws.errors import AwsError, BadAnswer
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.fleet.row import matches
from lambdatop.sources.alarms.listing import alarms
from lambdatop.sources.fleet import account
from lambdatop.sources.fleet.account import used
from lambdatop.sources.fleet.figures import FleetMeter, FunctionsShown
from lambdatop.sources.fleet.inventory import functions
from lambdatop.sources.poll import failed
from lambdatop.state import State, reduce
from lambdatop.updates import SourceName, Update


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
    passes: dict[SourceName, Callable[[], AsyncIterator[Update]]] = {
        "identity": lambda: account.identity(aws),
        "limits": lambda: account.limits(aws),
        "alarms": lambda: alarms(aws, clock),
        "metrics": lambda: meter.measure(aws, clock, lambda: FunctionsShown(visible=names, everyone=names)),
    }
    for name, ask in passes.items():
        try:
            async for update in ask():
                state = reduce(state, update)
        except AwsError as error:
            state = reduce(state, failed(name, error, clock, 0.0))
    return reduce(state, used(aws))
