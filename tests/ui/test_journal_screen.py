"""The journal on the screen: what was changed, opened in full, and whose it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from lambdatop.actions.applying.invoke import invoke
from lambdatop.actions.journal.journal import Journal
from lambdatop.actions.journal.undo import undone_by
from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import Receipt, Result, StepOutcome
from lambdatop.model.invocations.by_hand import ManualInvocation
from lambdatop.ui.app import LambdatopApp
from lambdatop.ui.screens.journal import JournalScreen
from lambdatop.ui.screens.journal_entry import EntryScreen
from lambdatop.ui.screens.plan import PlanScreen
from lambdatop.updates import IdentityKnown, PlanEnded
from lambdatop.words.journal import who
from tests.clocks import HandClock
from tests.gates import gate_to
from tests.model.plans import memory_step, plan, receipt
from tests.ui.driving import AT, Driver, driving

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOSTILE = "\x1b]52;c;aGk=\x07[/]\u202e"


def noted(journal: Journal, done: Receipt, *, ended: bool = True, endpoint: str = "http://127.0.0.1:4599") -> None:
    """Written down as apply does it."""
    journal.begun(replace(done, outcomes=()), endpoint)
    for index, outcome in enumerate(done.outcomes):
        journal.sending(done.id, index, outcome.step, done.begun)
        journal.told(done.id, index, outcome, done.ended)
    if ended:
        journal.ended(done)


def failed(id: str) -> Receipt:
    made = receipt(plan(memory_step(function="checkout-api"), function="checkout-api"), id=id, begun=AT)
    outcome = StepOutcome(step=made.plan.steps[0], result=Result.NOT_APPLIED, error=f"needs lambda:X {HOSTILE}")
    return replace(made, outcomes=(outcome,))


@asynccontextmanager
async def opened(account: Emulator, journal: Journal, size: tuple[int, int] = (150, 42)) -> AsyncIterator[Driver]:
    async with driving(account.url, size=size) as driver:
        await driver.until(driver.has_figures)
        screen = JournalScreen(journal, driver.app.clock, function="checkout-api")
        driver.app.push_screen(screen.data_bind(LambdatopApp.state, LambdatopApp.paused))
        await driver.on_screen(JournalScreen)
        await driver.until(lambda: "reading the journal" not in driver.text())
        yield driver


async def test_the_newest_change_stands_first_with_who_what_and_what_became_of_it(account: Emulator) -> None:
    journal = Journal()
    noted(journal, receipt(id="20261001-115000-aaaa", begun=AT - timedelta(minutes=10)))
    noted(journal, failed("20261001-120030-bbbb"))

    async with opened(account, journal) as driver:
        await driver.sees("image-resize", "memory 1,024 MB → 1,536 MB", "oncall/ada", "not applied", "in memory")

        lines = driver.text().splitlines()
        first = next(index for index, line in enumerate(lines) if "checkout-api" in line and "not applied" in line)
        second = next(index for index, line in enumerate(lines) if "image-resize" in line and "applied" in line)
        assert first < second
        assert "\x1b" not in driver.text()


async def test_a_journal_that_cannot_be_read_is_told(account: Emulator, tmp_path: Path) -> None:
    async with opened(account, Journal(tmp_path), (220, 42)) as driver:
        await driver.sees("cannot be read")


async def test_enter_shows_the_whole_plan_its_calls_and_what_became_of_each(account: Emulator) -> None:
    journal = Journal()
    noted(journal, failed("20261001-120030-bbbb"))

    async with opened(account, journal) as driver:
        await driver.press("enter")
        await driver.on_screen(EntryScreen)
        await driver.sees(
            "20261001-120030-bbbb",
            "http://127.0.0.1:4599",
            "aws lambda update-function-configuration --function-name checkout-api",
            "needs lambda:X",
            "not applied",
        )
        await driver.press("escape")
        await driver.on_screen(JournalScreen)
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, JournalScreen))


async def test_f_shows_the_selected_functions_changes_alone(account: Emulator) -> None:
    journal = Journal()
    noted(journal, receipt(id="a"))
    noted(journal, failed("b"))

    async with opened(account, journal) as driver:
        await driver.sees("image-resize", "all functions · 2")
        await driver.press("f")
        await driver.sees("checkout-api · 1")

        assert "image-resize" not in driver.text()


async def test_what_ends_while_it_is_open_appears(account: Emulator) -> None:
    journal = Journal()

    async with opened(account, journal) as driver:
        await driver.sees("nothing was changed yet")
        done = receipt(id="a", begun=AT)
        noted(journal, done)
        driver.app.take(PlanEnded(done))

        await driver.sees("memory 1,024 MB → 1,536 MB")


async def test_it_reads_at_80_columns(account: Emulator) -> None:
    journal = Journal()
    noted(journal, receipt(id="a", begun=AT))

    async with opened(account, journal, size=(80, 24)) as driver:
        await driver.sees("FUNCTION", "CHANGE", "RESULT", "image-resize", "memory 1,024", "applied")


async def test_an_invocation_by_hand_is_told_as_one(account: Emulator) -> None:
    journal, clock = Journal(), HandClock(AT)
    me = IdentityKnown("123456789012", "arn:aws:sts::123456789012:assumed-role/oncall/ada", "eu-west-1")
    async with gate_to(account.url, clock) as gate:
        await invoke(gate, clock, ManualInvocation(function="payment-capture", payload="[1]"), journal, me)

    async with opened(account, journal) as driver:
        await driver.sees("invoke, 3 bytes sent")
        assert any(word in driver.text() for word in ("ran", "failed: Unhandled"))


async def test_what_was_undone_and_then_redone_is_not_undone() -> None:
    journal = Journal()
    first = receipt(id="first")
    undo = receipt(replace(plan(memory_step(1536, 1024)), undoes="first"), id="undo")
    redo = receipt(replace(plan(memory_step()), undoes="undo"), id="redo")

    noted(journal, first)
    noted(journal, undo)
    assert undone_by(journal.entries()) == {"first": "undo"}
    noted(journal, redo)
    assert undone_by(journal.entries()) == {"undo": "redo"}


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:sts::123456789012:assumed-role/oncall/ada", "oncall/ada"),
        ("arn:aws:iam::123456789012:user/ada", "ada"),
        ("arn:aws:iam::123456789012:root", "root"),
        ("", "–"),
    ],
)
async def test_who_it_was_is_told_without_the_account(arn: str, name: str) -> None:
    assert who(replace(receipt(), caller=arn)) == name


async def test_a_key_opens_it_from_the_fleet_and_u_makes_the_plan_that_takes_a_change_back(account: Emulator) -> None:
    async with driving(account.url) as driver:
        await driver.until(driver.has_answers)
        noted(driver.app.journal, receipt(id="20261001-115000-aaaa", begun=AT), endpoint=account.url)
        await driver.press("J")
        await driver.on_screen(JournalScreen)
        await driver.sees("image-resize")
        await driver.press("u")
        await driver.on_screen(PlanScreen)

        await driver.sees("undo: image-resize: memory", "--memory-size 1024")


async def test_what_was_done_in_another_account_is_not_undone_here(account: Emulator) -> None:
    async with driving(account.url) as driver:
        await driver.until(driver.has_answers)
        noted(driver.app.journal, replace(receipt(id="a", begun=AT), account="999999999999"))
        await driver.press("J")
        await driver.on_screen(JournalScreen)
        await driver.sees("image-resize")
        await driver.press("u")

        await driver.until(lambda: driver.app._notifications)

        (said,) = driver.app._notifications
        assert "it was made in account 999999999999" in said.message
        assert isinstance(driver.app.screen, JournalScreen)


async def test_in_read_only_mode_the_journal_is_read_and_nothing_undone(account: Emulator) -> None:
    async with driving(account.url, config=Config(read_only=True)) as driver:
        await driver.until(driver.has_answers)
        noted(driver.app.journal, receipt(id="a", begun=AT))
        await driver.press("J")
        await driver.on_screen(JournalScreen)
        await driver.sees("image-resize")
        await driver.press("u")

        assert isinstance(driver.app.screen, JournalScreen)
        assert "u undo" not in driver.text()
