"""Whether an event source feeds its function: pausing one stops a consumer without losing what waits in the queue."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from lambdatop.model.changes.plan import Call, Facts, Reading

_RUNNING = ("Enabled", "Enabling", "Creating", "Updating")
_ON_THE_WAY = ("Enabling", "Disabling", "Creating", "Updating", "Deleting")


class EventSourceMapping(Struct, frozen=True, tag=True):
    """`{"Enabled": …}`; None where there is no such mapping. AWS: on its way it refuses writes (ResourceInUse)."""

    uuid: str
    kind: ClassVar[str] = "event source"
    reversible: ClassVar[bool] = True

    def reading(self) -> Call:
        return Call("lambda", "GetEventSourceMapping", {"UUID": self.uuid})

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        if answer is None:
            return Reading(facts=None)
        state = answer.get("State") or ""
        moving = state in _ON_THE_WAY
        return Reading(
            facts={"Enabled": state in _RUNNING},
            status="in progress" if moving else "settled",
            locked=moving,
            reason=f"the event source is {state.lower()}" if moving else answer.get("StateTransitionReason"),
        )

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        return Call("lambda", "UpdateEventSourceMapping", {"UUID": self.uuid, **(after or {})})
