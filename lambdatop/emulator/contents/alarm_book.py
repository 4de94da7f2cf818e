"""The account's metric alarms: evaluated against the simulation each period, with AWS's reasons and a history."""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct

from lambdatop.emulator.contents.composite import Composite

PointsOf = Callable[[dict[str, Any], int, int, int], Mapping[int, float]]
"""An alarm's settings, start, end, period -> the points it looks at, by the start of their periods, as of `end`."""
StateValue = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

_CATCH_UP_MIN = 60
"""After a longer silence only the last hour is evaluated."""

_COMPARISONS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": ("greater than", operator.gt),
    "GreaterThanOrEqualToThreshold": ("greater than or equal to", operator.ge),
    "LessThanThreshold": ("less than", operator.lt),
    "LessThanOrEqualToThreshold": ("less than or equal to", operator.le),
}
COMPARISONS = frozenset(_COMPARISONS)

_OLDER_PERIODS = 2
"""AWS looks at more periods than are evaluated; its documentation shows five where three count."""


class EmulatedAlarm(Struct, kw_only=True):
    """One metric alarm: what PutMetricAlarm said, and its state."""

    settings: dict[str, Any]
    configured: float
    evaluated: int
    """The epoch minute at whose beginning it was last evaluated."""
    state: StateValue = "INSUFFICIENT_DATA"
    reason: str = "Unchecked: Initial alarm creation"
    reason_data: str | None = None
    updated: float
    transitioned: float

    @property
    def name(self) -> str:
        return str(self.settings["AlarmName"])

    @property
    def period(self) -> int:
        """Seconds of a period; of the first metric for an alarm on an expression."""
        if "Metrics" not in self.settings:
            return int(self.settings["Period"])
        return next(
            (int(each["MetricStat"]["Period"]) for each in self.settings["Metrics"] if "MetricStat" in each), 60
        )


class AlarmHistoryItem(Struct, frozen=True, kw_only=True):
    """One line of DescribeAlarmHistory."""

    alarm: str
    at: float
    kind: Literal["ConfigurationUpdate", "StateUpdate", "Action"]
    summary: str
    data: str


class AlarmBook:
    """Every alarm of an account. Time moves it only through `evaluate`."""

    def __init__(self) -> None:
        self.alarms: dict[str, EmulatedAlarm] = {}
        self.composites: tuple[Composite, ...] = ()
        self.history: list[AlarmHistoryItem] = []
        self._evaluated = 0

    def put(self, settings: dict[str, Any], at: float) -> None:
        """Create an alarm, or replace an old one's settings; AWS keeps the state on a replacement."""
        name = settings["AlarmName"]
        old = self.alarms.get(name)
        self.alarms[name] = EmulatedAlarm(
            settings=settings,
            configured=at,
            evaluated=int(at // 60),
            state=old.state if old else "INSUFFICIENT_DATA",
            reason=old.reason if old else "Unchecked: Initial alarm creation",
            reason_data=old.reason_data if old else None,
            updated=old.updated if old else at,
            transitioned=old.transitioned if old else at,
        )
        done = "updated" if old else "created"
        kind = json.dumps({"version": "1.0", "type": "Update" if old else "Create"})
        self._remember(name, at, "ConfigurationUpdate", f'Alarm "{name}" {done}', kind)

    def delete(self, name: str, at: float) -> None:
        """Forget an alarm; its history stays."""
        if self.alarms.pop(name, None):
            data = json.dumps({"version": "1.0", "type": "Delete"})
            self._remember(name, at, "ConfigurationUpdate", f'Alarm "{name}" deleted', data)

    def evaluate(self, now: float, points: PointsOf) -> None:
        """Evaluate every alarm for each of its periods that has ended since the last time."""
        last = int(now // 60)
        if last <= self._evaluated:
            return
        self._evaluated = last
        for alarm in list(self.alarms.values()):
            step = max(1, alarm.period // 60)
            for minute in range(max(alarm.evaluated + 1, last - _CATCH_UP_MIN), last + 1):
                if minute % step == 0:
                    self._evaluate(alarm, minute * 60, points)
            alarm.evaluated = last

    def transition(self, alarm: EmulatedAlarm, state: StateValue, reason: str, data: str | None, at: float) -> None:
        """Move an alarm to a state, and remember it and the actions it took if that is another one."""
        old, old_reason = alarm.state, alarm.reason
        if state == old and data is not None:
            return
        alarm.state, alarm.reason, alarm.reason_data, alarm.updated = state, reason, data, at
        if state == old:
            return
        alarm.transitioned = at
        told = {
            "version": "1.0",
            "oldState": {"stateValue": old, "stateReason": old_reason},
            "newState": {"stateValue": state, "stateReason": reason},
        }
        self._remember(alarm.name, at, "StateUpdate", f"Alarm updated from {old} to {state}", json.dumps(told))
        member = {"OK": "OKActions", "ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}[state]
        if alarm.settings.get("ActionsEnabled", True):
            for action in alarm.settings.get(member, ()):
                data = json.dumps({"actionState": "Succeeded", "notificationResource": action})
                self._remember(alarm.name, at, "Action", f"Successfully executed action {action}", data)

    def _remember(
        self,
        name: str,
        at: float,
        kind: Literal["ConfigurationUpdate", "StateUpdate", "Action"],
        summary: str,
        data: str,
    ) -> None:
        self.history.append(AlarmHistoryItem(alarm=name, at=at, kind=kind, summary=summary, data=data))

    def _evaluate(self, alarm: EmulatedAlarm, end: int, points: PointsOf) -> None:
        settings, period = alarm.settings, alarm.period
        start = end - (settings["EvaluationPeriods"] + _OLDER_PERIODS) * period
        found = points(settings, start, end, period)
        values = [found.get(at) for at in range(start, end, period)]
        verdict = judge(settings, values, alarm.state, list(range(start, end, period)))
        if verdict:
            state, reason = verdict
            data = json.dumps(
                {
                    "version": "1.0",
                    "queryDate": _stamp(end),
                    "startDate": _stamp(start),
                    "period": period,
                    "recentDatapoints": [value for value in values if value is not None],
                    "threshold": settings["Threshold"],
                }
            )
            self.transition(alarm, state, reason, data, end)


def judge(
    settings: dict[str, Any], values: Sequence[float | None], state: StateValue, times: Sequence[int]
) -> tuple[StateValue, str] | None:
    """The state that M of N and TreatMissingData give, with AWS's reason; None to leave it as it is.

    `values` are the periods of the evaluation range, oldest first, None where there is no data point; `times` are
    their starts. Of the data points there are the newest N count, and what is missing for N is treated as asked.
    """
    count = settings["EvaluationPeriods"]
    needed = settings.get("DatapointsToAlarm", count)
    missing = settings.get("TreatMissingData", "missing")
    words, crosses = _COMPARISONS[settings["ComparisonOperator"]]
    threshold = settings["Threshold"]
    present = [(value, at) for value, at in zip(values, times, strict=True) if value is not None][::-1][:count]
    absent = count - len(present)
    if not present and missing in ("missing", "ignore"):
        reason = f"Insufficient Data: {absent} datapoint{'s were' if absent > 1 else ' was'} unknown."
        return ("INSUFFICIENT_DATA", reason) if missing == "missing" else None
    crossing = [(value, at) for value, at in present if crosses(value, threshold)]
    alarming = len(crossing) + (absent if missing == "breaching" else 0) >= needed
    if not present:
        treated = "Breaching" if alarming else "NonBreaching"
        return ("ALARM" if alarming else "OK"), (
            f"Threshold Crossed: no datapoints were received for {absent} period{'s' if absent > 1 else ''} and "
            f"{absent} missing datapoint{'s were' if absent > 1 else ' was'} treated as [{treated}]."
        )
    if not alarming and absent and missing in ("missing", "ignore") and crossing == present:
        periods_ago = next(len(values) - place for place, value in enumerate(values) if value is not None)
        if periods_ago >= needed:
            if missing == "ignore":
                return None
            alarming = True
    named = crossing if alarming else [pair for pair in present if pair not in crossing]
    least = needed if alarming else count - needed + 1
    told = f"{len(named)} out of the last {count} datapoints [{_listed(named)}]"
    verb = ("were" if len(named) != 1 else "was") + ("" if alarming else " not")
    before, after = ("OK", "ALARM") if alarming else ("ALARM", "OK")
    return ("ALARM" if alarming else "OK"), (
        f"Threshold Crossed: {told} {verb} {words} the threshold ({float(threshold)}) "
        f"(minimum {least} datapoint{'s' if least > 1 else ''} for {before} -> {after} transition)."
    )


def _listed(named: Sequence[tuple[float, int]]) -> str:
    return ", ".join(f"{value:g} ({datetime.fromtimestamp(at, UTC):%d/%m/%y %H:%M:%S})" for value, at in named)


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
