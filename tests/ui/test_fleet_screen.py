"""The fleet as its user meets it: what stands on the screen, and what each key and each click does."""

import re
from datetime import timedelta

import pytest
from textual.events import MouseScrollDown
from textual.widgets import Input

from lambdatop.config import SORT_COLUMNS, Config, SortColumn
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.emulator.simulation.stories import TRUTH
from lambdatop.model.fleet.diagnosis import Health
from lambdatop.model.fleet.sorting import ordered
from lambdatop.state import State
from lambdatop.ui.messages import PaneName
from lambdatop.ui.panes.charts import ChartsPane
from lambdatop.ui.panes.log.pane import LogPane
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.panes.traces import TracesPane
from lambdatop.ui.screens.fleet import FleetScreen
from lambdatop.ui.screens.form import FormScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.screens.help import HelpScreen
from lambdatop.ui.screens.plan import PlanScreen
from lambdatop.ui.screens.sort import SortMenu
from lambdatop.ui.widgets.columns import Sort
from lambdatop.ui.widgets.tile import Tile
from tests.ui.conftest import FUNCTIONS
from tests.ui.driving import AT, Driver, driving, measured

pytestmark = pytest.mark.asyncio(loop_scope="module")

SICKEST = "checkout-api"
PANES: dict[PaneName, type[Pane]] = {"charts": ChartsPane, "log": LogPane, "traces": TracesPane}


def shown_panes(driver: Driver) -> set[str]:
    return {name for name, kind in PANES.items() if driver.one(kind).size.area}


@pytest.mark.parametrize("size", [(80, 24), (150, 42), (200, 60)])
async def test_the_sick_stand_first_and_the_screen_says_why_and_since_when(
    account: Emulator, size: tuple[int, int]
) -> None:
    began = AT - timedelta(seconds=TRUTH[SICKEST].ago_s or 0)

    async with measured(account.url, size=size) as driver:
        await driver.sees(f"{began:%H:%M} errors ×15 since deployment")
        rows = driver.table.rows

    assert rows[0].name == SICKEST
    assert rows[0].why is not None
    assert rows[0].why.since == began.replace(second=0)
    assert [row.sickness for row in rows] == sorted((row.sickness for row in rows), reverse=True)


async def test_the_header_says_who_where_and_how_many(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.until(driver.has_answers)
        active = sum(1 for row in driver.app.state.fleet.rows.values() if row.invocations)

        await driver.sees(
            "123456789012 · eu-west-1 · oncall", f"{FUNCTIONS} functions · {active} active", "12:00:30", "/h"
        )


@pytest.mark.parametrize(
    ("width", "last"), [(30, "λtop"), (40, "123456789012"), (60, "eu-west-1"), (80, "functions"), (96, "active")]
)
async def test_what_has_no_room_in_the_header_is_left_out_whole(account: Emulator, width: int, last: str) -> None:
    async with measured(account.url, size=(width, 24)) as driver:
        await driver.until(lambda: re.split(r"  \$|  12:", driver.lines()[0])[0].split()[-1] == last)

        assert "…" not in driver.lines()[0]


async def test_where_it_is_refused_who_we_are_the_region_is_told(account: Emulator) -> None:
    account.faults["sts.GetCallerIdentity"] = Fault.denied()
    async with measured(account.url) as driver:
        await driver.sees("account unknown · eu-west-1   14 functions")
        await driver.press("m")
        await driver.on_screen(FormScreen)
        driver.one(Input).value = "2048"
        await driver.press("enter")
        await driver.on_screen(PlanScreen)

        await driver.sees("account unknown · eu-west-1 ")


async def test_how_many_are_active_is_unknown_before_they_are_measured(account: Emulator) -> None:
    account.faults["cloudwatch.GetMetricData"] = Fault.denied()
    async with driving(account.url) as driver:
        await driver.sees(f"{FUNCTIONS} functions · – active")
        tiles = [tile.render_line(0).text.strip() for tile in driver.app.screen.query(Tile)]

    assert tiles == ["–"] * 4


async def test_the_tiles_say_what_the_account_does(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.until(driver.has_answers)
        metrics = driver.app.state.fleet.account
        assert metrics is not None
        tiles = [tile.render_line(0).text for tile in driver.app.screen.query(Tile)]

    assert len(tiles) == 4
    invocations = sum(value or 0 for value in metrics.invocations.values[-6:-1]) / 5
    assert tiles[0].split()[0] == f"{invocations:,.0f}/min"
    assert tiles[1].split()[1] == "%"
    assert tiles[3].split()[1:3] == ["of", "1,000"]
    assert all("▇" in tile for tile in tiles)


async def test_every_sort_key_orders_the_table_by_its_column(account: Emulator) -> None:
    keys: dict[str, SortColumn] = {
        "N": "name", "E": "errors", "P": "p95", "M": "memory", "T": "throttles", "C": "cost"
    }  # fmt: skip
    async with measured(account.url) as driver:
        for key, column in keys.items():
            await driver.press(key)

            assert driver.table.rows == ordered(driver.app.state.fleet.rows.values(), column)
            assert driver.table.sort == Sort(column, descending=column != "name")


async def test_the_order_steps_left_and_right_through_all_columns_and_can_be_inverted(account: Emulator) -> None:
    async with measured(account.url) as driver:
        seen = []
        for _ in SORT_COLUMNS:
            await driver.press("greater_than_sign")
            seen.append(driver.app.screen.query_one("#fleet", type(driver.table)).sort)
        await driver.press("less_than_sign", "I")

        assert [sort.key for sort in seen if sort] == [*SORT_COLUMNS[1:], SORT_COLUMNS[0]]
        assert driver.table.sort == Sort("cost", descending=False)
        await driver.until(
            lambda: driver.table.rows == ordered(driver.app.state.fleet.rows.values(), "cost", inverted=True)
        )


async def test_after_a_sort_the_top_is_in_view(account: Emulator) -> None:
    async with measured(account.url, size=(80, 16)) as driver:
        await driver.press("end")
        await driver.press("E")

        assert driver.table.scroll_offset.y == 0
        assert driver.names.index(driver.table.cursor_key or "") < driver.table.size.height


@pytest.mark.parametrize("width", [60, 80, 100, 120])
async def test_what_changes_the_meaning_of_the_screen_is_never_cut(account: Emulator, width: int) -> None:
    async with measured(account.url, size=(width, 24), config=Config(filter="api", read_only=True)) as driver:
        await driver.press("p")

        await driver.sees("PAUSED · p goes on", "READ-ONLY")
        if width >= 80:
            await driver.sees("/api: ")


async def test_a_function_opened_from_elsewhere_is_under_the_cursor_afterwards(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("colon", *"search-sug", "enter")
        await driver.on_screen(FunctionScreen)
        await driver.press("escape")
        await driver.on_screen(FleetScreen)

        await driver.until(lambda: driver.table.cursor_key == driver.app.state.focus.function == "search-suggest")


async def test_the_column_can_be_chosen_from_a_menu(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("f6")
        await driver.on_screen(SortMenu)
        await driver.press("j", "j", "enter")
        chosen = driver.table.sort
        await driver.press("f6")
        await driver.on_screen(SortMenu)
        await driver.press("j", "escape")

        assert chosen == driver.table.sort == Sort(SORT_COLUMNS[2])


async def test_a_filter_narrows_as_it_is_typed_and_enter_keeps_it(account: Emulator) -> None:
    async with measured(account.url) as driver:
        everyone = set(driver.names)
        await driver.press("slash", *"checkout")
        typed = driver.names
        await driver.press("enter")

        assert typed == driver.names == [name for name in driver.names if "checkout" in name]
        assert SICKEST in typed
        assert set(typed) < everyone
        assert not driver.app.screen.query(Input)
        assert driver.table.has_focus
        await driver.sees(f"/checkout: {len(typed)}")


async def test_where_a_filter_takes_the_cursors_row_away_it_goes_to_the_first_that_is_left(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("end")
        last = driver.table.cursor_key
        await driver.press("slash", "exclamation_mark", *(last or ""), "enter")

        assert last not in driver.names
        assert driver.table.cursor_key == driver.names[0]


async def test_an_exclamation_mark_inverts_the_filter(account: Emulator) -> None:
    async with measured(account.url, config=Config(filter="-api")) as driver:
        matching = set(driver.names)
        await driver.press("slash", "home", "exclamation_mark", "enter")

        assert matching
        assert not matching & set(driver.names)
        assert len(matching) + len(driver.names) == FUNCTIONS


async def test_escape_takes_a_filter_away_while_it_is_typed_and_afterwards(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("slash", *"checkout", "escape")
        while_typing = len(driver.names)
        await driver.press("slash", *"checkout", "enter", "s", "escape")

        assert while_typing == len(driver.names) == FUNCTIONS
        assert driver.table.has_focus


async def test_a_filter_that_nothing_passes_is_named(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("slash", *"nosuch")

        await driver.sees("no function matches 'nosuch'")


async def test_s_shows_the_sick_alone_and_then_everyone_again(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("s")
        sick = [row.state for row in driver.table.rows]
        await driver.press("s")

        assert sick
        assert set(sick) <= {Health.SICK, Health.WARNING}
        assert len(driver.names) == FUNCTIONS


async def test_the_digits_show_and_hide_the_tiles_and_each_pane(account: Emulator) -> None:
    async with measured(account.url) as driver:
        shown = [shown_panes(driver)]
        for key in ("2", "3", "4", "2", "3", "4"):
            await driver.press(key)
            shown.append(shown_panes(driver))
        await driver.press("1")
        without_tiles = driver.app.screen.query(Tile).first().size.area
        await driver.press("1")

        assert shown == [
            {"charts", "log", "traces"},
            {"log", "traces"},
            {"traces"},
            set(),
            {"charts"},
            {"charts", "log"},
            {"charts", "log", "traces"},
        ]
        assert not without_tiles
        assert driver.app.screen.query(Tile).first().size.area


async def test_z_gives_the_table_the_whole_screen_and_back(account: Emulator) -> None:
    async with measured(account.url) as driver:
        before = driver.table.size.height
        await driver.press("z")
        alone, panes = driver.table.size.height, shown_panes(driver)
        await driver.press("escape")

        assert (alone, panes) == (40, set())
        assert driver.table.size.height == before


@pytest.mark.parametrize("size", [(150, 42), (80, 24)])
async def test_a_digit_shows_its_pane_though_the_table_has_the_whole_screen(
    account: Emulator, size: tuple[int, int]
) -> None:
    async with measured(account.url, size=size) as driver:
        await driver.press("z")
        await driver.until(lambda: not shown_panes(driver))
        await driver.press("4")

        await driver.until(lambda: "traces" in shown_panes(driver) and driver.table.size.area)


@pytest.mark.parametrize("size", [(150, 42), (80, 24)])
async def test_the_table_takes_the_keyboard_from_a_pane_that_is_closed(
    account: Emulator, size: tuple[int, int]
) -> None:
    async with measured(account.url, size=size) as driver:
        if size[0] < 100:
            await driver.press("2")
        await driver.press("tab")
        await driver.until(lambda: driver.one(ChartsPane).has_focus_within)
        await driver.press("2")

        await driver.until(lambda: driver.table.has_focus and "charts" not in shown_panes(driver))


async def test_the_tabs_tell_no_keys_while_digits_are_the_logs(account: Emulator) -> None:
    async with measured(account.url, size=(80, 24)) as driver:
        await driver.sees(" 2 charts  3 log  4 traces  5 invocations")
        await driver.until(lambda: driver.app.state.seen.log)
        await driver.press("tab")
        await driver.sees(" charts  log  traces  invocations")
        await driver.press("escape")

        await driver.sees(" 2 charts  3 log  4 traces  5 invocations")


@pytest.mark.parametrize("back", ["z", "escape"])
async def test_z_gives_the_focused_pane_the_whole_screen_and_back(account: Emulator, back: str) -> None:
    async with measured(account.url) as driver:
        await driver.press("tab")
        await driver.until(lambda: driver.one(ChartsPane).has_focus_within)
        await driver.press("z")
        alone, table = shown_panes(driver), driver.table.size.area
        await driver.press(back)

        assert (alone, table) == ({"charts"}, 0)
        assert shown_panes(driver) == {"charts", "log", "traces"}
        assert driver.table.has_focus


async def test_y_copies_the_selected_functions_name_and_capital_y_its_arn(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("y")
        name = driver.app.clipboard
        await driver.press("Y")

        assert name == SICKEST
        assert driver.app.clipboard == f"arn:aws:lambda:eu-west-1:123456789012:function:{SICKEST}"


async def test_what_is_copied_is_the_row_under_the_cursor_even_if_the_panes_do_not_follow_yet(
    account: Emulator,
) -> None:
    async with measured(account.url) as driver:
        await driver.pilot.press("down", "y")

        assert driver.app.clipboard == driver.names[1]


async def test_p_stops_every_call_and_goes_on_where_it_was(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.until(driver.has_answers)
        await driver.press("p")
        await driver.sees("PAUSED")
        running = [worker for worker in driver.app.workers if not worker.is_finished]
        calls = account.calls.total()
        await driver.press("ctrl+r")
        paused_calls = account.calls.total()
        await driver.press("p")
        await driver.until(lambda: account.calls.total() > calls)

        assert not running
        assert paused_calls == calls
        assert "PAUSED" not in driver.text()


async def test_a_cursor_moved_while_paused_asks_nothing_until_it_goes_on(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.press("p")
        calls = account.calls.copy()
        await driver.press("down")
        await driver.until(lambda: driver.app.state.focus.function == driver.names[1])
        moved = account.calls.copy()
        await driver.press("p")
        await driver.until(driver.has_answers)

        assert moved == calls
        assert driver.app.state.focus.function == driver.names[1]


async def test_ctrl_r_asks_everything_again_at_once(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.until(driver.has_answers)
        before = account.calls.copy()
        await driver.press("ctrl+r")

        # Which functions are active at all is asked every fifth minute, and deployments once a minute, whatever is
        # pressed: Lambda's control plane is everybody's.
        seldom = {"cloudwatch.ListMetrics", "lambda.ListVersionsByFunction", "lambda.ListAliases"}
        again = set(before) - seldom
        await driver.until(lambda: all(account.calls[name] > before[name] for name in again))


@pytest.mark.parametrize("key", ["q", "f10", "ctrl+q"])
async def test_the_program_can_be_quit(account: Emulator, key: str) -> None:
    async with driving(account.url) as driver:
        await driver.pilot.press(key)
        await driver.until(lambda: not driver.app.is_running)

        assert (driver.app.return_value, driver.app.return_code) == (None, 0)


async def test_a_click_on_a_title_sorts_and_another_one_inverts(account: Emulator) -> None:
    async with measured(account.url) as driver:
        y, line = next((y, line) for y, line in enumerate(driver.lines()) if "INV/min" in line)
        place = (line.index("P95") + 1, y)
        await driver.pilot.click(offset=place)
        await driver.until(lambda: driver.table.sort == Sort("p95"))
        await driver.pilot.click(offset=place)

        await driver.until(lambda: driver.table.sort == Sort("p95", descending=False))


async def test_a_click_on_a_word_of_the_bottom_line_is_its_key(account: Emulator) -> None:
    async with measured(account.url) as driver:
        await driver.pilot.click(offset=(driver.lines()[-1].index("sick"), 41))
        await driver.until(lambda: len(driver.names) < FUNCTIONS)
        await driver.pilot.click(offset=(driver.lines()[-1].index("help"), 41))

        await driver.on_screen(HelpScreen)


async def test_the_wheel_scrolls_the_table_and_leaves_the_cursor(account: Emulator) -> None:
    async with measured(account.url, size=(150, 24)) as driver:
        top = driver.names[0]
        for _ in range(3):
            await driver.pilot._post_mouse_events([MouseScrollDown], driver.table, button=0)  # Pilot has no wheel

        await driver.until(lambda: driver.table.scroll_offset.y > 0)
        assert driver.table.cursor_key == top


async def test_the_panes_follow_the_cursor_once_it_rests(account: Emulator) -> None:
    async with measured(account.url) as driver:
        wanted = driver.names[3]
        await driver.pilot.press("down", "down", "down")
        await driver.until(lambda: driver.app.state.focus.function == wanted)
        await driver.until(driver.has_answers)

        await driver.sees(f"─ {wanted} · 3 h", f"─ log · {wanted}")


async def test_an_answer_of_the_function_before_never_shows_under_the_next_ones_name(account: Emulator) -> None:
    mixed: list[tuple[str | None, set[str | None]]] = []

    def watched(state: State) -> None:
        writers: set[str | None] = {line.function_name for line in state.seen.log.lines} if state.seen.log else set()
        if writers - {state.focus.function}:
            mixed.append((state.focus.function, writers))

    async with driving(account.url) as driver:
        await driver.until(lambda: driver.app.state.fleet.complete)
        account.faults["logs.FilterLogEvents"] = Fault.delayed(1.0, times=2)
        driver.app.watch(driver.app, "state", watched)
        await driver.until(lambda: driver.app.state.focus.function is not None)
        before = driver.app.state.focus.function
        await driver.press("G")
        await driver.until(lambda: driver.app.state.focus.function != before)
        await driver.until(lambda: driver.app.state.seen.log is not None)

        assert not mixed
        await driver.sees(f"─ log · {driver.table.cursor_key}")


@pytest.mark.parametrize("way", ["enter", "double click"])
async def test_enter_and_a_double_click_open_the_function(account: Emulator, way: str) -> None:
    async with measured(account.url) as driver:
        if way == "enter":
            await driver.press("down", "enter")
        else:
            await driver.pilot.double_click("#fleet", offset=(10, 2))
        wanted = driver.app.state.focus.function

        await driver.on_screen(FunctionScreen)
        await driver.sees(f" {wanted}  ")
        await driver.press("q")
        await driver.on_screen(FleetScreen)
        assert driver.table.cursor_key == wanted == driver.names[1]


@pytest.mark.parametrize(("key", "pane"), [("l", "log"), ("x", "traces")])
async def test_l_and_x_open_the_function_on_its_log_and_its_traces(account: Emulator, key: str, pane: PaneName) -> None:
    async with measured(account.url) as driver:
        await driver.press(key)
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: shown_panes(driver) == {pane})
        await driver.press("escape")

        await driver.on_screen(FleetScreen)
