"""Walks values along botocore's shapes: what a request's values mean, and whether an answer is one AWS could give."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lambdatop.emulator.errors import ServiceError

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float),
    "blob": (bytes,),
}


def understood(shape: Any, value: Any) -> Any:
    """The request's value with timestamps as epoch seconds and blobs as bytes.

    `shape` is a botocore Shape. Raises `SerializationException` where the value cannot be of that shape.
    """
    if value is None:
        return None
    try:
        return _understood(shape, value)
    except (ValueError, TypeError, AttributeError, NotBase64) as mismatch:
        raise ServiceError("SerializationException", f"{shape.name}: {mismatch}") from mismatch


def _understood(shape: Any, value: Any) -> Any:
    match shape.type_name:
        case "structure":
            members = shape.members
            return {
                name: understood(members[name], item)
                for name, item in value.items()
                if name in members and item is not None
            }
        case "list":
            return [understood(shape.member, item) for item in value]
        case "map":
            return {key: understood(shape.value, item) for key, item in value.items()}
        case _:
            return scalar(shape, value)


def scalar(shape: Any, value: Any) -> Any:
    """A leaf, given as the protocol's own type or as the text of a header, a query or a form."""
    match shape.type_name:
        case "timestamp":
            return epoch(value)
        case "blob":
            return value if isinstance(value, bytes) else b64decode(value)
        case "boolean":
            return value if isinstance(value, bool) else value.lower() == "true"
        case "integer" | "long":
            return int(value)
        case "float" | "double":
            return float(value)
        case _:
            return str(value)


def epoch(value: str | float) -> float:
    """Epoch seconds of a number, of ISO 8601 text or of an HTTP date."""
    if not isinstance(value, str):
        return float(value)
    if value.replace(".", "", 1).isdigit():
        return float(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = parsedate_to_datetime(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def lint(shape: Any, value: Any, path: str = "") -> Iterator[str]:
    """Whatever AWS could not have answered: unknown members, wrong types, missing required ones, alien enum values."""
    match shape.type_name:
        case "structure":
            yield from _lint_structure(shape, value, path)
        case "list":
            if not isinstance(value, list | tuple):
                yield f"{path}: want list, got {type(value).__name__}"
                return
            for item in value:
                yield from lint(shape.member, item, f"{path}[]")
        case "map":
            for item in value.values():
                yield from lint(shape.value, item, f"{path}{{}}")
        case kind:
            alien_boolean = isinstance(value, bool) and kind != "boolean"
            if alien_boolean or not isinstance(value, _PYTHON_TYPES[kind]):
                yield f"{path}: want {kind}, got {type(value).__name__}"
            elif kind == "string" and shape.enum and value not in shape.enum:
                yield f"{path}: {value!r} is not in the enum"


def _lint_structure(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: want structure, got {type(value).__name__}"
        return
    if shape.is_document_type:
        return
    for name, item in value.items():
        if name not in shape.members:
            yield f"{path}.{name}: unknown member"
        else:
            yield from lint(shape.members[name], item, f"{path}.{name}")
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name}: required member missing"
