"""Trends in one line."""

from hypothesis import given
from hypothesis import strategies as st

from lambdatop.ui.widgets.spark import spark


def test_values_are_scaled_from_zero_to_the_largest() -> None:
    assert spark([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"


def test_absent_is_blank_and_zero_is_the_lowest_block() -> None:
    assert spark([None, 0, 7, None], 4) == " ▁█ "
    assert spark([0, 0, 0], 3) == "▁▁▁"
    assert spark([None, None], 2) == "  "


def test_a_steady_load_is_a_full_line() -> None:
    assert spark([5, 5, 5], 3) == "███"


def test_a_given_top_makes_trends_comparable() -> None:
    assert spark([1, 2, 99], 3, top=4) == "▃▅█"


def test_few_values_stand_to_the_right() -> None:
    assert spark([1], 4) == "   █"
    assert spark([], 4) == "    "
    assert spark([1], 0) == ""


def test_no_peak_is_lost_where_values_outnumber_cells() -> None:
    values: list[float | None] = [1.0] * 200
    values[77] = 100.0

    assert "█" in spark(values, 20)
    assert spark([None, None, 3, None], 2) == " █"


@given(st.lists(st.none() | st.floats(0, 1e300), max_size=200), st.integers(0, 50), st.none() | st.floats(0, 1e9))
def test_a_spark_is_always_as_wide_as_asked(values: list[float | None], width: int, top: float | None) -> None:
    assert len(spark(values, width, top=top)) == width
