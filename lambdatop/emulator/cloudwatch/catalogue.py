"""Which metrics exist: what ListMetrics lists, and which functions were called in the last hours."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from lambdatop.emulator.cloudwatch.source import INSIGHTS, LAMBDA, metrics_of, resource_of
from lambdatop.emulator.contents.metric import Dimensions
from lambdatop.emulator.simulation import measures, telemetry
from lambdatop.emulator.simulation.measures import Minute

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account
    from lambdatop.emulator.function import EmulatedFunction
    from lambdatop.emulator.simulation.epoch import Epoch

_RECENT_MIN = 180
_LISTED_MIN = 14 * 24 * 60

Metric = tuple[str, str, Dimensions]


def catalogue(account: "Account", *, recent: bool) -> Iterator[Metric]:
    """Every metric as (namespace, name, dimensions); `recent` keeps those with data in the last three hours."""
    for name in measures.LAMBDA_METRICS:
        yield LAMBDA, name, ()
    for name in ("UnreservedConcurrentExecutions", "ClaimedAccountConcurrency"):
        yield LAMBDA, name, ()
    now = account.clock()
    for function in account.functions.values():
        if was_called(function, now, _RECENT_MIN) if recent else is_used(function):
            since = now - (_RECENT_MIN if recent else _LISTED_MIN) * 60
            yield from _of(function, function.course.during(since, now))
    for (namespace, name, dimensions), metric in account.custom_metrics.items():
        if not recent or (metric.data and metric.data[-1][0] > now - _RECENT_MIN * 60):
            yield namespace, name, dimensions


def is_used(function: "EmulatedFunction") -> bool:
    """True if it is ever called. AWS: metrics without data for two weeks are not listed."""
    traffic = function.profile.traffic
    return bool(traffic.per_minute or traffic.per_day or traffic.at_minutes)


def was_called(function: "EmulatedFunction", now: float, minutes: int) -> bool:
    """True if the function had an invocation in that many minutes before now."""
    if function.profile.traffic.per_minute >= 1 and function.reserved is None and function.fed:
        return True
    course, last = function.course, int(now // 60)
    return any(
        course.demand(minute) and measures.tally(Minute(course, minute, now)).invocations
        for hour in range(last // 60, (last - minutes) // 60 - 1, -1)
        if course.called(hour)
        for minute in range(min(last, hour * 60 + 59), max(last - minutes, hour * 60) - 1, -1)
    )


def _of(function: "EmulatedFunction", epochs: Sequence["Epoch"]) -> Iterator[Metric]:
    known, alone = metrics_of(function), ("FunctionName", function.name)
    for name in known:
        yield LAMBDA, name, (alone,)
    provisioned = {epoch.alias for epoch in epochs if epoch.provisioned}
    for alias in dict.fromkeys(epoch.alias for epoch in epochs):
        through = resource_of(function.name, alias)
        for name in (*known, *(measures.PROVISIONED_METRICS if alias in provisioned else ())):
            yield LAMBDA, name, (alone, ("Resource", through))
    for through, version in _executed(function.name, epochs):
        for name in measures.VERSION_METRICS:
            yield LAMBDA, name, (("ExecutedVersion", version), alone, ("Resource", through))
    measured = dict.fromkeys(lane.version for epoch in epochs for lane in epoch.lanes if lane.insights)
    for name in telemetry.METRICS if measured else ():
        yield INSIGHTS, name, (("function_name", function.name),)
        for version in measured:
            yield INSIGHTS, name, (("function_name", function.name), ("version", version))


def _executed(name: str, epochs: Sequence["Epoch"]) -> Iterable[tuple[str, str]]:
    """The aliases, as Resource has them, with the versions that they resolved to."""
    return dict.fromkeys(
        (resource_of(name, epoch.alias), lane.version) for epoch in epochs if epoch.alias for lane in epoch.lanes
    )
