"""How an alarm would have judged a metric: when it would have rung, and for how long.

The rules are AWS's ("Configuring how CloudWatch alarms treat missing data"): M of the last N data points; where points
are missing, older ones are taken as far as the evaluation range reaches, and only what is still lacking then is
filled in as TreatMissingData says. The range is not documented but by example: five periods where three count.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final

from msgspec import Struct

from lambdatop.model import words
from lambdatop.model.alarms.alarm import AlarmState
from lambdatop.model.alarms.definition import Definition, Missing
from lambdatop.model.metrics import Series

RANGE_BEYOND: Final = 2
"""How many periods before the last N may replace missing ones."""


class Ringing(Struct, frozen=True):
    """A stretch in which an alarm is in ALARM, epoch seconds."""

    start: int
    end: int
    """The end of the series; None if it continues."""
    over: bool = True

    @property
    def seconds(self) -> int:
        return self.end - self.start


def judge(values: Sequence[float | None], definition: Definition) -> AlarmState | None:
    """The state that the newest points give; None leaves the alarm as it is.

    `values` are the last N + RANGE_BEYOND periods or fewer, oldest first, None where there is no point.
    """
    breaches = definition.operator.breached
    known = [breaches(value, definition.threshold) for value in values if value is not None][-definition.periods :]
    lacking = definition.periods - len(known)
    breaching = sum(known) + (lacking if definition.missing is Missing.BREACHING else 0)
    if breaching >= definition.datapoints:
        return AlarmState.ALARM
    if lacking == 0 or definition.missing in (Missing.BREACHING, Missing.NOT_BREACHING):
        return AlarmState.OK
    told = definition.missing is Missing.MISSING
    if not known:
        return AlarmState.INSUFFICIENT_DATA if told else None
    if all(known) and _age_of_oldest(values) >= definition.datapoints:
        return AlarmState.ALARM if told else None  # AWS: nothing but breaching and missing since long enough
    return AlarmState.OK


def _age_of_oldest(values: Sequence[float | None]) -> int:
    """How many periods ago the oldest known point began."""
    return next(len(values) - index for index, value in enumerate(values) if value is not None)


def states(series: Series, definition: Definition) -> Iterator[tuple[int, AlarmState]]:
    """The state at the end of each period, epoch seconds; an alarm begins without data."""
    state = AlarmState.INSUFFICIENT_DATA
    reach = definition.periods + RANGE_BEYOND
    values = series.values
    for end in range(1, len(values) + 1):
        state = judge(values[max(0, end - reach) : end], definition) or state
        yield series.start + end * series.period_s, state


def evaluate(series: Series, definition: Definition) -> tuple[Ringing, ...]:
    """When the alarm would have rung, oldest first; the series must be by the alarm's own period."""
    found: list[Ringing] = []
    began: int | None = None
    for at, state in states(series, definition):
        if state is AlarmState.ALARM and began is None:
            began = at
        elif state is not AlarmState.ALARM and began is not None:
            found.append(Ringing(began, at))
            began = None
    if began is not None:
        found.append(Ringing(began, series.end, over=False))
    return tuple(found)


def fired(ringing: Sequence[Ringing], seconds: int, tz: tzinfo | None = None) -> str:
    """`would have fired 3 times in 7 days, last Tue 14:05 for 12 min`, in `tz` or the machine's own zone."""
    span = words.span(seconds // 60)
    if not ringing:
        return f"would not have fired in {span}"
    said = f"would have fired {'once' if len(ringing) == 1 else f'{len(ringing):,} times'} in {span}"
    last = ringing[-1]
    began = f"{datetime.fromtimestamp(last.start, UTC).astimezone(tz):%a %H:%M}"
    if not last.over:
        return f"{said}, and would be in ALARM now, since {began}"
    return f"{said}, last {began} for {words.age(last.seconds)}"
