"""The fields that Logs Insights finds in a message by itself.

Of Lambda's text lines those of REPORT and the request's id, memory in bytes as the user guide's idiom
`@memorySize/1000/1000` has it; of JSON messages every member by its dotted path.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from lambdatop.emulator.logquery.syntax import Value

_TYPED = re.compile(r"(START|END|REPORT) RequestId: ([0-9a-f-]{36})")
_REQUEST_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_PART = re.compile(r"(?:^|[\t\n])(?:XRAY )?([A-Z][A-Za-z ]*?): ([^\t\n]*)")
_MB = 1e6


def _number(text: str) -> float:
    return float(text.split(" ", 1)[0])


_REPORTED: Mapping[str, tuple[str, Callable[[str], Value]]] = {
    "Duration": ("@duration", _number),
    "Billed Duration": ("@billedDuration", _number),
    "Memory Size": ("@memorySize", lambda text: _number(text) * _MB),
    "Max Memory Used": ("@maxMemoryUsed", lambda text: _number(text) * _MB),
    "Init Duration": ("@initDuration", _number),
    "TraceId": ("@xrayTraceId", str),
    "SegmentId": ("@xraySegmentId", str),
}


Fields = Callable[[str], Value]
"""A field's value by its name."""


def discovered(message: str) -> Fields:
    """What reads the fields of a message."""
    if message[:1] == "{":
        try:
            record = json.loads(message)
        except (ValueError, RecursionError):
            pass
        else:
            return lambda name: _member(record, name)
    return _of_text(message).get


def _of_text(message: str) -> dict[str, Value]:
    if typed := _TYPED.match(message):
        return {"@type": typed[1], "@requestId": typed[2], **(_report(message) if typed[1] == "REPORT" else {})}
    mentioned = _REQUEST_ID.search(message)
    return {"@requestId": mentioned[0]} if mentioned else {}


def _member(value: Any, path: str) -> Value:
    """What a JSON value holds at a path; truth is 1 and 0, and what holds members is no value."""
    for name in path.split("."):
        match value:
            case dict():
                value = value.get(name)
            case list() if name.isdecimal() and int(name) < len(value):
                value = value[int(name)]
            case _:
                return None
    match value:
        case bool():
            return int(value)
        case str() | int() | float():
            return value
        case _:
            return None


def _report(message: str) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, text in _PART.findall(message):
        if name in _REPORTED:
            field, read = _REPORTED[name]
            try:
                found[field] = read(text)
            except ValueError:
                continue
    return found
