"""Spans of Transaction Search as trace summaries: one OpenTelemetry span a line in the log group `aws/spans`.

X-Ray turns segments into spans of OpenTelemetry's semantic conventions, of which several generations are in use: each
fact is looked for under all its names.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from lambdatop.model.traces.summary import TraceStatus, TraceSummary, worst

Attributes = Mapping[str, object]

_FUNCTION: Final = ("faas.name", "aws.lambda.function_name", "aws.local.service", "service.name")
_ARN: Final = ("cloud.resource_id", "aws.lambda.invoked_arn", "faas.id")
_STATUS: Final = ("http.response.status_code", "http.status_code")
_METHOD: Final = ("http.request.method", "http.method")
_URL: Final = ("url.full", "http.url", "url.path", "http.target")
_COLD: Final = ("faas.coldstart", "faas.cold_start")
_EXCEPTION: Final = ("exception.type", "error.type")


def decode_span(message: str, function: str) -> TraceSummary | None:
    """What a span tells of its trace; None for what is no span, or one of another function, or of a call from this one.

    Only spans of kind SERVER: Lambda's and the function's own.
    """
    try:
        span = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(span, dict) or span.get("kind") != "SERVER":
        return None
    told = _object(_object(span.get("resource")).get("attributes")) | _object(span.get("attributes"))
    trace_id, start = xray_id(span.get("traceId")), _moment(span.get("startTimeUnixNano"))
    if trace_id is None or start is None or not _is_of(function, told):
        return None
    seconds = _seconds(span, start)
    http_status = _number(_first(told, _STATUS))
    return TraceSummary(
        id=trace_id,
        start=start,
        duration_s=seconds,
        response_time_s=seconds,
        status=_status(_object(span.get("status")).get("code"), http_status),
        method=_text(_first(told, _METHOD)),
        url=_text(_first(told, _URL)),
        http_status=http_status,
        cold=cold if isinstance(cold := _first(told, _COLD), bool) else None,
        cause=_text(_first(told, _EXCEPTION)),
        in_progress=seconds is None,
    )


def merged(summaries: Iterable[TraceSummary]) -> dict[str, TraceSummary]:
    """One summary for each trace, of all that its spans tell."""
    found: dict[str, TraceSummary] = {}
    for each in summaries:
        found[each.id] = together(found[each.id], each) if each.id in found else each
    return found


def together(one: TraceSummary, other: TraceSummary) -> TraceSummary:
    """Two accounts of one trace as one: the whole time, the worst status, and each fact that either has."""
    first, last = sorted((one, other), key=lambda each: each.start or datetime.max.replace(tzinfo=UTC))
    return replace(
        first,
        duration_s=_both(first, last),
        response_time_s=_both(first, last),
        status=worst((one.status, other.status)),
        method=first.method or last.method,
        url=first.url or last.url,
        http_status=first.http_status if first.http_status is not None else last.http_status,
        cold=first.cold if first.cold is not None else last.cold,
        cause=first.cause or last.cause,
        in_progress=one.in_progress and other.in_progress,
    )


def xray_id(w3c: object) -> str | None:
    """`6ac7d554…` (32 hexadecimal digits) as X-Ray writes it: `1-6ac7d554-…`."""
    text = str(w3c).lower()
    if len(text) != 32 or not all(digit in "0123456789abcdef" for digit in text):
        return None
    return f"1-{text[:8]}-{text[8:]}"


def _both(first: TraceSummary, last: TraceSummary) -> float | None:
    """Seconds from the start of the first to the end of whichever ends last."""
    if first.start is None or last.start is None or first.duration_s is None or last.duration_s is None:
        return first.duration_s if first.duration_s is not None else last.duration_s
    return max(first.duration_s, (last.start - first.start).total_seconds() + last.duration_s)


def _is_of(function: str, told: Attributes) -> bool:
    if any(told.get(name) == function for name in _FUNCTION):
        return True
    return any(str(told.get(name)).split(":")[5:7] == ["function", function] for name in _ARN)


def _seconds(span: Attributes, start: datetime) -> float | None:
    end = _moment(span.get("endTimeUnixNano"))
    return None if end is None else max(0.0, (end - start) / timedelta(seconds=1))


def _status(code: object, http_status: int | None) -> TraceStatus:
    """As X-Ray marks it: 429 is a throttle, another 4xx an error, 5xx or a failure without a status a fault."""
    if http_status == 429:
        return TraceStatus.THROTTLE
    if http_status is not None and 400 <= http_status < 500:
        return TraceStatus.ERROR
    failed = str(code).upper().endswith("ERROR") or (http_status or 0) >= 500
    return TraceStatus.FAULT if failed else TraceStatus.OK


def _first(told: Attributes, names: Iterable[str]) -> object:
    return next((told[name] for name in names if told.get(name) is not None), None)


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _moment(nanos: object) -> datetime | None:
    """OTLP writes 64-bit numbers as text or as numbers; 0 is no time."""
    try:
        return datetime.fromtimestamp(int(str(nanos)) / 1e9, UTC) if nanos else None
    except (ValueError, OverflowError, OSError):
        return None
