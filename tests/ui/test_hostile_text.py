"""Whatever an account's texts contain, the program lives and the terminal receives nothing of it but printable text."""

import asyncio
import re
from typing import Any

import pytest

from lambdatop.config import Config
from lambdatop.emulator.account import Account
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.gateway import load_everything
from lambdatop.emulator.operations import OPERATIONS
from lambdatop.emulator.server import Emulator
from lambdatop.ui.panes.traces import TracesPane
from lambdatop.ui.screens.fleet import FleetScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.screens.trace import TraceScreen
from tests.hostile import CORPUS, FORBIDDEN, SIGNAL, SPOILT, spoiling
from tests.terminals import Terminal, terminal
from tests.ui.conftest import FUNCTIONS
from tests.ui.driving import driving

driven = pytest.mark.asyncio(loop_scope="module")

TERMINALS_OWN = re.compile(rb"\x1b\[[0-9;?<>=$]*[A-Za-z]|\x1b\]22;[a-z-]+\x07")
"""What Textual sends: control sequences with parameters and a letter, and the shape of the mouse pointer."""


def _refusing(account: Account, params: dict[str, Any]) -> Any:
    raise ServiceError("ValidationException", "".join(CORPUS))


@pytest.fixture
def hostile(account: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Every emulated account's texts replaced, and one operation that is refused in such words."""
    load_everything()
    for name, spoil in SPOILT.items():
        monkeypatch.setitem(OPERATIONS, name, spoiling(OPERATIONS[name], spoil))
    monkeypatch.setitem(OPERATIONS, "lambda.GetAccountSettings", _refusing)
    return account


@driven
async def test_no_screen_shows_anything_but_printable_text(hostile: Emulator) -> None:
    async with driving(hostile.url) as driver:
        await driver.until(
            lambda: driver.app.state.seen.log and driver.app.state.fleet.alarms and driver.app.state.seen.traces
        )
        await driver.sees(SIGNAL)
        for keys in ("G", "y", "z", "escape", "enter", "l", "w", "g", "w", "escape", "x", "escape", "escape"):
            await driver.press(keys)
            assert not FORBIDDEN.search(driver.text().replace("\n", ""))
        await driver.on_screen(FleetScreen)
        await driver.press("colon", *SIGNAL.lower())
        await driver.sees(f"{SIGNAL} ")

        assert not FORBIDDEN.search(driver.text().replace("\n", ""))


@driven
@pytest.mark.parametrize("size", [(150, 42), (80, 24), (30, 8)])
async def test_the_screens_of_alarms_show_nothing_else_either(hostile: Emulator, size: tuple[int, int]) -> None:
    async with driving(hostile.url, size=size) as driver:
        await driver.until(lambda: driver.app.state.fleet.complete and driver.app.state.fleet.alarms)
        await driver.press("a")
        await driver.until(lambda: driver.app.state.alarm_basis.topics)
        for keys in ("j", "j", "tab", "tab", "tab", "j", "escape", "A"):
            await driver.press(keys)
            assert not FORBIDDEN.search(driver.text().replace("\n", ""))
        await driver.until(lambda: driver.app.state.alarm_basis.history)
        for keys in ("j", "e", "escape", "slash", "x", "escape"):
            await driver.press(keys)
            assert not FORBIDDEN.search(driver.text().replace("\n", ""))


@driven
@pytest.mark.parametrize("size", [(80, 24), (30, 8)])
async def test_small_screens_survive_it_too(hostile: Emulator, size: tuple[int, int]) -> None:
    async with driving(hostile.url, size=size, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("l")  # what is not in view is not asked for
        await driver.until(lambda: driver.app.state.seen.log)
        await driver.press("w", "g")

        assert not FORBIDDEN.search(driver.text().replace("\n", ""))


@driven
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_no_pane_or_screen_of_traces_shows_it_either(hostile: Emulator, size: tuple[int, int]) -> None:
    async with driving(hostile.url, size=size, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("x")
        await driver.until(lambda: driver.app.state.seen.traces and driver.one(TracesPane).has_focus_within)
        await driver.press("enter")
        await driver.on_screen(TraceScreen)
        await driver.until(lambda: driver.app.state.seen.trace)
        for key in ("b", "e", "e", "o", "down", "enter", "w", "y", "escape", "space", "n", "escape", "escape"):
            await driver.press(key)
            assert not FORBIDDEN.search(driver.text().replace("\n", ""))
        await driver.on_screen(FunctionScreen)
        await driver.press("d")
        await driver.until(lambda: driver.app.state.seen.downstream and driver.app.state.seen.downstream.edges)
        await driver.sees(f"{SIGNAL} ")

        assert not FORBIDDEN.search(driver.text().replace("\n", ""))


@driven
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_no_pane_of_insights_or_cold_starts_shows_it_either(hostile: Emulator, size: tuple[int, int]) -> None:
    async with driving(hostile.url, size=size, config=Config(function="image-resize")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("n")
        await driver.until(lambda: driver.app.state.seen.insights and driver.app.state.seen.insights.records)
        await driver.sees("CPU %")
        assert not FORBIDDEN.search(driver.text().replace("\n", ""))
    async with driving(hostile.url, size=size, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("S")
        await driver.until(lambda: driver.app.state.seen.starts and driver.app.state.seen.starts.versions)
        await driver.sees("VERSION", "% cold")

        assert not FORBIDDEN.search(driver.text().replace("\n", ""))


def drive(opened: Terminal) -> None:
    """Through every screen that shows texts of the account, and out."""
    opened.sees(SIGNAL)
    opened.sees("─ log · checkout-api")
    opened.press("\r")
    opened.sees("timeout 15 s")
    opened.press("l")
    opened.until(lambda: opened.text().count(SIGNAL) > 5 and "─ traces" not in opened.text())
    opened.press("w")
    opened.press("g")
    opened.press("G")  # while it follows, x means the list of traces, and not one line's
    opened.press("l")
    opened.sees("─ traces")
    opened.press("x")
    opened.sees("e errors · f slow")  # its own keys: it has the keyboard
    opened.press("\r")
    opened.sees("b bottleneck")
    opened.press("q")
    opened.until(lambda: "e errors · f slow" in opened.text() and "b bottleneck" not in opened.text())
    opened.press("q")
    opened.sees("─ log · checkout-api")
    opened.press("q")
    opened.sees("FUNCTION")
    opened.press("G")
    opened.press("?")
    opened.sees("· help")
    opened.press("q")
    opened.until(lambda: "· help" not in opened.text())
    opened.press("q")


@driven
@pytest.mark.usefixtures("hostile")
async def test_a_real_terminal_receives_no_sequence_that_is_not_the_programs_own() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_REGION": "eu-west-1"}
    async with Emulator(functions=FUNCTIONS) as emulator:
        with terminal("--endpoint-url", emulator.url, environment=environment, width=150, height=42) as opened:
            await asyncio.to_thread(drive, opened)
            status = await asyncio.to_thread(opened.ended)
            received = bytes(opened.received)

    assert status == 0
    assert TERMINALS_OWN.sub(b"", received).count(b"\x1b") == 0
    assert not FORBIDDEN.search(TERMINALS_OWN.sub(b"", received).decode().replace("\n", "").replace("\r", ""))


def test_the_corpus_would_be_noticed() -> None:
    raw = "".join(CORPUS).encode()

    assert TERMINALS_OWN.sub(b"", raw).count(b"\x1b")
    assert all(FORBIDDEN.search(text) for text in CORPUS[:10])
