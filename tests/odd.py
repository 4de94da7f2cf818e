"""Odd but well-typed answers: whatever botocore's model of a shape allows, members missing at will."""

from functools import cache
from typing import Any

import botocore.session
from hypothesis import strategies as st

_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.one_of(st.text(max_size=8), st.sampled_from(["", "$LATEST", "AWS/Lambda", "FunctionName", "ALARM"])),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "double": st.floats(),
    "float": st.floats(),
    "boolean": st.booleans(),
    "blob": st.binary(max_size=4),
    # As the gate leaves them: numbers, or text in ISO 8601.
    "timestamp": st.floats(-1e13, 1e13) | st.integers(0, 2**63) | st.datetimes().map(lambda at: at.isoformat()),
}


@cache
def answers(service: str, name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Values of one of a service's shapes."""
    return _shaped(botocore.session.get_session().get_service_model(service).shape_for(name), 4)


def _shaped(shape: Any, depth: int) -> st.SearchStrategy[Any]:
    if shape.type_name == "structure":
        members = shape.members if depth else {}
        return st.fixed_dictionaries({}, optional={name: _shaped(each, depth - 1) for name, each in members.items()})
    if shape.type_name == "list":
        return st.lists(_shaped(shape.member, depth - 1), max_size=2) if depth else st.just([])
    if shape.type_name == "map":
        return st.just({})
    return _SCALARS[shape.type_name]
