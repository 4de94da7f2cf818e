"""Which metrics exist: what ListMetrics lists, and which functions were called in the last hours."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lambdatop.emulator.metric import Dimensions
from lambdatop.emulator.metric_source import INSIGHTS, LAMBDA, has_insights, metrics_of
from lambdatop.emulator.simulation import measures
from lambdatop.emulator.simulation.measures import Minute

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account
    from lambdatop.emulator.function import EmulatedFunction

_RECENT_MIN = 180

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
            yield from _of(function)
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


def _of(function: "EmulatedFunction") -> Iterator[Metric]:
    alone = (("FunctionName", function.name),)
    epoch = function.course.epochs[-1]
    through = f"{function.name}:{epoch.alias}" if epoch.alias else function.name
    for name in metrics_of(function):
        yield LAMBDA, name, alone
        yield LAMBDA, name, (*alone, ("Resource", through))
    if epoch.provisioned:
        for name in measures.PROVISIONED_METRICS:
            yield LAMBDA, name, (*alone, ("Resource", through))
    if has_insights(function):
        for name in measures.INSIGHTS_METRICS:
            yield INSIGHTS, name, (("function_name", function.name),)
