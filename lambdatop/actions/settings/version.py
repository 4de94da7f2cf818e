"""Publishing `$LATEST`: what an alias or provisioned concurrency needs, and the one thing that cannot be taken back."""

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from lambdatop.model.changes.plan import Call, Facts, Reading


class PublishedVersion(Struct, frozen=True, tag=True):
    """The newest version, `{"Version": "7"}`; None while none is published. To publish is `{"Version": PUBLISHED}`.

    AWS: with nothing changed since the last version, that one is the answer. `code_sha256`, where given, has to be
    the code's own, so that nothing is published but what the user saw.
    """

    function: str
    code_sha256: str | None = None
    kind: ClassVar[str] = "version"
    reversible: ClassVar[bool] = False

    def reading(self) -> Call:
        return Call("lambda", "ListVersionsByFunction", {"FunctionName": self.function})

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        if answer is not None and "Versions" not in answer:
            return _state(answer)
        versions = (answer or {}).get("Versions", ())
        numbers = [int(each["Version"]) for each in versions if each.get("Version", "").isdecimal()]
        latest: Mapping[str, Any] = next((each for each in versions if each.get("Version") == "$LATEST"), {})
        return Reading(facts={"Version": str(max(numbers))} if numbers else None, revision_id=latest.get("RevisionId"))

    def state(self, version: str) -> Call:
        """The call that tells whether a published version can be used yet: with SnapStart that takes minutes."""
        return Call("lambda", "GetFunctionConfiguration", {"FunctionName": self.function, "Qualifier": version})

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        code = {} if self.code_sha256 is None else {"CodeSha256": self.code_sha256}
        revision = {} if revision_id is None else {"RevisionId": revision_id}
        return Call("lambda", "PublishVersion", {"FunctionName": self.function, **code, **revision})


def _state(answer: Mapping[str, Any]) -> Reading:
    """Of one version, after GetFunctionConfiguration."""
    state = answer.get("State")
    return Reading(
        facts={"Version": answer.get("Version")},
        status="in progress" if state == "Pending" else "failed" if state == "Failed" else "settled",
        reason=answer.get("StateReason"),
    )
