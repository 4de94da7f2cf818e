"""CloudWatch alarms that watch a function."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlarmState(StrEnum):
    """AWS's StateValue, worst last in `severity`."""

    OK = "OK"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    ALARM = "ALARM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One metric alarm of namespace AWS/Lambda."""

    name: str
    state: AlarmState
    function_name: str | None
    """The FunctionName dimension; None for an alarm on the whole account."""
    metric: str
    reason: str
    updated: datetime | None


def worst(alarms: tuple[Alarm, ...]) -> AlarmState | None:
    """The state to show for a function with these alarms; None if it has none."""
    states = {alarm.state for alarm in alarms}
    return next(
        (state for state in (AlarmState.ALARM, AlarmState.INSUFFICIENT_DATA, AlarmState.OK) if state in states), None
    )
