"""A table for long lists on Textual's line API: only the visible rows of a plain list are ever drawn.

Textual's DataTable renders every visible cell again through rich and keeps all of them; here a refresh of 10,000 sorted
rows draws forty lines. What was painted is remembered per line, so that a line whose row is equal is left alone: a
table at rest sends nothing to the terminal.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, Generic, Literal

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from lambdatop.ui.widgets.columns import Column, Placed, R, Sort, header_spans, placed, row_spans
from lambdatop.ui.widgets.lineview import LINE_VIEW_CSS, MOVES, LineView
from lambdatop.ui.widgets.tones import strip_of
from lambdatop.words.spans import Span

_GUTTER: Final = 2
_INDENT: Final[Span] = ("  ", "plain")
_MARK: Final[Span] = ("◆ ", "accent")
_CACHED_STRIPS: Final = 2_000

Fixed = Literal["header", "empty", "blank"]


class Table(LineView, Generic[R], can_focus=True):
    """Rows of type R in the order given, with a cursor that stays on its row's key.

    Until the cursor has been moved it stays on the first row, so that a list sorted worst first opens on the worst.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--cursor"}
    DEFAULT_CSS = f"""
    Table {{
        {LINE_VIEW_CSS}
        & > .table--cursor {{ background: $foreground 8%; }}
        &:focus > .table--cursor {{ background: $primary 35%; }}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    empty: reactive[str] = reactive("", repaint=False)
    """The text shown where there are no rows."""
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
        self._held = False
        """False while the cursor keeps to the first line, whichever row that is."""
        self._places: tuple[Placed[R], ...] = ()
        self._fixed: dict[Fixed, Strip] = {}
        self._strips: dict[tuple[str, bool, bool], tuple[R, Strip]] = {}

    # What it shows

    def show(self, rows: Sequence[R], *, others: bool = False) -> None:
        """Show these rows, in their order; the sequence must not change afterwards.

        The cursor stays on its key, or on its line if the key is gone, and in view if it was; if `others` were asked
        for than before, by a filter, it goes to the first of them then. Only changed lines are painted.
        """
        stood = self._cursor_key
        in_view = self._is_in_view(self._cursor)
        self._rows = rows
        self.set_row_count(len(rows) + 1)
        if self.scroll_offset.y > self.max_scroll_y:
            self.scroll_at_once(self.max_scroll_y)
        self._settle_cursor(self._index_of(stood), follow=in_view)
        if others and self._cursor_key != stood:
            self.release()

    @property
    def columns(self) -> tuple[Column[R], ...]:
        """All columns, including those for which there is no room."""
        return self._columns

    @columns.setter
    def columns(self, columns: Sequence[Column[R]]) -> None:
        self._columns = tuple(columns)
        self.lay_out(self.view_width)
        self.forget_strips()
        self.repaint_changes()

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

    def hold(self, key: str | None) -> None:
        """Keep the cursor on the row of that key however the order changes, unless the user has put it on another."""
        if key is not None and not self._held:
            self.move_to(key)

    def release(self) -> None:
        """Let the cursor keep to the first line again, whichever row that is."""
        self._held = False
        self._settle_cursor(0, follow=True)

    def show_top(self) -> None:
        """Scroll to the first line; the cursor goes there too if it would be out of view."""
        self.scroll_at_once(0)
        if not self._is_in_view(self._cursor):
            self.release()

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
        self._held = True
        self._settle_cursor(index, follow=True)

    def _settle_cursor(self, index: int, *, follow: bool) -> None:
        self._cursor = max(0, min(index, len(self._rows) - 1))
        row = self.cursor_row
        key = self._key(row) if row is not None else None
        moved, self._cursor_key = key != self._cursor_key, key
        if follow:
            self._scroll_to_cursor()
        self.repaint_changes()
        if moved:
            self.post_message(self.Moved(self, key))

    def _index_of(self, key: str | None) -> int:
        """Where the cursor belongs after the rows have changed."""
        if not self._held:
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
            self.scroll_at_once(y)

    # Drawing

    def on_resize(self) -> None:
        if self._held:
            self._scroll_to_cursor()

    def watch_marked(self) -> None:
        self.repaint_changes()

    def watch_sort(self) -> None:
        self._fixed.clear()
        self.repaint_changes()

    def watch_empty(self) -> None:
        self._fixed.clear()
        self.repaint_changes()

    def lay_out(self, width: int) -> None:
        self._places = placed(self._columns, width - _GUTTER, gap=self._gap)

    def forget_strips(self) -> None:
        super().forget_strips()
        self._fixed.clear()
        self._strips.clear()

    def strip_at(self, y: int) -> Strip:
        """The header, which stays, or the row that is scrolled to line `y`."""
        index = self.view_top + y - 1
        if y == 0:
            return self._fixed_strip("header")
        if index < len(self._rows):
            return self._row_strip(index)
        return self._fixed_strip("empty" if index == 1 and not self._rows else "blank")

    def _fixed_strip(self, name: Fixed) -> Strip:
        strip = self._fixed.get(name)
        if strip is None:
            spans: list[Span] = header_spans(self._places, self.sort) if name == "header" else []
            if name == "empty":
                spans.append((self.empty, "dim"))
            strip = self._fixed[name] = strip_of((_INDENT, *spans), self.look(), self.view_width)
        return strip

    def _row_strip(self, index: int) -> Strip:
        row = self._rows[index]
        key = self._key(row)
        at_cursor, marked = index == self._cursor, key in self.marked
        known = self._strips.get((key, at_cursor, marked))
        if known is not None and (known[0] is row or known[0] == row):
            return known[1]
        if len(self._strips) > _CACHED_STRIPS:
            self._strips.clear()
        spans = (_MARK if marked else _INDENT, *row_spans(self._places, row))
        strip = strip_of(spans, self.look("table--cursor" if at_cursor else None), self.view_width)
        self._strips[key, at_cursor, marked] = (row, strip)
        return strip
