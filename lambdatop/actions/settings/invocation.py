"""An invocation by hand, for the journal: it leaves no setting behind and cannot be undone."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from lambdatop.model.changes.plan import Call, Facts, Reading


class InvokedFunction(Struct, frozen=True, tag=True):
    """A function and the alias or version that was invoked; an empty one is `$LATEST`.

    What was sent is not in the facts but its size: a payload may hold what a journal must not.
    """

    function: str
    qualifier: str
    kind: ClassVar[str] = "invocation"
    reversible: ClassVar[bool] = False

    def reading(self) -> Call:
        return Call("lambda", "GetFunctionConfiguration", self._named)

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        return Reading(facts=None)

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        return Call("lambda", "Invoke", self._named)

    @property
    def _named(self) -> dict[str, str]:
        return {"FunctionName": self.function, **({"Qualifier": self.qualifier} if self.qualifier else {})}
