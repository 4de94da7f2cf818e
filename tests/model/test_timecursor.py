"""Where a time cursor and a window of charts get to, and that they stay on their grid."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.metrics import Window
from lambdatop.model.time_window import WINDOWS_MINUTES, longer, moved, period_at, period_of, stepped, window_at

NOW = datetime(2026, 11, 3, 14, 32, 7, tzinfo=UTC)
HOURS = window_at(NOW, 180)


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 3, hour, minute, tzinfo=UTC)


def minute(hour: int, minute: int) -> Window:
    return Window(at(hour, minute), at(hour, minute) + timedelta(minutes=1))


def test_a_window_of_the_present_holds_the_minute_still_filling_and_one_that_is_past_ends_where_it_was_told() -> None:
    assert window_at(NOW, 60) == Window(at(13, 33), at(14, 33))
    assert window_at(NOW, 60, at(11, 47)) == Window(at(10, 47), at(11, 47))
    assert window_at(NOW, 720, at(11, 47)).end == at(11, 50)


@given(
    st.integers(10**9, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(WINDOWS_MINUTES),
)
def test_a_window_lies_on_its_grid_and_holds_its_last_moment(until: datetime, minutes: int) -> None:
    for window in (window_at(until, minutes), window_at(NOW, minutes, until)):
        assert window.start.timestamp() % period_of(minutes) == window.end.timestamp() % period_of(minutes) == 0
        assert window.seconds == minutes * 60
        assert window.start < until <= window.end
        assert window.end - until <= timedelta(seconds=period_of(minutes))


def test_the_first_key_puts_the_cursor_on_the_newest_minute_that_is_over() -> None:
    assert moved(HOURS, 60, None, -1, NOW) == moved(HOURS, 60, None, 10, NOW) == minute(14, 31)
    assert moved(window_at(NOW, 60, at(11, 47)), 60, None, 1, NOW) == minute(11, 46)


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [(-1, minute(14, 30)), (1, minute(14, 32)), (5, minute(14, 32)), (-10, minute(14, 21)), (-9999, minute(11, 33))],
)
def test_the_cursor_goes_by_periods_and_stops_at_the_ends(steps: int, wanted: Window) -> None:
    assert moved(HOURS, 60, minute(14, 31), steps, NOW) == wanted


def test_on_a_coarser_grid_the_cursor_stands_on_the_period_that_holds_it() -> None:
    window = window_at(NOW, 720)

    assert period_at(window, 300, at(14, 31)) == Window(at(14, 30), at(14, 35))
    assert moved(window, 300, minute(14, 31), -1, NOW) == Window(at(14, 25), at(14, 30))


def test_stepping_goes_by_half_a_window_and_at_last_to_the_present() -> None:
    first = stepped(NOW, 60, None, -1)
    second = stepped(NOW, 60, first, -1)

    assert (first, second) == (at(14, 3), at(13, 33))
    assert stepped(NOW, 60, second, 1) == first
    assert stepped(NOW, 60, first, 1) is None
    assert stepped(NOW, 60, None, 1) is None


def test_lengths_go_one_after_another_and_stop_at_the_ends() -> None:
    assert [longer(180, 1), longer(180, -1), longer(15, -1), longer(10_080, 1)] == [720, 60, 15, 10_080]
    assert (longer(90, -1), longer(30, 1)) == (60, 180)
