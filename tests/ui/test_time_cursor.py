"""The one time cursor: every chart shows it, log, invocations and traces follow it, and Escape lets it go again."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.marks import Change, ChangeKind
from lambdatop.model.focus import Focus
from lambdatop.model.metrics import Window
from lambdatop.ui.panes.charts import ChartsPane
from lambdatop.ui.panes.cold_starts import StartsPane
from lambdatop.ui.panes.insights import InsightsPane
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.screens.fleet import REST_S, FleetScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.widgets.charts import Chart
from lambdatop.updates import ChangesFound
from tests.ui.driving import AT, Driver, driving

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "image-resize"
OPENED = Config(function=NAME)
PAUSES = 5


def minute(hour: int, minute: int) -> Window:
    start = datetime(2026, 10, 1, hour, minute, tzinfo=UTC)
    return Window(start, start + timedelta(minutes=1))


async def opened(driver: Driver) -> None:
    """The function's screen, every pane answered, the charts with the keyboard."""
    await driver.on_screen(FunctionScreen)
    app = driver.app
    await driver.until(lambda: any(pane.has_focus for pane in app.screen.query(ChartsPane)) and app.state.seen.charts)
    if app.size.width > 110:
        await driver.until(lambda: app.state.seen.log and app.state.seen.traces)


async def pointed(driver: Driver) -> Focus:
    """The fleet with the time cursor on a minute of the selected function; what is in focus then."""
    await driver.until(driver.has_answers)
    driver.one(ChartsPane).focus()
    await driver.press("left", "enter")
    return driver.app.state.focus


async def at_rest(driver: Driver, account: Emulator) -> None:
    """Traces and charts are shown as they come; wait until no more of them are asked for."""
    seen = -1
    while seen != (seen := account.calls["xray.GetTraceSummaries"] + account.calls["cloudwatch.GetMetricData"]):
        for _ in range(PAUSES):
            await driver.pilot.pause()


async def test_the_cursor_stands_on_every_chart_with_its_time_and_the_values_then(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await opened(driver)
        await driver.press("left", "left")

        charts = [chart for chart in driver.app.screen.query(Chart) if chart.size.area]
        assert {chart._plot.cursor for chart in charts if chart._plot} == {minute(11, 58).start.timestamp()}
        await driver.until(lambda: driver.text().count(" 11:58 ") >= len(charts))


async def test_log_invocations_and_traces_follow_once_it_rests_and_go_on_live_after_it(account: Emulator) -> None:
    async with driving(account.url, size=(200, 60), config=OPENED) as driver:
        await opened(driver)
        live = driver.app.state.seen.log
        pressed = time.monotonic()
        await driver.press("left", "left")
        assert driver.app.state.seen.log is live or time.monotonic() - pressed >= REST_S  # it does not rest yet
        await driver.sees("─ log · image-resize · 11:58 ·", "─ invocations · 11:58 ·", "─ traces · 11:58 ·")
        await driver.until(lambda: driver.app.state.seen.log and driver.app.state.seen.log.tail.whole)
        state = driver.app.state
        assert state.seen.log
        assert state.seen.traces
        moment = minute(11, 58)
        assert all(moment.start <= line.timestamp < moment.end for line in state.seen.log.lines)
        assert all(trace.start and moment.start <= trace.start < moment.end for trace in state.seen.traces)
        await driver.press("escape")

        await driver.sees("─ log · image-resize · following")
        assert driver.app.state.focus.moment is None
        assert driver.app.state.seen.log is live


async def test_a_cursor_that_goes_on_asks_for_where_it_rests_alone(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await opened(driver)
        await at_rest(driver, account)
        account.calls.clear()
        await driver.hold("left", 8)
        await driver.until(lambda: driver.app.state.focus.moment)
        await driver.until(lambda: driver.app.state.seen.traces is not None and driver.app.state.seen.log)

        assert driver.app.state.focus.moment == minute(11, 52)
        assert account.calls["xray.GetTraceSummaries"] == 1
        assert account.calls["cloudwatch.GetMetricData"] == 0


@pytest.mark.parametrize(
    ("keys", "moment"),
    [
        (["left", "enter"], minute(11, 59)),
        (["left", "shift+left", "right", "enter"], minute(11, 50)),
        (["home", "enter"], minute(9, 1)),
        (["home", "end", "enter"], minute(12, 0)),
        (["left", "ctrl+left", "ctrl+right", "enter"], minute(11, 59)),
    ],
)
async def test_keys_move_the_cursor_and_enter_asks_at_once(account: Emulator, keys: list[str], moment: Window) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await opened(driver)
        await driver.press(*keys)

        assert driver.app.state.focus.moment == moment


async def test_a_click_on_a_chart_points_at_that_time(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await opened(driver)
        chart = driver.one(ChartsPane).query(Chart).first()
        await driver.pilot.click(chart, offset=(chart.size.width // 2, 2))
        await driver.until(lambda: driver.app.state.focus.moment)

        moment = driver.app.state.focus.moment
        assert moment is not None
        assert moment.seconds == 60
        assert AT - timedelta(hours=3) < moment.start < AT


async def test_the_moment_holds_while_panes_are_opened_and_escape_leads_back_step_by_step(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await opened(driver)
        await driver.press("left", "x")
        await driver.sees("─ traces · 11:59 ·")
        await driver.press("escape", "l")
        await driver.sees("─ log · image-resize · 11:59 ·")
        await driver.press("escape")
        assert driver.app.state.focus.moment == minute(11, 59)
        await driver.press("escape")
        assert driver.app.state.focus.moment is None
        await driver.on_screen(FunctionScreen)
        await driver.press("escape")

        await driver.on_screen(FleetScreen)


async def test_with_the_log_on_the_whole_screen_the_arrows_still_move_it(account: Emulator) -> None:
    async with driving(account.url, size=(80, 24), config=OPENED) as driver:
        await opened(driver)
        await driver.press("l", "left")
        await driver.sees("─ log · image-resize · 11:59 ·")
        await driver.press("left")

        await driver.sees("─ log · image-resize · 11:58 ·")


async def test_another_function_lets_the_moment_go(account: Emulator) -> None:
    async with driving(account.url) as driver:
        before = await pointed(driver)
        assert before.moment == minute(11, 59)
        driver.table.focus()
        await driver.press("down")
        await driver.until(lambda: driver.app.state.focus.function != before.function)

        assert driver.app.state.focus.moment is None
        assert driver.app.state.focus.cursor is None


async def test_another_function_that_becomes_sicker_lets_it_be(account: Emulator) -> None:
    async with driving(account.url) as driver:
        before = await pointed(driver)
        driver.app.fleet_screen.action_sort("name")  # as good as another one become sicker: the first row is another
        rest = time.monotonic() + 3 * REST_S
        await driver.until(lambda: driver.names[0] != before.function and time.monotonic() > rest)

        assert driver.app.state.focus == before
        assert driver.table.cursor_key == before.function


async def test_while_paused_the_cursor_goes_and_asks_nothing(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await opened(driver)
        await driver.press("p")
        account.calls.clear()
        await driver.press("left", "enter")
        assert (driver.app.state.focus.cursor, driver.app.state.focus.moment) == (minute(11, 59), None)
        assert not account.calls
        await driver.press("p")

        await driver.sees("─ log · image-resize · 11:59 ·")


async def test_the_window_steps_back_and_forth_and_everything_is_of_it(account: Emulator) -> None:
    async with driving(account.url, size=(200, 60), config=OPENED) as driver:
        await opened(driver)
        await driver.press("left_square_bracket")
        await driver.sees(
            f"─ {NAME} · 07:31–10:31 · per min",
            "─ log · image-resize · until 10:31 · ",
            "─ invocations · until 10:31 · ",
            "─ traces · 07:31–10:31 · ",
        )
        state = driver.app.state
        assert state.seen.charts
        assert state.seen.log
        assert state.seen.traces
        assert state.seen.charts.window.end == datetime(2026, 10, 1, 10, 31, tzinfo=UTC)
        assert all(line.timestamp < state.seen.charts.window.end for line in state.seen.log.lines)
        assert all(trace.start and trace.start < state.seen.charts.window.end for trace in state.seen.traces)
        await driver.press("right_square_bracket")

        await driver.sees(f"─ {NAME} · 3 h · per min", "─ log · image-resize · following")


async def test_nought_leads_back_to_the_present_from_wherever_one_is(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await opened(driver)
        await driver.press(*["left_square_bracket"] * 3, "minus", "left", "enter")
        await driver.sees(f"─ {NAME} · 06:31–07:31 · per min", "─ log · image-resize · 07:30 ·")
        await driver.press("0")

        await driver.sees(f"─ {NAME} · 1 h · per min", "─ log · image-resize · following")
        assert driver.app.state.focus.until is None


async def test_a_moment_that_is_not_in_the_new_window_is_let_go(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await opened(driver)
        await driver.press("left", "enter", "plus")
        assert driver.app.state.focus.moment == minute(11, 59)
        await driver.press("left_square_bracket")

        await driver.until(lambda: driver.app.state.focus.moment is None)


async def test_the_fleet_looks_at_the_present_after_a_window_that_was_past(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await opened(driver)
        await driver.press("left_square_bracket", "escape")
        await driver.on_screen(FleetScreen)

        await driver.until(lambda: driver.app.state.focus.until is None)


async def test_the_deployment_is_marked_on_every_chart_where_the_errors_begin(account: Emulator) -> None:
    async with driving(account.url, size=(200, 60), config=Config(function="checkout-api")) as driver:
        await opened(driver)
        await driver.until(lambda: driver.app.state.seen.changes)
        charts = [chart for chart in driver.app.screen.query(Chart) if chart.size.area]
        await driver.until(lambda: driver.text().count("live → 42") == len(charts))

        state = driver.app.state
        assert state.seen.charts
        errors = state.seen.charts.series["errors"]
        begun = next(i for i, value in enumerate(errors.values) if (value or 0) > 100)
        deployed = state.seen.changes[-1]
        assert deployed.label == "live → 42"
        assert errors.start + 60 * begun <= deployed.at.timestamp() < errors.start + 60 * (begun + 1)


async def test_an_alias_moved_meanwhile_is_marked(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await opened(driver)
        await driver.until(lambda: driver.app.state.seen.changes)
        driver.app.take(
            ChangesFound("checkout-api", (Change(AT - timedelta(minutes=40), ChangeKind.ALIAS, "live → 41"),))
        )

        await driver.sees("live → 41")


@pytest.mark.parametrize(("key", "pane"), [("n", InsightsPane), ("S", StartsPane)])
async def test_the_charts_of_insights_and_cold_starts_have_the_same_cursor_and_move_it(
    account: Emulator, key: str, pane: type[Pane]
) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await opened(driver)
        await driver.press("left", "enter", key)
        await driver.until(lambda: driver.one(pane).has_focus_within)
        await driver.until(lambda: any(chart._plot for chart in driver.one(pane).query(Chart)))
        await driver.press("left", "enter")

        plots = [chart._plot for chart in driver.one(pane).query(Chart) if chart.size.area]
        await driver.until(lambda: driver.app.state.focus.cursor == minute(11, 58))
        assert plots
        assert {plot.cursor for plot in plots if plot} == {minute(11, 58).start.timestamp()}
