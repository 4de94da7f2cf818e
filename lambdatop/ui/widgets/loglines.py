"""A log that grows by the thousands of lines: of any number of them only those in view are ever measured or styled.

Textual's RichLog renders every line it is given, about 9,000 a second. Here the view stands on a line, known by its
number, and rows are laid out from there for one screen: a line that arrives, is filtered away or dropped costs nothing,
wrapping and resizing touch forty lines, and a reader who has scrolled back keeps before his eyes what is there.
"""

from collections.abc import Callable, Iterable
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from lambdatop.ui.widgets.lineview import LINE_VIEW_CSS, MOVES, LineView
from lambdatop.ui.widgets.rows import Numbers, Paging, Row, Shown, split
from lambdatop.ui.widgets.thumb import thumb, thumb_style
from lambdatop.ui.widgets.tones import strip_of
from lambdatop.words.spans import Span

_CACHED: Final = 1_000
_LEAST_ROOM: Final = 8
_WHEEL_ROWS: Final = 3
_BAR_WIDTH: Final = 1


class LogLines(LineView, can_focus=True):
    """Lines of which the newest are in view until the reader moves; then there is a cursor on one of them.

    `style` turns a line's number into spans: a head of exactly `head` characters, then text whose newlines begin new
    rows under the text.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"loglines--cursor"}
    DEFAULT_CSS = f"""
    LogLines {{
        {LINE_VIEW_CSS}
        overflow-y: hidden;
        & > .loglines--cursor {{ background: $foreground 8%; }}
        &:focus > .loglines--cursor {{ background: $primary 35%; }}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("home,g", "oldest", "Oldest", show=False),
        Binding("end,G", "newest", "Newest", show=False),
        Binding("w", "toggle_wrap", "Wrap", show=False),
    ]

    follow: reactive[bool] = reactive(True, repaint=False)
    """Keep the newest line in view; there is no cursor then."""
    wrap: reactive[bool] = reactive(False, repaint=False)
    """Show long lines on several rows; otherwise they are cropped."""

    class CursorMoved(Message):
        """The cursor is on another line, or there is none any more."""

    class Opened(Message):
        """A double click on a line, which the cursor is on now."""

    def __init__(
        self,
        style: Callable[[int], Iterable[Span]],
        *,
        head: int = 0,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._style = style
        self._head = head
        self._paging = Paging(Numbers(0, 0), self._height_of)
        self._top: Row = (0, 0)
        self._cursor = 0
        self._told: int | None = None
        self._page: list[Row] | None = None
        self._laid_out_for = 0
        self._rows: dict[int, list[list[Span]]] = {}
        self._strips: dict[tuple[Row, bool, str], Strip] = {}
        self._bar = ""
        self._thumb: Style | None = None

    # What it holds

    def begin(self, shown: Shown) -> None:
        """Show other lines, under numbers that were others' so far, and follow them."""
        self._paging.shown = shown
        self._forget_rows()
        self.follow = True

    def show(self, shown: Shown) -> None:
        """Show these lines, or what has become of them; in view stays what is, or the newest while it follows."""
        self._paging.shown = shown
        self._page = None
        if self.follow:
            self.refresh()  # painted once a frame, however often lines come
        else:
            self.repaint_changes()

    def restyle(self) -> None:
        """Restyle the lines in view, because `style` would now answer differently."""
        self._forget_rows()
        self.repaint_changes()

    @property
    def cursor(self) -> int | None:
        """The number of the line under the cursor, or of the newest while it follows; None if there are no lines."""
        shown = self._paging.shown
        if not len(shown):
            return None
        return shown.number(len(shown) - 1 if self.follow else self._cursor_place())

    def go_to(self, number: int) -> None:
        """Put the cursor on that line, a third from the top if it is not in view."""
        in_view = any(each == number for each, _ in self._laid_out())
        self.follow = False
        self._cursor = number
        if not in_view:
            self._stand_on(self._paging.moved((number, 0), -(self._height // 3)))
        self._settle()

    # The reader

    def action_move(self, lines: int) -> None:
        """Move the cursor a line up or down; first the rest of a line that is higher than the view."""
        if (self.follow and lines > 0) or not self._pause():
            return
        page, shown, place = self._laid_out(), self._paging.shown, self._cursor_place()
        edge = (self._cursor, self._height_of(self._cursor) - 1 if lines > 0 else 0)
        seen = page[-1 if lines > 0 else 0]
        if seen[0] == self._cursor and seen != edge:
            self._stand_on(self._paging.moved(page[0], lines))
        elif place + lines >= len(shown):
            self.follow = True
        else:
            self._cursor = shown.number(max(0, place + lines))
            self._bring_into_view()
        self._settle()

    def action_page(self, pages: float) -> None:
        self._scroll(int(pages * max(2, self._height - 1)))
        if not self.follow:
            self._cursor = self._laid_out()[0 if pages < 0 else -1][0]
        self._settle()

    def action_oldest(self) -> None:
        if self._pause():
            self._cursor = self._paging.shown.number(0)
            self._stand_on((self._cursor, 0))
            self._settle()

    def action_newest(self) -> None:
        self.follow = True

    def action_toggle_wrap(self) -> None:
        self.wrap = not self.wrap

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._wheel(-_WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._wheel(_WHEEL_ROWS)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.x >= self.view_width - _BAR_WIDTH and self._overflows():
            self.capture_mouse()
            self._drag_to(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is self:
            self._drag_to(event.y)

    def on_mouse_up(self) -> None:
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        page = self._laid_out()
        if event.x >= self.view_width - _BAR_WIDTH or not 0 <= event.y < len(page):
            return
        self._pause()
        self._cursor = page[event.y][0]
        self._settle()
        if event.chain == 2:
            self.post_message(self.Opened())

    def _wheel(self, rows: int) -> None:
        self._scroll(rows)
        self._keep_cursor_in_view()
        self._settle()

    def _drag_to(self, y: int) -> None:
        bottom, shown = self._height - 1, self._paging.shown
        if y >= bottom:
            self.follow = True
        elif self._pause():
            self._stand_on((shown.number(max(0, y) * len(shown) // max(1, bottom)), 0))
            self._keep_cursor_in_view()
        self._settle()

    def _pause(self) -> bool:
        """Stop where the view is, the cursor on its last line; False if there is no line to stop on."""
        if self.follow and len(self._paging.shown):
            page = self._laid_out()
            self._top, self._cursor = page[0], page[-1][0]
            self.follow = False
        return bool(len(self._paging.shown))

    def _scroll(self, rows: int) -> None:
        """Move the view; at the end it follows again."""
        if (rows > 0 and self.follow) or not self._overflows() or not self._pause():
            return
        self._stand_on(self._paging.moved(self._top, rows))
        if rows > 0 and self._laid_out() == self._paging.last_page(self._height):
            self.follow = True

    def _keep_cursor_in_view(self) -> None:
        page = self._laid_out()
        if not self.follow and page:
            self._cursor = max(page[0][0], min(self._cursor, page[-1][0]))

    def _bring_into_view(self) -> None:
        """Scroll as little as shows the cursor's line; one higher than the view is read on row by row."""
        page, first, last = self._laid_out(), (self._cursor, 0), (self._cursor, self._height_of(self._cursor) - 1)
        if last[1] >= self._height and page[0] <= last and first <= page[-1]:
            return
        ends_at_bottom = self._paging.moved(last, 1 - self._height)
        if first < page[0]:
            self._stand_on(max(first, ends_at_bottom))
        elif last > page[-1]:
            self._stand_on(min(first, ends_at_bottom))

    def _settle(self) -> None:
        """Paint what the reader's move has changed, and tell it."""
        self.repaint_changes()
        cursor = None if self.follow else self.cursor
        if cursor != self._told:
            self._told = cursor
            self.post_message(self.CursorMoved())

    def _stand_on(self, top: Row) -> None:
        self._top = top
        self._page = None

    def _cursor_place(self) -> int:
        """Where the cursor is, or what comes after its line if that is not shown any more."""
        shown = self._paging.shown
        place = min(shown.place(self._cursor), len(shown) - 1)
        self._cursor = shown.number(place)
        return place

    # Drawing

    def watch_follow(self) -> None:
        self._page = None
        self._settle()

    def watch_wrap(self) -> None:
        self._forget_rows()
        self.repaint_changes()

    @property
    def _height(self) -> int:
        """Rows in view; one before there is any room, so that there is always a first and a last row."""
        return max(1, self.size.height)

    def forget_strips(self) -> None:
        super().forget_strips()
        self._thumb = None
        self._forget_rows()

    def strip_at(self, y: int) -> Strip:
        """The row of a line, or nothing, and a piece of the scroll bar."""
        page = self._laid_out()
        row = page[y] if y < len(page) else (-1, 0)
        at_cursor = not self.follow and row[0] == self._cursor
        bar = self._bar[y] if self._bar else " "
        strip = self._strips.get((row, at_cursor, bar))
        if strip is None:
            if len(self._strips) > _CACHED:
                self._strips.clear()
            spans = self._rows_of(row[0])[row[1]] if row[0] >= 0 else ()
            look = self.look("loglines--cursor" if at_cursor else None)
            line = strip_of(spans, look, max(0, self.view_width - _BAR_WIDTH))
            strip = Strip([*line, Segment(bar, self._bar_style())])
            self._strips[row, at_cursor, bar] = strip
        return strip

    def _laid_out(self) -> list[Row]:
        """The rows in view, and the scroll bar beside them."""
        height = self._height
        if self._page is None or self._laid_out_for != height:
            self._laid_out_for = height
            if len(self._rows) > _CACHED:
                self._rows.clear()
            self._page = self._paging.last_page(height) if self.follow else self._paging.page(self._top, height)
            if self._page:
                self._top = self._page[0]
            self._bar = self._bar_beside(self._page)
        return self._page

    def _bar_beside(self, page: list[Row]) -> str:
        if not page or not self._overflows():
            return ""
        place = self._paging.shown.place
        first, last = place(page[0][0]), place(page[-1][0])
        return thumb(self._height, len(self._paging.shown), last + 1 - first, first)

    def _bar_style(self) -> Style:
        if self._thumb is None:
            self._thumb = thumb_style(self.rich_style)
        return self._thumb

    def _overflows(self) -> bool:
        """True if not all rows of all lines have room."""
        shown, height = self._paging.shown, self._height
        return len(shown) > height or sum(self._height_of(shown.number(i)) for i in range(len(shown))) > height

    def _height_of(self, number: int) -> int:
        return len(self._rows_of(number))

    def _rows_of(self, number: int) -> list[list[Span]]:
        rows = self._rows.get(number)
        if rows is None:
            room = max(_LEAST_ROOM, self.scrollable_content_region.width - _BAR_WIDTH - self._head)
            rows = self._rows[number] = split(self._style(number), self._head, room if self.wrap else None)
        return rows

    def _forget_rows(self) -> None:
        self._page = None
        self._rows.clear()
        self._strips.clear()
