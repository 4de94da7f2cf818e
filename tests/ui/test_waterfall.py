"""The waterfall: which rows a trace has, how each is drawn to scale, what opens and closes, and where keys lead."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from lambdatop.model.traces.critical_path import CriticalStretch
from lambdatop.model.traces.segments import Segment, SegmentKind, Trace
from lambdatop.model.traces.waterfall_rows import RUN, branches, rows
from lambdatop.ui.widgets.blocks import share_bar, timed_bar
from lambdatop.ui.widgets.timeline import Scale, columns
from lambdatop.ui.widgets.waterfall import Waterfall
from lambdatop.words.spans import Span
from tests.ui.trees import FAULT, checkout, deep, path, query, segment, trace


def titles(trace: Trace, toggled: frozenset[str] = frozenset()) -> list[str]:
    """The shown rows' keys, indented."""
    return [f"{'  ' * row.branch.depth}{row.key}" for row in rows(branches(trace, ()), toggled)]


def test_a_tree_is_shown_parents_first_and_open() -> None:
    assert titles(checkout()) == [
        "service",
        "  function",
        "    init",
        "    query 0",
        "    query 1",
        "    query last",
        "    quick",
    ]


def test_what_is_closed_is_left_out() -> None:
    assert titles(checkout(), frozenset({"function"})) == ["service", "  function"]


def test_a_long_run_of_equal_calls_is_one_row_until_it_is_opened() -> None:
    calls = [query(f"q{number}", number, number + 1) for number in range(RUN)]
    whole = trace(segment("function", 0, 9, *calls, segment("other", 8, 9)))

    assert titles(whole) == ["function", "  run q0", "  other"]
    assert titles(whole, frozenset({"run q0"}))[1:4] == ["  run q0", "    q0", "    q1"]


def test_equal_calls_with_others_between_are_no_run() -> None:
    calls = [query(f"q{number}", number, number + 1) for number in range(RUN)]
    calls.insert(2, segment("between", 2, 3))

    assert len(titles(trace(*calls))) == RUN + 1


def test_segments_that_bear_one_id_are_told_apart() -> None:
    assert titles(trace(segment("same", 0, 1), segment("same", 1, 2, name="other"))) == ["same", "same 2"]


def test_a_trace_of_any_depth_is_laid_out() -> None:
    whole = deep(5_000)

    assert len(titles(whole)) == 5_001
    assert titles(whole, frozenset({"level 0"})) == ["level 0"]


def test_what_is_hidden_keeps_its_part_of_the_critical_path() -> None:
    tree = branches(checkout(), path(("init", 0.0, 0.4), ("query 0", 0.4, 0.9), ("function", 1.9, 1.95)))

    function = next(row for row in rows(tree, {"function"}) if row.key == "function")

    assert {stretch.segment_id for stretch in function.critical} == {"init", "query 0", "function"}


# Bars


def text(spans: Sequence[Span]) -> str:
    return "".join(text for text, _ in spans)


@pytest.mark.parametrize(
    ("piece", "drawn"),
    [
        ((0.0, 4.0), "████"),
        ((1.0, 2.25), " █▎"),
        ((1.5, 3.0), " ▐█"),
        ((1.9, 3.0), " ▕█"),
        ((2.0, 2.0), "  ▏"),
        ((4.0, 4.0), "   ▕"),
        ((-3.0, 1.0), "█"),
        ((3.0, 9.0), "   █"),
    ],
)
def test_bars_are_exact_to_an_eighth_and_never_invisible(piece: tuple[float, float], drawn: str) -> None:
    assert text(timed_bar([piece], (), 4, ("accent", "faint"))) == drawn


def test_only_the_critical_part_of_a_bar_is_bright() -> None:
    bar = timed_bar([(0.0, 6.0)], [(1.0, 3.0)], 6, ("accent", "faint"))

    assert bar == [("█", "faint"), ("██", "accent"), ("███", "faint")]


@given(
    st.lists(st.tuples(st.floats(-50, 150), st.floats(0, 150))),
    st.lists(st.tuples(st.floats(-50, 150), st.floats(0, 150))),
    st.integers(1, 80),
)
def test_a_bar_never_takes_more_than_its_room(
    pieces: list[tuple[float, float]], bright: list[tuple[float, float]], width: int
) -> None:
    ended = [(start, start + length) for start, length in pieces]

    assert len(text(timed_bar(ended, bright, width, ("accent", "faint")))) <= width


@pytest.mark.parametrize(("share", "drawn"), [(0.0, "    "), (0.001, "▏   "), (0.5, "██  "), (2.0, "████")])
def test_a_share_is_a_bar_of_its_width(share: float, drawn: str) -> None:
    assert share_bar(share, 4) == drawn


@pytest.mark.parametrize(
    ("width", "axis"),
    [
        (60, "0              0.48 s         0.95 s         1.43 s   1.90 s"),
        (28, "0             0.95 s  1.90 s"),
        (24, "0                 1.90 s"),
        (8, "0 1.90 s"),
    ],
)
def test_the_axis_has_as_many_times_as_there_is_room_for(width: int, axis: str) -> None:
    assert Scale(10.0, 11.9, width).axis() == axis


def drawn(whole: Trace, width: int, critical: Sequence[CriticalStretch] = ()) -> dict[str, str]:
    """Each row's cells joined, by its key."""
    tree = branches(whole, critical)
    made = columns(whole, tree, frozenset(), width)
    cells = {row.key: [column.cell(row) for column in made] for row in rows(tree, frozenset())}
    return {key: " ".join(each if isinstance(each, str) else text(each) for each in row) for key, row in cells.items()}


def test_a_failing_row_tells_its_status_and_exception() -> None:
    line = drawn(checkout(), 140)["query last"]

    assert "▲" in line
    assert "500 KeyError" in line


def test_words_stand_before_a_bar_that_ends_at_the_edge() -> None:
    late = segment("late", 1.8, 2.0, **FAULT)

    assert drawn(trace(segment("all", 0, 2, late)), 80)["late"].rstrip().endswith("500 KeyError  ██████")


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        (segment("x", 0.1, None, in_progress=True), "▶ running"),
        (segment("x", 0.1, 0.2, retries=2), "2 retries"),
        (segment("x", 0.1, 0.2, adopted=True), "parent missing"),
        (segment("x", 0.1, None), "end unknown"),
        (segment("x", 0.1, 0.2, namespace="remote"), "remote"),
        (segment("x", 0.1, 0.2, kind=SegmentKind.SERVICE), "x (service)"),
        (segment("x", 0.1, 0.2, name="", operation=None), "–"),
    ],
)
def test_whatever_is_odd_about_a_row_is_told(odd: Segment, told: str) -> None:
    assert told in drawn(trace(odd), 140)["x"]


def test_bars_keep_twenty_cells_however_long_the_names_are() -> None:
    whole = trace(segment("x", 0, 2, name="n" * 300))

    assert drawn(whole, 74)["x"].count("█") >= 20


def test_init_that_began_before_the_trace_begins_at_its_edge() -> None:
    assert "█████" in drawn(trace(segment("x", -500, 1.0, kind=SegmentKind.INIT)), 80)["x"]


def test_a_trace_without_a_length_is_drawn() -> None:
    assert "▏" in drawn(trace(segment("x", 0, 0), seconds=0), 80)["x"]


# The widget


class Host(App[None]):
    CSS_PATH = "../../lambdatop/ui/lambdatop.tcss"

    def compose(self) -> ComposeResult:
        yield Waterfall()


class Driver(Struct, frozen=True):
    waterfall: Waterfall
    pilot: Pilot[None]

    @property
    def keys(self) -> list[str]:
        return [row.key for row in self.waterfall.rows]

    async def click(self, key: str, x: int, times: int = 1) -> None:
        """Click on a row, so many cells from the left of its name's column."""
        await self.pilot.click(Waterfall, offset=(2 + x, 1 + self.keys.index(key)), times=times)


@asynccontextmanager
async def shown(
    whole: Trace, critical: Sequence[CriticalStretch] = (), named: frozenset[str] = frozenset()
) -> AsyncIterator[Driver]:
    async with Host().run_test(size=(120, 30)) as pilot:
        waterfall = pilot.app.query_one(Waterfall)
        waterfall.focus()
        waterfall.show_trace(whole, (), named)
        await pilot.pause()
        yield Driver(waterfall, pilot)


async def test_errors_are_gone_through_in_a_round_and_opened_up() -> None:
    async with shown(checkout(calls=RUN)) as driver:
        driver.waterfall.turn()
        assert driver.keys == ["service"]

        assert driver.waterfall.go_to_error(1)
        assert driver.waterfall.cursor_key == "query last"
        driver.waterfall.go_to_error(1)
        assert driver.waterfall.cursor_key == "query last"


async def test_the_bottleneck_is_gone_to_call_by_call() -> None:
    async with shown(checkout(), named=frozenset({"query 0", "query 1"})) as driver:
        visited = []
        for _ in range(3):
            driver.waterfall.go_to_bottleneck()
            visited.append(driver.waterfall.cursor_key)

    assert visited == ["query 0", "query 1", "query 0"]


async def test_without_errors_or_a_bottleneck_nothing_moves() -> None:
    async with shown(trace(segment("x", 0, 1))) as driver:
        assert not driver.waterfall.go_to_error(1)
        assert not driver.waterfall.go_to_bottleneck()


async def test_fold_closes_and_then_goes_up_and_unfold_opens_and_then_goes_in() -> None:
    async with shown(checkout()) as driver:
        driver.waterfall.move_to("init")
        driver.waterfall.fold()
        assert driver.waterfall.cursor_key == "function"
        driver.waterfall.fold()
        assert driver.keys == ["service", "function"]
        driver.waterfall.unfold()
        driver.waterfall.unfold()

        assert driver.waterfall.cursor_key == "init"


async def test_read_anew_it_keeps_the_cursor_and_what_was_closed() -> None:
    begun = trace(segment("function", 0, None, segment("a", 0, 1), segment("b", 1, None, in_progress=True)))
    ended = trace(segment("function", 0, 2, segment("a", 0, 1), segment("b", 1, 2), segment("c", 1, 2)))
    async with shown(begun) as driver:
        driver.waterfall.move_to("b")
        driver.waterfall.show_trace(ended, (), frozenset())
        assert driver.waterfall.cursor_key == "b"
        driver.waterfall.move_to("function")
        driver.waterfall.turn()
        driver.waterfall.show_trace(begun, (), frozenset())

        assert driver.keys == ["function"]


async def test_another_trace_begins_at_its_top_and_open() -> None:
    async with shown(checkout()) as driver:
        driver.waterfall.move_to("function")
        driver.waterfall.turn()
        driver.waterfall.show_trace(replace(checkout(), id="1-2-3"), (), frozenset())

        assert driver.waterfall.cursor_key == "service"
        assert "init" in driver.keys


async def test_a_click_on_the_sign_opens_and_closes_and_elsewhere_selects() -> None:
    async with shown(checkout()) as driver:
        await driver.click("init", 8)
        assert driver.waterfall.cursor_key == "init"
        await driver.click("function", 2)
        assert driver.keys == ["service", "function"]
        await driver.click("function", 2)
        assert "init" in driver.keys
        await driver.click("function", 9)

        assert "init" in driver.keys
        assert driver.waterfall.cursor_key == "function"


async def test_only_what_is_in_view_is_drawn() -> None:
    calls = [segment(f"s{number}", 0, 1, name=f"call {number}") for number in range(2_000)]
    async with shown(trace(*calls)) as driver:
        assert len(driver.waterfall._strips) < 100
        driver.waterfall.action_last()
        await driver.pilot.pause()

        assert len(driver.waterfall._strips) < 100
        assert driver.waterfall.cursor_key == "s1999"
