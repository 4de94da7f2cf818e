"""`safe` against everything a log line may hold."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.text import MAX_MARKS, cut, safe

HOSTILE = (
    "\x1b\x07\x9b\x9d\x90\x9c\\[]()PX^_;?0m1Hc\r\n\t\x00\x7f"
    "\u202e\u2066\u200b\u200d\ufeff\u2028\ud800\u0301\u20dd\u0e31aé文"
)
FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}

hostile_text = st.text(st.sampled_from(HOSTILE) | st.characters(), max_size=60)
plain_text = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]))


def forbidden(text: str) -> list[str]:
    bidi = {*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C, 0xFEFF}
    return [c for c in text if unicodedata.category(c) in FORBIDDEN or ord(c) in bidi]


@given(hostile_text)
def test_nothing_forbidden_comes_through(text: str) -> None:
    assert forbidden(safe(text)) == []
    assert set(forbidden(safe(text, newlines=True))) <= {"\n"}


@given(hostile_text, st.booleans())
def test_twice_is_once(text: str, newlines: bool) -> None:
    once = safe(text, newlines=newlines)

    assert safe(once, newlines=newlines) == once


@given(plain_text)
def test_plain_text_is_unchanged(text: str) -> None:
    assert safe(text) == text


@given(hostile_text)
def test_the_text_grows_by_tabs_alone(text: str) -> None:
    assert len(safe(text)) <= len(text)
    assert len(safe(text, newlines=True)) <= len(text) + 3 * text.count("\t")


@given(st.text(st.sampled_from("ae\u0301\u0e31\ufe0f\u200b\u20dd"), max_size=80))
def test_no_character_carries_a_tower_of_marks(text: str) -> None:
    marks = "".join("m" if unicodedata.category(c).startswith("M") else " " for c in safe(text))

    assert all(len(run) <= MAX_MARKS for run in marks.split())


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]52;c;ZXZpbA==\x07paste", "paste"),
        ("\x1b]0;title\x1b\\name", "name"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP1$r0m\x1b\\dcs", "dcs"),
        ("\x1bcreset", "reset"),
        ("\x1b(0charset", "charset"),
        ("\x9b2Jclear", "clear"),
        ("\x9d0;title\x9cname", "name"),
        ("\x1b[6", "6"),
        ("\x1b]0;never ends", "0;never ends"),
        ("a\x1b", "a"),
        ("nul\x00 bell\x07 del\x7f", "nul␀ bell␇ del␡"),
        ("a\tb", "a b"),
        ("one\r\ntwo\rthree\n", "one↵two↵three"),
        ("next\u2028line", "next↵line"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("check\u200bout", "checkout"),
        ("\ufeffbom", "bom"),
        ("half \ud83d", "half �"),
        ("\u00a0\u00a0File", "  File"),
        ("naïve 文字 😀", "naïve 文字 😀"),
        ("[/usr/bin/x] [error]", "[/usr/bin/x] [error]"),
    ],
)
def test_each_kind_of_trick_is_disarmed(raw: str, shown: str) -> None:
    assert safe(raw) == shown


def test_lines_stay_lines_where_they_are_wanted() -> None:
    assert safe("Traceback\n\tat x\x1b[0m\r\nend\n", newlines=True) == "Traceback\n    at x\nend\n"


def test_an_unterminated_string_hides_neither_its_line_nor_the_next() -> None:
    assert safe("\x1b]0;seen\nsecond\x07") == "0;seen↵second␇"


@pytest.mark.parametrize("unit", ["\x1b]", "\x9d", "\x9b1", "\x1b[", "\x1b ", "\x1b]0;a", "\u0301", "文"])
def test_a_long_hostile_event_is_linear_work(unit: str) -> None:
    """A quadratic scan of a megabyte would not end within the lifetime of the test run."""
    assert forbidden(safe(unit * (1_000_000 // len(unit)))) == []


def test_a_short_text_is_not_cut() -> None:
    assert cut("short") == ("short", 0)


def test_a_cut_says_how_many_bytes_it_left_out() -> None:
    assert cut("ab文\ud800", limit=2) == ("ab", 6)
