"""CloudWatch alarms that watch a function: what they look at, how they stand, and what became of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from lambdatop.model.alarm_definition import Definition, definition_of

OURS: Final = "lambdatop-"
"""What the names of the alarms begin with that lambdatop makes."""


class AlarmState(StrEnum):
    """AWS's StateValue, worst last in `severity`."""

    OK = "OK"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    ALARM = "ALARM"


class Kind(StrEnum):
    """What an alarm judges."""

    METRIC = "metric"
    MATH = "metric math"
    """An expression over metrics, or a band of anomaly detection."""
    COMPOSITE = "composite"
    """Other alarms' states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm as it concerns one function; an alarm on metric math over three functions is three of these."""

    name: str
    state: AlarmState
    function_name: str | None
    """The function whose metric it watches; None for an alarm on the whole account, and for a composite one."""
    metric: str
    reason: str
    updated: datetime | None
    kind: Kind = Kind.METRIC
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Every member that PutMetricAlarm takes, as AWS described it."""
    rule: str = ""
    """The expression of metric math, or of a composite alarm."""
    concerns: tuple[str, ...] = ()
    """The functions that the alarms of a composite one watch."""

    @property
    def ours(self) -> bool:
        """True if lambdatop made it."""
        return self.name.startswith(OURS)

    @property
    def definition(self) -> Definition | None:
        """What can be edited and judged; None where that is more than one metric and one threshold."""
        return definition_of(self.settings) if self.kind is Kind.METRIC else None

    @property
    def actions_enabled(self) -> bool:
        return bool(self.settings.get("ActionsEnabled", True))

    @property
    def actions(self) -> tuple[str, ...]:
        """The ARNs of what it does when it goes off."""
        return tuple(str(each) for each in self.settings.get("AlarmActions") or ())

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that it is about."""
        return (self.function_name,) if self.function_name is not None else self.concerns


class Event(StrEnum):
    """AWS's HistoryItemType, as far as it is told."""

    STATE = "StateUpdate"
    CONFIGURATION = "ConfigurationUpdate"
    ACTION = "Action"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryItem:
    """One thing that happened to an alarm."""

    at: datetime | None
    event: Event | None
    """None for a kind that is not known here."""
    summary: str
    """AWS's own line."""
    state: AlarmState | None = None
    """Where it went, if it is a change of the state."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmHistory:
    """What became of one alarm, newest first."""

    name: str
    items: tuple[HistoryItem, ...]
    complete: bool
    """False if AWS has more than was read."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The SNS topics of the account and Region that an alarm can tell, by ARN."""

    arns: tuple[str, ...] = ()
    refused: str | None = None
    """Why they could not be listed; one can be typed all the same."""
    complete: bool = True


def worst(alarms: tuple[Alarm, ...]) -> AlarmState | None:
    """The state to show for a function with these alarms; None if it has none."""
    states = {alarm.state for alarm in alarms}
    return next(
        (state for state in (AlarmState.ALARM, AlarmState.INSUFFICIENT_DATA, AlarmState.OK) if state in states), None
    )


_URGENCY = {AlarmState.ALARM: 0, AlarmState.INSUFFICIENT_DATA: 1, AlarmState.OK: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One alarm as the list of all has it, once, with every function that it is about."""

    alarm: Alarm
    functions: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.alarm.name


def listed(alarms: Iterable[Alarm], pattern: str = "") -> list[Listed]:
    """The alarms that pass the filter, each once: those that ring first, the latest of them on top.

    The filter is blank-separated words, all in name, function, metric, state or reason; `!` inverts the whole.
    """
    by_name: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        by_name.setdefault(alarm.name, []).append(alarm)
    found = [_together(each) for each in by_name.values()]
    found = [each for each in found if _passes(each, pattern)]
    return sorted(found, key=lambda each: (_URGENCY[each.alarm.state], -_epoch(each.alarm.updated), each.name))


def _together(parts: list[Alarm]) -> Listed:
    functions = dict.fromkeys(name for part in parts for name in part.functions)
    return Listed(alarm=parts[0], functions=tuple(functions))


def _passes(each: Listed, pattern: str) -> bool:
    inverse, words = pattern.startswith("!"), pattern.removeprefix("!").lower().split()
    alarm = each.alarm
    haystack = " ".join((alarm.name, *each.functions, alarm.metric, alarm.state, alarm.reason)).lower()
    return all(word in haystack for word in words) is not inverse if words else True


def _epoch(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0
