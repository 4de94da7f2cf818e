"""An invocation by hand on the screen: written, checked, asked about, sent once, and what came back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Button, Input, OptionList, TextArea

from lambdatop.actions.journal.saved_payloads import EventStore
from lambdatop.config import Config
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.invocations.by_hand import Invoked
from lambdatop.model.logs.report import parse_report
from lambdatop.ui.app import LambdatopApp
from lambdatop.ui.screens.confirm import ConfirmScreen
from lambdatop.ui.screens.invoke import InvokeScreen
from lambdatop.updates import InvocationEnded
from tests.ui.driving import Driver, driving

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "checkout-api"
REPORT = (
    "REPORT RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95\tDuration: 41.50 ms\tBilled Duration: 352 ms\t"
    "Memory Size: 1024 MB\tMax Memory Used: 96 MB\tInit Duration: 310.20 ms\t\n"
)


@asynccontextmanager
async def opened(account: Emulator, store: EventStore, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Driver]:
    async with driving(account.url, size=size) as driver:
        await driver.until(driver.has_figures)
        screen = InvokeScreen(NAME, store, driver.app.clock)
        driver.app.push_screen(screen.data_bind(LambdatopApp.state))
        await driver.on_screen(InvokeScreen)
        await driver.sees(f"{NAME}: invoke", "JSON")
        yield driver


def written(driver: Driver) -> str:
    return driver.one(TextArea).text


async def test_it_opens_on_what_was_sent_last_and_steps_through_the_saved_events(account: Emulator) -> None:
    store = EventStore()
    store.used(NAME, '{"last": 1}')
    store.save(NAME, "full cart", '{"items": [1, 2]}')

    async with opened(account, store) as driver:
        await driver.sees(f"{NAME}: invoke", "as oncall", "sent last", "1 of 3", "JSON, 11 bytes")
        assert written(driver) == '{"last": 1}'
        await driver.press("ctrl+o")
        await driver.sees("full cart", "2 of 3")
        assert written(driver) == '{"items": [1, 2]}'
        await driver.press("ctrl+o")
        assert written(driver) == "{}"


async def test_what_is_no_json_is_told_with_its_place_and_cannot_be_sent(account: Emulator) -> None:
    async with opened(account, EventStore()) as driver:
        driver.one(TextArea).load_text('{"a": }')
        await driver.sees("no JSON", "line 1, column 7")
        await driver.press("ctrl+j")

        assert isinstance(driver.app.screen, InvokeScreen)


async def test_a_payload_is_saved_under_a_name(account: Emulator, tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events")

    async with opened(account, store) as driver:
        driver.one(TextArea).load_text("[1]")
        await driver.press("ctrl+s", *"cart", "enter")
        await driver.sees("event cart")
        assert store.of(NAME).saved == {"cart": "[1]"}
        await driver.press("ctrl+d")
        assert store.of(NAME).saved == {}


async def test_the_event_that_is_shown_is_deleted_also_once_another_stands_before_it(account: Emulator) -> None:
    store = EventStore()
    for name in ("a", "b", "empty"):
        store.save(NAME, name, f'"{name}"')

    async with opened(account, store) as driver:
        await driver.press("ctrl+o")
        await driver.sees("event b")
        store.used(NAME, '"b"')  # as the first sending does
        await driver.press("ctrl+d")
        assert [*store.of(NAME).saved] == ["a", "empty"]
        await driver.sees("event empty", "3 of 4")
        await driver.press("ctrl+o", "ctrl+d")

        assert written(driver) == "{}"
        assert [*store.of(NAME).saved] == ["a", "empty"]


async def test_nothing_is_sent_without_a_yes_and_no_is_what_enter_answers(account: Emulator) -> None:
    async with opened(account, EventStore()) as driver:
        await driver.press("ctrl+j")
        await driver.on_screen(ConfirmScreen)
        await driver.sees(f"invoke {NAME}?", "nothing takes it back")
        await driver.press("enter")
        await driver.on_screen(InvokeScreen)

        assert account.calls["lambda.Invoke"] == 0


async def test_what_came_back_is_shown_harmless_with_its_figures(account: Emulator) -> None:
    store = EventStore()
    account.faults["lambda.Invoke"] = Fault.silent()  # the answer shown is the one below

    async with opened(account, store) as driver:
        screen = driver.app.screen
        assert isinstance(screen, InvokeScreen)
        driver.one(TextArea).load_text('{"sku": 1}')
        await driver.press("ctrl+j")
        await driver.on_screen(ConfirmScreen)
        driver.one(OptionList).highlighted = 1
        await driver.press("enter")
        await driver.on_screen(InvokeScreen)
        assert store.of(NAME).last == '{"sku": 1}'
        assert screen._sent is not None
        done = Invoked(
            invocation=screen._sent,
            took_s=0.4,
            version="42",
            payload='{"errorMessage": "\\u001b[2J[/]", "errorType": "KeyError"}',
            error="Unhandled",
            log=f"START\n\x1b]52;c;aGk=\x07boom\n{REPORT}",
            report=parse_report(REPORT),
            trace_id="1-6ac7d554-62c6b0e3a1b2c3d4e5f60718",
        )
        driver.app.take(InvocationEnded(done))

        await driver.sees(
            "KeyError",
            "42 ms",
            "billed 352 ms",
            "96/1,024 MB",
            "cold, init 310 ms",
            "version 42",
            "trace 1-6ac7d554",
            "what it says of its failure",
            "the end of its log",
            "boom",
        )
        assert "\x1b" not in driver.text()


async def test_a_yes_sends_it_once_and_the_answer_comes_with_its_log(account: Emulator) -> None:
    async with driving(account.url, size=(120, 40)) as driver:
        await driver.until(driver.has_answers)
        driver.app.action_invoke()
        await driver.on_screen(InvokeScreen)
        await driver.sees("JSON")
        await driver.press("ctrl+j")
        await driver.on_screen(ConfirmScreen)
        await driver.press("y")
        await driver.on_screen(InvokeScreen)

        await driver.sees("billed", "the end of its log", "x trace")
        assert account.calls["lambda.Invoke"] == 1
        (entry,) = driver.app.journal.entries()
        assert entry.receipt.plan.action == "invoke"


async def test_the_payload_stays_as_it_was_sent_while_its_answer_is_shown(account: Emulator) -> None:
    store = EventStore()
    store.save(NAME, "cart", '{"items": 1}')

    async with opened(account, store, size=(80, 24)) as driver:
        await driver.sees("event cart", "^D deletes it")
        await driver.press("ctrl+j")
        await driver.on_screen(ConfirmScreen)
        await driver.press("j", "enter")
        await driver.on_screen(InvokeScreen)
        await driver.sees("billed", "e edits")
        answer = driver.one(VerticalScroll, "#answer")
        await driver.press("ctrl+o", "ctrl+s", "ctrl+d")

        assert answer.scroll_offset.y > 0
        assert [*store.of(NAME).saved] == ["cart"]
        assert written(driver) == '{"items": 1}'
        assert not driver.one(Input, "#name").display
        await driver.press("e", "ctrl+d")
        assert [*store.of(NAME).saved] == []


async def test_the_keys_of_an_answer_say_nothing_before_there_is_one(account: Emulator) -> None:
    async with opened(account, EventStore()) as driver:
        driver.one(Button, "#cancel").focus()
        await driver.press("x", "o", "y")

        assert not driver.app._notifications


async def test_in_read_only_mode_there_is_no_invocation_to_be_chosen(account: Emulator) -> None:
    async with driving(account.url, config=Config(read_only=True)) as driver:
        await driver.until(driver.has_figures)

        assert not driver.app.check_action("invoke", ())
