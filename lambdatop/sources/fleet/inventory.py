"""Which functions there are: ListFunctions, page by page the first time so that rows stand on the screen at once."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from lambdatop.aws.errors import BadAnswer
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.updates import FunctionsListed, Update


async def functions(aws: Gate, clock: Clock) -> AsyncIterator[Update]:
    """One listing, complete after the last page (AWS: at most 50 functions a page).

    On the way it is told after the first page, the second, the fourth and so on: telling every page of a large account
    would cost time quadratic in its size. A function with a member of another type than AWS's is left out: raises
    BadAnswer that says so once all others have been told, and AwsError.
    """
    listed: dict[str, Function] = {}
    odd: list[str] = []
    pages, tell_at = 0, 1
    async for page in aws.pages("lambda", "ListFunctions"):
        pages += 1
        for raw in page["Functions"]:
            if member := aws.odd_member("lambda", "ListFunctions", {"Functions": [raw]}):
                odd.append(f"{member} of {raw['FunctionName']}")
                continue
            function = decode_function(raw)
            listed[function.name] = function
        complete = not page.get("NextMarker")
        if complete or pages == tell_at:
            tell_at = pages * 2
            yield FunctionsListed(tuple(listed.values()), complete, clock.now())
    if odd:
        left_out = "it is left out" if len(odd) == 1 else f"{len(odd):,} functions are left out"
        raise BadAnswer(f"ListFunctions: {odd[0]} is not as AWS has it; {left_out}")


def decode_function(raw: Mapping[str, Any]) -> Function:
    """A FunctionConfiguration as ListFunctions gives it. Environment values are never read."""
    name = str(raw["FunctionName"])
    logging = raw.get("LoggingConfig") or {}
    return Function(
        name=name,
        arn=str(raw.get("FunctionArn") or ""),
        runtime=raw.get("Runtime"),
        architecture=next(iter(raw.get("Architectures") or ()), "x86_64"),
        memory_mb=int(raw.get("MemorySize") or 128),
        timeout_s=int(raw.get("Timeout") or 3),
        last_modified=decode_time(raw.get("LastModified")),
        log_group=logging.get("LogGroup") or f"/aws/lambda/{name}",
        log_format="JSON" if logging.get("LogFormat") == "JSON" else "Text",
        tracing=(raw.get("TracingConfig") or {}).get("Mode") == "Active",
        layers=tuple(str(layer.get("Arn")) for layer in raw.get("Layers") or ()),
        ephemeral_mb=int((raw.get("EphemeralStorage") or {}).get("Size") or 512),
        snap_start=(raw.get("SnapStart") or {}).get("ApplyOn") == "PublishedVersions",
        description=raw.get("Description") or "",
        version=raw.get("Version") or "$LATEST",
        revision_id=raw.get("RevisionId"),
    )


def decode_time(text: object) -> datetime | None:
    """Lambda's `2026-10-01T12:00:00.000+0000`; None for what is no time."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
