"""How the table is ordered, and what its filter lets through."""

import pytest

from lambdatop.config import SORT_COLUMNS
from lambdatop.model.fleet.row import Row, matches, row
from lambdatop.model.fleet.sorting import ordered
from tests.model.factories import NOW, function, metrics, sample


def busy(name: str, rate: float) -> Row:
    """A function of which everything is known, the more of everything the higher its rate."""
    return row(
        function(name=name, memory_mb=int(128 * rate)),
        metrics(invocations=1000, errors=rate, throttles=rate, p99_ms=rate, duration_sum_ms=1000 * rate),
        sample(cold=int(rate)),
        (),
        NOW,
    )


def unknown(name: str) -> Row:
    return row(function(name=name, memory_mb=64), None, None, (), NOW)


def names(rows: list[Row]) -> list[str]:
    return [each.name for each in rows]


FLEET = [busy("a-low", 1), unknown("a-unknown"), busy("b-low", 1), busy("c-high", 40), unknown("z-unknown")]


@pytest.mark.parametrize("column", [column for column in SORT_COLUMNS if column != "name"])
def test_unknown_is_last_and_ties_go_by_name_whichever_way(column: str) -> None:
    down, up = names(ordered(FLEET, column)), names(ordered(FLEET, column, inverted=True))

    assert {*down} == {*up} == {each.name for each in FLEET}
    known = column in ("sick", "memory")  # known of every function
    if not known:
        assert down[-2:] == up[-2:] == ["a-unknown", "z-unknown"]
    assert down.index("a-low") < down.index("b-low")
    assert up.index("a-low") < up.index("b-low")


@pytest.mark.parametrize("column", ["errors", "throttles", "p99", "cold", "memory", "cost"])
def test_the_largest_is_first_and_inverted_the_smallest_known(column: str) -> None:
    fleet = [each for each in FLEET if each.metrics]

    assert names(ordered(fleet, column)) == ["c-high", "a-low", "b-low"]
    assert names(ordered(fleet, column, inverted=True)) == ["a-low", "b-low", "c-high"]


def test_memory_goes_by_the_size_that_runs_as_it_is_shown() -> None:
    large = row(function(name="alias-runs-2048", memory_mb=128), None, None, (), NOW, ((NOW, 2048.0),))
    small = row(function(name="runs-1024", memory_mb=1024), None, None, (), NOW)

    assert names(ordered([small, large], "memory")) == ["alias-runs-2048", "runs-1024"]


def test_the_sickest_is_first() -> None:
    assert names(ordered(FLEET, "sick"))[0] == "c-high"


def test_names_go_from_a_to_z_and_inverted_back() -> None:
    assert names(ordered(FLEET, "name")) == ["a-low", "a-unknown", "b-low", "c-high", "z-unknown"]
    assert names(ordered(FLEET, "name", inverted=True)) == ["z-unknown", "c-high", "b-low", "a-unknown", "a-low"]


@pytest.mark.parametrize(
    ("pattern", "passes"),
    [
        ("", True),
        ("checkout", True),
        ("CHECKOUT", True),
        ("api check", True),
        ("python", True),
        ("arm64", False),
        ("x86 3.13", True),
        ("orders", False),
        ("checkout orders", False),
        ("!orders", True),
        ("!checkout", False),
        ("!", True),
        ("  ", True),
        ("[", False),
    ],
)
def test_the_filter_is_words_in_name_or_runtime(pattern: str, passes: bool) -> None:
    assert matches(function(name="checkout-api", runtime="python3.13"), pattern) is passes


def test_an_image_is_found_by_that_word() -> None:
    assert matches(function(name="render", runtime=None), "image")
