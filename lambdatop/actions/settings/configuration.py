"""Members of a function's configuration: memory, timeout, tracing, layers, logging. They belong to `$LATEST`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from lambdatop.model.changes.plan import Call, Facts, Reading


class Configuration(Struct, frozen=True, tag=True):
    """Some members of UpdateFunctionConfiguration, under AWS's names; the others stay unchanged.

    AWS: an update settles a while, meanwhile others are refused (409); a stale RevisionId is refused (412).
    """

    function: str
    members: tuple[str, ...]
    kind: ClassVar[str] = "configuration"
    reversible: ClassVar[bool] = True

    def reading(self) -> Call:
        return Call("lambda", "GetFunctionConfiguration", {"FunctionName": self.function})

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        if answer is None:
            return Reading(facts=None)
        status = answer.get("LastUpdateStatus")
        moving = status == "InProgress" or answer.get("State") == "Pending"
        return Reading(
            facts={member: _plain(member, answer.get(member)) for member in self.members},
            revision_id=answer.get("RevisionId"),
            status="in progress" if moving else "failed" if status == "Failed" else "settled",
            locked=moving,
            reason=answer.get("LastUpdateStatusReason") or ("an update is in progress" if moving else None),
        )

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        params = {"FunctionName": self.function, **(after or {})}
        return Call(
            "lambda",
            "UpdateFunctionConfiguration",
            params if revision_id is None else {**params, "RevisionId": revision_id},
        )


def _plain(member: str, value: Any) -> Any:
    """A member in the form in which it is written, which is not always the one in which it is read."""
    match member:
        case "Layers":
            return [layer["Arn"] for layer in value or ()]
        case "TracingConfig":
            return {"Mode": (value or {}).get("Mode", "PassThrough")}
        case "SnapStart":
            return {"ApplyOn": (value or {}).get("ApplyOn", "None")}
        case _:
            return value
