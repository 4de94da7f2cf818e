"""The list of all alarms and the dialog of a new one: what they show, what keys do, and what read-only takes away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.widgets import Input

from lambdatop.config import Config
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.operations import OPERATIONS
from lambdatop.emulator.server import Emulator
from lambdatop.model.alarms.alarm import AlarmState
from lambdatop.model.alarms.listing import Listed
from lambdatop.ui.feeds.alarms import HISTORY
from lambdatop.ui.screens.alarm import AlarmScreen
from lambdatop.ui.screens.alarms import AlarmsScreen
from lambdatop.ui.screens.fleet import FleetScreen
from lambdatop.ui.screens.form import FormScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.screens.plan import PlanScreen
from lambdatop.ui.widgets.table import Table
from tests.clocks import HandClock
from tests.ui.conftest import FUNCTIONS
from tests.ui.driving import AT, Driver, driving, measured

pytestmark = pytest.mark.asyncio(loop_scope="module")

MADE = "lambdatop-checkout-api-errors"
SIZES = [(80, 24), (200, 60)]


def alarms_of(driver: Driver) -> Table[Listed]:
    return driver.one(Table, "#alarms")


def names(driver: Driver) -> list[str]:
    return [row.name for row in alarms_of(driver).rows]


def is_asked(driver: Driver, source: str) -> bool:
    return any(worker.name == source and not worker.is_finished for worker in driver.app.workers)


async def open_list(driver: Driver) -> AlarmsScreen:
    await driver.until(lambda: driver.app.state.fleet.alarms)
    await driver.press("A")
    return await driver.on_screen(AlarmsScreen)


async def open_dialog(driver: Driver, function: str = "checkout-api") -> AlarmScreen:
    """With the last week read."""
    await driver.until(lambda: driver.app.state.fleet.alarms and driver.app.state.fleet.concurrency_limit)
    assert driver.table.move_to(function)
    await driver.press("a")
    screen = await driver.on_screen(AlarmScreen)
    await driver.until(lambda: len(driver.app.state.alarm_basis.past) >= 5 and driver.app.state.alarm_basis.topics)
    return screen


def threshold(driver: Driver) -> Input:
    return driver.one(Input, "#threshold")


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_has_every_alarm_those_that_ring_first(account: Emulator, size: tuple[int, int]) -> None:
    async with measured(account.url, size=size) as driver:
        await open_list(driver)

        assert names(driver)[:2] == ["checkout-api errors", "shop cannot sell"]
        assert len(names(driver)) == 8
        await driver.sees("▲ ALARM", "◌ no data", "● OK", "sum of Errors > 50", "composite: ALARM(")
        await driver.press("escape")
        await driver.on_screen(FleetScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_the_alarm_under_the_cursor_is_told_in_full_with_its_history(
    account: Emulator, size: tuple[int, int]
) -> None:
    async with measured(account.url, size=size) as driver:
        await open_list(driver)
        await driver.sees("history · checkout-api errors", "Threshold Crossed: 3 out of the last 3")

        await driver.press("j", "j")

        await driver.sees("history · nightly-rollup errors", "3 datapoints were unknown")


async def test_enter_opens_the_function_that_it_watches(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await open_list(driver)

        await driver.press("enter")

        await driver.on_screen(FunctionScreen)
        assert driver.app.state.focus.function == "checkout-api"


async def test_the_filter_narrows_the_list_and_escape_takes_it_away(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await open_list(driver)

        await driver.press("slash", *"lag", "enter")
        await driver.until(lambda: names(driver) == ["orders-consumer lag"])
        await driver.press("escape")

        await driver.until(lambda: len(names(driver)) == 8)
        await driver.on_screen(AlarmsScreen)


async def test_the_history_goes_on_after_a_pause(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await open_list(driver)
        await driver.until(lambda: is_asked(driver, HISTORY))
        await driver.until(lambda: driver.app.state.alarm_basis.history)
        await driver.press("p")
        await driver.until(lambda: not is_asked(driver, HISTORY))
        await driver.press("p")

        await driver.until(lambda: is_asked(driver, HISTORY))


async def test_history_that_is_refused_says_what_is_missing(account: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        words = "User: x is not authorized to perform: cloudwatch:DescribeAlarmHistory"
        raise ServiceError("AccessDenied", words, 403)

    monkeypatch.setitem(OPERATIONS, "cloudwatch.DescribeAlarmHistory", refuse)
    async with measured(account.url) as driver:
        await open_list(driver)
        await driver.sees("cloudwatch:DescribeAlarmHistory")

        await driver.press("escape")

        await driver.until(lambda: "alarm history" not in driver.app.state.health)


async def test_in_read_only_mode_nothing_that_writes_has_a_key(account: Emulator) -> None:
    async with measured(account.url, config=Config(read_only=True)) as driver:
        await driver.press("a")
        await driver.on_screen(FleetScreen)
        screen = await open_list(driver)

        assert set(screen.active_bindings) & {"e", "o", "t", "d"} == set()
        assert "delete" not in driver.text()
        await driver.press("d", "t", "o", "e")
        await driver.on_screen(AlarmsScreen)


async def test_where_something_may_be_changed_the_keys_are_told(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await open_list(driver)

        await driver.sees("e edit", "o actions", "t test", "d delete")


@pytest.mark.parametrize("size", SIZES)
async def test_the_dialog_offers_the_recommended_set_and_marks_what_is_there(
    account: Emulator, size: tuple[int, int]
) -> None:
    async with measured(account.url, size=size) as driver:
        await open_dialog(driver)

        await driver.sees(
            "errors", "throttles", "duration p90", "concurrency", "all 2 lacking", "● checkout-a", "○ none"
        )
        await driver.sees("oncall", "would not have fired in 7 days")
        await driver.press("escape")
        await driver.on_screen(FleetScreen)


async def test_the_preview_follows_the_threshold_as_it_is_typed(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await open_dialog(driver)
        await driver.press("g")
        await driver.sees("sum of Errors > ", "would have fired once in 7 days, and would be in ALARM now")

        await driver.press("tab")
        assert threshold(driver).has_focus
        await driver.press("end", *["backspace"] * 6, *"1000")

        await driver.sees("sum of Errors > 1,000 in 3 of 3 minutes: would not have fired in 7 days")


async def test_up_and_down_step_the_threshold(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await open_dialog(driver)
        await driver.press("g", "tab")
        before = threshold(driver).value

        await driver.press("up", "up", "down")

        await driver.until(lambda: float(threshold(driver).value) > float(before))


async def test_what_was_typed_stays_with_its_alarm(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await open_dialog(driver)
        await driver.press("g", "tab", "end", *["backspace"] * 6, *"77", "shift+tab")

        await driver.press("j")
        assert threshold(driver).value != "77"
        await driver.press("k")

        assert threshold(driver).value == "77"


@pytest.mark.parametrize(
    ("typed", "said"), [("many", "the threshold is a number such as"), ("", "sum of Errors > 25 in 3 of 3")]
)
async def test_what_cannot_be_a_threshold_is_said_at_once(account: Emulator, typed: str, said: str) -> None:
    async with measured(account.url) as driver:
        await open_dialog(driver)

        await driver.press("g", "tab", "end", *["backspace"] * 6, *typed)

        await driver.sees(said)


async def test_nothing_is_asked_any_more_once_the_dialog_is_left(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await open_dialog(driver)

        await driver.press("escape")

        running = {worker.name for worker in driver.app.workers if worker.is_running}
        assert running & {"alarm data", "topics", "reserved"} == set()


async def test_an_alarm_that_goes_off_is_first_in_the_list_without_a_key(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await open_list(driver)
        book = account.account().alarms
        quiet = book.alarms["image-resize errors"]

        book.transition(quiet, "ALARM", "for a test", None, account.account().clock())
        await driver.press("ctrl+r")

        await driver.until(
            lambda: (
                {row.name for row in alarms_of(driver).rows if row.alarm.state is AlarmState.ALARM}
                == {"checkout-api errors", "shop cannot sell", "image-resize errors"}
            )
        )


async def test_from_a_functions_screen_the_list_opens_on_its_alarms(account: Emulator) -> None:
    async with measured(account.url, config=Config(function="payment-capture")) as driver:
        await driver.on_screen(FunctionScreen)
        await open_list(driver)

        await driver.until(lambda: set(names(driver)) == {"payment-capture p90", "shop cannot sell"})
        await driver.press("escape")

        await driver.until(lambda: len(names(driver)) == 8)


@asynccontextmanager
async def own_account(size: tuple[int, int] = (150, 42)) -> AsyncIterator[tuple[Driver, Emulator, HandClock]]:
    """The program on an account of the test's own, whose time the test moves."""
    clock = HandClock(AT)
    async with (
        Emulator(functions=FUNCTIONS, clock=clock.monotonic) as emulator,
        driving(emulator.url, size=size) as driver,
    ):
        await driver.until(driver.has_figures)
        yield driver, emulator, clock


def state_of(driver: Driver, name: str) -> AlarmState | None:
    return next((alarm.state for alarm in driver.app.state.fleet.alarms if alarm.name == name), None)


async def confirm(driver: Driver, *typed: str) -> None:
    """Say yes to the plan that is shown, and leave it once it has ended."""
    before = len(driver.app.state.receipts)
    await driver.press(*typed, "enter")
    await driver.until(lambda: len(driver.app.state.receipts) > before)
    assert driver.app.state.receipts[-1].applied
    await driver.press("escape")


@pytest.mark.parametrize("size", SIZES)
async def test_a_new_alarm_is_planned_confirmed_made_and_goes_off(
    reads_remembered: None, size: tuple[int, int]
) -> None:
    async with own_account(size) as (driver, emulator, clock):
        await open_dialog(driver)
        await driver.press("g", "enter")
        await driver.on_screen(PlanScreen)
        await driver.sees("checkout-api: alarm on sum of Errors > 25", "put-metric-alarm", "$0.10 a month")
        await driver.sees("would have fired once", "checkout-api errors watches its Errors")
        assert MADE not in emulator.account().alarms.alarms

        await confirm(driver)
        await driver.until(lambda: state_of(driver, MADE) is AlarmState.INSUFFICIENT_DATA)
        clock.move(60)

        await driver.until(lambda: state_of(driver, MADE) is AlarmState.ALARM)
        await driver.press("A")
        await driver.until(lambda: MADE in names(driver)[:3])


async def test_an_alarm_is_edited_silenced_tested_and_deleted_by_keys(reads_remembered: None) -> None:
    async with own_account() as (driver, emulator, _):
        book = emulator.account().alarms
        await open_list(driver)
        assert alarms_of(driver).move_to("image-resize errors")

        await driver.press("e")
        await driver.on_screen(AlarmScreen)
        await driver.press("end", *["backspace"] * 6, *"9", "enter")
        await driver.on_screen(PlanScreen)
        await driver.sees("type image-resize errors to apply")
        await confirm(driver, *"image-resize errors")
        assert book.alarms["image-resize errors"].settings["Threshold"] == 9.0
        await driver.until(lambda: "> 9 in" in driver.text())

        await driver.press("o")
        await driver.on_screen(PlanScreen)
        await confirm(driver)
        assert book.alarms["image-resize errors"].settings["ActionsEnabled"] is False
        await driver.sees("off")

        await driver.press("t")
        await driver.on_screen(PlanScreen)
        await driver.sees("its actions are off: nobody will be told")
        await confirm(driver)
        await driver.until(lambda: state_of(driver, "image-resize errors") is AlarmState.ALARM)

        await driver.press("d")
        await driver.on_screen(PlanScreen)
        await confirm(driver, *"image-resize errors")
        await driver.until(lambda: "image-resize errors" not in names(driver))


async def test_no_key_of_the_screens_writes_without_a_yes(account: Emulator) -> None:
    writes = ("PutMetricAlarm", "DeleteAlarms", "SetAlarmState", "EnableAlarmActions", "DisableAlarmActions")
    async with measured(account.url) as driver:
        await open_dialog(driver)
        await driver.press("enter")
        await driver.on_screen(PlanScreen)
        await driver.press("escape")
        await open_list(driver)
        assert alarms_of(driver).move_to("checkout-api p90")
        for key in ("d", "t", "o"):
            await driver.press(key)
            await driver.on_screen(PlanScreen)
            await driver.press("escape")
            await driver.on_screen(AlarmsScreen)

        assert [name for name in account.calls if name.removeprefix("cloudwatch.") in writes] == []


async def test_a_protected_functions_alarm_wants_its_name_typed(account: Emulator) -> None:
    async with measured(account.url, config=Config(protected=("checkout",))) as driver:
        await open_dialog(driver)

        await driver.press("enter")

        await driver.on_screen(PlanScreen)
        await driver.sees("type checkout-api to apply")


async def test_the_dialog_asks_even_while_the_program_is_paused(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.until(lambda: driver.app.state.fleet.alarms)
        await driver.press("p")
        await open_dialog(driver)

        await driver.sees("in 7 days")


async def test_several_tagged_functions_get_an_alarm_each(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.until(lambda: driver.app.state.fleet.alarms)
        for name in ("catalog-api", "cart-api"):
            assert driver.table.move_to(name)
            await driver.press("space")
        await driver.press("a")
        await driver.on_screen(FormScreen)

        await driver.press("enter")

        await driver.on_screen(PlanScreen)
        await driver.sees("lambdatop-catalog-api-errors", "lambdatop-cart-api-errors", "type 2 to apply")


async def test_an_alarm_for_several_functions_refuses_a_topic_that_does_not_exist(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.until(lambda: driver.app.state.fleet.alarms)
        for name in ("catalog-api", "cart-api"):
            assert driver.table.move_to(name)
            await driver.press("space")
        await driver.press("a")
        form = await driver.on_screen(FormScreen)
        [*form.query(Input)][-1].value = "oncal"

        await driver.press("enter")

        await driver.sees("there is no SNS topic oncal in eu-west-1; did you mean oncall?")
        assert driver.app.screen is form
