"""Filter patterns, by the examples of CloudWatch Logs' user guide and by properties."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.logs.filter_patterns import compile_pattern

LINE = "[ERROR] KeyError: 'sku' in \"cart\" 42"
RECORD = json.dumps(
    {
        "level": "ERROR",
        "ms": 3.5,
        "status": 404,
        "ok": False,
        "user": None,
        "name": "UpdateTrail",
        "nested": {"list": [{"id": 1}, {"id": 2}], "a b": "x"},
    }
)
words = st.from_regex(r"[A-Za-z0-9_]{1,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("", True),
        ("ERROR", True),
        ("error", False),
        ("ERROR KeyError", True),
        ("ERROR Timeout", False),
        ("?ERROR ?Timeout", True),
        ("?WARN ?Timeout", False),
        ("?WARN ERROR", True),
        ("?ERROR Timeout", False),
        ("ERROR -KeyError", False),
        ("ERROR -Timeout", True),
        ("-Timeout", True),
        ("\"KeyError: 'sku'\"", True),
        ('"sku KeyError"', False),
        (r'"in \"cart\""', True),
        ('-"in the cart"', True),
        ('?"Task timed out" ?"[ERROR]"', True),
        ("%[0-9]{2}$%", True),
        ("%^\\d%", False),
        ("ERROR %Key(Error|Value)%", True),
    ],
)
def test_terms(pattern: str, matches: bool) -> None:
    assert compile_pattern(pattern)(LINE) is matches


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ('{ $.level = "ERROR" }', True),
        ("{ $.level = ERROR }", True),
        ('{ $.level != "ERROR" }', False),
        ('{$.level="ERROR"&&$.ms>3}', True),
        ('{ $.level = "INFO" && $.ms > 3 || $.status = 404 }', True),
        ('{ $.level = "INFO" && ($.ms > 3 || $.status = 404) }', False),
        ("{ $.status >= 404 && $.status <= 404 && $.status < 405 }", True),
        ("{ $.status = 40* }", True),
        ("{ $.status = 4.04e2 }", True),
        ("{ $.ms = 3.5 }", True),
        ('{ $.name = "Update*" }', True),
        ("{ $.name = *Trail }", True),
        ('{ $.name = "Trail" }', False),
        ("{ $.name = %^Up.*l$% }", True),
        ("{ $.user IS NULL }", True),
        ("{ $.level IS NULL }", False),
        ("{ $.ok IS FALSE }", True),
        ("{ $.ok IS TRUE }", False),
        ("{ $.absent NOT EXISTS }", True),
        ("{ $.level NOT EXISTS }", False),
        ('{ $.absent != "x" }', False),
        ("{ $.nested.list[0].id = 1 }", True),
        ("{ $.nested.list[1].id = 1 }", False),
        ("{ $.nested.list[*].id = 2 }", True),
        ("{ $.nested.list[7] NOT EXISTS }", True),
        ("{ $.nested['a b'] = x }", True),
    ],
)
def test_json(pattern: str, matches: bool) -> None:
    assert compile_pattern(pattern)(RECORD) is matches


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("[ip, user, time, request, status, bytes]", True),
        ("[ip, user, time, request, status]", False),
        ("[ip, ..., status = 4*, bytes]", True),
        ("[..., status = 404 || status = 410, bytes > 1000]", True),
        ("[ip, ..., status = 5*, bytes]", False),
        ("[ip, user, ...]", True),
        ('[ip, user, time, request = "*checkout*", ...]', True),
        ("[ip = 127.0.0.1, user != frank, ...]", False),
    ],
)
def test_words(pattern: str, matches: bool) -> None:
    line = '127.0.0.1 frank [10/Oct/2026:13:25:15 -0700] "GET /checkout HTTP/1.1" 404 1534'

    assert compile_pattern(pattern)(line) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        '"open',
        "a:b",
        "-",
        "%(%",
        "%a% %b% %c%",
        "{ $.a = }",
        "{ $.a = 1",
        "{ $.a > x }",
        "{ a = 1 }",
        "{ ($.a = 1 }",
        "{ $.a = 1 && }",
        "{ $.a IS MAYBE }",
        "[a, b",
        "[..., ...]",
        "{ }",
    ],
)
def test_what_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(ServiceError) as refused:
        compile_pattern(pattern)

    assert refused.value.code == "InvalidParameterException"


def test_a_line_that_is_no_json_matches_no_json_pattern() -> None:
    assert not compile_pattern("{ $.absent NOT EXISTS }")(LINE)
    assert not compile_pattern("{ $.absent NOT EXISTS }")("{ broken")


@given(st.lists(words, min_size=1, max_size=4), st.text())
def test_terms_match_exactly_the_lines_that_hold_them_all(terms: list[str], line: str) -> None:
    assert compile_pattern(" ".join(terms))(line) == all(term in line for term in terms)
    assert compile_pattern(" ".join(terms))(line + "".join(terms))


@given(st.lists(words, min_size=1, max_size=4), st.text())
def test_questions_match_any_and_exclusions_none(terms: list[str], line: str) -> None:
    assert compile_pattern(" ".join(f"?{term}" for term in terms))(line) == any(term in line for term in terms)
    assert compile_pattern(" ".join(f"-{term}" for term in terms))(line) == all(term not in line for term in terms)


@given(st.text(min_size=1))
def test_any_text_can_be_quoted_and_found_again(text: str) -> None:
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'

    assert compile_pattern(quoted)(f"a{text}b")


@given(st.text(max_size=40))
def test_any_pattern_compiles_or_is_refused(text: str) -> None:
    for pattern in (text, f"{{{text}}}", f"[{text}]"):
        try:
            matcher = compile_pattern(pattern)
        except ServiceError:
            continue
        assert matcher(RECORD) in (True, False)


@given(st.integers(), st.integers())
def test_numbers_compare_as_numbers(value: int, limit: int) -> None:
    record = json.dumps({"n": value})

    assert compile_pattern(f"{{ $.n < {limit} }}")(record) == (float(value) < float(limit))
    assert compile_pattern(f"{{ $.n >= {limit} }}")(record) == (float(value) >= float(limit))
