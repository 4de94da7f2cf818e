"""Paragraphs wrap between words under their indent, whatever the width."""

from hypothesis import given
from hypothesis import strategies as st

from lambdatop.ui.widgets.paragraphs import wrapped
from lambdatop.words.spans import Span


def text_of(lines: list[list[Span]]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def test_lines_break_before_words_and_hang_under_the_text() -> None:
    lines = text_of([*wrapped([("Why      ", "dim"), ("out of memory 9 times in 15 min", "plain")], 24, 9)])

    assert lines == ["Why      out of memory 9", "         times in 15 min"]


def test_a_word_longer_than_a_line_is_broken() -> None:
    assert text_of([*wrapped([("Call ", "dim"), ("x" * 20, "plain")], 15, 5)]) == [
        "Call " + "x" * 10,
        "     " + "x" * 10,
    ]


def test_an_empty_paragraph_is_an_empty_line() -> None:
    assert text_of([*wrapped([], 10, 2)]) == [""]


@given(st.lists(st.tuples(st.text("ab 12-", max_size=30), st.just("plain"))), st.integers(1, 40), st.integers(0, 12))
def test_nothing_but_blanks_is_lost_and_no_line_is_too_long(spans: list[Span], width: int, indent: int) -> None:
    indent = min(indent, width - 1)

    lines = text_of([*wrapped(spans, width, indent)])

    assert "".join("".join(lines).split()) == "".join("".join(text for text, _ in spans).split())
    assert all(len(line) <= width for line in lines)
