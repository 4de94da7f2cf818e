"""What a change has brought about, on the screen of the function that was changed."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from lambdatop.actions.journal.journal import Journal, default_path
from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.effect import effect
from lambdatop.model.changes.plan import Receipt
from lambdatop.model.changes.windows import Figures
from lambdatop.model.metrics import Window
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.updates import EffectMeasured, JournalRead, PlanEnded
from tests.model.plans import memory_step, plan, receipt
from tests.ui.driving import AT, Driver, driving

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "image-resize"
CHANGED = receipt(plan(memory_step(function=NAME)), begun=AT - timedelta(minutes=1))


WINDOW = Window(AT - timedelta(minutes=15), AT)
BEFORE = Figures(window=WINDOW, invocations=4800.0, errors=9.0, kills=9, p95_ms=2800.0, cost_usd_per_hour=0.131)
AFTER = Figures(
    window=WINDOW,
    invocations=4800.0,
    errors=0.0,
    kills=0,
    p95_ms=2000.0,
    cost_usd_per_hour=0.147,
    versions={"$LATEST": 1.0},
)
HELPED = effect(CHANGED, BEFORE, AFTER) or pytest.fail("there are figures")


def told(driver: Driver) -> list[str]:
    """What was told beside the screen's own lines."""
    return [notice.message for notice in driver.app._notifications]


def helped(driver: Driver) -> list[str]:
    return [message for message in told(driver) if "it helped" in message]


def write(receipt: Receipt, endpoint: str, *, ended: bool = True) -> None:
    """What another terminal does."""
    journal = Journal(default_path())
    journal.begun(receipt, endpoint)
    journal.told(receipt.id, 0, receipt.outcomes[0], receipt.ended)
    if ended:
        journal.ended(receipt)


async def test_a_change_is_told_at_once_and_its_verdict_when_there_is_one(account: Emulator) -> None:
    async with driving(account.url, config=Config(function=NAME)) as driver:
        await driver.on_screen(FunctionScreen)
        driver.app.take(PlanEnded(CHANGED))
        await driver.sees("memory 1,536 MB: too early to tell; first figures at ")

        driver.app.take(EffectMeasured(NAME, CHANGED.id, HELPED))

        await driver.sees(
            "✔", "it helped. Out of memory 9 → 0 in 15 min; p95 2.8 s → 2.0 s; errors 0.19 → 0 %; $0.131 → $0.147/h."
        )
        driver.app.take(EffectMeasured(NAME, CHANGED.id, HELPED))
        await driver.until(lambda: helped(driver))
        assert len(helped(driver)) == 1


async def test_what_was_done_to_another_function_is_not_told_here(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        driver.app.take(PlanEnded(CHANGED))
        await driver.until(driver.has_answers)

        assert "memory 1,536 MB" not in driver.text()


async def test_the_verdict_on_one_function_is_not_told_of_another_of_the_same_plan(account: Emulator) -> None:
    both = replace(CHANGED, plan=replace(CHANGED.plan, functions=(NAME, "checkout-api")))
    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        driver.app.take(PlanEnded(both))
        driver.app.take(EffectMeasured(NAME, both.id, HELPED))

        await driver.sees("memory 1,536 MB: too early to tell")
        assert "it helped" not in driver.text()


async def test_a_change_of_another_terminal_is_followed_up_too(account: Emulator) -> None:
    changed = replace(CHANGED, begun=AT - timedelta(minutes=3), ended=AT - timedelta(minutes=3))
    async with driving(account.url, config=Config(function=NAME)) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.app.state.identity)
        write(changed, account.url)

        driver.app.take(driver.app.state.identity or pytest.fail("asked for above"))

        await driver.sees("memory 1,536 MB: too early to tell")


async def test_a_change_that_was_left_in_the_middle_is_told_at_the_start(account: Emulator) -> None:
    left = replace(CHANGED, id="left", begun=AT - timedelta(hours=1), ended=AT - timedelta(hours=1))
    write(left, account.url, ended=False)
    async with driving(account.url) as driver:
        await driver.until(lambda: any("left in the middle: " in each for each in told(driver)))
        driver.app.take(JournalRead((), (left,)))

        assert sum("left in the middle: " in each for each in told(driver)) == 1


async def test_the_verdict_on_a_change_of_long_ago_is_no_news(account: Emulator) -> None:
    changed = replace(CHANGED, begun=AT - timedelta(hours=3), ended=AT - timedelta(hours=3))
    async with driving(account.url, config=Config(function=NAME)) as driver:
        await driver.on_screen(FunctionScreen)
        driver.app.take(PlanEnded(changed))
        driver.app.take(EffectMeasured(NAME, changed.id, HELPED))

        await driver.sees("✔", "it helped.")
        assert not helped(driver)
