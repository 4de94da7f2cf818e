"""An event laid out for reading says what was logged and nothing else."""

import json

from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.logs.pretty_event import rows

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def test_json_is_indented() -> None:
    assert list(rows('{"a":[1,{}],"b":{"c":"x, y: {z}"},"d":[ ]}\n')) == [
        "{",
        '  "a": [',
        "    1,",
        "    {}",
        "  ],",
        '  "b": {',
        '    "c": "x, y: {z}"',
        "  },",
        '  "d": [ ]',
        "}",
    ]


def test_what_stands_before_json_stays() -> None:
    message = '2026-11-03T14:32:04Z\t8f50\tINFO\t{"a":1}'

    assert list(rows(message)) == ["2026-11-03T14:32:04Z\t8f50\tINFO", "{", '  "a": 1', "}"]


def test_other_text_stays_as_it_is() -> None:
    assert list(rows("Traceback\n  File\nKeyError: {sku}\n")) == ["Traceback", "  File", "KeyError: {sku}"]


@given(st.lists(JSON, min_size=1) | st.dictionaries(st.text(), JSON, min_size=1))
def test_no_value_is_changed(value: object) -> None:
    assert json.loads("\n".join(rows(json.dumps(value)))) == value


@given(st.text(st.characters(), max_size=60))
def test_any_text_is_laid_out(text: str) -> None:
    assert "".join("".join(rows(text)).split()) == "".join(text.split())
