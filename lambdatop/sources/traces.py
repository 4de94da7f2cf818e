"""The recent traces of one function: GetTraceSummaries by filter expression."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.traces import TraceStatus, TraceSummary
from lambdatop.sources.metrics import moment
from lambdatop.state import TracesArrived, Update

LONGEST_RANGE = timedelta(hours=6)  # AWS: a request may span six hours
TRACES_KEPT = 200


async def traces(aws: Gate, clock: Clock, function: str, minutes: int) -> AsyncIterator[Update]:
    """One reading of the newest traces in the window, newest first."""
    now = clock.now()
    found: dict[str, TraceSummary] = {}
    pages = aws.pages(
        "xray",
        "GetTraceSummaries",
        StartTime=now - min(timedelta(minutes=minutes), LONGEST_RANGE),
        EndTime=now,
        FilterExpression=f'service(id(name: "{function}", type: "AWS::Lambda::Function"))',
    )
    async for page in pages:
        for raw in page["TraceSummaries"]:
            summary = decode_summary(raw)
            found[summary.id] = summary
        if len(found) >= TRACES_KEPT:
            break
    newest_first = sorted(
        found.values(), key=lambda trace: trace.start or datetime.min.replace(tzinfo=UTC), reverse=True
    )
    yield TracesArrived(function, tuple(newest_first[:TRACES_KEPT]))


def decode_summary(raw: Mapping[str, Any]) -> TraceSummary:
    """One TraceSummary of AWS. Its start is MatchedEventTime or StartTime, else the second inside the trace id."""
    http = raw.get("Http") or {}
    identifier = str(raw.get("Id") or "")
    return TraceSummary(
        id=identifier,
        start=_start(raw, identifier),
        duration_s=raw.get("Duration"),
        response_time_s=raw.get("ResponseTime"),
        status=_status(raw),
        method=http.get("HttpMethod"),
        url=http.get("HttpURL"),
        http_status=http.get("HttpStatus"),
        cold=_cold(raw),
        cause=_cause(raw),
    )


def _cold(raw: Mapping[str, Any]) -> bool | None:
    """The annotation ColdStart, which Powertools for AWS Lambda writes; None where nobody wrote it."""
    for annotation in (raw.get("Annotations") or {}).get("ColdStart") or ():
        value = (annotation.get("AnnotationValue") or {}).get("BooleanValue")
        if value is not None:
            return bool(value)
    return None


def _start(raw: Mapping[str, Any], identifier: str) -> datetime | None:
    began = moment(raw.get("StartTime") or raw.get("MatchedEventTime"))
    if began is not None:
        return began
    parts = identifier.split("-")
    try:
        return moment(int(parts[1], 16))
    except (IndexError, ValueError):
        return None


def _status(raw: Mapping[str, Any]) -> TraceStatus:
    if raw.get("HasThrottle"):
        return TraceStatus.THROTTLE
    if raw.get("HasFault"):
        return TraceStatus.FAULT
    return TraceStatus.ERROR if raw.get("HasError") else TraceStatus.OK


def _cause(raw: Mapping[str, Any]) -> str | None:
    for causes in ("FaultRootCauses", "ErrorRootCauses"):
        for cause in raw.get(causes) or ():
            for service in cause.get("Services") or ():
                for entity in reversed(service.get("EntityPath") or ()):
                    for exception in entity.get("Exceptions") or ():
                        if exception.get("Name"):
                            return str(exception["Name"])
    return None
