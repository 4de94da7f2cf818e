"""The charts of a function: which there are, in which order they get room, and that none is ever blank."""

import pytest

from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.ui.panes.charts import MEASURED, ChartsPane
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.widgets.charts import Chart
from tests.ui.driving import AT, Driver, driving

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = [
    {"invoked", "errors"},
    {"p99", "p95", "p50"},
    {"errors", "throttled"},
    {"concurrent"},
    {"$/h"},
    {"used", "of"},
    {"cold", "concurrent"},
    {"init"},
]


def drawn(driver: Driver) -> list[set[str]]:
    """The names of the lines of each chart that is seen."""
    charts = [chart for chart in driver.one(ChartsPane).query(Chart) if chart.size.area]
    return [{line.name for line in chart._plot.lines} for chart in charts if chart._plot is not None]


async def test_where_there_is_room_memory_and_cold_starts_follow_what_cloudwatch_measures(account: Emulator) -> None:
    async with driving(account.url, size=(200, 60), config=Config(function="payment-capture")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: drawn(driver) == NAMES)

        await driver.sees("per min · memory and cold starts from REPORT lines", "$/h", "used", "cold")


async def test_with_little_room_nothing_is_counted_that_is_not_seen(account: Emulator) -> None:
    async with driving(account.url, size=(80, 24), config=Config(function="payment-capture")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.app.state.seen.charts)
        await driver.until(lambda: drawn(driver) == NAMES[: len(drawn(driver))])

        assert len(drawn(driver)) < MEASURED
        assert driver.app.state.seen.starts is None


async def test_a_chart_on_the_whole_screen_has_room_for_all(account: Emulator) -> None:
    async with driving(account.url, size=(120, 40), config=Config(function="payment-capture")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.one(ChartsPane).has_focus)
        await driver.press("z")

        await driver.until(lambda: drawn(driver) == NAMES)


async def test_reserved_concurrency_is_drawn_where_it_is_near(account: Emulator) -> None:
    async with driving(account.url, size=(200, 60), config=Config(function="orders-consumer")) as driver:
        await driver.on_screen(FunctionScreen)

        await driver.sees("reserved 50")


async def test_a_function_that_was_not_invoked_has_no_blank_charts_but_a_word() -> None:
    async with (
        Emulator(functions=142, clock=AT.timestamp) as emulator,
        driving(emulator.url, config=Config(function="admin-handler")) as driver,
    ):
        await driver.on_screen(FunctionScreen)

        await driver.sees("not invoked in this window")
