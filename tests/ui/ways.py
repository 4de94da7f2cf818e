"""The ways to every screen and dialog by keys, for the test of leaks; and which screens there are at all.

A new screen needs a way here: the test finds every class that composes one, and fails for those that no way leads to.
"""

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

from msgspec import Struct
from textual.screen import Screen

import lambdatop.ui
from lambdatop.ui.palette import Palette
from lambdatop.ui.panes.cold_starts import StartsPane
from lambdatop.ui.panes.invocations import InvocationsPane
from lambdatop.ui.panes.log.pane import LogPane
from lambdatop.ui.panes.traces import TracesPane
from lambdatop.ui.screens.alarm import AlarmScreen
from lambdatop.ui.screens.alarms import AlarmsScreen
from lambdatop.ui.screens.confirm import ConfirmScreen
from lambdatop.ui.screens.form import FormScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.screens.help import HelpScreen
from lambdatop.ui.screens.invocation import InvocationScreen
from lambdatop.ui.screens.invoke import InvokeScreen
from lambdatop.ui.screens.journal import JournalScreen
from lambdatop.ui.screens.journal_entry import EntryScreen
from lambdatop.ui.screens.log_event import EventScreen
from lambdatop.ui.screens.menu import MenuScreen
from lambdatop.ui.screens.plan import PlanScreen
from lambdatop.ui.screens.request import RequestScreen
from lambdatop.ui.screens.segment import SegmentScreen
from lambdatop.ui.screens.sort import SortMenu
from lambdatop.ui.screens.trace import TraceScreen
from lambdatop.ui.widgets.options import Options
from lambdatop.ui.widgets.table import Table
from tests.ui.driving import Driver

NAME = "cart-api"
"""A function that has everything, traces and cold starts, but not so many lines that the emulator has long to write."""
_MOST_ESCAPES = 20


class Step(Struct, frozen=True):
    """Once `ready`, press the keys; they lead to a screen of this kind."""

    keys: Sequence[str]
    to: type[Screen[Any]]
    ready: Callable[[Driver], object] = lambda driver: True


def _has_entry(driver: Driver) -> object:
    return "reading the journal" not in driver.text() and "memory" in driver.text()


def _has_traces(driver: Driver) -> object:
    return driver.app.state.seen.traces and driver.one(TracesPane).has_focus_within


def _has_log(driver: Driver) -> object:
    log = driver.app.state.seen.log
    return log and len(log.lines) and driver.one(LogPane).has_focus_within


def _has_invocations(driver: Driver) -> object:
    return driver.one(InvocationsPane).has_focus_within and driver.one(InvocationsPane).query_one(Table).rows


def _has_price(driver: Driver) -> object:
    starts = driver.app.state.seen.starts
    return starts and starts.price and driver.one(StartsPane).has_focus_within


def _has_trace(driver: Driver) -> object:
    return driver.app.state.seen.trace and driver.app.state.seen.trace.roots


def _can_invoke(driver: Driver) -> object:
    """With the cursor on what has no key of its own."""
    menu = driver.one(Options)
    menu.highlighted = menu.get_option_index("app.invoke")
    return True


WAYS: Sequence[Sequence[Step]] = (
    (Step(("question_mark",), HelpScreen),),
    (Step(("f6",), SortMenu),),
    (Step(("ctrl+p",), Palette),),
    (Step(("J",), JournalScreen), Step(("enter",), EntryScreen, _has_entry)),
    (
        Step(("enter",), FunctionScreen),
        Step(("ctrl+r",), FunctionScreen),  # asks everything again, from here
        Step(("S",), FunctionScreen),
        Step(("Q",), ConfirmScreen, _has_price),
        Step(("escape",), FunctionScreen),
        Step(("x",), FunctionScreen),
        Step(("enter",), TraceScreen, _has_traces),
        Step(("enter",), SegmentScreen, _has_trace),
        Step(("escape",), TraceScreen),
        Step(("o",), RequestScreen),
        Step(("escape",), TraceScreen),
        Step(("escape",), FunctionScreen),
        Step(("i",), FunctionScreen),
        Step(("enter",), InvocationScreen, _has_invocations),
        Step(("escape",), FunctionScreen),
        Step(("l",), FunctionScreen),
        Step(("enter",), EventScreen, _has_log),
    ),
    (Step(("f9",), MenuScreen), Step(("enter",), InvokeScreen, _can_invoke), Step(("ctrl+j",), ConfirmScreen)),
    (Step(("m",), FormScreen), Step((*"1536", "enter"), PlanScreen)),
    (Step(("a",), AlarmScreen),),
    (Step(("A",), AlarmsScreen),),
)
"""From the fleet to every screen of a program that may change things."""
READ_ONLY_WAYS: Sequence[Sequence[Step]] = ((Step(("A",), AlarmsScreen),),)
"""From the fleet to those that only a read-only program has."""


async def there_and_back(driver: Driver, way: Sequence[Step]) -> None:
    """Go one way from the fleet, and by Escape back."""
    for step in way:
        await driver.until(lambda step=step: step.ready(driver))  # type: ignore[misc]  # bound at once
        await driver.press(*step.keys)
        await driver.until(lambda step=step: type(driver.app.screen) is step.to)  # type: ignore[misc]
    for _ in range(_MOST_ESCAPES):
        if driver.app.screen is driver.app.fleet_screen:
            return
        await driver.press("escape")
    raise AssertionError(f"Escape does not lead back to the fleet; the screen is\n{driver.text()}")


def screens() -> Iterator[type[Screen[Any]]]:
    """Every class of the program that composes a screen: what only lends others its ways is none."""
    for module in pkgutil.walk_packages(lambdatop.ui.__path__, f"{lambdatop.ui.__name__}."):
        import_module(module.name)
    unseen: list[type[Screen[Any]]] = [Screen]
    while unseen:
        kind = unseen.pop()
        unseen += kind.__subclasses__()
        if kind.__module__.startswith("lambdatop.") and kind.compose is not Screen.compose:
            yield kind
