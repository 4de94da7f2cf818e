"""GetTraceSummaries in our words: the expression that finds a function's traces, and what one summary tells."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lambdatop.aws.errors import AwsError
from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.sources.metric_data import moment

Raw = Mapping[str, Any]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,140}")
_STARTS = {"Init", "Initialization", "Restore"}
_WITHIN = _STARTS | {"Invocation", "Overhead"}
"""What Lambda itself names the parts of a function's segment."""


def of_function(name: str, *narrowed: str) -> str:
    """The filter expression for a function's traces, narrowed by further ones. Raises AwsError for an odd name.

    AWS: a name consists of letters, digits, - and _, so it cannot end the quoted string.
    """
    if not _NAME.fullmatch(name):
        raise AwsError(f"{name!r} is not a function's name")
    return " AND ".join((f'service(id(name: "{name}", type: "AWS::Lambda::Function"))', *narrowed))


def decode_summary(raw: Raw, function: str | None = None) -> TraceSummary:
    """One TraceSummary of AWS, about a function. Its start is StartTime, else the second inside the trace id."""
    http = raw.get("Http") or {}
    identifier = str(raw.get("Id") or "")
    return TraceSummary(
        id=identifier,
        start=moment(raw.get("StartTime") or raw.get("MatchedEventTime")) or began(identifier),
        duration_s=raw.get("Duration"),
        response_time_s=raw.get("ResponseTime"),
        status=_status(raw),
        method=http.get("HttpMethod"),
        url=http.get("HttpURL"),
        http_status=http.get("HttpStatus"),
        cold=_cold(raw),
        cause=_cause(raw, function),
        in_progress=raw.get("IsPartial") is True,
    )


def began(trace_id: str) -> datetime | None:
    """The second that an id holds: `1-6ac7d554-…`."""
    parts = trace_id.split("-")
    try:
        return moment(int(parts[1], 16))
    except (IndexError, ValueError):
        return None


def _status(raw: Raw) -> TraceStatus:
    if raw.get("HasThrottle"):
        return TraceStatus.THROTTLE
    if raw.get("HasFault"):
        return TraceStatus.FAULT
    return TraceStatus.ERROR if raw.get("HasError") else TraceStatus.OK


def _cold(raw: Raw) -> bool | None:
    """By the annotation ColdStart, which Powertools for AWS Lambda writes, or since X-Ray blames the init for the time.

    None if that is not stated.
    """
    for annotation in (raw.get("Annotations") or {}).get("ColdStart") or ():
        value = (annotation.get("AnnotationValue") or {}).get("BooleanValue")
        if value is not None:
            return bool(value)
    slow = (entity for cause in raw.get("ResponseTimeRootCauses") or () for _, entity in _path(cause))
    return True if any(entity.get("Name") in _STARTS for entity in slow) else None


def _cause(raw: Raw, function: str | None) -> str | None:
    """`TimeoutError`, `TimeoutError in DynamoDB`, `fault in DynamoDB`, or of a slow trace `DynamoDB 82 %`."""
    for causes, word in (("FaultRootCauses", "fault"), ("ErrorRootCauses", "error")):
        for cause in raw.get(causes) or ():
            if told := _failed(cause, word, function):
                return told
    return next((told for cause in raw.get("ResponseTimeRootCauses") or () if (told := _slow(cause))), None)


def _failed(cause: Raw, word: str, function: str | None) -> str | None:
    """The innermost exception and where it was raised; without one, where the path ends."""
    path = list(_path(cause))[::-1]
    for service, entity in path:
        for exception in entity.get("Exceptions") or ():
            if exception.get("Name"):
                return f"{exception['Name']}{_where(service, entity, function)}"
    return f"{word}{where}" if path and (where := _where(*path[0], function)) else None


def _where(service: Raw, entity: Raw, function: str | None) -> str:
    """` in DynamoDB`; nothing where it was the function itself."""
    name = entity.get("Name")
    name = service.get("Name") if name in _WITHIN else name
    return f" in {name}" if name and name != function else ""


def _slow(cause: Raw) -> str | None:
    """Where a slow trace's time went, and how much of it: the innermost entity that X-Ray gives a share."""
    shares = [(entity["Name"], share) for _, entity in _path(cause) if entity.get("Name") and (share := _share(entity))]
    return "{} {:.0f} %".format(*shares[-1]) if shares else None


def _share(entity: Raw) -> float:
    """Coverage, 0 to 1 in the answer, as percent."""
    return min(1.0, entity.get("Coverage") or 0.0) * 100


def _path(cause: Raw) -> Iterator[tuple[Raw, Raw]]:
    """Services and their entities, from the outermost inwards."""
    for service in cause.get("Services") or ():
        for entity in service.get("EntityPath") or ():
            yield service, entity
