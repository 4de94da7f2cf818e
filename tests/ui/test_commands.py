"""The one declaration of the keys: every one of them does what it says, and footer, help, palette and README follow."""

import inspect
from pathlib import Path

import pytest
from textual import actions
from textual.binding import BindingsMap
from textual.command import CommandList, CommandPalette
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input

from lambdatop.emulator.server import Emulator
from lambdatop.ui.app import LambdatopApp
from lambdatop.ui.commands import COMMANDS, Area, Command, at, footer, markdown, writes
from lambdatop.ui.panes.charts import ChartsPane
from lambdatop.ui.panes.cold_starts import StartsPane
from lambdatop.ui.panes.invocations import InvocationsPane
from lambdatop.ui.panes.log.pane import LogPane
from lambdatop.ui.panes.traces import TracesPane
from lambdatop.ui.screens.alarms import AlarmsScreen
from lambdatop.ui.screens.fleet import FleetScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.screens.help import HelpScreen
from lambdatop.ui.screens.journal import JournalScreen
from lambdatop.ui.screens.request import RequestScreen
from lambdatop.ui.screens.trace import TraceScreen
from lambdatop.ui.widgets.bar import shown
from lambdatop.ui.widgets.columns import Sort
from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.ui.widgets.paragraphs import Paragraphs
from tests.ui.driving import Driver, measured

README = Path(__file__).parents[2] / "README.md"

OWNERS: dict[Area, type[DOMNode]] = {
    Area.ANYWHERE: LambdatopApp,
    Area.FLEET: FleetScreen,
    Area.FUNCTION: FunctionScreen,
    Area.REMEDY: FunctionScreen,
    Area.CHARTS: ChartsPane,
    Area.LOG: LogPane,
    Area.INVOCATIONS: InvocationsPane,
    Area.STARTS: StartsPane,
    Area.TRACES: TracesPane,
    Area.TRACE: TraceScreen,
    Area.JOURNAL: JournalScreen,
    Area.ALARMS: AlarmsScreen,
    Area.ALARM_CHANGES: AlarmsScreen,
    Area.REQUEST: RequestScreen,
}
driven = pytest.mark.asyncio(loop_scope="module")


def can_run(action: str, owner: type[DOMNode]) -> bool:
    """True if the owner, or the app if it is named, has the action and takes these parameters."""
    namespace, name, parameters = actions.parse(action)
    method = getattr(LambdatopApp if namespace == "app" else owner, f"action_{name}", None)
    if method is None:
        return False
    inspect.signature(method).bind(None, *parameters)
    return True


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.place.value} {command.shown}")
def test_every_declared_key_is_bound_to_an_action_that_exists(command: Command) -> None:
    owner = OWNERS[command.place]
    bound = BindingsMap(owner.BINDINGS).key_to_bindings

    for key in filter(None, command.keys.split(",")):
        assert [binding.action for binding in bound[key]] == [command.action]
    assert can_run(command.action, owner)


@pytest.mark.parametrize("place", [Area.FLEET, Area.FUNCTION, Area.ANYWHERE])
def test_no_key_is_bound_that_is_not_declared(place: Area) -> None:
    shared = () if place is Area.ANYWHERE else (Area.REMEDY,)
    declared = {key for command in at(place, *shared) for key in command.keys.split(",") if key}

    assert set(BindingsMap(OWNERS[place].BINDINGS).key_to_bindings) == declared


@pytest.mark.parametrize("place", [Area.FLEET, Area.FUNCTION])
def test_no_key_is_declared_twice_where_it_could_mean_two_things(place: Area) -> None:
    commands = at(place, Area.REMEDY, Area.ANYWHERE)
    keys = [key for command in commands for key in command.keys.split(",") if key]

    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("place", [Area.FLEET, Area.FUNCTION])
def test_every_word_of_the_bottom_line_runs_an_action_that_exists(place: Area) -> None:
    assert [item.key for item in footer(place, Area.REMEDY) if not can_run(item.action, OWNERS[place])] == []


@pytest.mark.parametrize("place", [Area.FLEET, Area.FUNCTION, Area.TRACE, Area.ALARMS, Area.JOURNAL, Area.REQUEST])
@pytest.mark.parametrize("width", [60, 80, 150, 200])
def test_help_and_the_way_out_are_in_every_bottom_line_however_narrow(place: Area, width: int) -> None:
    items = footer(place, Area.REMEDY)
    fit = shown(items, width - 1)

    assert {"?", "q" if place is Area.FLEET else "Esc"} <= {item.key for item in fit}
    assert sum(item.width + 2 for item in fit) - 2 < width
    others, kept = [item for item in items if not item.stays], [item for item in fit if not item.stays]
    assert others[: len(kept)] == kept != []


def test_readme_lists_the_keys_as_they_are_declared() -> None:
    assert markdown() in README.read_text()


async def help_of(driver: Driver) -> str:
    await driver.press("question_mark")
    await driver.on_screen(HelpScreen)
    parts = driver.app.screen.query(Paragraphs)
    return "\n".join("".join(text for text, _ in line) for part in parts for line in part._lines(1_000))


def listed(*places: Area) -> list[str]:
    return [f"{command.shown:>8}  {command.help}" for command in at(*places)]


@driven
async def test_help_lists_the_commands_of_the_place_and_no_others(account: Emulator) -> None:
    places: dict[type[Screen[None]], Area] = {FleetScreen: Area.FLEET, FunctionScreen: Area.FUNCTION}
    async with measured(account.url) as driver:
        for screen, place in places.items():
            await driver.on_screen(screen)
            told = await help_of(driver)
            here, elsewhere = listed(place, Area.CHARTS, Area.LOG, Area.ANYWHERE), listed(*places.values())

            assert [line for line in here if line not in told] == []
            assert [line for line in elsewhere if line in told and line not in here] == []
            await driver.press("escape", "enter")


@driven
async def test_what_of_help_takes_two_lines_goes_on_under_its_text(account: Emulator) -> None:
    async with measured(account.url, size=(80, 24)) as driver:
        await help_of(driver)

        await driver.sees(f"│{' ' * 12}tagged ")


@driven
async def test_the_menu_of_what_can_be_done_is_in_every_bottom_line_that_has_one(account: Emulator) -> None:
    async with measured(account.url, size=(80, 24)) as driver:
        await driver.until(lambda: "F9 menu" in driver.lines()[-1])
        await driver.press("enter")
        await driver.on_screen(FunctionScreen)

        await driver.until(lambda: "F9 menu" in driver.lines()[-1])


@driven
async def test_the_palette_offers_a_panes_commands_to_who_works_in_it_alone(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("colon")
        await driver.on_screen(CommandPalette)
        await driver.press(*"invocation")
        await driver.sees("Open the selected function on its invocations")

        assert "All lines of the invocation" not in driver.text()


@driven
@pytest.mark.parametrize("key", ["f10", "ctrl+q"])
@pytest.mark.parametrize("dialog", ["question_mark", "f9", "colon", "slash"])
async def test_the_keys_that_always_quit_do_so_from_a_dialog_too(account: Emulator, key: str, dialog: str) -> None:
    async with measured(account.url) as driver:
        await driver.press(dialog)
        await driver.pilot.press(key)

        await driver.until(lambda: not driver.app.is_running)


@driven
@pytest.mark.parametrize("key", ["escape", "q", "question_mark", "f1", "enter"])
async def test_help_closes_by_the_keys_one_would_try(account: Emulator, key: str) -> None:
    async with measured(account.url, size=(80, 24)) as driver:
        await help_of(driver)
        await driver.press(key)

        await driver.on_screen(FleetScreen)


async def choose(driver: Driver, words: str) -> None:
    await driver.press("colon")
    await driver.on_screen(CommandPalette)
    await driver.press(*words)
    await driver.sees(words)
    await driver.until(lambda: driver.one(CommandList).option_count)
    await driver.press("enter")


@driven
async def test_the_palette_finds_and_runs_commands_of_the_screen_and_of_the_app(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await choose(driver, "cost")
        await driver.until(lambda: driver.table.sort == Sort("cost"))
        await choose(driver, "stop")
        await driver.sees("PAUSED")


@driven
async def test_what_was_typed_just_before_escape_no_longer_searches_the_palette(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("colon")
        palette = await driver.on_screen(CommandPalette)
        typed = Input.Changed(driver.one(Input), "o")

        await palette.query_one(CommandList).remove()  # as it goes first of all when the palette is left
        palette.dismiss()
        palette.post_message(typed)

        await driver.on_screen(FleetScreen)
        await driver.until(lambda: not palette.is_attached)


@driven
async def test_the_palette_opens_a_function_by_name_and_sets_a_theme(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await choose(driver, "image-resize")
        await driver.on_screen(FunctionScreen)
        assert driver.app.state.focus.function == "image-resize"
        await choose(driver, "nord")
        await driver.until(lambda: driver.app.theme == "nord")


@driven
async def test_the_palette_offers_the_logs_commands_where_the_log_has_the_keyboard(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("l")
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.one(LogLines).has_focus)
        await choose(driver, "wrap")

        await driver.until(lambda: driver.one(LogLines).wrap)


def test_what_read_only_takes_away_shares_no_action_with_what_only_shows() -> None:
    writing, showing = ({each.method for each in COMMANDS if each.writes is what} for what in (True, False))

    assert writing & showing == set()
    assert {"remedy", "alarm", "invoke", "undo", "undo_entry", "menu", "edit", "delete"} <= writing
    assert all(map(writes, writing))
    assert not any(map(writes, showing))
