"""Numbers as they are read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.words import format


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "0"),
        (7, "7"),
        (2.5, "2.50"),
        (99.96, "100"),
        (4_210, "4,210"),
        (99_999, "99,999"),
        (99_999.7, "100k"),
        (123_456, "123k"),
        (999_999, "1.00M"),
        (1_230_000, "1.23M"),
        (45_600_000_000, "45.6G"),
        (None, "–"),
    ],
)
def test_counts_are_separated_and_then_scaled(n: float | None, text: str) -> None:
    assert format.count(n) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(0, "0"), (0.42, "0.42"), (6.314, "6.31"), (12, "12.0"), (9.996, "10.0"), (99.97, "100"), (0.0001, "<0.01")],
)
def test_percentages_have_three_digits(p: float, text: str) -> None:
    assert format.percent(p) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0"),
        (0.42, "0.42 ms"),
        (2.34, "2.3 ms"),
        (42.4, "42 ms"),
        (999.4, "999 ms"),
        (999.6, "1.0 s"),
        (1_912, "1.9 s"),
        (99_960, "1 m 40 s"),
        (125_000, "2 m 05 s"),
        (3_599_700, "1 h 00 m"),
        (11_220_000, "3 h 07 m"),
        (None, "–"),
    ],
)
def test_durations_change_their_unit_as_they_grow(ms: float | None, text: str) -> None:
    assert format.duration(ms) == text


@pytest.mark.parametrize(
    ("x", "rate", "money"),
    [
        (0, "0", "$0"),
        (0.0001, "<0.001", "<$0.01"),
        (0.52, "0.520", "$0.52"),
        (9.4, "9.40", "$9.40"),
        (94.2, "94.2", "$94"),
        (1_210.4, "1,210", "$1,210"),
        (None, "–", "–"),
    ],
)
def test_money_is_short_in_columns_and_signed_in_sentences(x: float | None, rate: str, money: str) -> None:
    assert (format.usd(x), format.dollars(x)) == (rate, money)


def test_savings_keep_their_sign() -> None:
    assert (format.dollars(-12), format.dollars(-0.001)) == ("-$12", "-<$0.01")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (12.9, "12 s"), (60, "1 min"), (11_000, "3 h"), (200_000, "2 d"), (None, "–")],
)
def test_ages_are_told_in_their_largest_unit(seconds: float | None, text: str) -> None:
    assert format.age(seconds) == text


def test_times_are_told_in_the_zone_of_the_reader() -> None:
    at = datetime(2026, 3, 1, 12, 32, 7, 118_900, tzinfo=UTC)
    zone = timezone(timedelta(hours=2))

    assert (format.clock(at, zone), format.clock(at, zone, millis=True)) == ("14:32:07", "14:32:07.118")
    assert format.clock(None) == "–"


@pytest.mark.parametrize(("hours", "text"), [(0, "23:32"), (-23, "00:32"), (-24, "Sat 28 23:32"), (1, "Mon 02 00:32")])
def test_a_moment_of_another_day_of_the_readers_tells_the_day(hours: int, text: str) -> None:
    today, zone = datetime(2026, 3, 1, 21, 32, tzinfo=UTC), timezone(timedelta(hours=2))

    assert format.moment(today + timedelta(hours=hours), today, zone) == text
    assert format.moment(today, None, zone) == "23:32"


def test_memory_has_its_thousands_separated() -> None:
    assert (format.megabytes(1_024), format.megabytes(None)) == ("1,024", "–")


@given(st.floats(0, 1e17, allow_nan=False))
def test_no_number_grows_out_of_its_column(x: float) -> None:
    assert len(format.count(x)) <= 6
    assert len(format.percent(min(x, 100))) <= 5
    assert len(format.duration(min(x, 3.5e8))) <= 9
