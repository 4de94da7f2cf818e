"""From a metric's identity (namespace, name, exact dimension set) to what supplies its values by the minute."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from lambdatop.emulator.contents.metric import Dimensions
from lambdatop.emulator.function import EmulatedFunction
from lambdatop.emulator.simulation import measures
from lambdatop.emulator.simulation.measures import Measure, Minute
from lambdatop.emulator.simulation.sketch import Sketch
from lambdatop.emulator.simulation.telemetry import INSIGHTS_METRICS

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

LAMBDA = "AWS/Lambda"
INSIGHTS = "LambdaInsights"

_FUNCTION_SETS = (("FunctionName",), ("FunctionName", "Resource"), ("ExecutedVersion", "FunctionName", "Resource"))

Source = Callable[[int, float], Sketch]
"""(epoch minute, now) to what was emitted in that minute."""


def source(account: "Account", namespace: str, name: str, dimensions: Dimensions) -> Source | None:
    """What supplies a metric, or None if nothing emits it (AWS answers with no data points, not with an error)."""
    custom = account.custom_metrics.get((namespace, name, dimensions))
    if custom is not None:
        return custom.sketch
    names = tuple(key for key, _ in dimensions)
    values = dict(dimensions)
    if namespace == LAMBDA and not dimensions:
        return account_source(account, name)
    if namespace == LAMBDA and names in _FUNCTION_SETS:
        return _function_source(account, name, values)
    if namespace == INSIGHTS and names in (("function_name",), ("function_name", "version")):
        return _insights_source(account, name, values)
    return None


def metrics_of(function: EmulatedFunction) -> dict[str, Measure]:
    """The metrics of AWS/Lambda that a function emits under FunctionName alone."""
    found = dict(measures.LAMBDA_METRICS)
    if function.profile.stream_source:
        found.update(measures.STREAM_METRICS)
    if function.profile.asynchronous:
        found.update(measures.ASYNC_METRICS)
    if function.insights:
        found.update(measures.EXTENSION_METRICS)
    return found


def _function_source(account: "Account", name: str, values: Mapping[str, str]) -> Source | None:
    function = account.functions.get(values["FunctionName"])
    if function is None:
        return None
    version = values.get("ExecutedVersion")
    known = metrics_of(function) if version is None else measures.VERSION_METRICS
    measure = known.get(name)
    if measure is None and "Resource" in values and version is None:
        measure = measures.PROVISIONED_METRICS.get(name)
    if measure is None:
        return None
    if "Resource" not in values:
        course = function.course
        return lambda minute, now: measure(Minute(course, minute, now))
    return _narrowed(function, measure, values["Resource"], version)


def _narrowed(function: EmulatedFunction, measure: Measure, resource: str, version: str | None) -> Source:
    """Only what came in through one alias, or unqualified, and if given what one version executed of the alias."""
    course = function.course

    def sketch(minute: int, now: float) -> Sketch:
        seen = Minute(course, minute, now, version)
        alias = seen.epoch.alias
        if version is not None and alias is None:
            return []
        return measure(seen) if resource_of(function.name, alias) == resource else []

    return sketch


def resource_of(name: str, alias: str | None) -> str:
    """The dimension Resource of what comes in through an alias, or unqualified."""
    return f"{name}:{alias}" if alias else name


_EXACT_MINUTES, _EACH = 180, 15
"""Long before the account began each fifteenth minute stands for its like: a week one by one would take minutes."""


def _insights_source(account: "Account", name: str, values: Mapping[str, str]) -> Source | None:
    function = account.functions.get(values["function_name"])
    measure = INSIGHTS_METRICS.get(name)
    if function is None or measure is None or not function.insights:
        return None
    course, version, exact_from = function.course, values.get("version"), account.started // 60 - _EXACT_MINUTES

    def sketch(minute: int, now: float) -> Sketch:
        if minute < exact_from and course.demand(minute) and course.demand(minute - minute % _EACH):
            minute -= minute % _EACH
        return measure(Minute(course, minute, now, version))

    return sketch


_BUSIEST = 64
"""An account's percentiles are those of its busiest functions: the others weigh nothing in them."""

_COUNTED, _SAMPLED = 240, 12
"""Of the functions called in an hour so many are added up one by one, and of the rest each twelfth for its like."""


def account_source(account: "Account", name: str) -> Source | None:
    """A metric of the whole account; a minute that is over is added up once and remembered."""
    measure = _account_measures().get(name)
    if measure is None:
        return None

    def sketch(minute: int, now: float) -> Sketch:
        if (minute + 1) * 60 > now:
            return measure(account, minute, now)
        known = account.totals.get((name, minute))
        if known is None:
            if len(account.totals) > 4000:
                account.totals.clear()
            known = account.totals[name, minute] = measure(account, minute, now)
        return known

    return sketch


AccountMeasure = Callable[["Account", int, float], Sketch]


def _account_measures() -> Mapping[str, AccountMeasure]:
    return {
        **{name: _added(measures.LAMBDA_METRICS[name]) for name in ("Invocations", "Errors", "Throttles")},
        "Duration": _account_durations,
        "ConcurrentExecutions": lambda account, minute, now: _level(_concurrency(account, minute, now)),
        "UnreservedConcurrentExecutions": lambda account, minute, now: _level(
            _concurrency(account, minute, now, unreserved=True)
        ),
        "ClaimedAccountConcurrency": lambda account, minute, now: _level(
            _concurrency(account, minute, now, unreserved=True) + account.reserved_total
        ),
    }


def _level(value: float) -> Sketch:
    return [(value, 1)] if value else []


def _added(measure: Measure) -> AccountMeasure:
    def sketch(account: "Account", minute: int, now: float) -> Sketch:
        ones = zeros = 0.0
        for function, stands_for in _sample(account, minute):
            for value, weight in measure(Minute(function.course, minute, now)):
                ones += value * weight * stands_for
                zeros += (1 - value) * weight * stands_for
        return [(1.0, ones), (0.0, zeros)] if ones + zeros else []

    return sketch


def _account_durations(account: "Account", minute: int, now: float) -> Sketch:
    busiest = account.called(minute // 60)[:_BUSIEST]
    return [pair for function in busiest for pair in measures.durations(Minute(function.course, minute, now))]


def _sample(account: "Account", minute: int) -> Iterator[tuple[EmulatedFunction, int]]:
    """The functions to add up with how many each stands for: all of them, but of a large fleet's tail a sample."""
    called = account.called(minute // 60)
    yield from ((function, 1) for function in called[:_COUNTED])
    yield from ((function, _SAMPLED) for function in called[_COUNTED::_SAMPLED])


def _concurrency(account: "Account", minute: int, now: float, *, unreserved: bool = False) -> float:
    return sum(
        measures.concurrency(Minute(function.course, minute, now)) * stands_for
        for function, stands_for in _sample(account, minute)
        if not unreserved or function.reserved is None
    )
