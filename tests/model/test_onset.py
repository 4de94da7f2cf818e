"""Rises found at their minute, and none where there is none."""

import random

import pytest

from lambdatop.model.fleet.onset import find_rise, find_surge


def test_a_rise_is_found_at_its_minute_with_its_factor() -> None:
    rise = find_rise([4.0] * 45 + [60.0] * 15, [1000.0] * 60)

    assert rise is not None
    assert rise.index == 45
    assert rise.factor == pytest.approx(15)


def test_a_rise_from_nothing_has_no_factor() -> None:
    rise = find_rise([0.0] * 50 + [3.0] * 10, [100.0] * 60)

    assert rise is not None
    assert (rise.index, rise.before, rise.factor) == (50, 0.0, None)


def test_errors_that_grow_with_the_traffic_are_no_rise() -> None:
    assert find_rise([2.0] * 30 + [20.0] * 30, [100.0] * 30 + [1000.0] * 30) is None


def test_a_steady_rate_is_no_rise() -> None:
    assert find_rise([2.0] * 60, [100.0] * 60) is None


def test_an_error_here_and_there_is_no_rise() -> None:
    assert find_rise([0.0] * 57 + [1.0, 0.0, 1.0], [100.0] * 60) is None


def test_failing_from_the_first_minute_on_is_no_rise() -> None:
    assert find_rise([9.0] * 10, [10.0] * 10) is None


def test_silence_is_no_rise() -> None:
    assert find_rise([], []) is None
    assert find_rise([0.0] * 60, [0.0] * 60) is None


def test_chance_alone_seldom_looks_like_a_rise() -> None:
    chance = random.Random(7)
    nights = [[float(sum(chance.random() < 0.02 for _ in range(100))) for _ in range(60)] for _ in range(40)]

    assert sum(find_rise(night, [100.0] * 60) is not None for night in nights) <= 1


def test_a_surge_is_found_at_its_minute_with_its_factor() -> None:
    surge = find_surge([50.0, 60.0, 55.0] * 13 + [500.0, 900.0] + [2200.0] * 15)

    assert surge is not None
    assert surge.index == 39
    assert surge.factor == pytest.approx(40)


@pytest.mark.parametrize(
    "trend",
    [
        [50.0] * 60,
        [20.0 + index for index in range(60)],
        [50.0] * 40 + [2000.0] * 10 + [50.0] * 10,
        [50.0, 50.0, 900.0, 50.0] * 15,
        [50.0] * 56 + [2000.0] * 4,
        [0.0] * 40 + [2000.0] * 20,
        [50.0] * 10 + [2000.0] * 50,
        [],
    ],
    ids=["steady", "growing", "over", "bursts", "too soon", "from nothing", "usual unknown", "empty"],
)
def test_other_traffic_is_no_surge(trend: list[float]) -> None:
    assert find_surge(trend) is None
