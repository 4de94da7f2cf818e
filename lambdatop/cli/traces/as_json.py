"""Traces as JSON, one object a line: texts exactly as they are, times ISO 8601, durations in seconds, null for unknown.

All ASCII, so that decoding gives back exactly what AWS sent. `lambdatop traces --help` documents the members.
"""

import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import asdict

from lambdatop.cli.logs.line import iso
from lambdatop.model.traces.critical_path import Bottleneck, bottleneck, critical_path, told
from lambdatop.model.traces.segments import Segment, Trace
from lambdatop.model.traces.summary import TraceSummary


def summary(trace: TraceSummary) -> str:
    """One trace of the list."""
    return json.dumps(asdict(trace) | {"start": iso(trace.start)}) + "\n"


def whole(trace: Trace, function: str) -> str:
    """One trace with its segments, each of which holds those under it as `children`."""
    head = json.dumps(_head(trace, function))
    return f'{head[:-1]}, "segments": [{"".join(_nested(trace))}]}}\n'


def _head(trace: Trace, function: str) -> dict[str, Any]:
    found = bottleneck(trace)
    return {
        "id": trace.id,
        "function": function,
        "start": _iso(trace.start_s),
        "end": _iso(trace.end_s),
        "duration_s": _seconds(trace.seconds),
        "request_id": trace.request_id(function),
        "in_progress": any(segment.in_progress for segment in trace.walk()),
        "limited": trace.limited,
        "unreadable": trace.unreadable,
        "bottleneck": _bottleneck(found, trace) if found is not None else None,
        "critical_path": [
            {"segment_id": each.segment_id, "start": _iso(each.start_s), "duration_s": _seconds(each.seconds)}
            for each in critical_path(trace)
        ],
    }


def _bottleneck(found: Bottleneck, trace: Trace) -> dict[str, Any]:
    members = asdict(found)
    members["duration_s"] = members.pop("seconds")
    return {"told": told(found, trace), **members}


def _nested(trace: Trace) -> Iterator[str]:
    """The segments' text without recursion: how deep a trace nests was its sender's choice."""
    waiting: list[Segment | str] = _commas(trace.roots)
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
            continue
        yield f'{json.dumps(_members(part))[:-1]}, "children": ['
        waiting += ["]}", *_commas(part.children)]


def _commas(segments: tuple[Segment, ...]) -> list[Segment | str]:
    """The segments with commas between them, the first one last."""
    parts: list[Segment | str] = [part for segment in reversed(segments) for part in (segment, ", ")]
    return parts[:-1]


def _members(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.id,
        "name": segment.name,
        "kind": segment.kind,
        "start": _iso(segment.start_s),
        "end": _iso(segment.end_s),
        "duration_s": _seconds(segment.seconds),
        "status": segment.status,
        "in_progress": segment.in_progress,
        "origin": segment.origin,
        "namespace": segment.namespace,
        "operation": segment.operation,
        "resource": segment.resource,
        "method": segment.method,
        "url": segment.url,
        "http_status": segment.http_status,
        "retries": segment.retries,
        "request_id": segment.request_id,
        "log_groups": segment.log_groups,
        "exceptions": [asdict(failure) for failure in segment.failures],
        "annotations": {name: _value(value) for name, value in segment.annotations.items()},
        "adopted": segment.adopted,
        "inferred": segment.inferred,
    }


def _value(value: str | float | bool) -> str | float | bool | None:
    """JSON has no number that is none."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _seconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)


def _iso(at_s: float | None) -> str | None:
    """Epoch seconds as ISO 8601; None for what no calendar has."""
    try:
        return None if at_s is None else iso(datetime.fromtimestamp(at_s, UTC))
    except (ValueError, OverflowError, OSError):
        return None
