"""Where a function's time goes, as a user sees it: shares, what sets the slowest apart, the map around it."""

import pytest

from lambdatop.config import Config
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.ui.panes.downstream import DownstreamPane
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.widgets.table import Table
from tests.ui.driving import Driver, driving

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def opened(driver: Driver, *keys: str) -> None:
    """Until the sample and the map have been read."""
    await driver.on_screen(FunctionScreen)
    await driver.press(*keys)
    await driver.until(lambda: driver.app.state.seen.downstream and not driver.app.state.seen.downstream.edges_counted)


@pytest.mark.parametrize("size", [(80, 24), (150, 42)])
async def test_time_is_told_by_downstream_with_the_map_around_it(account: Emulator, size: tuple[int, int]) -> None:
    async with driving(account.url, size=size, config=Config(function="checkout-api")) as driver:
        await opened(driver, "d")

        await driver.sees("─ downstream · 50 traces · p50 ", "p99 and p50 are both spent in DynamoDB Query orders, ×")
        await driver.sees("WHAT", "SHARE %", "P50 EACH", "P99 EACH", "checkout-api's own code")
        await driver.sees("SERVICE MAP", "▲ checkout-api", "└─ ● DynamoDB")


async def test_what_sets_the_slowest_apart_is_named(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="shipping-quote-api")) as driver:
        await opened(driver, "d")

        await driver.sees("p99 is spent in init; p50 in shipping-quote-api's own code")


async def test_where_there_is_little_room_the_shares_come_before_the_map(account: Emulator) -> None:
    async with driving(account.url, size=(120, 40), config=Config(function="checkout-api")) as driver:
        await opened(driver, "5", "6", "7")
        pane = driver.one(DownstreamPane)

        await driver.until(lambda: pane.size.height < 12 and "DynamoDB Query orders" in driver.text())
        assert not pane.query_one(".map", Table).size.area


async def test_a_map_that_is_refused_is_counted_in_the_traces(account: Emulator) -> None:
    account.faults["xray.GetServiceGraph"] = Fault.denied()

    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("d")

        await driver.sees("map counted in these traces", "SERVICE MAP", "└─ ● orders")
