"""The alarms that a function should have, each with a threshold derived from its own last days.

Which metrics, statistics and numbers of data points: AWS, "Best practice recommended alarms". AWS leaves the threshold
to whoever knows the function; here it follows from what was usual, where usual is what holds on most days, so that an
incident within the week does not teach the alarm to be silent in the next one.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from statistics import median
from typing import Final

from msgspec import Struct

from lambdatop.model.alarms.alarm import OURS, Alarm, AlarmKind
from lambdatop.model.alarms.condition_text import amount
from lambdatop.model.alarms.definition import INSIGHTS, LAMBDA, Definition, Missing, Operator, Watched
from lambdatop.model.function import Function
from lambdatop.model.metrics import Series

PAST_DAYS: Final = 7
PERIOD_S: Final = 60
"""AWS keeps points by the minute for 15 days, and recommends all of these alarms by the minute."""
DAY_S: Final = 86_400

ROOM, DURATION_ROOM, AGE_ROOM = 1.2, 1.5, 2.0
"""How far above the usual level a threshold is set."""
LIMIT_SHARE, TIMEOUT_SHARE = 0.9, 0.8
LEAST_AGE_MS = 60_000.0
MEMORY_PERCENT = 90.0
SPARSE_SHARE = 0.05
"""With more minutes than this without a point, a missing one is no trouble but the absence of traffic."""
UNUSUAL_SHARE = 0.01
"""Of each day, so much may lie above what is usual: a quarter of an hour."""
_NICE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


class What(StrEnum):
    """What an alarm warns of; the last part of its name."""

    ERRORS = "errors"
    THROTTLES = "throttles"
    DURATION = "duration"
    DURATION_P95 = "duration-p95"
    CONCURRENCY = "concurrency"
    ITERATOR_AGE = "iterator-age"
    MEMORY = "memory"

    @property
    def words(self) -> str:
        """In the middle of a sentence."""
        return "duration p90" if self is What.DURATION else self.value.replace("-", " ")

    @property
    def recommended(self) -> bool:
        """True if AWS recommends it for every function; the others are optional."""
        return self is not What.DURATION_P95


class _Recommended(Struct, frozen=True):
    """AWS's recommendation for one metric."""

    metric: str
    stat: str
    operator: Operator
    periods: int


_ALARMS: Mapping[What, _Recommended] = {
    What.ERRORS: _Recommended("Errors", "Sum", Operator.ABOVE, 3),
    What.THROTTLES: _Recommended("Throttles", "Sum", Operator.AT_LEAST, 5),
    What.DURATION: _Recommended("Duration", "p90", Operator.ABOVE, 15),
    What.DURATION_P95: _Recommended("Duration", "p95", Operator.ABOVE, 15),
    What.CONCURRENCY: _Recommended("ConcurrentExecutions", "Maximum", Operator.ABOVE, 10),
    What.ITERATOR_AGE: _Recommended("IteratorAge", "Maximum", Operator.ABOVE, 5),
    What.MEMORY: _Recommended("memory_utilization", "Average", Operator.ABOVE, 10),
}


class Suggestion(Struct, frozen=True, kw_only=True):
    """One alarm for one function."""

    function: str
    what: What
    definition: Definition
    why: str
    """Where the threshold comes from, in a line."""

    @property
    def name(self) -> str:
        """`lambdatop-checkout-api-errors`."""
        return alarm_name(self.function, self.what)


def alarm_name(function: str, what: What) -> str:
    """The name that lambdatop gives an alarm."""
    return f"{OURS}{function}-{what}"


def watched(function: Function, what: What) -> Watched:
    """What an alarm on this looks at."""
    recommended = _ALARMS[what]
    inside = what is What.MEMORY
    return Watched(
        namespace=INSIGHTS if inside else LAMBDA,
        metric=recommended.metric,
        dimensions=(("function_name" if inside else "FunctionName", function.name),),
        stat=recommended.stat,
        period_s=PERIOD_S,
    )


def possible(function: Function) -> tuple[What, ...]:
    """What can be warned of at all; memory only where Lambda Insights measures it."""
    return tuple(what for what in What if what is not What.MEMORY or function.has_insights)


class Ceilings(Struct, frozen=True, kw_only=True):
    """What a function should stay below; None is unknown, or that there is none."""

    account: int | None = None
    """Concurrent executions of all functions together."""
    reserved: int | None = None
    """Reserved concurrency."""
    objective_ms: float | None = None
    """What its slowest requests may take, from config.toml."""


NO_CEILINGS = Ceilings()


def suggestions(
    function: Function, past: Mapping[Watched, Series], ceilings: Ceilings = NO_CEILINGS
) -> tuple[Suggestion, ...]:
    """The recommended set for a function. An age of the iterator is warned of only where there is one."""
    found = (_suggestion(function, what, past.get(watched(function, what)), ceilings) for what in possible(function))
    return tuple(each for each in found if each is not None)


def _suggestion(function: Function, what: What, series: Series | None, ceilings: Ceilings) -> Suggestion | None:
    recommended, looks_at = _ALARMS[what], watched(function, what)
    level = usual(series, recommended.periods) if series is not None else None
    told = _threshold(function, what, level, ceilings, looks_at)
    if told is None:
        return None
    threshold, why = told
    definition = Definition(
        watched=looks_at,
        operator=recommended.operator,
        threshold=threshold,
        datapoints=recommended.periods,
        periods=recommended.periods,
        missing=Missing.NOT_BREACHING if series is None or is_sparse(series) else Missing.MISSING,
    )
    return Suggestion(function=function.name, what=what, definition=definition, why=why)


def _threshold(
    function: Function, what: What, level: float | None, ceilings: Ceilings, looks_at: Watched
) -> tuple[float, str] | None:
    seen = f"usual is up to {amount(looks_at, level)}" if level is not None else "no data in 7 days"
    match what:
        case What.ERRORS:
            return (nice(level * ROOM), f"{seen} a minute") if level else (0.0, "none is usual: any error counts")
        case What.THROTTLES:
            return (nice(level * ROOM), f"{seen} a minute") if level else (1.0, "none is usual: any throttle counts")
        case What.DURATION | What.DURATION_P95:
            return _duration(function, level, seen, ceilings.objective_ms)
        case What.CONCURRENCY:
            return _concurrency(level, ceilings)
        case What.ITERATOR_AGE:
            return (nice(max(LEAST_AGE_MS, level * AGE_ROOM)), seen) if level is not None else None
        case What.MEMORY:
            return MEMORY_PERCENT, f"AWS recommends {MEMORY_PERCENT:.0f} %; {seen}"


def _duration(function: Function, level: float | None, seen: str, objective_ms: float | None) -> tuple[float, str]:
    """AWS: the function's objective, and below its timeout."""
    ceiling = float(round(TIMEOUT_SHARE * function.timeout_s * 1_000))
    if objective_ms is not None and objective_ms < ceiling:
        return objective_ms, f"the objective in config.toml; {seen}"
    below = f"{TIMEOUT_SHARE:.0%} of the timeout of {function.timeout_s:,} s".replace("%", " %")
    wanted = nice(level * DURATION_ROOM) if level else ceiling
    return (wanted, f"{seen}; the timeout is {function.timeout_s:,} s") if wanted < ceiling else (ceiling, below)


def _concurrency(level: float | None, ceilings: Ceilings) -> tuple[float, str] | None:
    """AWS: about 90 % of the quota; of the function's own where it has one."""
    share = f"{LIMIT_SHARE:.0%}".replace("%", " %")
    if ceilings.reserved:
        return max(
            1.0, float(math.floor(LIMIT_SHARE * ceilings.reserved))
        ), f"{share} of the {ceilings.reserved:,} reserved"
    if ceilings.account:
        return float(math.floor(LIMIT_SHARE * ceilings.account)), f"{share} of the account's {ceilings.account:,}"
    return (nice(level * AGE_ROOM), "twice what is usual; the account's limit is not known") if level else None


def usual(series: Series, periods: int) -> float | None:
    """The level that `periods` points in a row reach on most days, except a quarter of an hour a day; None if unknown.

    The middle one of the days, so that trouble on less than half of them is no habit.
    """
    days = max(1, DAY_S // series.period_s)
    highs = [
        high
        for start in range(0, len(series.values), days)
        if (high := _high(series.values[start : start + days], periods)) is not None
    ]
    return median(highs) if highs else None


def _high(values: Sequence[float | None], periods: int) -> float | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    reach = min(periods, len(known))
    held = sorted(min(known[end - reach : end]) for end in range(reach, len(known) + 1))
    return held[min(len(held) - 1, math.ceil((1 - UNUSUAL_SHARE) * len(held)) - 1)]


def is_sparse(series: Series) -> bool:
    """True if there is often no point."""
    missing = sum(1 for value in series.values if value is None)
    return missing > SPARSE_SHARE * len(series.values)


def nice(value: float) -> float:
    """The least round number that is not below: 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten; whole from 1 on."""
    if value <= 1:
        return 1.0 if value > 0 else 0.0
    scale = 10.0 ** math.floor(math.log10(value))
    steps = (step for step in _NICE if (step * scale).is_integer())
    return next(step * scale for step in steps if step * scale >= value * (1 - 1e-9))


def stepped(value: float, direction: int) -> float:
    """The next round number above the value, or below it; zero is below one."""
    power = math.floor(math.log10(value)) if value >= 1 else 0
    scales = [10.0**exponent for exponent in (power - 1, power, power + 1)]
    round_ = {0.0, *(number for at in scales for step in _NICE if (number := step * at).is_integer() and number >= 1)}
    if direction > 0:
        return min(number for number in round_ if number > value)
    return max((number for number in round_ if number < value), default=0.0)


def already(alarms: Iterable[Alarm], suggestion: Suggestion) -> tuple[str, ...]:
    """The names of the alarms that watch that metric of the function already."""
    looks_at = suggestion.definition.watched
    found = (
        alarm.name
        for alarm in alarms
        if alarm.function_name == suggestion.function
        and alarm.metric == looks_at.metric
        and alarm.kind is not AlarmKind.COMPOSITE
    )
    return tuple(dict.fromkeys(found))
