"""The screen that opens: the account in a line, tiles, every function as a row, live panes of the selected one."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.geometry import Size
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer

from lambdatop.clock import Clock
from lambdatop.config import SORT_COLUMNS, Config, SortColumn
from lambdatop.model.fleet.diagnosis import Health
from lambdatop.model.fleet.row import Row, matches
from lambdatop.model.fleet.sorting import ordered
from lambdatop.state import State
from lambdatop.ui.commands import Area, bindings, footer
from lambdatop.ui.content import account_line
from lambdatop.ui.content.fleet_columns import COLUMNS, sort_column
from lambdatop.ui.messages import FocusWanted, FunctionOpened, MomentWanted, PaneName, PanesChanged
from lambdatop.ui.panes.live import LivePanes
from lambdatop.ui.widgets.bar import Bar, KeyBar, Troubles
from lambdatop.ui.widgets.columns import Sort
from lambdatop.ui.widgets.filterbar import FilterBar
from lambdatop.ui.widgets.table import Table
from lambdatop.ui.widgets.tile import Tile
from lambdatop.updates import FocusSource

REST_S = 0.3
"""How long the cursor must rest before the panes follow it."""
REFRESH_S = 0.1
"""At most this often the table is sorted anew, however fast updates come."""

WIDTHS, HEIGHTS = [(0, "-narrow"), (110, "-normal"), (230, "-wide")], [(0, "-tiny"), (14, "-short"), (32, "-tall")]
"""The least widths and heights at which the stylesheet lays the screen out so."""


class FleetScreen(Screen[None]):
    """Sick functions first; the panes below follow the cursor."""

    PLACES = (Area.FLEET, Area.REMEDY, Area.CHARTS, Area.LOG, Area.INVOCATIONS, Area.TRACES, Area.ANYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.FLEET), *bindings(Area.REMEDY)]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    state: reactive[State] = reactive(State(), repaint=False, init=False)
    paused: reactive[bool] = reactive(False, repaint=False, init=False)
    pattern: reactive[str] = reactive("", repaint=False, init=False)
    only_sick: reactive[bool] = reactive(False, repaint=False, init=False)
    order: reactive[Sort] = reactive(Sort("sick"), repaint=False, init=False)

    def __init__(self, config: Config, clock: Clock) -> None:
        super().__init__()
        self._config = config
        self._clock = clock
        self._table: Table[Row] = Table(COLUMNS, key=lambda row: row.name, gap=1, id="fleet")
        self._tiles = [Tile(title) for title in account_line.TILES]
        self._header, self._totals, self._troubles = Bar(id="header"), Bar(id="totals"), Troubles()
        self._panes = LivePanes(clock, closed=("invocations",), id="panes")
        self._filter = FilterBar()
        self._rest: Timer | None = None
        self._stale = False
        self.set_reactive(FleetScreen.pattern, config.filter)
        self.set_reactive(FleetScreen.order, Sort(config.sort, descending=config.sort != "name"))

    def fit(self, size: Size) -> None:
        """Take the classes of that size before the first layout: Textual would lay out and paint everything twice."""
        for breakpoints, room in ((WIDTHS, size.width), (HEIGHTS, size.height)):
            self.set_class(True, max(each for each in breakpoints if each[0] <= room)[1], update=False)

    def compose(self) -> ComposeResult:
        yield self._header
        yield Horizontal(*self._tiles, id="tiles")
        yield self._totals
        with Container(id="body"):
            yield self._table
            yield self._panes.data_bind(FleetScreen.state, FleetScreen.paused)
        yield self._filter
        yield self._troubles
        yield KeyBar(footer(Area.FLEET, Area.REMEDY, read_only=self._config.read_only), id="keys")

    def on_mount(self) -> None:
        self._table.sort = self.order
        self._table.focus()
        self.set_interval(1.0, self._tick)
        self._tick()
        self._refill()

    def furnish(self) -> None:
        """Make the panes, now that there is a table to look at."""
        self._panes.call_next(self._panes.furnish)

    def visible_rows(self) -> Sequence[Row]:
        """The rows that are on the screen now."""
        top = self._table.scroll_offset.y
        return self._table.rows[top : top + max(1, self._table.size.height)]

    @property
    def selected(self) -> str | None:
        """The function under the cursor."""
        return self._table.cursor_key

    @property
    def tagged(self) -> Sequence[str]:
        """The tagged functions that there are, in the order of the table."""
        known = self.state.fleet.rows
        return tuple(name for name in known if name in self._table.marked)

    def stand_on(self, function: str) -> None:
        """Put the cursor on a function that is opened, wherever from, if it is among the rows."""
        self._table.move_to(function)

    def action_tag(self) -> None:
        if self._table.cursor_key is not None:
            self._table.marked = self._table.marked ^ {self._table.cursor_key}
            self._table.action_move(1)
            self._tick()

    def action_untag(self) -> None:
        self._table.marked = frozenset()
        self._tick()

    # What is shown

    def watch_state(self, old: State, new: State) -> None:
        if new.fleet is not old.fleet:
            self._refill_soon()
        if new.health is not old.health or new.identity is not old.identity or new.region != old.region:
            self._table.empty = self._absence()
            self._tick()

    def watch_paused(self) -> None:
        self._tick()

    def on_resize(self) -> None:
        self._tick()

    def watch_pattern(self) -> None:
        self._refill(others=True)

    def watch_only_sick(self) -> None:
        self._refill(others=True)

    def watch_order(self, order: Sort) -> None:
        self._table.sort = order
        self._refill()
        self._table.show_top()

    @property
    def sources(self) -> frozenset[FocusSource]:
        """What has to be asked for the panes in view, and of what was changed."""
        return self._panes.sources | {"effect"}

    def on_screen_resume(self) -> None:
        self.post_message(PanesChanged())
        self._hold()
        self._refill()

    def _refill_soon(self) -> None:
        """Fill at once what is empty; then gather what comes within a moment."""
        if not self._table.rows:
            self._refill()
        elif not self._stale:
            self._stale = True
            self.set_timer(REFRESH_S, self._refill)

    def _refill(self, *, others: bool = False) -> None:
        self._stale = False
        if not self.is_active:
            return
        fleet = self.state.fleet
        chosen = [row for row in fleet.rows.values() if self._passes(row)] if self._narrowed else fleet.rows.values()
        inverted = self.order.descending is (self.order.key == "name")
        rows = ordered(chosen, self.order.key, inverted=inverted)
        self._table.empty = self._absence()
        self._table.show(rows, others=others)
        account_line.fill_tiles(self._tiles, fleet)
        self._tick()

    @property
    def _narrowed(self) -> bool:
        return self.only_sick or bool(self.pattern)

    def _passes(self, row: Row) -> bool:
        if self.only_sick and row.state not in (Health.SICK, Health.WARNING):
            return False
        return matches(row.function, self.pattern)

    def _absence(self) -> str:
        failed = self.state.health.get("functions")
        if failed is not None:
            return failed.error
        if not self.state.fleet.complete:
            return "asking AWS for the functions …"
        if self.only_sick and not self.pattern:
            return "nothing is sick · s shows all functions"
        return (
            f"no function matches {self.pattern!r}"
            if self.pattern
            else "there are no functions in this account and Region"
        )

    def _tick(self) -> None:
        """What changes with the second: clock, ages, troubles."""
        now = self._clock.now()
        shown = len(self._table.rows)
        tagged = f"{len(self.tagged):,} tagged" if self._table.marked else ""
        chosen = " ".join((f"/{self.pattern}" if self.pattern else "", "sick" if self.only_sick else "")).strip()
        header = partial(account_line.header, self.state, now, width=self.size.width, paused=self.paused)
        self._header.show(*header(read_only=self._config.read_only, chosen=chosen, shown=shown, tagged=tagged))
        self._totals.show(account_line.totals(self.state.fleet))
        self._troubles.show(account_line.troubles(self.state, now))
        self._table.stale = account_line.is_stale(self.state.fleet, now)

    # The cursor and the panes

    @on(Table.Moved, "#fleet")
    def _cursor_moved(self, message: Table.Moved) -> None:
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_S, self._cursor_rests)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        if event.widget is self._table and self.app.app_focus:
            self._hold()

    def _hold(self) -> None:
        """The user has turned to what is in focus: no other row takes its place by becoming sicker."""
        self._table.hold(self.state.focus.function)
        self._cursor_rests()

    def _cursor_rests(self) -> None:
        if self.is_active and self._table.cursor_key is not None:
            self.post_message(FocusWanted(self._table.cursor_key))

    @on(Table.Opened, "#fleet")
    def _row_opened(self, message: Table.Opened) -> None:
        if message.key is not None:
            self.post_message(FunctionOpened(message.key))

    @on(Table.HeaderClicked, "#fleet")
    def _title_clicked(self, message: Table.HeaderClicked) -> None:
        column = sort_column(message.key)
        if column == self.order.key:
            self.action_invert_sort()
        elif column is not None:
            self.action_sort(column)

    @on(KeyBar.Chosen)
    async def _key_clicked(self, message: KeyBar.Chosen) -> None:
        await self.run_action(message.action)

    def action_open(self, pane: PaneName | None = None) -> None:
        if self._table.cursor_key is not None:
            self.post_message(FunctionOpened(self._table.cursor_key, pane))

    def action_toggle_tiles(self) -> None:
        if self._maximised:
            self._restore()
            self.remove_class("-no-tiles")
        else:
            self.toggle_class("-no-tiles")

    def action_toggle_pane(self, name: PaneName) -> None:
        """Open or close a pane; where one has all the room, go over to this one or back, and from the table to both."""
        narrow = self.has_class("-narrow")
        if self._panes.maximised and not self._panes.shows_alone(name):
            self._panes.maximise(name)
        elif self._panes.maximised:
            self._restore()
        elif self.has_class("-table-only"):
            self._restore()
            self._panes.open(name, alone=narrow)
        elif self._panes.toggle(name, alone=narrow):
            self._table.focus()

    @property
    def _maximised(self) -> bool:
        """True while the table or a pane has all the room."""
        return self._panes.maximised or self.has_class("-table-only")

    def action_maximise(self) -> None:
        pane = self._panes.focused
        if self._maximised:
            self._restore()
        elif pane is not None:
            self._panes.maximise(pane)
            self.add_class("-panes-only")
        else:
            self.add_class("-table-only")

    def _restore(self) -> None:
        self._panes.restore()
        self.remove_class("-panes-only", "-table-only")
        self._table.focus()

    # Order and filter

    def action_sort(self, column: SortColumn) -> None:
        self.order = Sort(column, descending=column != "name")

    def action_step_sort(self, step: int) -> None:
        self.action_sort(SORT_COLUMNS[(SORT_COLUMNS.index(self.order.key) + step) % len(SORT_COLUMNS)])

    def action_invert_sort(self) -> None:
        self.order = Sort(self.order.key, descending=not self.order.descending)

    def action_choose_sort(self) -> None:
        from lambdatop.ui.screens.sort import SortMenu

        self.app.push_screen(SortMenu(self.order.key), lambda column: self.action_sort(column) if column else None)

    def action_only_sick(self) -> None:
        self.only_sick = not self.only_sick

    async def action_filter(self) -> None:
        await self._filter.open(self.pattern)

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        self.pattern = message.pattern

    def on_filter_bar_closed(self) -> None:
        self._table.focus()

    def action_clear(self) -> None:
        if self._maximised:
            self._restore()
        elif self.state.focus.cursor is not None:
            self.post_message(MomentWanted(None))
        elif self._panes.focused is not None:
            self._table.focus()
        else:
            self.pattern, self.only_sick = "", False
