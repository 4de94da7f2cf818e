"""Whether an answer has the types that AWS describes: botocore hardly looks, and a stand-in for AWS may send any.

A shape is made into a function once, so that a page of 1,000 log events is looked through in about a millisecond.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Odd = Callable[[Any], str | None]
"""The innermost member that is of another type, `""` for the value itself; None if all is well."""

_NUMBER = frozenset({int, float})  # JSON has one kind of number: 3 may be written 3.0
_KINDS: Mapping[str, frozenset[type]] = {
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    **dict.fromkeys(("integer", "long", "float", "double"), _NUMBER),
    "timestamp": _NUMBER | {datetime},  # raw, or in CBOR's form
}

_DECODED = "policyDocumentType"
"""IAM's text that botocore makes into what it says."""


def oddities(shape: Any) -> Odd:
    """What tells the odd member of a value of botocore's shape.

    What is null or missing is well, and so is what the shape does not know: AWS adds members at any time.
    """
    match shape.type_name:
        case "structure" if not shape.is_document_type:
            return _of_structure(shape)
        case "list":
            return _of_list(shape.member)
        case "map":
            return _of_map(shape.value)
        case kind if kind in _KINDS and shape.name != _DECODED:
            return _of_scalar(kind)
        case _:  # bytes, and documents, which may be anything
            return lambda _: None


def _of_structure(shape: Any) -> Odd:
    members: dict[str, Odd] = {}

    def odd(value: Any) -> str | None:
        if not isinstance(value, dict):
            return ""
        if not members:  # not before it is needed: shapes may hold themselves
            members.update((name, oddities(member)) for name, member in shape.members.items())
        for name, member in value.items():
            look = members.get(name)
            if look is not None and member is not None and (found := look(member)) is not None:
                return found or name
        return None

    return odd


def _of_list(member: Any) -> Odd:
    kinds, look = _KINDS.get(member.type_name, frozenset()), oddities(member)

    def odd(value: Any) -> str | None:
        if not isinstance(value, list):
            return ""
        if kinds and kinds.issuperset(map(type, value)):  # thousands of numbers in no time
            return None
        return next((found for each in value if (found := look(each)) is not None), None)

    return odd


def _of_map(value_shape: Any) -> Odd:
    look = oddities(value_shape)

    def odd(value: Any) -> str | None:
        if not isinstance(value, dict):
            return ""
        return next((found for each in value.values() if (found := look(each)) is not None), None)

    return odd


def _of_scalar(kind: str) -> Odd:
    kinds = _KINDS[kind]
    written = kind == "timestamp"
    return lambda value: None if type(value) in kinds or (written and _is_time(value)) else ""


def _is_time(value: Any) -> bool:
    """True for text in ISO 8601."""
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
