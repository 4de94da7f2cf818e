"""A metric alarm: all of it, whether it acts, and the state that it is put into as a test.

AWS: PutMetricAlarm replaces the whole alarm, silently, and has no precondition; so the whole of it is read before.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from lambdatop.model.alarms.definition import WRITABLE
from lambdatop.model.changes.plan import Call, Facts, Reading

_UNSAID: Mapping[str, Any] = {
    "ActionsEnabled": True,
    "OKActions": [],
    "AlarmActions": [],
    "InsufficientDataActions": [],
    "TreatMissingData": "missing",
}
"""AWS's defaults."""

_EITHER = ("Metrics", "Dimensions")
"""An alarm is on one metric or on an expression: members of the other kind are empty lists and are not written."""

CALM, RINGING = "OK", "ALARM"
FORCED = "set by hand with lambdatop, as a test"


def definition(members: Mapping[str, Any]) -> Facts:
    """An alarm's facts, whole and in one form, from what DescribeAlarms tells or a planner wishes (AWS's members)."""
    facts = {name: members[name] for name in WRITABLE if members.get(name) not in (None, "")}
    if "MetricName" in facts:
        dimensions = [{"Name": each["Name"], "Value": each["Value"]} for each in facts.get("Dimensions", ())]
        facts["Dimensions"] = sorted(dimensions, key=lambda each: str(each["Name"]))
    said = {name: value for name, value in facts.items() if value or name not in _EITHER}
    return {**_UNSAID, **said}


class MetricAlarm(Struct, frozen=True, tag=True):
    """What `definition` makes; None where there is no such alarm."""

    name: str
    kind: ClassVar[str] = "alarm"
    reversible: ClassVar[bool] = True

    def reading(self) -> Call:
        return _described(self.name)

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        found = _found(answer, self.name)
        return Reading(facts=None if found is None else definition(found))

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        if after is None:
            return Call("cloudwatch", "DeleteAlarms", {"AlarmNames": [self.name]})
        return Call("cloudwatch", "PutMetricAlarm", {"AlarmName": self.name, **after})


class AlarmActions(Struct, frozen=True, tag=True):
    """`{"ActionsEnabled": …}`: whether an alarm acts; its state changes regardless. None if there is no alarm."""

    name: str
    kind: ClassVar[str] = "alarm actions"
    reversible: ClassVar[bool] = True

    def reading(self) -> Call:
        return _described(self.name)

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        found = _found(answer, self.name)
        return Reading(facts=None if found is None else {"ActionsEnabled": found.get("ActionsEnabled", True)})

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        operation = "EnableAlarmActions" if (after or {}).get("ActionsEnabled") else "DisableAlarmActions"
        return Call("cloudwatch", operation, {"AlarmNames": [self.name]})


class AlarmStateForced(Struct, frozen=True, tag=True):
    """`{"StateValue": "ALARM"}`, set by hand, or `OK`; AWS sets it again at the alarm's next evaluation.

    An alarm without data (any new one for a minute) counts as OK: its turning OK by itself is no change.
    """

    name: str
    kind: ClassVar[str] = "alarm state"
    reversible: ClassVar[bool] = True

    def reading(self) -> Call:
        return _described(self.name)

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        found = _found(answer, self.name)
        if found is None:
            return Reading(facts=None)
        return Reading(facts={"StateValue": RINGING if found.get("StateValue") == RINGING else CALM})

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        return Call("cloudwatch", "SetAlarmState", {"AlarmName": self.name, **(after or {}), "StateReason": FORCED})


def _described(name: str) -> Call:
    return Call("cloudwatch", "DescribeAlarms", {"AlarmNames": [name], "AlarmTypes": ["MetricAlarm"]})


def _found(answer: Mapping[str, Any] | None, name: str) -> Mapping[str, Any] | None:
    return next((each for each in (answer or {}).get("MetricAlarms", ()) if each.get("AlarmName") == name), None)
