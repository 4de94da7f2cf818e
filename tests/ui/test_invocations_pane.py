"""The invocations pane on the emulated account: what it tells, what its keys do, and that it reads at every size."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Struct
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip

from lambdatop.clock import FrozenClock
from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.model.focus import Focus
from lambdatop.model.logs.line import LogLine
from lambdatop.state import reduce
from lambdatop.ui.app import LambdatopApp
from lambdatop.ui.messages import InvocationOpened
from lambdatop.ui.panes.invocations import InvocationsPane
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.screens.invocation import InvocationScreen
from lambdatop.ui.widgets.table import Table
from lambdatop.updates import FocusMoved, LogsArrived, SourceFailed
from tests.clocks import HandClock
from tests.gates import gate_to
from tests.model.factories import NOW
from tests.model.test_invocation import TRACEBACK, end, logged, report, start

AT = datetime(2026, 10, 1, 12, 0, 30, tzinfo=UTC)
PATIENCE_S = 20.0


class Driver(Struct, frozen=True):
    app: App[SourceFailed | str]
    pilot: Pilot[SourceFailed | str]

    async def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"this never came about; the screen was\n{self.text()}"
            await self.pilot.pause()

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text() for text in texts))

    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()  # no public way gives the screen as plain text
        return "\n".join(Strip(strip).text.rstrip() for strip in strips)

    @property
    def pane(self) -> InvocationsPane:
        return self.app.screen.query_one(InvocationsPane)


@asynccontextmanager
async def driving(size: tuple[int, int], function: str | None = None) -> AsyncIterator[Driver]:
    """The program on an emulated account whose clock stands."""
    async with Emulator(functions=12, clock=AT.timestamp) as emulator, gate_to(emulator.url) as gate:
        app = LambdatopApp(gate, Config(function=function), FrozenClock(AT))
        async with app.run_test(size=size) as pilot:
            yield Driver(app, pilot)


class Host(App[SourceFailed | str]):
    """The pane alone, given its state by hand."""

    CSS_PATH = "../../lambdatop/ui/lambdatop.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.clock = HandClock()
        self.pane = InvocationsPane(self.clock)

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_mount(self) -> None:
        self.take(FocusMoved(Focus(function="checkout-api")))
        self.pane.enter()

    def on_invocation_opened(self, message: InvocationOpened) -> None:
        self.push_screen(InvocationScreen(message.invocation, message.lines, message.no_trace))

    def take(self, update: FocusMoved | LogsArrived) -> None:
        self.pane.state = reduce(self.pane.state, update)

    def says(self, *messages: str, stream: str = "a", after_s: float = 0.0) -> None:
        self.take(LogsArrived("checkout-api", tuple(logged(messages, stream=stream, after_s=after_s))))


@asynccontextmanager
async def hosting() -> AsyncIterator[tuple[Host, Driver]]:
    host = Host()
    async with host.run_test(size=(110, 16)) as pilot:
        yield host, Driver(host, pilot)


async def test_a_failed_invocation_is_told_in_one_row_and_in_the_title() -> None:
    async with hosting() as (host, driver):
        host.says(start(), TRACEBACK, end(), report(duration=1911.7, rest="Init Duration: 310.00 ms\tStatus: error"))

        await driver.sees("▲ error", "1.9 s", "56/128", "310 ms", "KeyError: 'sku'")
        await driver.sees("invocations · 1 · cold 100 % · p95 1.9 s · 1× KeyError: 'sku'")


async def test_running_ones_stand_on_top_with_their_age() -> None:
    async with hosting() as (host, driver):
        host.says(start("old"), stream="b")
        host.says(start(), end(), report(), after_s=5)
        host.clock.at = NOW + timedelta(seconds=42)
        host.says(start("new"), stream="c", after_s=40)

        await driver.sees("2 running")
        assert [row.request_id for row in driver.app.query_one(Table).rows][:2] == ["old", "new"]
        await driver.sees("▶ running       42 s")


async def test_enter_opens_the_lines_and_escape_closes_them() -> None:
    async with hosting() as (host, driver):
        host.says(start(version="42"), TRACEBACK, end(), report(rest="Status: error"))
        await driver.sees("▲ error")
        await driver.pilot.press("enter")

        await driver.until(lambda: isinstance(driver.app.screen, InvocationScreen))
        await driver.sees(
            "▲ error · KeyError: 'sku' · 2.8 ms", "version 42 · 4 lines", "Traceback (most recent", "REPORT"
        )

        await driver.pilot.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, InvocationScreen))


async def test_another_function_begins_anew() -> None:
    async with hosting() as (host, driver):
        host.says(start(), end(), report())
        await driver.sees("● ok")
        host.take(FocusMoved(Focus(function="image-resize")))

        await driver.sees("asking AWS")
        assert not driver.app.query_one(Table).rows


async def test_hostile_text_of_an_error_is_made_harmless() -> None:
    async with hosting() as (host, driver):
        host.says(start(), "[ERROR] E: \x1b[31m[/red] \u202eevil\nTraceback (most recent call last):", end(), report())

        await driver.sees("E: [/red] evil")


async def test_a_burst_is_folded_whole() -> None:
    async with hosting() as (host, driver):
        lines: list[LogLine] = []
        for place in range(700):
            lines += logged([start(f"r{place}"), end(f"r{place}"), report(f"r{place}")], stream=f"s{place % 7}")
        host.take(LogsArrived("checkout-api", tuple(lines)))

        await driver.until(lambda: len(driver.app.query_one(Table).rows) > 0)


@pytest.mark.parametrize("size", [(80, 24), (150, 42), (200, 60)])
async def test_the_pane_reads_at_every_size(size: tuple[int, int]) -> None:
    async with driving(size, "checkout-api") as driver:
        await driver.until(lambda: isinstance(driver.app.screen, FunctionScreen))
        await driver.pilot.press("i")

        await driver.sees("invocations · ", "OUTCOME", "DURATION", "ERROR", "● ok", "▶ running")
        await driver.until(lambda: driver.pane.has_focus_within)

        await driver.pilot.press("i", "4")
        await driver.until(lambda: driver.pane.display == (size == (80, 24)))


async def test_the_function_screen_shows_four_panes_where_there_is_room() -> None:
    async with driving((150, 42), "checkout-api") as driver:
        await driver.until(lambda: isinstance(driver.app.screen, FunctionScreen))

        await driver.sees("checkout-api · 3 h", "log · checkout-api", "invocations · ", "traces")
        await driver.sees("▶ running")


async def test_the_fleet_opens_the_pane_by_key() -> None:
    async with driving((150, 42)) as driver:
        await driver.until(lambda: driver.app.screen.query_one("#fleet", Table).rows)
        assert not driver.pane.display

        await driver.pilot.press("5")
        await driver.sees("invocations · ")
        await driver.until(lambda: driver.pane.query_one(Table).rows)

        await driver.pilot.press("i")
        await driver.until(lambda: isinstance(driver.app.screen, FunctionScreen))
        await driver.until(lambda: driver.pane.has_focus_within)
