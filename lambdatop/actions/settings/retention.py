"""How long a log group keeps its events: without a policy for ever, which is paid for."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from lambdatop.model.changes.plan import Call, Facts, Reading

DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""AWS: the only values that PutRetentionPolicy takes."""


class LogRetention(Struct, frozen=True, tag=True):
    """`{"retentionInDays": n}`; None where events never expire (or there is no such group)."""

    group: str
    kind: ClassVar[str] = "log retention"
    reversible: ClassVar[bool] = True

    def reading(self) -> Call:
        # By name in order: of the groups that begin like this, the one of exactly this name comes first.
        return Call("logs", "DescribeLogGroups", {"logGroupNamePrefix": self.group, "limit": 1})

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        groups = (answer or {}).get("logGroups", ())
        found: Mapping[str, Any] = next((each for each in groups if each.get("logGroupName") == self.group), {})
        days = found.get("retentionInDays")
        return Reading(facts=None if days is None else {"retentionInDays": days})

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        named = {"logGroupName": self.group}
        if after is None:
            return Call("logs", "DeleteRetentionPolicy", named)
        return Call("logs", "PutRetentionPolicy", {**named, **after})
