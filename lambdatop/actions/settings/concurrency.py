"""A function's concurrency: what is reserved for all of it, and what is kept ready for one alias or version."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from lambdatop.model.changes.plan import Call, Facts, Reading

RESERVED = "ReservedConcurrentExecutions"
PROVISIONED = "ProvisionedConcurrentExecutions"


class ReservedConcurrency(Struct, frozen=True, tag=True):
    """`{"ReservedConcurrentExecutions": n}`; None where nothing is reserved. 0 lets nothing run.

    AWS: no precondition, takes effect at once; an empty answer means that nothing is reserved.
    """

    function: str
    kind: ClassVar[str] = "reserved concurrency"
    reversible: ClassVar[bool] = True

    def reading(self) -> Call:
        return Call("lambda", "GetFunctionConcurrency", {"FunctionName": self.function})

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        reserved = (answer or {}).get(RESERVED)
        return Reading(facts=None if reserved is None else {RESERVED: reserved})

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        named = {"FunctionName": self.function}
        if after is None:
            return Call("lambda", "DeleteFunctionConcurrency", named)
        return Call("lambda", "PutFunctionConcurrency", {**named, **after})


class ProvisionedConcurrency(Struct, frozen=True, tag=True):
    """`{"ProvisionedConcurrentExecutions": n}` of an alias or a published version; None where there is none.

    AWS: no precondition; it is IN_PROGRESS for minutes, then READY or FAILED with a StatusReason.
    """

    function: str
    qualifier: str
    kind: ClassVar[str] = "provisioned concurrency"
    reversible: ClassVar[bool] = True

    def reading(self) -> Call:
        return Call("lambda", "GetProvisionedConcurrencyConfig", self._named)

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        if answer is None:
            return Reading(facts=None)
        status = answer.get("Status")
        return Reading(
            facts={PROVISIONED: answer.get("RequestedProvisionedConcurrentExecutions")},
            status="in progress" if status == "IN_PROGRESS" else "failed" if status == "FAILED" else "settled",
            reason=answer.get("StatusReason") or _allocated(answer),
        )

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        if after is None:
            return Call("lambda", "DeleteProvisionedConcurrencyConfig", self._named)
        return Call("lambda", "PutProvisionedConcurrencyConfig", {**self._named, **after})

    @property
    def _named(self) -> dict[str, str]:
        return {"FunctionName": self.function, "Qualifier": self.qualifier}


def _allocated(answer: Mapping[str, Any]) -> str:
    """How far it is: `3 of 10 environments are ready`."""
    ready = answer.get("AvailableProvisionedConcurrentExecutions") or 0
    return f"{ready} of {answer.get('RequestedProvisionedConcurrentExecutions')} environments are ready"
