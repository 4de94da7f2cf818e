"""What a change has brought about, on the screen of the function that was changed."""

from datetime import timedelta

import pytest

from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.model.effect import Figures, Verdict, effect
from lambdatop.model.metrics import Window
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.updates import EffectMeasured, PlanEnded
from tests.model.plans import memory_step, plan, receipt
from tests.ui.driving import AT, Driver, driving

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "image-resize"
CHANGED = receipt(plan(memory_step(function=NAME)), begun=AT - timedelta(minutes=1))


def helped(driver: Driver) -> list[str]:
    """What was told beside the screen's own lines."""
    return [notice.message for notice in driver.app._notifications if "it helped" in notice.message]


async def test_a_change_is_told_at_once_and_its_verdict_when_there_is_one(account: Emulator) -> None:
    async with driving(account.url, config=Config(function=NAME)) as driver:
        await driver.on_screen(FunctionScreen)
        driver.app.take(PlanEnded(CHANGED))
        await driver.sees("memory 1,536 MB: too early to tell; first figures at ")

        window = Window(AT - timedelta(minutes=15), AT)
        before = Figures(window=window, invocations=4800.0, errors=9.0, kills=9, p95_ms=2800.0, cost_usd_per_hour=0.131)
        after = Figures(window=window, invocations=4800.0, errors=0.0, kills=0, p95_ms=2000.0, cost_usd_per_hour=0.147)
        found = effect(CHANGED, before, after)
        assert found is not None
        driver.app.take(EffectMeasured(NAME, CHANGED.id, found))

        await driver.sees(
            "✔", "it helped. Out of memory 9 → 0 in 15 min; p95 2.8 s → 2.0 s; errors 0.19 → 0 %; $0.131 → $0.147/h."
        )
        assert found.verdict is Verdict.HELPED
        driver.app.take(EffectMeasured(NAME, CHANGED.id, found))
        await driver.until(lambda: helped(driver))
        assert len(helped(driver)) == 1


async def test_what_was_done_to_another_function_is_not_told_here(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        driver.app.take(PlanEnded(CHANGED))
        await driver.until(driver.has_answers)

        assert "memory 1,536 MB" not in driver.text()
