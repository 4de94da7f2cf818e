"""A pane that has the keyboard tells its keys in its frame; from one that has all the room a key leads to another."""

import pytest

from lambdatop.config import Config
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.ui.commands import Area, hints, remedy_key
from lambdatop.ui.panes.downstream import DownstreamPane
from lambdatop.ui.panes.log.pane import LogPane
from lambdatop.ui.panes.traces import TracesPane
from lambdatop.ui.screens.function import FunctionScreen
from tests.ui.driving import AT, driving

pytestmark = pytest.mark.asyncio(loop_scope="module")

TRACES_KEYS = " · ".join(hints(Area.TRACES))
OPENED = Config(function="checkout-api")


async def test_a_pane_tells_its_keys_while_it_has_the_keyboard(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.app.state.seen.traces and driver.app.state.seen.log)
        assert TRACES_KEYS not in driver.text()
        await driver.press("x")
        await driver.sees("Enter open · e errors · f slow · c cold · s sort")
        await driver.press("l")

        await driver.sees("/ search · f filter · v level")
        assert TRACES_KEYS not in driver.text()


@pytest.mark.parametrize("width", [60, 80, 100])
async def test_a_frame_tells_whole_words_however_narrow(account: Emulator, width: int) -> None:
    async with driving(account.url, size=(width, 24), config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("l")
        await driver.sees("following", "Enter open · / search")
        edges = [line for line in driver.lines() if line[:1] in "╭╰" and line]

        assert len(edges) == 2
        assert "…" not in "".join(edges)


async def test_a_pane_in_trouble_tells_that_instead(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("x")
        await driver.sees(TRACES_KEYS)
        account.faults["xray.GetTraceSummaries"] = Fault.denied()
        await driver.press("ctrl+r")

        await driver.sees("needs xray:GetTraceSummaries")
        assert TRACES_KEYS not in driver.text()


async def test_a_key_leads_from_one_pane_on_the_whole_screen_to_another_and_back(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.app.state.seen.traces and driver.app.state.seen.log)
        await driver.press("x")
        await driver.until(lambda: not driver.one(LogPane).size.area)
        await driver.press("d")
        await driver.until(lambda: driver.one(DownstreamPane).has_focus_within)
        assert not driver.one(TracesPane).size.area
        await driver.press("d")

        await driver.until(lambda: driver.one(LogPane).size.area and driver.one(TracesPane).size.area)


@pytest.mark.parametrize("read_only", [False, True], ids=["writing", "read-only"])
async def test_the_key_that_switches_tracing_on_is_named_where_there_is_one(read_only: bool) -> None:
    untraced = Config(function="audit-writer", read_only=read_only)
    key = None if read_only else remedy_key("tracing")
    told = f"{key} switches it on, as does: aws lambda" if key else "switch it on with: aws lambda"
    async with (
        Emulator(functions=20, clock=AT.timestamp) as emulator,
        driving(emulator.url, config=untraced) as driver,
    ):
        await driver.on_screen(FunctionScreen)
        await driver.press("x")

        await driver.sees("X-Ray tracing is off for audit-writer (PassThrough); ", told)


async def test_a_pane_whose_screen_was_left_no_longer_takes_the_keyboard(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.app.state.seen.traces)
        pane = driver.one(TracesPane)
        await pane.remove()
        pane.enter()

        assert not pane.has_focus_within
