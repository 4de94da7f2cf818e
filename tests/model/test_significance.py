"""Whether two shares differ by more than chance."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.changes.significance import Share, differ, share


@st.composite
def shares(draw: st.DrawFn, most: int = 5000) -> Share:
    of = draw(st.integers(0, most))
    return Share(draw(st.integers(0, of)), of)


def test_nine_kills_against_none_are_told_from_one_against_none() -> None:
    assert differ(Share(9, 4800), Share(0, 4700))
    assert not differ(Share(1, 4800), Share(0, 4700))
    assert not differ(Share(4, 4800), Share(0, 4700))


def test_a_tenth_of_a_thousand_is_told_from_a_twentieth_but_of_fifty_it_is_not() -> None:
    assert differ(Share(100, 1000), Share(50, 1000))
    assert not differ(Share(5, 50), Share(2, 50))


def test_all_of_them_failing_is_told_from_none_failing_with_very_few() -> None:
    assert differ(Share(6, 6), Share(0, 6))
    assert not differ(Share(2, 2), Share(0, 2))


@given(shares(), shares())
def test_the_order_of_the_two_does_not_matter(one: Share, other: Share) -> None:
    assert differ(one, other) is differ(other, one)


@given(shares(), shares())
def test_what_did_not_happen_differs_as_what_did(one: Share, other: Share) -> None:
    turned = [Share(each.of - each.count, each.of) for each in (one, other)]

    assert differ(one, other) is differ(*turned)


@given(shares())
def test_nothing_differs_from_itself_or_from_nothing(one: Share) -> None:
    assert not differ(one, one)
    assert not differ(one, Share(0, 0))


@pytest.mark.parametrize(("rate", "of"), [(0.002, 2000), (0.06, 300), (0.5, 40)])
def test_chance_alone_is_hardly_ever_called_a_difference(rate: float, of: int) -> None:
    chance = random.Random(7)

    def drawn() -> Share:
        return Share(sum(chance.random() < rate for _ in range(of)), of)

    wrong = sum(differ(drawn(), drawn()) for _ in range(300))

    assert wrong <= 300 * 0.03


@given(st.none() | st.floats(-10, 1e9), st.none() | st.floats(-10, 1e9))
def test_a_share_of_late_counts_is_a_share(count: float | None, of: float | None) -> None:
    made = share(count, of)

    assert made is None or 0 <= made.count <= made.of
    assert made is None or made.rate is None or not math.isnan(made.rate)
