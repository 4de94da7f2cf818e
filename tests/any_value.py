"""Values of any type that updates are made of, by their annotations: for property tests over every member of a union.

A type that nothing here knows is an error, so that a new member cannot go untested.
"""

import datetime
from collections.abc import Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from msgspec import Struct

from lambdatop.actions.journal.records import SETTINGS
from lambdatop.model.changes.plan import Setting

Values = st.SearchStrategy[Any]

_NUMBERS = st.integers(-(2**63), 2**64 - 1)
_FLOATS = st.floats(allow_nan=False)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_JSON = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _FLOATS | _TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXT, inner, max_size=2),
    max_leaves=5,
)
_KNOWN: dict[Any, Values] = {
    Any: _JSON,
    NoneType: st.none(),
    bool: st.booleans(),
    datetime.datetime: st.datetimes(timezones=st.sampled_from([datetime.UTC])),
    float: _FLOATS,
    int: _NUMBERS,
    str: _TEXT,
}


def values_of(hint: Any) -> Values:
    """Values of a type. Raises TypeError for one that cannot be made."""
    if hint not in _KNOWN:
        _KNOWN[hint] = _made(hint)  # once: a type may hold its like
    return _KNOWN[hint]


def _made(hint: Any) -> Values:
    if hint is Setting:
        return st.one_of(*map(values_of, SETTINGS))
    match get_origin(hint), get_args(hint):
        case (origin, members) if origin in (Union, UnionType):
            return st.one_of(*map(values_of, members))
        case (origin, choices) if origin is Literal:
            return st.sampled_from(choices)
        case (origin, (each, end)) if origin is tuple and end is ...:
            return st.lists(st.deferred(lambda: values_of(each)), max_size=2).map(tuple)
        case (origin, members) if origin is tuple:
            return st.tuples(*map(values_of, members))
        case (origin, (key, value)) if origin is Mapping:
            return st.dictionaries(values_of(key), values_of(value), max_size=2)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if isinstance(hint, type) and issubclass(hint, Struct):
        hints = get_type_hints(hint)
        return st.builds(hint, **{name: values_of(hints[name]) for name in hint.__struct_fields__})
    raise TypeError(f"no values of type {hint!r} are known")
