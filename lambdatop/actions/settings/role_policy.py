"""A managed policy on a function's role: without its own, the Lambda Insights extension may not write."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from lambdatop.model.changes.plan import Call, Facts, Reading


class RolePolicy(Struct, frozen=True, tag=True):
    """`{"PolicyArn": …}` while it is attached; None while it is not. `role` is the name, not the ARN."""

    role: str
    policy_arn: str
    kind: ClassVar[str] = "role policy"
    reversible: ClassVar[bool] = True

    def reading(self) -> Call:
        return Call("iam", "ListAttachedRolePolicies", {"RoleName": self.role})

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        attached = (answer or {}).get("AttachedPolicies", ())
        found = any(each.get("PolicyArn") == self.policy_arn for each in attached)
        return Reading(facts={"PolicyArn": self.policy_arn} if found else None)

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        operation = "DetachRolePolicy" if after is None else "AttachRolePolicy"
        return Call("iam", operation, {"RoleName": self.role, "PolicyArn": self.policy_arn})
