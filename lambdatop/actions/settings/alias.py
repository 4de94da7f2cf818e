"""Where an alias points: one version, or two by weight. Moving it is how callers get another version, or an old one."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from lambdatop.model.changes.plan import Call, Facts, Reading


def target(version: str, weights: Mapping[str, float] | None = None, description: str = "") -> Facts:
    """An alias's facts, whole: the version, the additional versions' shares of the traffic, and the description."""
    return {
        "FunctionVersion": version,
        "RoutingConfig": {"AdditionalVersionWeights": dict(weights or {})},
        "Description": description,
    }


class AliasTarget(Struct, frozen=True, tag=True):
    """What `target` makes; None where there is no such alias. AWS: a stale RevisionId is refused (412)."""

    function: str
    alias: str
    kind: ClassVar[str] = "alias"
    reversible: ClassVar[bool] = True

    def reading(self) -> Call:
        return Call("lambda", "GetAlias", self._named)

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        if answer is None:
            return Reading(facts=None)
        weights = (answer.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
        return Reading(
            facts=target(answer.get("FunctionVersion", ""), weights, answer.get("Description") or ""),
            revision_id=answer.get("RevisionId"),
        )

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        if after is None:
            return Call("lambda", "DeleteAlias", self._named)
        if before is None:
            return Call("lambda", "CreateAlias", {**self._named, **_said(after)})
        revision = {} if revision_id is None else {"RevisionId": revision_id}
        return Call("lambda", "UpdateAlias", {**self._named, **after, **revision})

    @property
    def _named(self) -> dict[str, str]:
        return {"FunctionName": self.function, "Name": self.alias}


def _said(after: Facts) -> Facts:
    """The members with a value: a new alias has neither weights nor a description by default."""
    silent = target("")
    return {name: value for name, value in after.items() if value != silent.get(name)}
