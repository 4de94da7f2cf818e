"""Times on the command line: whatever is written either means one moment or is refused with ValueError."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.cli.times import moment, parse_when, stretch

NOW = datetime(2026, 11, 23, 14, 32, 7, tzinfo=UTC)
MOMENTS = st.integers(86_400_000, 200_000_000_000_000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@pytest.fixture(autouse=True, scope="module")
def berlin() -> Iterator[None]:
    """A zone that is not UTC, and knows summer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@given(st.integers(0, 500), st.sampled_from("smhdw"))
def test_so_long_ago_is_counted_back_from_now(count: int, unit: str) -> None:
    assert moment(parse_when(f"{count}{unit}"), NOW) == NOW - timedelta(**{UNITS[unit]: count})


@given(MOMENTS)
def test_iso_8601_with_a_zone_means_that_moment(at: datetime) -> None:
    assert moment(parse_when(at.isoformat()), NOW) == at


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23T14:30", "2026-11-23T13:30:00"),
        ("2026-07-01 14:30:05", "2026-07-01T12:30:05"),
        ("2026-11-23", "2026-11-22T23:00:00"),
        ("2026-11-23T14:30Z", "2026-11-23T14:30:00"),
        ("2026-11-23T14:30:00.250+02:00", "2026-11-23T12:30:00.250"),
    ],
)
def test_iso_8601_without_a_zone_is_local(text: str, utc: str) -> None:
    assert moment(parse_when(text), NOW) == datetime.fromisoformat(f"{utc}+00:00")


@given(st.times(), MOMENTS)
def test_a_time_of_day_is_the_last_one_gone_by(of_day: time_of_day, now: datetime) -> None:
    at = moment(parse_when(f"{of_day:%H:%M}"), now)

    assert timedelta(0) <= now - at <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("text", "utc"),
    [("15:00", "2026-11-23T14:00:00"), ("9:05", "2026-11-23T08:05:00"), ("23:50", "2026-11-22T22:50:00")],
)
def test_a_time_of_day_is_local(text: str, utc: str) -> None:
    assert moment(parse_when(text), NOW) == datetime.fromisoformat(f"{utc}+00:00")


@given(st.text() | st.from_regex(r"\A[0-9:.TZ+-]{1,30}[smhdw]?\Z"))
def test_what_means_no_moment_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        when = parse_when(text)
    except ValueError:
        return
    assert moment(when, NOW).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "m", "10", "-5m", "10 m", "1.5h", "99999d", "25:00", "12:60", "1969-12-31", "0001-01-01", "٣m", "soon"]
)
def test_these_are_no_times(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time such as 10m"):
        parse_when(text)


def test_a_stretch_ends_now_unless_told_otherwise() -> None:
    assert stretch(parse_when("10m"), None, NOW) == (NOW - timedelta(minutes=10), NOW)


def test_a_stretch_to_a_time_of_day_ends_after_its_beginning() -> None:
    since, until = stretch(parse_when("15:00"), parse_when("15:45"), NOW)  # it is 15:32 in Berlin

    assert until - since == timedelta(minutes=45)


def test_a_stretch_over_midnight_is_one() -> None:
    since, until = stretch(parse_when("23:50"), parse_when("00:05"), NOW)

    assert until - since == timedelta(minutes=15)


@pytest.mark.parametrize(("since", "until"), [("10m", "10m"), ("5m", "10m"), ("2030-01-01", None)])
def test_a_stretch_without_length_is_refused(since: str, until: str | None) -> None:
    with pytest.raises(ValueError, match="would begin at"):
        stretch(parse_when(since), parse_when(until) if until else None, NOW)
