"""Trouble and small terminals: what is refused is named with its remedy, the rest goes on, no size ends the program."""

import random
import socket
from collections.abc import Callable

import pytest

from lambdatop.aws.gate import Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import FrozenClock
from lambdatop.config import Config
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.state import State
from lambdatop.ui.app import LambdatopApp
from lambdatop.ui.screens.fleet import FleetScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.updates import SourceFailed, Trouble
from tests.ui.conftest import FUNCTIONS
from tests.ui.driving import AT, driving, measured

pytestmark = pytest.mark.asyncio(loop_scope="module")

READS: dict[str, Callable[[State], object]] = {
    # each read of the program: what of the state it alone provides
    "lambda.ListFunctions": lambda state: state.fleet.rows,
    "lambda.GetAccountSettings": lambda state: state.fleet.concurrency_limit,
    "sts.GetCallerIdentity": lambda state: state.identity,
    "cloudwatch.DescribeAlarms": lambda state: state.fleet.alarms,
    "cloudwatch.GetMetricData": lambda state: state.seen.charts,
    "cloudwatch.ListMetrics": lambda state: None,
    "logs.FilterLogEvents": lambda state: state.seen.log,
    "xray.GetTraceSummaries": lambda state: state.seen.traces,
}
NEEDS_NO_FUNCTION = {"lambda.GetAccountSettings", "sts.GetCallerIdentity"}


@pytest.mark.parametrize("denied", READS)
async def test_a_missing_permission_is_named_and_everything_else_goes_on(account: Emulator, denied: str) -> None:
    account.faults[denied] = Fault.denied()
    others = set(READS) - {denied, "cloudwatch.ListMetrics"}
    if denied == "lambda.ListFunctions":
        others = NEEDS_NO_FUNCTION

    def others_answered(state: State) -> bool:
        return all(READS[name](state) for name in others)

    async with driving(account.url, size=(200, 60)) as driver:
        await driver.sees(f"needs {denied.replace('.', ':')}")
        await driver.until(lambda: others_answered(driver.app.state))

        assert READS[denied](driver.app.state) in (None, (), {})


async def test_a_pane_that_is_refused_says_so_in_its_own_place(account: Emulator) -> None:
    account.faults["xray.GetTraceSummaries"] = Fault.denied()

    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)

        await driver.until(lambda: driver.text().count("needs xray:GetTraceSummaries") >= 2)


async def test_a_captive_portal_is_told_from_an_empty_account_and_survived(account: Emulator) -> None:
    account.faults["*"] = Fault.html()

    async with driving(account.url) as driver:
        await driver.sees("captive portal")
        assert "no functions in this account" not in driver.text()
        account.faults.clear()
        await driver.press("ctrl+r")

        await driver.until(driver.has_answers)
        await driver.until(lambda: "captive portal" not in driver.text())


@pytest.mark.parametrize("fault", [Fault.broken_json(), Fault.null_members()])
async def test_whatever_answers_badly_is_survived_and_recovered_from(account: Emulator, fault: Fault) -> None:
    async with measured(account.url) as driver:
        account.faults["*"] = fault
        await driver.press("ctrl+r")
        await driver.until(lambda: len(driver.app.state.health) >= 3)
        assert len(driver.names) == FUNCTIONS
        account.faults.clear()
        await driver.press("ctrl+r")

        await driver.until(lambda: not driver.app.state.health)


async def test_an_endpoint_that_comes_up_late_is_found() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async with driving(f"http://127.0.0.1:{port}") as driver:
        await driver.sees(f"cannot reach http://127.0.0.1:{port}", "again")
        async with Emulator(functions=FUNCTIONS, clock=AT.timestamp, port=port):
            await driver.until(lambda: len(driver.names) == FUNCTIONS)
            await driver.until(lambda: "functions" not in driver.app.state.health)


async def test_without_credentials_it_ends_and_says_what_to_do(account: Emulator) -> None:
    clock = FrozenClock(AT)
    gate = Gate(Connection(region="eu-west-1", endpoint_url=lambda: account.url), clock)
    app = LambdatopApp(gate, Config(), clock)
    async with app.run_test() as pilot:
        while app.is_running:
            await pilot.pause()

    assert isinstance(app.return_value, SourceFailed)
    assert app.return_value.trouble is Trouble.CREDENTIALS
    assert "aws configure" in app.return_value.error


async def test_sixty_sizes_of_terminal_are_survived_on_both_screens(account: Emulator) -> None:
    sizes = random.Random(7)
    async with measured(account.url) as driver:
        await driver.until(driver.has_answers)
        await driver.press("p")  # what arrives meanwhile is another test's affair
        for screen, key in ((FleetScreen, "enter"), (FunctionScreen, "escape")):
            await driver.on_screen(screen)
            for _ in range(30):
                width, height = sizes.randint(1, 200), sizes.randint(1, 60)
                await driver.pilot.resize_terminal(width, height)
                await driver.pilot.press(sizes.choice(["down", "z", "2", "3", "tab", "escape" if height > 30 else "j"]))
                if not isinstance(driver.app.screen, screen):
                    await driver.press("enter")
                lines = driver.lines()
                assert len(lines) == height
                assert max(map(len, lines)) <= width
            await driver.press(key)


async def test_the_usual_small_terminal_shows_name_rates_p95_and_why(account: Emulator) -> None:
    async with measured(account.url, size=(80, 24)) as driver:
        await driver.sees("checkout-api")
        header = next(line for line in driver.lines() if "FUNCTION" in line)
        row = next(line for line in driver.lines() if "checkout-api" in line)

        assert header.split() == ["▾", "FUNCTION", "INV/min", "ERR", "%", "P95", "WHY"]
        assert "errors ×15 since deployment" in row
        await driver.sees("/min", "% err", "p95", "─ log · checkout-api")


async def test_where_there_is_room_for_one_pane_tabs_tell_of_the_others(account: Emulator) -> None:
    async with measured(account.url, size=(80, 24)) as driver:
        await driver.sees("2 charts  3 log  4 traces  5 invocations", "─ log · checkout-api")
        y = next(y for y, line in enumerate(driver.lines()) if "2 charts" in line)
        await driver.pilot.click(offset=(driver.lines()[y].index("traces"), y))
        await driver.sees("─ traces")
        await driver.press("enter")
        await driver.on_screen(FunctionScreen)
        await driver.sees("1 charts  2 log  3 traces  4 invocations  5 downstream  6 insights  7 starts")
        await driver.pilot.resize_terminal(150, 42)

        await driver.until(lambda: "7 starts" not in driver.text())


@pytest.mark.parametrize("size", [(20, 5), (1, 1)])
async def test_q_works_however_small_the_terminal_is(account: Emulator, size: tuple[int, int]) -> None:
    async with measured(account.url, size=size) as driver:
        await driver.press("enter")
        await driver.on_screen(FunctionScreen)
        await driver.press("q")
        await driver.on_screen(FleetScreen)
        await driver.pilot.press("q")

        await driver.until(lambda: not driver.app.is_running)
