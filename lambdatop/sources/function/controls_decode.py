"""What Lambda says of a function's settings, decoded: what an answer leaves out is unknown, never an exception."""

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from lambdatop.model.controls import DIGEST, Alias, Controls, EventSource, Limits, Provisioned, Version
from lambdatop.model.function import Function
from lambdatop.sources.fleet.inventory import decode_time

Raw = Mapping[str, Any]

_PLAIN: Final = ("MemorySize", "Timeout", "Runtime", "Handler")
_DIGESTED: Final = ("Environment", "Layers", "Role", "TracingConfig", "LoggingConfig", "EphemeralStorage", "VpcConfig")
"""Members whose values are too long to show, or private."""


def controls(raw: Raw, function: Function) -> Controls:
    """What GetFunctionConfiguration tells beyond the function itself."""
    logging = raw.get("LoggingConfig") or {}
    return Controls(
        function=function,
        role_arn=raw.get("Role") or None,
        application_log_level=logging.get("ApplicationLogLevel"),
        system_log_level=logging.get("SystemLogLevel"),
        tenant_isolation=bool((raw.get("TenancyConfig") or {}).get("TenantIsolationMode")),
        update_status=raw.get("LastUpdateStatus"),
        code_sha256=raw.get("CodeSha256"),
        settings=dict(_settings(raw)),
    )


def aliases(raw: Iterable[Raw]) -> tuple[Alias, ...]:
    """ListAliases'; what has no name or version is left out."""
    return tuple(found for each in raw if (found := alias(each)) is not None)


def alias(raw: Raw) -> Alias | None:
    """One of ListAliases; None without a name and a version."""
    name, version = raw.get("Name"), raw.get("FunctionVersion")
    if not name or not version:
        return None
    weights = (raw.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return Alias(
        name=str(name),
        version=str(version),
        weights={str(number): float(share) for number, share in weights.items()},
        revision_id=raw.get("RevisionId"),
        description=raw.get("Description") or "",
    )


def version(raw: Raw) -> Version | None:
    """One of ListVersionsByFunction; None for `$LATEST` and other unpublished ones."""
    number = raw.get("Version") or ""
    if not (isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) < 20):
        return None
    return Version(
        version=number,
        published=decode_time(raw.get("LastModified")),
        description=raw.get("Description") or "",
        code_sha256=raw.get("CodeSha256"),
        snap_start=(raw.get("SnapStart") or {}).get("ApplyOn") == "PublishedVersions",
        settings=dict(_settings(raw)),
    )


def _settings(raw: Raw) -> Iterator[tuple[str, str]]:
    """A configuration's members, comparable between versions; those missing from the answer are left out."""
    for name in _PLAIN:
        if raw.get(name) is not None:
            yield name, str(raw[name])
    for name in _DIGESTED:
        if raw.get(name):
            told = json.dumps(raw[name], sort_keys=True, default=str)
            yield name, f"{DIGEST}{sha256(told.encode()).hexdigest()}"


def provisioned(raw: Raw) -> Provisioned | None:
    """One of ListProvisionedConcurrencyConfigs; None if its ARN does not say of which alias or version it is."""
    qualifier = qualifier_of(raw.get("FunctionArn"))
    requested = raw.get("RequestedProvisionedConcurrentExecutions")
    if qualifier is None or not isinstance(requested, int):
        return None
    return Provisioned(
        qualifier=qualifier,
        requested=requested,
        status=str(raw.get("Status") or ""),
        reason=raw.get("StatusReason"),
    )


def event_source(raw: Raw) -> EventSource | None:
    """One of ListEventSourceMappings; a broker of one's own has topics or queues and no ARN. None without a UUID."""
    uuid = raw.get("UUID")
    if not uuid:
        return None
    named = [raw.get("EventSourceArn"), *(raw.get("Topics") or ()), *(raw.get("Queues") or ())]
    return EventSource(
        uuid=str(uuid),
        source_arn=next((str(each) for each in named if each), ""),
        state=str(raw.get("State") or ""),
        qualifier=qualifier_of(raw.get("FunctionArn")),
    )


def reserved(raw: Raw) -> int | None:
    """GetFunctionConcurrency's: an empty answer where nothing is reserved."""
    value = raw.get("ReservedConcurrentExecutions")
    return value if isinstance(value, int) else None


def tags(raw: Raw) -> dict[str, str]:
    """ListTags's."""
    return {str(key): str(value) for key, value in (raw.get("Tags") or {}).items()}


def limits(raw: Raw) -> Limits | None:
    """GetAccountSettings's; None if it leaves out what may run at once."""
    limit = raw.get("AccountLimit") or {}
    total, unreserved = limit.get("ConcurrentExecutions"), limit.get("UnreservedConcurrentExecutions")
    return (
        Limits(total=total, unreserved=unreserved) if isinstance(total, int) and isinstance(unreserved, int) else None
    )


def retention(raw: Raw, group: str) -> tuple[bool, int | None]:
    """Whether DescribeLogGroups names the group, and how many days it keeps events; None for ever."""
    found = next((each for each in raw.get("logGroups") or () if each.get("logGroupName") == group), None)
    days = found.get("retentionInDays") if found else None
    return found is not None, days if isinstance(days, int) else None


def qualifier_of(arn: object) -> str | None:
    """The alias or version at the end of a function's ARN; None if it has none."""
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[7] if len(parts) == 8 and parts[7] else None
