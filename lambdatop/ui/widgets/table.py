"""A table for long lists on Textual's line API: only the visible rows of a plain list are ever drawn.

Textual's DataTable renders every visible cell anew through rich and keeps all of them; here a refresh of 10,000 sorted
rows draws forty lines. What was painted is remembered per line, so that a line whose row is equal is left alone: a
table at rest sends nothing to the terminal.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, Generic, Literal

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lambdatop.ui.widgets.columns import Column, Placed, R, Sort, header_spans, placed, row_spans
from lambdatop.ui.widgets.tones import TONE_CLASSES, TONE_CSS, Span, Tone, faded, strip_of, tone_styles

_GUTTER: Final = 2
_MARK: Final = "◆"
_CACHED_STRIPS: Final = 2_000

Look = Literal["row", "cursor", "header"]


class Table(ScrollView, Generic[R], can_focus=True, inherit_bindings=False):
    """Rows of type R in the order given, with a cursor that stays on its row's key.

    Until the cursor has been moved it stays on the first row, so that a list sorted worst first opens on the worst.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {*TONE_CLASSES, "table--cursor"}
    DEFAULT_CSS = f"""
    Table {{
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-background: $background;
        scrollbar-color: $foreground 20%;
        {TONE_CSS}
        & > .table--cursor {{ background: $foreground 8%; }}
        &:focus > .table--cursor {{ background: $primary 35%; }}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1.0)", "Page up", show=False),
        Binding("pagedown", "page(1.0)", "Page down", show=False),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False),
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    stale: reactive[bool] = reactive(False)
    """Draw the rows dimmed: what they say is old."""
    empty: reactive[str] = reactive("", repaint=False)
    """What is said where there are no rows."""
    marked: reactive[frozenset[str]] = reactive(frozenset(), repaint=False)
    """The keys of the tagged rows."""
    sort: reactive[Sort | None] = reactive(None, repaint=False)
    """The column that bears the sort mark; sorting the rows is the caller's."""

    class Told(Message, namespace="table"):
        """What the three messages have in common: the table, and a key."""

        def __init__(self, table: "Table[Any]", key: str | None) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> "Table[Any]":
            return self.table

    class Moved(Told):
        """The cursor is on another row than before; `key` is None where there is none."""

    class Opened(Told):
        """Enter or a double click on a row."""

    class HeaderClicked(Told):
        """A click on a column's title; `key` is the column's."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], str],
        *,
        gap: int = 2,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._key = key
        self._gap = gap
        self._rows: Sequence[R] = ()
        self._cursor = 0
        self._cursor_key: str | None = None
        self._moved_by_user = False
        self._laid_out_width = -1
        self._places: tuple[Placed[R], ...] = ()
        self._looks: dict[Look, Mapping[Tone, Style]] = {}
        self._fixed: dict[str, tuple[tuple[Span, ...], Strip]] = {}
        self._strips: dict[tuple[str, bool, bool], tuple[R, Strip]] = {}
        self._painted: dict[int, Strip] = {}

    # What it shows

    def show(self, rows: Sequence[R]) -> None:
        """Show these rows, in their order; the sequence must not change afterwards.

        The cursor stays on its key, or on its line if the key is gone, and in view if it was. Only changed lines
        are painted.
        """
        in_view, shrunk = self._is_in_view(self._cursor), len(rows) < len(self._rows)
        self._rows = rows
        self.virtual_size = Size(0, len(rows) + 1)
        if shrunk:
            self.scroll_to(y=min(self.scroll_offset.y, self.max_scroll_y), animate=False, force=True)
        self._settle_cursor(self._index_of(self._cursor_key), follow=in_view)

    @property
    def columns(self) -> tuple[Column[R], ...]:
        """All columns, including those for which there is no room."""
        return self._columns

    @columns.setter
    def columns(self, columns: Sequence[Column[R]]) -> None:
        self._columns = tuple(columns)
        self._laid_out_width = -1
        self._repaint_changes()

    @property
    def visible_columns(self) -> tuple[str, ...]:
        """The keys of the columns that fit."""
        self._lay_out()
        return tuple(place.column.key for place in self._places)

    @property
    def rows(self) -> Sequence[R]:
        """The rows as shown."""
        return self._rows

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor."""
        return self._cursor_key

    @property
    def cursor_row(self) -> R | None:
        """The row under the cursor."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    def move_to(self, key: str) -> bool:
        """Put the cursor on the row of that key; False, and nothing happens, if there is none."""
        index = next((i for i, row in enumerate(self._rows) if self._key(row) == key), None)
        if index is not None:
            self._move(index)
        return index is not None

    # The cursor

    def action_move(self, lines: int) -> None:
        self._move(self._cursor + lines)

    def action_page(self, pages: float) -> None:
        self._move(self._cursor + int(pages * max(2, self.size.height - 1)))

    def action_first(self) -> None:
        self._move(0)

    def action_last(self) -> None:
        self._move(len(self._rows) - 1)

    def action_open(self) -> None:
        if self._cursor_key is not None:
            self.post_message(self.Opened(self, self._cursor_key))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 0:
            self._click_header(offset.x - _GUTTER)
        elif (index := self.scroll_offset.y + offset.y - 1) < len(self._rows):
            self._move(index)
            if event.chain == 2:
                self.action_open()

    def _click_header(self, x: int) -> None:
        for place in self._places:
            if place.x - self._gap // 2 <= x < place.x + place.width + (self._gap + 1) // 2:
                self.post_message(self.HeaderClicked(self, place.column.key))
                return

    def _move(self, index: int) -> None:
        self._moved_by_user = True
        self._settle_cursor(index, follow=True)

    def _settle_cursor(self, index: int, *, follow: bool) -> None:
        self._cursor = max(0, min(index, len(self._rows) - 1))
        row = self.cursor_row
        key = self._key(row) if row is not None else None
        moved, self._cursor_key = key != self._cursor_key, key
        if follow:
            self._scroll_to_cursor()
        self._repaint_changes()
        if moved:
            self.post_message(self.Moved(self, key))

    def _index_of(self, key: str | None) -> int:
        """Where the cursor belongs after the rows have changed."""
        if not self._moved_by_user:
            return 0
        row = self.cursor_row
        if row is not None and self._key(row) == key:
            return self._cursor
        key_of = self._key
        return next((i for i, row in enumerate(self._rows) if key_of(row) == key), self._cursor)

    def _is_in_view(self, index: int) -> bool:
        return 0 <= index - self.scroll_offset.y < max(1, self.size.height - 1)

    def _scroll_to_cursor(self) -> None:
        if not self._is_in_view(self._cursor):
            above = self._cursor < self.scroll_offset.y
            y = self._cursor if above else self._cursor - max(0, self.size.height - 2)
            self.scroll_to(y=y, animate=False, force=True)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """The header, which stays, or the row that is scrolled to line `y`."""
        strip = self._painted[y] = self._strip_at(y)
        return strip

    def on_resize(self) -> None:
        if self._moved_by_user:
            self._scroll_to_cursor()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._forget_strips()

    def watch_stale(self) -> None:
        self._forget_strips()

    def watch_marked(self) -> None:
        self._repaint_changes()

    def watch_sort(self) -> None:
        self._repaint_changes()

    def watch_empty(self) -> None:
        self._repaint_changes()

    def _forget_strips(self) -> None:
        self._looks.clear()
        self._fixed.clear()
        self._strips.clear()
        self._painted.clear()

    def _repaint_changes(self) -> None:
        """Repaint the lines whose strip is another one than was painted last."""
        width = self.size.width
        changed = [y for y in range(self.size.height) if self._strip_at(y) is not self._painted.get(y)]
        if changed and self.is_attached:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def _strip_at(self, y: int) -> Strip:
        """What belongs on line `y` now; the same object as long as nothing of it has changed."""
        self._lay_out()
        index = self.scroll_offset.y + y - 1
        if y == 0:
            return self._fixed_strip("header", (("  ", "plain"), *header_spans(self._places, self.sort)))
        if index < len(self._rows):
            return self._row_strip(index)
        if index == 1 and not self._rows:
            return self._fixed_strip("empty", (("  ", "plain"), (self.empty, "dim")))
        return self._fixed_strip("blank", ())

    def _lay_out(self) -> None:
        if self._laid_out_width != self.size.width:
            self._laid_out_width = self.size.width
            self._places = placed(self._columns, self.size.width - _GUTTER, gap=self._gap)
            self._forget_strips()

    def _fixed_strip(self, name: str, spans: tuple[Span, ...]) -> Strip:
        known = self._fixed.get(name)
        if known is not None and known[0] == spans:
            return known[1]
        strip = strip_of(spans, self._look("header"), self.size.width)
        self._fixed[name] = (spans, strip)
        return strip

    def _row_strip(self, index: int) -> Strip:
        row = self._rows[index]
        key = self._key(row)
        look = (key, index == self._cursor, key in self.marked)
        known = self._strips.get(look)
        if known is not None and (known[0] is row or known[0] == row):
            return known[1]
        if len(self._strips) > _CACHED_STRIPS:
            self._strips.clear()
        gutter: Span = (f"{_MARK if look[2] else ' '} ", "accent")
        strip = strip_of(
            (gutter, *row_spans(self._places, row)), self._look("cursor" if look[1] else "row"), self.size.width
        )
        self._strips[look] = (row, strip)
        return strip

    def _look(self, look: Look) -> Mapping[Tone, Style]:
        styles = self._looks.get(look)
        if styles is None:
            styles = tone_styles(self, self._base(look))
            styles = self._looks[look] = faded(styles) if self.stale and look != "header" else styles
        return styles

    def _base(self, look: Look) -> Style:
        return self.get_component_rich_style("table--cursor") if look == "cursor" else self.rich_style
