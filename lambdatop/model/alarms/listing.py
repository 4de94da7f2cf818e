"""The list of all alarms: each once, those that ring first."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from lambdatop.model.alarms.alarm import Alarm, AlarmState
from lambdatop.model.word_filter import passes

_URGENCY = {AlarmState.ALARM: 0, AlarmState.INSUFFICIENT_DATA: 1, AlarmState.OK: 2}


class Listed(Struct, frozen=True, kw_only=True):
    """One alarm in the list, once, with every function that it concerns."""

    alarm: Alarm
    functions: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.alarm.name


def listed(alarms: Iterable[Alarm], pattern: str = "") -> list[Listed]:
    """The alarms that pass the filter, each once: those that ring first, the latest of them on top.

    The filter looks into name, functions, metric, state and reason.
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
    alarm = each.alarm
    return passes(pattern, " ".join((alarm.name, *each.functions, alarm.metric, alarm.state, alarm.reason)))


def _epoch(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0
