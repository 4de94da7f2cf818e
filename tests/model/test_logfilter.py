"""The filter language: what is typed is read as it is meant, whatever is typed."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.logs.filter import (
    AtLeast,
    Text,
    UnreadableFilter,
    all_of,
    of_lines,
    of_messages,
    parse_filter,
    parse_search,
    request_at,
)
from lambdatop.model.logs.kept_lines import Lines
from lambdatop.model.logs.levels import Level
from lambdatop.model.logs.line import LogLine
from tests.model.factories import NOW

ONE, OTHER = "8f507cfc-0000-4697-b07a-ac58fc914c95", "91ab2cde-0000-4697-b07a-ac58fc914c95"


def line(message: str, *, ms: int = 0, stream: str = "a") -> LogLine:
    at = NOW + timedelta(milliseconds=ms)
    return LogLine(
        timestamp=at, ingestion_time=None, stream=stream, event_id=str(ms), message=message, function_name="f"
    )


def passes(text: str, message: str) -> bool:
    terms = parse_filter(text)
    assert not isinstance(terms, UnreadableFilter)
    return all(term.matches(message) for term in terms)


@pytest.mark.parametrize(
    ("text", "message", "wanted"),
    [
        ("", "anything", True),
        ("timeout", "Task TIMEOUT after", True),
        ("task after", "Task timed out after 3 s", True),
        ("task before", "Task timed out after 3 s", False),
        ("!health", "GET /health", False),
        ("!health", "GET /cart", True),
        ('"out after"', "timed out after", True),
        ('"out after"', "after out", False),
        ("/order [0-9]+$/", "order 17", True),
        ("/order [0-9]+$/", "order 17 accepted", False),
        ("!/order [0-9]+$/ order", "order 17 accepted", True),
        (r"/a\/b/", "a/b", True),
        ("/cart", "GET CARTS", True),
        ("level:warn", "[WARN] slow", True),
        ("level:warn", "[ERROR] broken", True),
        ("level:warn", "[INFO] fine", False),
        ("level:warn", "printed", False),
        ("!level:warn", "printed", True),
        ("LEVEL:error !sku", "[ERROR] KeyError: 'sku'", False),
        ("!", "no ! no", True),
        ("a[0]", "A[0] is text, not a pattern", True),
    ],
)
def test_terms_hold_together(text: str, message: str, wanted: bool) -> None:
    assert passes(text, message) is wanted


@pytest.mark.parametrize("text", ["/(/", "/[/", "level:wran", "fine level:", "/a{999999999999}/"])
def test_what_cannot_be_read_says_why(text: str) -> None:
    terms = parse_filter(text)

    assert isinstance(terms, UnreadableFilter)
    assert terms.reason


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str, message: str) -> None:
    for terms in (parse_filter(text), (parse_search(text),)):
        if not isinstance(terms, UnreadableFilter):
            for term in terms:
                assert isinstance(term, Text | AtLeast | UnreadableFilter | None)


@given(st.text(st.characters(categories=["Ll", "Nd"]), min_size=1, max_size=10), st.text(max_size=30))
def test_a_word_and_its_inverse_part_all_messages(word: str, message: str) -> None:
    assert passes(word, message) is not passes(f"!{word}", message)


@given(st.text("aB1 ", min_size=1, max_size=4), st.text("abAB1 ", max_size=30))
def test_a_search_finds_its_text_where_it_stands(text: str, message: str) -> None:
    sought = parse_search(text)

    assert isinstance(sought, Text)
    assert sought.matches(message) is (text.lower() in message.lower())
    assert [message[a:b].lower() for a, b in sought.places(message)] == [text.lower()] * len(
        re.findall(re.escape(text.lower()), message.lower())
    )


def test_a_level_is_a_level_and_louder() -> None:
    assert parse_filter("level:WARNING") == (AtLeast(Level.WARN),)


def request_lines() -> list[LogLine]:
    return [
        line(f"START RequestId: {ONE} Version: 1", ms=0),
        line("printed by one", ms=1),
        line("printed by other", ms=1, stream="b"),
        line(f"END RequestId: {ONE}", ms=2),
        line(f"REPORT RequestId: {ONE}\tDuration: 2 ms\tBilled Duration: 2 ms\t", ms=2),
        line("between two requests", ms=3),
        line(f"START RequestId: {OTHER} Version: 1", ms=4),
        line("printed by the next", ms=5),
    ]


def kept(lines: list[LogLine]) -> Lines:
    return Lines().appended(lines, 1_000)


@pytest.mark.parametrize("number", [0, 1, 3, 4])
def test_any_line_of_a_request_leads_to_all_of_them(number: int) -> None:
    lines = kept(request_lines())

    request = request_at(lines, number)

    assert request is not None
    assert [place for place, each in enumerate(lines) if request.matches(each)] == [0, 1, 3, 4]


def test_a_line_between_requests_belongs_to_none() -> None:
    assert request_at(kept(request_lines()), 5) is None


def test_a_running_request_takes_lines_until_its_stream_turns_to_another() -> None:
    request = request_at(kept(request_lines()), 7)
    assert request is not None

    later = [
        line("still it", ms=6),
        line(f"REPORT RequestId: {OTHER}\tDuration: 2 ms\tBilled Duration: 2 ms\t", ms=7),
        line(f"START RequestId: {ONE} Version: 1", ms=8),
        line("not it", ms=9),
    ]

    assert [request.matches(each) for each in later] == [True, True, False, False]


def test_all_tests_of_several_must_hold() -> None:
    (stretch,) = kept([line(text) for text in ("a", "b", "ab", "Ab")]).stretches(0, 4)
    both = all_of([of_messages(lambda message: "b" in message), of_lines(lambda each: "a" in each.message)])

    assert list(both(stretch, stretch.numbers)) == [2]
    assert list(both(stretch, [1, 3])) == []
