"""One trace on the whole screen: ways in and out, rows, keys, and what is said when something is missing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from msgspec.structs import replace
from textual.widgets import Static

from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.model.traces.segments import Trace
from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.model.traces.waterfall_rows import RUN
from lambdatop.ui.app import LambdatopApp
from lambdatop.ui.messages import RequestWanted
from lambdatop.ui.panes.traces import TracesPane
from lambdatop.ui.screens.fleet import FleetScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.screens.segment import SegmentScreen
from lambdatop.ui.screens.trace import TraceScreen
from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.ui.widgets.table import Table
from lambdatop.ui.widgets.waterfall import Waterfall
from lambdatop.updates import TraceRead, TracesArrived
from tests.ui.driving import AT, Driver, driving
from tests.ui.trees import ID, checkout, segment, trace

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "checkout-api"
OPENED = Config(function=NAME)
IDS = (ID, "1-6ac7d553-000000000000000000000001", "1-6ac7d552-000000000000000000000002")


def summary(place: int, id: str) -> TraceSummary:
    """A trace so many minutes ago."""
    return TraceSummary(
        id=id,
        start=AT - timedelta(minutes=place),
        duration_s=2.0,
        response_time_s=2.0,
        status=TraceStatus.FAULT,
        method="GET",
        url="https://api.shop.example/cart",
        http_status=502,
    )


@asynccontextmanager
async def listed(account: Emulator, size: tuple[int, int] = (150, 42)) -> AsyncIterator[Driver]:
    """The function's traces with the whole screen: three, and nothing arrives any more."""
    async with driving(account.url, size=size, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("x")  # in a narrow screen they are asked for once they are in view
        await driver.until(lambda: driver.app.state.seen.traces and driver.one(TracesPane).has_focus_within)
        await driver.press("p")
        driver.app.take(TracesArrived(NAME, tuple(summary(place, id) for place, id in enumerate(IDS))))
        await driver.pilot.pause()
        yield driver


@asynccontextmanager
async def opened(account: Emulator, whole: Trace, size: tuple[int, int] = (150, 42)) -> AsyncIterator[Driver]:
    """The first of the three traces opened and read."""
    async with listed(account, size) as driver:
        await driver.press("enter")
        await driver.on_screen(TraceScreen)
        driver.app.take(TraceRead(NAME, whole))
        await driver.until(lambda: waterfall(driver).rows)
        yield driver


def waterfall(driver: Driver) -> Waterfall:
    return driver.one(Waterfall)


def keys(driver: Driver) -> list[str]:
    return [row.key for row in waterfall(driver).rows]


def details(driver: Driver) -> str:
    """The text of the details that are open, all of it."""
    shown = driver.one(LogLines)._paging.shown
    return "\n".join(
        "".join(text for text, _ in driver.one(LogLines)._style(shown.number(at))) for at in range(len(shown))
    )


async def test_enter_on_a_trace_opens_it_and_escape_leads_back(account: Emulator) -> None:
    async with opened(account, checkout()) as driver:
        assert driver.app.state.focus.trace_id == ID
        await driver.sees("─ trace 1-6ac7d554-62c6… · 2.00 s", "1 of 3", "SEGMENT", "Initialization"[:4])
        await driver.press("escape")
        await driver.on_screen(FunctionScreen)

        assert driver.app.state.focus.trace_id is None
        assert driver.one(TracesPane).has_focus_within


async def test_a_trace_opens_from_the_fleets_pane_too(account: Emulator) -> None:
    async with driving(account.url) as driver:
        await driver.until(lambda: driver.app.state.seen.traces)
        driver.one(TracesPane).enter()
        await driver.until(lambda: driver.one(TracesPane).has_focus_within)
        await driver.press("enter")
        await driver.on_screen(TraceScreen)
        await driver.press("q")

        await driver.on_screen(FleetScreen)


async def test_the_bottleneck_is_named_and_its_rows_are_marked(account: Emulator) -> None:
    async with opened(account, checkout()) as driver:
        await driver.sees("75 % of 2.00 s is DynamoDB Query orders: 3 calls one after another")
        await driver.press("b")

        assert waterfall(driver).cursor_key == "query 0"


async def test_the_critical_path_is_bright_and_what_ran_beside_it_is_not(account: Emulator) -> None:
    async with opened(account, checkout()) as driver:
        view = waterfall(driver)
        look = view.look()

        def colours(key: str) -> set[object]:
            strip = view.strip_at(1 + keys(driver).index(key))
            return {piece.style.color for piece in strip if piece.style and "█" in piece.text}

        assert colours("query 1") == {look["accent"].color}
        assert colours("init") == {look["warn"].color}
        assert colours("quick") == {look["faint"].color}


async def test_enter_opens_all_that_is_known_of_a_segment(account: Emulator) -> None:
    async with opened(account, checkout()) as driver:
        await driver.press("e", "enter")
        await driver.on_screen(SegmentScreen)
        told = details(driver)
        for words in (
            "0.50 s",
            "1.40 s into the trace",
            "▲ fault",
            "500",
            "▲ KeyError: 'sku'",
            "at handler (app.py:12)",
        ):
            assert words in told
        await driver.press("y")
        assert "KeyError" in driver.app.clipboard
        await driver.press("escape")

        await driver.on_screen(TraceScreen)


async def test_enter_opens_a_run_and_space_closes_it(account: Emulator) -> None:
    async with opened(account, checkout(calls=RUN)) as driver:
        await driver.sees(f"{RUN} × DynamoDB Query orders")
        waterfall(driver).move_to("run query 0")
        await driver.press("enter")
        assert "query 1" in keys(driver)
        await driver.press("space")

        assert "query 1" not in keys(driver)


async def test_left_and_right_close_and_open(account: Emulator) -> None:
    async with opened(account, checkout()) as driver:
        await driver.press("down", "left")
        assert keys(driver) == ["service", "function"]
        await driver.press("right", "right")

        assert waterfall(driver).cursor_key == "init"


async def test_the_row_under_the_cursor_is_told_in_full(account: Emulator) -> None:
    async with opened(account, checkout(), size=(80, 24)) as driver:
        await driver.press("E")

        await driver.sees("DynamoDB Query orders · 0.50 s · at 1.40 s · ▲ 500 KeyError · 'sku'")


async def test_n_goes_through_the_traces_of_the_list_and_stops_at_its_ends(account: Emulator) -> None:
    async with opened(account, checkout()) as driver:
        seen = []
        for key in ("n", "J", "n", "N", "K", "K"):
            await driver.press(key)
            seen.append(driver.app.state.focus.trace_id)
        assert seen == [IDS[1], IDS[2], IDS[2], IDS[1], IDS[0], IDS[0]]
        assert len([screen for screen in driver.app.screen_stack if isinstance(screen, TraceScreen)]) == 1


async def test_n_goes_through_the_list_as_it_was_filtered_and_sorted(account: Emulator) -> None:
    async with listed(account) as driver:
        lasting = zip(IDS, (1.0, 3.0, 2.0), strict=True)
        driver.app.take(
            TracesArrived(NAME, tuple(replace(summary(n, id), duration_s=s) for n, (id, s) in enumerate(lasting)))
        )
        await driver.press("e", "s", "enter")
        await driver.on_screen(TraceScreen)
        await driver.sees("1 of 3")
        seen = []
        for key in ("n", "n", "N"):
            await driver.press(key)
            seen.append(driver.app.state.focus.trace_id)

        assert seen == [IDS[2], IDS[0], IDS[2]]


async def test_a_trace_that_is_not_read_yet_shows_nothing_of_the_one_before(account: Emulator) -> None:
    async with opened(account, checkout()) as driver:
        await driver.press("n")
        await driver.sees("─ trace 1-6ac7d553-0000… · 2.00 s · fault · GET /cart · 2 of 3", "nothing is asked")

        assert not waterfall(driver).rows


async def test_o_asks_for_the_log_lines_of_the_request(account: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[RequestWanted] = []
    monkeypatch.setattr(LambdatopApp, "on_request_wanted", lambda app, message: asked.append(message), raising=False)
    async with opened(account, checkout()) as driver:
        await driver.press("b", "o")
        await driver.until(lambda: asked)

    assert (asked[0].request_id, asked[0].around) == ("8f50", AT + timedelta(seconds=0.4))


async def test_y_copies_the_traces_id(account: Emulator) -> None:
    async with opened(account, checkout()) as driver:
        await driver.press("y")

        assert driver.app.clipboard == ID


async def test_what_is_in_progress_says_so_until_it_has_ended(account: Emulator) -> None:
    begun = trace(segment("function", 0, None, segment("call", 1, None, in_progress=True), in_progress=True))
    async with opened(account, begun) as driver:
        await driver.sees("in progress", "▶ running")
        await driver.press("down")
        driver.app.take(TraceRead(NAME, trace(segment("function", 0, 2, segment("call", 1, 1.5)))))
        await driver.until(lambda: "▶ running" not in driver.text())
        await driver.sees("· ok ·", "0.50 s")

        assert waterfall(driver).cursor_key == "call"


@pytest.mark.parametrize(
    ("whole", "told"),
    [
        (trace(), "X-Ray does not have this trace"),
        (trace(unreadable=3), "3 documents are malformed and not shown"),
        (trace(segment("x", 0, 1), unreadable=1), "1 document is malformed and not shown"),
        (trace(segment("x", 0, 1), limited=True), "X-Ray keeps 500 KB of a trace"),
    ],
    ids=["gone", "malformed", "partly malformed", "limited"],
)
async def test_what_is_missing_is_said_in_words(account: Emulator, whole: Trace, told: str) -> None:
    async with listed(account, (80, 24)) as driver:
        await driver.press("enter")
        await driver.on_screen(TraceScreen)
        driver.app.take(TraceRead(NAME, whole))

        await driver.until(lambda: told in " ".join(str(each.content) for each in driver.app.screen.query(Static)))


@pytest.mark.parametrize("size", [(20, 5), (40, 12), (80, 24), (200, 60), (1, 1)])
async def test_every_size_of_terminal_is_survived(account: Emulator, size: tuple[int, int]) -> None:
    async with opened(account, checkout()) as driver:
        await driver.pilot.resize_terminal(*size)
        await driver.press("j", "b", "e", "space", "enter", "escape")
        lines = driver.lines()

        assert len(lines) == size[1]
        assert max(map(len, lines)) <= size[0]


async def test_the_palette_leads_from_a_trace_to_another_function(account: Emulator) -> None:
    async with opened(account, checkout()) as driver:
        await driver.press("colon", *"image-resize")
        await driver.sees("image-resize")
        await driver.press("enter")
        await driver.until(lambda: driver.app.state.focus.function == "image-resize")

        await driver.on_screen(FunctionScreen)
        assert driver.app.state.focus.trace_id is None


# The list


def various() -> tuple[TraceSummary, ...]:
    """Twenty traces: the first failed, the second was cold, the third is slow, the fourth in progress."""
    fine = [replace(summary(place, f"1-{place}-x"), status=TraceStatus.OK, duration_s=0.1) for place in range(20)]
    fine[0] = replace(fine[0], status=TraceStatus.FAULT, cause="KeyError")
    fine[1] = replace(fine[1], cold=True)
    fine[2] = replace(fine[2], duration_s=5.0)
    fine[3] = replace(fine[3], in_progress=True)
    return tuple(fine)


@asynccontextmanager
async def several(account: Emulator, size: tuple[int, int] = (150, 42)) -> AsyncIterator[Driver]:
    async with listed(account, size) as driver:
        driver.app.take(TracesArrived(NAME, various()))
        await driver.sees("─ traces · 20 ─")
        yield driver


def shown(driver: Driver) -> list[str]:
    """The ids of the traces in the list."""
    table: Table[TraceSummary] = driver.one(TracesPane).query_one(Table)
    return [trace.id for trace in table.rows]


@pytest.mark.parametrize(
    ("key", "id", "title"),
    [
        ("e", "1-0-x", "errors · 1 of 20"),
        ("f", "1-2-x", "slow, 5.00 s and more · 1 of 20"),
        ("c", "1-1-x", "cold starts · 1 of 20"),
    ],
)
async def test_a_filter_shows_some_traces_says_so_and_is_cleared(
    account: Emulator, key: str, id: str, title: str
) -> None:
    async with several(account) as driver:
        await driver.press(key)
        await driver.sees(f"─ traces · {title}")
        chosen = shown(driver)
        assert id in chosen
        assert len(chosen) <= 2
        await driver.press(key)
        assert len(shown(driver)) == 20
        await driver.press(key, "escape")

        assert len(shown(driver)) == 20
        assert isinstance(driver.app.screen, FunctionScreen)


async def test_filters_that_leave_nothing_say_how_to_see_all_again(account: Emulator) -> None:
    async with several(account) as driver:
        await driver.press("e", "c")

        await driver.sees("errors · cold starts · 0 of 20", "Esc shows all")


async def test_traces_are_sorted_by_duration_and_by_time_again(account: Emulator) -> None:
    async with several(account) as driver:
        await driver.press("s")
        assert shown(driver)[0] == "1-2-x"
        await driver.press("s")

        assert shown(driver)[0] == "1-0-x"


@pytest.mark.parametrize("size", [(80, 24), (150, 42)])
async def test_the_list_tells_what_is_odd_about_a_trace(account: Emulator, size: tuple[int, int]) -> None:
    async with several(account, size) as driver:
        await driver.sees("KeyError", "cold", "running", "GET /cart", "5.00 s", "▲", "▶")


async def test_a_function_without_tracing_tells_how_to_switch_it_on() -> None:
    untraced = Config(function="audit-writer")
    async with (
        Emulator(functions=20, clock=AT.timestamp) as emulator,
        driving(emulator.url, config=untraced) as driver,
    ):
        await driver.on_screen(FunctionScreen)
        await driver.press("x")

        await driver.sees("X-Ray tracing is off", "aws lambda update-function-configuration")
