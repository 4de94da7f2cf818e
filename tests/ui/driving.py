"""Driving the program as a user does: start it on an emulated account, wait until it shows something, read the screen.

Nothing here sleeps: `until` lets the program go on until what is waited for is true, or a deadline has passed.
"""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec import Struct
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from lambdatop.clock import Clock, FrozenClock
from lambdatop.config import Config
from lambdatop.model.fleet.row import Row
from lambdatop.ui.app import LambdatopApp
from lambdatop.ui.screens.question import Question
from lambdatop.ui.widgets.table import Table
from lambdatop.updates import SourceFailed
from tests.gates import gate_to
from tests.ui.idle import idle

AT = datetime(2026, 10, 1, 12, 0, 30, tzinfo=UTC)
"""The moment at which the tests' account and, unless a test says otherwise, the program's clock stand."""
PATIENCE_S = 20.0
LOOK_S = 0.002

W = TypeVar("W", bound=Widget)
S = TypeVar("S", bound=Screen[Any])


class Driver(Struct, frozen=True):
    """One run of the program and the hands on its keyboard and mouse."""

    app: LambdatopApp
    pilot: Pilot[SourceFailed | str]

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the program go on until this is true; fails, with the screen, if it does not become so."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"this never came about; the screen was\n{self.text()}"
            await self.pilot.pause(LOOK_S)
            await idle()

    async def press(self, *keys: str) -> None:
        """Press keys, and let what they set off be done; a question that has just come is looked at first."""
        if isinstance(self.app.screen, Question):
            await self.until(lambda: not isinstance(self.app.screen, Question) or self.app.screen.armed)
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        """Let the program do all that it can do now, and put every widget where it is to be."""
        await self.pilot.pause()

    async def hold(self, key: str, times: int) -> None:
        """Hold a key down: it comes many times, however long what it sets off takes."""
        for _ in range(times):
            self.app.simulate_key(key)
        await self.settle()

    async def sees(self, *texts: str) -> None:
        """Wait until all of these stand on the screen."""
        await self.until(lambda: all(text in self.text() for text in texts))

    async def on_screen(self, kind: type[S]) -> S:
        """Wait for a screen of this kind to be the top one."""
        await self.until(lambda: isinstance(self.app.screen, kind))
        screen = self.app.screen
        await self.settle()
        assert isinstance(screen, kind)
        return screen

    def lines(self) -> list[str]:
        """What the terminal shows, line by line."""
        strips = self.app.screen._compositor.render_strips()  # no public way gives the screen as plain text
        return [Strip(strip).text.rstrip() for strip in strips]

    def text(self) -> str:
        """What the terminal shows."""
        return "\n".join(self.lines())

    def one(self, kind: type[W], selector: str = "") -> W:
        """The widget of this kind on the top screen."""
        return self.app.screen.query_one(selector, kind) if selector else self.app.screen.query_one(kind)

    @property
    def table(self) -> Table[Row]:
        """The fleet's table."""
        return self.one(Table, "#fleet")

    @property
    def names(self) -> Sequence[str]:
        """The functions in the fleet's table, from the top."""
        return [row.name for row in self.table.rows]

    def has_figures(self) -> bool:
        """True once every function is listed, measured and in its place, and the one under the cursor in focus."""
        state, fleet = self.app.state, self.app.fleet_screen
        return bool(
            state.fleet.complete
            and state.focus.function is not None
            and (self.app.screen is not fleet or state.focus.function == fleet.selected)
            and all(map(_has_metrics, state.fleet.rows.values()))
            and not fleet._stale  # the table's rows are in the order of these
            and (state.fleet.alarms or "alarms" in state.health)  # an alarm makes a function sicker
        )

    def has_answers(self) -> bool:
        """True once every source has answered, for the function in focus too."""
        state = self.app.state
        return bool(
            self.has_figures()
            and state.fleet.account is not None
            and state.fleet.account.window_p95_ms is not None
            and state.fleet.concurrency_limit
            and state.identity
            and state.seen.charts
            and state.seen.log
            and state.seen.traces is not None
        )


def _has_metrics(row: Row) -> bool:
    return row.metrics is not None


@asynccontextmanager
async def driving(
    url: str, *, size: tuple[int, int] = (150, 42), clock: Clock | None = None, config: Config | None = None
) -> AsyncIterator[Driver]:
    """The program on the account at this URL, until the block ends."""
    clock = clock or FrozenClock(AT)
    async with gate_to(url, clock) as gate:
        app = LambdatopApp(gate, config or Config(), clock)
        async with app.run_test(size=size) as pilot:
            yield Driver(app, pilot)


@asynccontextmanager
async def measured(
    url: str, *, size: tuple[int, int] = (150, 42), config: Config | None = None
) -> AsyncIterator[Driver]:
    """The program on the fleet screen once all its rows have figures."""
    async with driving(url, size=size, config=config) as driver:
        await driver.until(driver.has_figures)
        yield driver
