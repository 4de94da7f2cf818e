"""One function on the whole screen: its charts, log and traces, the keys that arrange them, and the ways in and out."""

import time
from functools import partial

import pytest

from lambdatop.clock import SystemClock
from lambdatop.config import Config
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.logs.line import LogLine
from lambdatop.model.time_window import WINDOWS_MINUTES
from lambdatop.state import State
from lambdatop.ui.messages import PaneName
from lambdatop.ui.panes.charts import MEASURED, ChartsPane
from lambdatop.ui.panes.log.pane import LogPane
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.panes.traces import TracesPane
from lambdatop.ui.screens.fleet import REST_S, FleetScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.widgets.charts import Chart
from lambdatop.ui.widgets.loglines import LogLines
from tests.ui.conftest import FUNCTIONS
from tests.ui.driving import Driver, driving, measured

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "checkout-api"
OPENED = Config(function=NAME)
PANES: dict[PaneName, type[Pane]] = {"charts": ChartsPane, "log": LogPane, "traces": TracesPane}


def shown_panes(driver: Driver) -> set[str]:
    return {name for name, kind in PANES.items() if driver.one(kind).size.area}


def has_the_screen(driver: Driver, pane: PaneName) -> bool:
    """True if one pane is all that is shown, and has the keyboard."""
    return shown_panes(driver) == {pane} and driver.one(PANES[pane]).has_focus_within


def drawn(driver: Driver) -> int:
    """How many charts have room."""
    return sum(bool(chart.size.area) for chart in driver.app.screen.query(Chart))


async def test_opened_by_name_it_shows_what_the_function_is_and_how_it_does(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.sees(
            f"▲! {NAME}  python3.13 · x86_64 · 1,024 MB · timeout 15 s · tracing on",
            "errors ×15 since deployment, 11:47",
            f"─ {NAME} · 3 h · per min",
            "p99 3.0 s",
            f"─ log · {NAME} · following",
            "REPORT",
            "─ traces · ",
        )

        # with memory, for which there is room, once it has been counted
        await driver.until(lambda: drawn(driver) in (MEASURED, MEASURED + 1))


async def test_what_it_is_and_how_it_does_is_told_in_whole_figures_however_narrow(account: Emulator) -> None:
    async with driving(account.url, size=(80, 24), config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.sees("errors 3,", "throttles 0   p95 1.7 s")
        narrow = driver.lines()[1:3]
        await driver.pilot.resize_terminal(150, 24)

        await driver.sees("x86_64 · 1,024 MB", "concurrent 33")
        assert "".join(narrow).count("…") == 0


def logged(driver: Driver) -> list[LogLine]:
    """The log as it is known."""
    log = driver.app.state.seen.log
    return list(log.lines) if log is not None else []


async def test_lines_that_are_written_meanwhile_arrive() -> None:
    async with (
        Emulator(functions=FUNCTIONS, clock=time.time) as emulator,
        driving(emulator.url, clock=SystemClock(), config=OPENED) as driver,
    ):
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: logged(driver))
        first = len(logged(driver))

        await driver.until(lambda: len(logged(driver)) > first)
        state = driver.app.state
        assert state.seen.log is not None
        assert len(state.seen.log.lines) == len({line.event_id for line in state.seen.log.lines})


async def test_plus_and_minus_change_the_window_of_the_charts_and_stop_at_the_ends(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("plus")
        await driver.sees(f"─ {NAME} · 12 h · per 5 min")
        await driver.until(
            lambda: driver.app.state.seen.charts and driver.app.state.seen.charts.window.seconds == 12 * 3600
        )
        await driver.press(*["minus"] * len(WINDOWS_MINUTES))
        await driver.until(
            lambda: driver.app.state.seen.charts and driver.app.state.seen.charts.window.seconds == 15 * 60
        )

        await driver.sees(f"─ {NAME} · 15 min · per min")


@pytest.mark.parametrize("keys", [["plus"], ["ctrl+r"], ["p", "p"]], ids=["another window", "refresh", "pause"])
async def test_asking_anew_shows_no_line_twice(account: Emulator, keys: list[str]) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: logged(driver))
        before = logged(driver)
        calls = account.calls["logs.FilterLogEvents"]
        await driver.press(*keys)
        await driver.until(lambda: account.calls["logs.FilterLogEvents"] > calls + 1)
        await driver.until(lambda: "logs" not in driver.app.state.health)

        assert logged(driver) == before


async def test_a_pause_amid_a_page_of_the_log_loses_no_line_and_doubles_none(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        app, paused_at = driver.app, list[int]()
        await driver.until(lambda: logged(driver))
        await driver.press("l", "6")
        await driver.until(lambda: app.state.focus.log_minutes == 60 and "every" in driver.text())
        whole = logged(driver)
        await driver.press("5")
        await driver.until(lambda: app.state.focus.log_minutes == 30)

        def pause_in_between(old: State, new: State) -> None:
            if new.seen.log is not old.seen.log and len(logged(driver)) > len(whole) // 2 and not paused_at:
                paused_at.append(len(logged(driver)))
                app.action_pause()

        app.watch(app, "state", pause_in_between, init=False)
        await driver.press("6")
        await driver.until(lambda: app.paused)
        at_rest = len(logged(driver))
        await driver.press("p")
        await driver.until(lambda: len(logged(driver)) >= len(whole) and "every" in driver.text())

        assert paused_at == [at_rest]
        assert at_rest < len(whole)
        assert logged(driver) == whole


async def test_while_paused_the_panes_of_another_function_tell_that_nothing_is_asked(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.until(driver.has_answers)
        await driver.press("p")
        await driver.sees("─ log · checkout-api · paused · p goes on ─")
        await driver.press("down")
        await driver.until(lambda: driver.app.state.focus.function == driver.names[1])

        await driver.until(lambda: driver.text().count("nothing is asked while paused") == len(PANES))
        assert "asking AWS" not in driver.text()
        await driver.press("p")
        await driver.until(lambda: "nothing is asked" not in driver.text())
        await driver.sees("─ log · ", " · following")


async def test_the_digits_show_and_hide_each_pane(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        shown = [shown_panes(driver)]
        for key in ("1", "2", "1", "2", "3"):
            await driver.press(key)
            shown.append(shown_panes(driver))

    assert shown == [
        {"charts", "log", "traces"},
        {"log", "traces"},
        {"traces"},
        {"charts", "traces"},
        {"charts", "log", "traces"},
        {"charts", "log"},
    ]


async def test_where_there_is_room_for_one_pane_it_stays_and_the_keyboard_goes_from_tab_to_tab(
    account: Emulator,
) -> None:
    async with driving(account.url, size=(80, 24), config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: has_the_screen(driver, "charts"))
        await driver.press("1")
        await driver.until(lambda: has_the_screen(driver, "charts"))
        await driver.press("2")
        await driver.until(lambda: shown_panes(driver) == {"log"})
        await driver.press("3")

        await driver.until(lambda: has_the_screen(driver, "traces"))


async def test_the_last_pane_stays_and_the_keyboard_leaves_one_that_is_closed(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.one(ChartsPane).has_focus_within and driver.app.state.seen.traces)
        await driver.press("1")
        await driver.until(lambda: driver.app.focused is not None and not driver.one(ChartsPane).has_focus_within)
        await driver.press("2", "4", "3")

        await driver.until(lambda: has_the_screen(driver, "traces"))


async def test_a_digit_leads_from_a_pane_on_the_whole_screen_to_another(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.app.state.seen.traces)
        await driver.press("x")
        await driver.until(lambda: has_the_screen(driver, "traces"))
        await driver.press("1")
        await driver.until(lambda: has_the_screen(driver, "charts"))
        await driver.press("1")

        await driver.until(lambda: shown_panes(driver) == {"charts", "log", "traces"})


@pytest.mark.parametrize("size", [(150, 42), (80, 24)])
async def test_a_pane_takes_the_whole_screen_and_the_keyboard_and_gives_them_back(
    account: Emulator, size: tuple[int, int]
) -> None:
    keys: dict[str, PaneName] = {"l": "log", "x": "traces", "z": "traces"}
    async with driving(account.url, size=size, config=OPENED) as driver:
        screen = await driver.on_screen(FunctionScreen)
        for key, pane in keys.items():
            for back in (key, "escape"):
                await driver.press(key)
                await driver.until(partial(has_the_screen, driver, pane))
                await driver.press(back)

                assert driver.app.screen is screen
                assert shown_panes(driver) == ({"charts", "log", "traces"} if size[0] > 100 else {pane})


async def test_a_log_opened_before_its_lines_have_come_takes_the_keyboard_when_they_do(account: Emulator) -> None:
    account.faults["logs.FilterLogEvents"] = Fault.delayed(2.0)
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("l")

        await driver.until(lambda: driver.one(LogLines).has_focus)


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_back_leads_to_the_fleet_and_from_there_out(account: Emulator, key: str) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press(key)
        await driver.on_screen(FleetScreen)
        await driver.until(lambda: len(driver.names) == FUNCTIONS)
        await driver.pilot.press("q")

        await driver.until(lambda: not driver.app.is_running)


async def test_a_function_opened_on_one_pane_goes_back_to_the_fleet_at_once(account: Emulator) -> None:
    async with driving(account.url) as driver:
        await driver.until(lambda: driver.names)
        await driver.press("l")
        await driver.on_screen(FunctionScreen)
        await driver.press("escape")

        await driver.on_screen(FleetScreen)


async def test_a_name_that_does_not_exist_ends_the_program_with_names_that_come_near(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="chekout-api")) as driver:
        await driver.until(lambda: not driver.app.is_running)

        assert str(driver.app.return_value).startswith(
            f"there is no function chekout-api in this account and Region; did you mean {NAME}"
        )


async def test_a_function_may_be_called_by_its_arn(account: Emulator) -> None:
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{NAME}"
    async with driving(account.url, config=Config(function=arn)) as driver:
        await driver.on_screen(FunctionScreen)

        assert driver.app.state.focus.function == NAME


async def test_y_copies_the_function_that_is_open(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="image-resize")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("y")

        assert driver.app.clipboard == "image-resize"


async def test_a_function_opened_by_name_stays_open_and_the_fleets_cursor_stands_on_it_then(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="image-resize")) as driver:
        await driver.on_screen(FunctionScreen)
        rest = time.monotonic() + 3 * REST_S
        await driver.until(lambda: time.monotonic() > rest and driver.has_answers())
        open_then = driver.app.state.focus.function
        await driver.press("escape")
        await driver.on_screen(FleetScreen)
        rest = time.monotonic() + 3 * REST_S
        await driver.until(lambda: time.monotonic() > rest)

        assert open_then == "image-resize"
        assert driver.names[0] != "image-resize"
        assert driver.table.cursor_key == driver.app.state.focus.function == "image-resize"


async def test_the_log_keeps_its_place_while_the_reader_has_scrolled_back(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: logged(driver))
        await driver.press("l", "g")
        await driver.sees("paused · G follows")
        await driver.press("G")

        await driver.sees("following")
