"""From a key to a change and back: menu, form, plan, yes, receipt, undo; and nothing without the yes."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from textual import events
from textual.geometry import Size

from lambdatop.config import Config
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.ui.app_parts.changes import CARRYING_OUT
from lambdatop.ui.commands import COMMANDS, Area, at
from lambdatop.ui.screens import question
from lambdatop.ui.screens.confirm import ConfirmScreen
from lambdatop.ui.screens.fleet import FleetScreen
from lambdatop.ui.screens.form import FormScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.screens.help import HelpScreen
from lambdatop.ui.screens.invoke import InvokeScreen
from lambdatop.ui.screens.journal import JournalScreen
from lambdatop.ui.screens.menu import MenuScreen
from lambdatop.ui.screens.plan import PlanScreen
from lambdatop.ui.screens.question import ARMED_AFTER_S
from tests.ui.driving import AT, Driver, driving, measured

SICK = "image-resize"
_KEYS = {" ": "space", "-": "minus"}
_READS = ("Get", "List", "Describe", "Filter", "Batch", "Start", "Stop", "Cancel")


@pytest.fixture
async def account(reads_remembered: None) -> AsyncIterator[Emulator]:
    """An account of this test's own: it will be changed. Each look at a configuration takes it a second further."""

    def now() -> float:
        return AT.timestamp() + emulator.calls["lambda.GetFunctionConfiguration"]

    emulator = Emulator(functions=14, clock=now)
    async with emulator:
        yield emulator


def writes(account: Emulator) -> list[str]:
    """The calls that change something, by operation, as often as they came."""
    return [name for name, count in account.calls.items() for _ in range(count) if not _is_read(name)]


def _is_read(name: str) -> bool:
    return name.partition(".")[2].startswith(_READS)


@asynccontextmanager
async def at_function(
    account: Emulator, name: str = SICK, *, config: Config | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Driver]:
    """The fleet with the cursor on a function."""
    async with measured(account.url, size=size, config=config) as driver:
        assert driver.table.move_to(name)
        await driver.pilot.pause()
        yield driver


def told(driver: Driver) -> list[str]:
    """What the toasts say; Textual shows none of them in tests."""
    return [note.message for note in driver.app._notifications]


async def plan_memory(driver: Driver, mb: str) -> PlanScreen:
    await driver.press("m")
    await driver.on_screen(FormScreen)
    await driver.press(*mb, "enter")
    return await driver.on_screen(PlanScreen)


async def change_memory(driver: Driver, mb: str) -> None:
    """The same, applied; the plan's screen still stands."""
    await plan_memory(driver, mb)
    await driver.press("enter")
    await driver.sees("applied", "u undoes")


async def test_a_key_asks_shows_the_plan_and_applies_it_once(account: Emulator) -> None:
    async with at_function(account) as driver:
        await plan_memory(driver, "1536")
        await driver.sees(f"{SICK}: memory 1,024 → 1,536 MB", "update-function-configuration", "a month")
        assert writes(account) == []

        await driver.press("enter")
        await driver.until(lambda: driver.app.state.receipts)

        assert driver.app.state.receipts[-1].applied
        assert writes(account) == ["lambda.UpdateFunctionConfiguration"]
        await driver.sees("applied", "u undoes")
        await driver.press("escape")
        await driver.until(lambda: driver.app.state.fleet.rows[SICK].function.memory_mb == 1536)


async def test_undo_leads_back_to_what_it_was(account: Emulator) -> None:
    async with at_function(account) as driver:
        await plan_memory(driver, "1536")
        await driver.press("enter")
        await driver.until(lambda: driver.app.state.receipts)
        await driver.press("escape", "u")
        await driver.on_screen(PlanScreen)
        await driver.sees("1,536 MB → 1,024 MB")

        await driver.press("enter")
        await driver.until(lambda: len(driver.app.state.receipts) == 2)

        assert driver.app.state.receipts[-1].plan.undoes == driver.app.state.receipts[0].id
        await driver.press("escape")
        await driver.on_screen(FleetScreen)
        await driver.press("u")
        await driver.until(lambda: any("nothing to undo in account" in each for each in told(driver)))


async def test_what_somebody_else_has_changed_meanwhile_is_shown_and_asked_about_anew(account: Emulator) -> None:
    async with at_function(account) as driver:
        await plan_memory(driver, "1536")
        account.account().function(SICK).configure(account.account().clock(), MemorySize=2048)
        await driver.press("enter")
        await driver.sees("not applied: it is no longer what the plan saw", "was 1024, is 2048 now, yours 1536")
        assert writes(account) == []

        await driver.press("r")
        await driver.sees("it was changed meanwhile: this goes on from what is there now")
        await driver.press("right", "enter")
        await driver.until(lambda: len(driver.app.state.receipts) == 2)

        assert driver.app.state.receipts[-1].applied
        assert writes(account) == ["lambda.UpdateFunctionConfiguration"]


async def test_however_low_the_screen_how_it_ended_is_seen(account: Emulator) -> None:
    async with at_function(account, size=(80, 24)) as driver:
        await plan_memory(driver, "1536")
        account.account().function(SICK).configure(account.account().clock(), MemorySize=2048)
        await driver.press("enter")

        await driver.sees("was 1024, is 2048 now, yours 1536", "plans it again from what")


async def test_undo_starts_from_what_is_there_now_and_says_what_has_changed(account: Emulator) -> None:
    async with at_function(account) as driver:
        await change_memory(driver, "1536")
        account.account().function(SICK).configure(account.account().clock() - 60, MemorySize=2048)
        await driver.press("u")

        await driver.sees("undo: ", "changed since: MemorySize was 1536, is 2048 now")
        assert account.account().function(SICK).config["MemorySize"] == 2048


async def test_undo_asked_for_twice_is_asked_about_once(account: Emulator) -> None:
    async with at_function(account) as driver:
        await change_memory(driver, "1536")
        await driver.press("escape")
        await driver.on_screen(FleetScreen)
        await driver.hold("u", 3)
        await driver.on_screen(PlanScreen)
        await driver.press("escape")

        await driver.on_screen(FleetScreen)


async def test_every_change_on_its_way_is_warned_of_once_before_the_program_is_left(account: Emulator) -> None:
    async with at_function(account) as driver:
        for mb in ("1536", "2048"):
            await plan_memory(driver, mb)
            account.faults["lambda.UpdateFunctionConfiguration"] = Fault.delayed(2.0)
            await driver.press("enter", "escape")
            await driver.on_screen(FleetScreen)
            await driver.press("q")
            assert driver.app.is_running
            assert any("quit once more" in each for each in told(driver))
            account.faults.clear()
            await driver.until(lambda: not driver.app._is_busy(CARRYING_OUT))


async def test_escape_from_form_and_plan_changes_nothing(account: Emulator) -> None:
    async with at_function(account) as driver:
        await driver.press("m")
        await driver.on_screen(FormScreen)
        await driver.press("escape")
        await driver.on_screen(FleetScreen)
        await plan_memory(driver, "2048")
        await driver.press("escape")
        await driver.on_screen(FleetScreen)

        assert writes(account) == []
        assert driver.app.state.receipts == ()


def is_later(plan: PlanScreen, seen: float) -> bool:
    return plan._seen > seen


async def test_a_yes_that_comes_while_the_program_was_held_up_confirms_nothing(
    account: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_function(account) as driver:
        monkeypatch.setattr(question, "HELD_UP_S", -ARMED_AFTER_S)  # each look at the clock is far too late
        plan = await plan_memory(driver, "2048")
        for _ in range(3):
            await driver.until(partial(is_later, plan, plan._seen))
            await driver.pilot.press("enter")

        assert not plan.armed
        assert writes(account) == []

        monkeypatch.undo()
        await driver.until(lambda: plan.armed)


async def test_a_plan_that_was_covered_has_to_be_seen_again_before_a_yes(account: Emulator) -> None:
    async with at_function(account) as driver:
        plan = await plan_memory(driver, "2048")
        await driver.until(lambda: plan.armed)
        await driver.app.push_screen(HelpScreen(()))  # as what was asked for earlier and comes late
        await driver.pilot.press("escape", "enter")

        assert driver.app.screen is plan
        assert writes(account) == []
        await driver.until(lambda: plan.armed)


async def test_a_plan_that_is_left_while_the_terminal_changes_its_size_ends_nothing(account: Emulator) -> None:
    async with at_function(account) as driver:
        plan = await plan_memory(driver, "2048")
        await plan.query_children().remove()  # as they go first of all when it is left
        plan.dismiss()
        plan.post_message(events.Resize(Size(90, 30), Size(90, 30)))

        await driver.on_screen(FleetScreen)


@pytest.mark.parametrize("typed", ["99", "20000", "much", ""])
async def test_what_cannot_be_is_told_while_it_is_typed(account: Emulator, typed: str) -> None:
    async with at_function(account) as driver:
        await driver.press("m")
        await driver.on_screen(FormScreen)
        await driver.press("delete", *typed, "enter")

        await driver.sees("128 to 10,240 MB")
        assert isinstance(driver.app.screen, FormScreen)


async def test_where_it_can_hurt_enter_cancels(account: Emulator) -> None:
    async with at_function(account) as driver:
        await driver.press("B")
        await driver.on_screen(PlanScreen)
        await driver.press("enter")
        await driver.on_screen(FleetScreen)
        assert writes(account) == []

        await driver.press("B")
        await driver.on_screen(PlanScreen)
        await driver.press("right", "enter")
        await driver.until(lambda: driver.app.state.receipts)
        assert writes(account) == ["lambda.PutFunctionConcurrency"]


async def test_a_protected_function_wants_its_name(account: Emulator) -> None:
    async with at_function(account, config=Config(protected=("123456789012",))) as driver:
        await plan_memory(driver, "1536")
        await driver.press("enter")
        assert writes(account) == []

        await driver.press(*SICK[:5], "enter")
        assert writes(account) == []
        await driver.press(*SICK[5:], "enter")
        await driver.until(lambda: driver.app.state.receipts)

        assert writes(account) == ["lambda.UpdateFunctionConfiguration"]


async def test_a_plan_made_again_wants_the_name_of_what_has_become_protected(account: Emulator) -> None:
    async with at_function(account, config=Config(protected=("frozen=yes",))) as driver:
        await plan_memory(driver, "1536")
        there = account.account().function(SICK)
        there.configure(account.account().clock(), MemorySize=2048)
        there.tags["frozen"] = "yes"
        await driver.press("enter")
        await driver.sees("not applied: it is no longer what the plan saw")

        await driver.press("r")

        await driver.sees("this goes on from what is there now", f"type {SICK} to apply")
        await driver.press("enter")
        assert writes(account) == []


async def test_several_tagged_functions_are_one_plan_that_wants_their_number(account: Emulator) -> None:
    async with at_function(account, "image-resize") as driver:
        await driver.press("space")
        assert driver.table.move_to("price-lookup")
        await driver.press("space")
        await driver.sees("2 tagged")
        await plan_memory(driver, "768")
        await driver.sees("2 functions")

        await driver.press("2", "enter")
        await driver.until(lambda: driver.app.state.receipts)

        assert writes(account) == ["lambda.UpdateFunctionConfiguration"] * 2
        await driver.press("escape", "U")
        await driver.until(lambda: not driver.table.marked)


async def test_of_tagged_functions_that_differ_nothing_is_proposed(account: Emulator) -> None:
    account.account().retention["/aws/lambda/price-lookup"] = 90
    async with at_function(account, SICK) as driver:
        await driver.press("space")
        assert driver.table.move_to("price-lookup")
        await driver.press("space")
        await driver.press("m")
        await driver.on_screen(FormScreen)
        await driver.sees("2 functions: memory", "now 256 – 1,024 MB, 2 functions", "· memory: 128 to 10,240 MB")
        assert "▲ memory" not in driver.text()
        await driver.press("enter")
        await driver.sees("▲ memory: 128 to 10,240 MB")
        assert isinstance(driver.app.screen, FormScreen)
        await driver.press("escape")
        await driver.on_screen(FleetScreen)

        await driver.app.run_action("app.remedy('retention')")
        await driver.on_screen(FormScreen)
        await driver.press("enter")
        await driver.sees("days: 1, 3, 5")
        await driver.press("down", "enter")
        await driver.on_screen(PlanScreen)
        await driver.sees("2 functions: log retention → 1 day")


async def test_of_several_tagged_functions_number_and_protected_name_are_typed(account: Emulator) -> None:
    async with at_function(account, SICK, config=Config(protected=("^price-",))) as driver:
        await driver.press("space")
        assert driver.table.move_to("price-lookup")
        await driver.press("space")
        await driver.sees("2 tagged")
        await plan_memory(driver, "768")

        await driver.press("2", "enter")
        await driver.sees("type 2 with price-lookup to apply")
        assert writes(account) == []
        await driver.press(*(key if key.isalnum() else _KEYS[key] for key in " with price-lookup"), "enter")
        await driver.until(lambda: driver.app.state.receipts)

        assert writes(account) == ["lambda.UpdateFunctionConfiguration"] * 2


async def test_read_only_binds_no_key_that_writes_and_offers_none(account: Emulator) -> None:
    keys = [command.keys for command in COMMANDS if command.writes and command.keys]
    async with at_function(account, config=Config(read_only=True)) as driver:
        await driver.press(*keys)

        assert isinstance(driver.app.screen, FleetScreen)
        assert "memory" not in driver.lines()[-1]
        await driver.press("question_mark")
        assert "Brake" not in driver.text()
        await driver.press("escape", "enter")
        await driver.on_screen(FunctionScreen)
        await driver.press(*keys)
        assert isinstance(driver.app.screen, FunctionScreen)
        assert writes(account) == []


async def test_the_menu_lists_every_action_and_runs_it(account: Emulator) -> None:
    async with at_function(account) as driver:
        await driver.press("f9")
        await driver.on_screen(MenuScreen)
        await driver.sees(SICK, *(each.help for each in at(Area.REMEDY) if each.action != "app.menu"))
        await driver.press("j", "enter")
        await driver.on_screen(FormScreen)
        await driver.sees("memory   128 to")


async def test_an_actions_key_chooses_it_in_the_menu_too(account: Emulator) -> None:
    async with at_function(account, SICK) as driver:
        await driver.press("f9")
        await driver.on_screen(MenuScreen)
        await driver.press("t")
        await driver.on_screen(FormScreen)

        await driver.sees(f"{SICK}: timeout")


async def test_a_form_that_is_higher_than_the_screen_opens_on_its_first_question(account: Emulator) -> None:
    async with at_function(account, "checkout-api", size=(80, 12)) as driver:
        await driver.press("X")
        await driver.on_screen(FormScreen)

        await driver.until(lambda: driver.lines()[2].strip(" │") == "tracing")


async def test_a_missing_permission_is_named_and_nothing_is_applied(account: Emulator) -> None:
    account.faults["lambda.UpdateFunctionConfiguration"] = Fault(kind="denied")
    async with at_function(account) as driver:
        await plan_memory(driver, "1536")
        await driver.press("enter")

        await driver.sees("not applied", "needs lambda:UpdateFunctionConfiguration")


async def test_the_calls_are_copied(account: Emulator) -> None:
    async with at_function(account) as driver:
        await plan_memory(driver, "1536")
        await driver.press("y")

        copied = driver.app.clipboard
        assert copied.splitlines() == [
            f"export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 AWS_ENDPOINT_URL={account.url}",
            f"aws lambda update-function-configuration --function-name {SICK} --memory-size 1536",
        ]


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (200, 60)])
async def test_form_and_plan_can_be_answered_on_any_screen(account: Emulator, size: tuple[int, int]) -> None:
    async with at_function(account, size=size) as driver:
        await plan_memory(driver, "1536")
        await driver.sees("Apply")
        await driver.press("enter")
        await driver.until(lambda: driver.app.state.receipts)


async def test_the_brake_is_pulled_and_released_to_what_was_reserved_before(account: Emulator) -> None:
    async with at_function(account, "orders-consumer") as driver:
        for keys in (("right", "enter"), ("enter",)):  # only what stops it has cancel for its default
            done = len(driver.app.state.receipts)
            await driver.press("B")
            await driver.on_screen(PlanScreen)
            await driver.press(*keys)
            await driver.until(lambda: len(driver.app.state.receipts) > done)  # noqa: B023
            await driver.press("escape")
            await driver.on_screen(FleetScreen)

        pulled, released = (receipt.plan.steps[-1] for receipt in driver.app.state.receipts)
        assert pulled.after == {"ReservedConcurrentExecutions": 0}
        assert released.after == pulled.before == {"ReservedConcurrentExecutions": 50}


async def test_what_was_just_rolled_back_does_not_go_one_further_for_the_same_errors(account: Emulator) -> None:
    async with at_function(account, "checkout-api") as driver:
        await driver.press("r")
        await driver.on_screen(PlanScreen)
        await driver.sees("version 42 → 41", "errors ×")
        await driver.press("right", "enter")
        await driver.until(lambda: driver.app.state.receipts)
        await driver.press("escape")
        await driver.on_screen(FleetScreen)

        await driver.press("r")

        await driver.until(lambda: driver.app._notifications)
        (notice,) = driver.app._notifications
        assert notice.message.startswith("alias live was rolled back at 2026-10-01 12:00 UTC, version 42 → 41")
        assert isinstance(driver.app.screen, FleetScreen)


async def test_a_change_is_in_the_journal_of_the_next_run_too_and_can_be_undone_there(account: Emulator) -> None:
    async with at_function(account) as driver:
        await plan_memory(driver, "1536")
        await driver.press("enter")
        await driver.until(lambda: driver.app.state.receipts)

    async with at_function(account) as driver:
        await driver.press("J")
        await driver.on_screen(JournalScreen)
        await driver.sees(SICK, "memory", "applied")
        await driver.press("escape", "u")
        await driver.on_screen(PlanScreen)
        await driver.sees("1,536 MB → 1,024 MB")


async def test_a_function_is_invoked_by_hand(account: Emulator) -> None:
    async with at_function(account) as driver:
        await driver.app.run_action("app.invoke")
        await driver.on_screen(InvokeScreen)
        await driver.press("ctrl+j")
        await driver.on_screen(ConfirmScreen)
        await driver.press("y")
        await driver.until(lambda: driver.app.state.invoked is not None)

        assert writes(account) == ["lambda.Invoke"]


@pytest.mark.parametrize("seed", range(4))
async def test_random_keys_write_nothing_that_was_not_confirmed(account: Emulator, seed: int) -> None:
    chance = random.Random(seed)
    keys = [key for command in COMMANDS for key in command.keys.split(",") if key and "quit" not in command.action]
    keys += ["escape", "tab", "down", "right", "1", "2", *("enter",) * 3]
    async with driving(account.url, size=(120, 40)) as driver:
        await driver.until(driver.has_figures)
        for _ in range(150):
            key = chance.choice(keys)
            if isinstance(driver.app.screen, PlanScreen) and key == "enter":
                key = "escape"
            await driver.press(key)

        assert driver.app.state.receipts == ()
    assert writes(account) == []
