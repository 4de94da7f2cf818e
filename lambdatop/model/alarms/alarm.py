"""CloudWatch alarms that watch a function: what they look at, and how they stand."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

if TYPE_CHECKING:  # needed only when an alarm is opened
    from lambdatop.model.alarms.definition import Definition


OURS: Final = "lambdatop-"
"""What the names of the alarms begin with that lambdatop makes."""


class AlarmState(StrEnum):
    """AWS's StateValue, worst last in `severity`."""

    OK = "OK"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    ALARM = "ALARM"


class AlarmKind(StrEnum):
    """What an alarm judges."""

    METRIC = "metric"
    MATH = "metric math"
    """An expression over metrics, or a band of anomaly detection."""
    COMPOSITE = "composite"
    """Other alarms' states."""


class Alarm(Struct, frozen=True, kw_only=True):
    """One alarm as it concerns one function; an alarm on metric math over three functions is three of these."""

    name: str
    state: AlarmState
    function_name: str | None
    """The function whose metric it watches; None for an account-wide or composite alarm."""
    metric: str
    reason: str
    updated: datetime | None
    kind: AlarmKind = AlarmKind.METRIC
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Every member that PutMetricAlarm takes, as AWS described it."""
    rule: str = ""
    """The expression of metric math, or of a composite alarm."""
    concerns: tuple[str, ...] = ()
    """All functions watched by it or, if composite, by its alarms; empty if there is only one."""

    @property
    def ours(self) -> bool:
        """True if lambdatop made it."""
        return self.name.startswith(OURS)

    @property
    def definition(self) -> "Definition | None":
        """What can be edited and judged; None where that is more than one metric and one threshold."""
        from lambdatop.model.alarms.definition import definition_of

        return definition_of(self.settings) if self.kind is AlarmKind.METRIC else None

    @property
    def actions_enabled(self) -> bool:
        return bool(self.settings.get("ActionsEnabled", True))

    @property
    def actions(self) -> tuple[str, ...]:
        """The ARNs of its actions when it goes off."""
        return tuple(str(each) for each in self.settings.get("AlarmActions") or ())

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that it is about."""
        return self.concerns or ((self.function_name,) if self.function_name is not None else ())


def worst(alarms: tuple[Alarm, ...]) -> AlarmState | None:
    """The state to show for a function with these alarms; None if it has none."""
    states = {alarm.state for alarm in alarms}
    return next(
        (state for state in (AlarmState.ALARM, AlarmState.INSUFFICIENT_DATA, AlarmState.OK) if state in states), None
    )


class Topics(Struct, frozen=True):
    """The SNS topics of the account and Region that an alarm can tell, by ARN."""

    arns: tuple[str, ...] = ()
    refused: str | None = None
    """Why they could not be listed; one can be typed all the same."""
    complete: bool = True
