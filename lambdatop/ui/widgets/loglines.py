"""A log that grows by the thousands of lines: a plain list, of which only what is seen is ever styled.

Textual's RichLog renders every line it is given, about 9,000 a second. Here a new line costs its place in a list and
the number of the row it begins at; rows are numbered from the first line ever seen, so that dropping the oldest
renumbers nothing and a reader who has scrolled back keeps the lines before his eyes.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import ClassVar, Final, Generic, TypeVar

from rich.cells import chop_cells
from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.scrollbar import ScrollTo
from textual.strip import Strip

from lambdatop.ui.widgets.lineview import LINE_VIEW_CSS, LineView
from lambdatop.ui.widgets.tones import Span, strip_of

L = TypeVar("L")

_CACHED: Final = 1_000
_LONGEST_ROW: Final = 8_000
_LEAST_ROOM: Final = 8
_MESSAGE: Final = -1


class LogLines(LineView, Generic[L], can_focus=True):
    """Lines of type L, oldest first, of which the newest are in view until the reader scrolls back.

    `style` turns a line into spans: a head of exactly `head` characters, then what `text` gives, to the letter.
    Newlines in it begin new rows under the text. At most `limit` lines are kept; the oldest go first, by the tenth.
    """

    DEFAULT_CSS = f"""
    LogLines {{
        {LINE_VIEW_CSS}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_rows(-1)", "Up", show=False),
        Binding("down,j", "scroll_rows(1)", "Down", show=False),
        Binding("pageup", "scroll_pages(-1.0)", "Page up", show=False),
        Binding("pagedown", "scroll_pages(1.0)", "Page down", show=False),
        Binding("ctrl+u", "scroll_pages(-0.5)", "Half a page up", show=False),
        Binding("ctrl+d", "scroll_pages(0.5)", "Half a page down", show=False),
        Binding("home,g", "oldest", "Oldest", show=False),
        Binding("end,G", "follow", "Follow", show=False),
        Binding("w", "toggle_wrap", "Wrap", show=False),
    ]

    follow: reactive[bool] = reactive(True, repaint=False)
    """Keep the newest line in view."""
    wrap: reactive[bool] = reactive(False)
    """Show long lines on several rows; otherwise they are cropped."""
    empty: reactive[str] = reactive("")
    """What is said while there are no lines."""

    def __init__(
        self,
        style: Callable[[L], Iterable[Span]],
        text: Callable[[L], str],
        *,
        head: int = 0,
        limit: int = 100_000,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._style = style
        self._text = text
        self._head = head
        self._limit = limit
        self._lines: list[L] = []
        self._starts = array("Q", [0])
        self._dropped = 0
        self._split: dict[int, list[list[Span]]] = {}
        self._strips: dict[int, Strip] = {}

    # What it holds

    def extend(self, lines: Iterable[L]) -> None:
        """Append lines at the end. While the view does not follow, the rows in view stay where they are."""
        new = list(lines)
        if not new:
            return
        first_row = self._starts[0]
        self._lines += new
        starts = accumulate(self._heights(new), initial=self._starts.pop())
        self._starts.extend(starts)
        self._drop_oldest()
        self._show_end(self._starts[0] - first_row)

    def clear(self) -> None:
        """Forget all lines, and follow what comes next."""
        self._lines.clear()
        self._starts = array("Q", [0])
        self._dropped = 0
        self._forget_rows()
        self.follow = True
        self._show_end(0)

    def restyle(self) -> None:
        """Style the visible lines anew, because what `style` says of them has changed."""
        self._forget_rows()
        self.repaint_changes()

    @property
    def lines(self) -> Sequence[L]:
        """The lines that are kept, oldest first; not to be changed."""
        return self._lines

    @property
    def dropped(self) -> int:
        """How many lines there were before the first of `lines`."""
        return self._dropped

    @property
    def top_line(self) -> L | None:
        """The line that the first visible row belongs to."""
        line = self._line_at(self._starts[0] + self.scroll_offset.y)
        return self._lines[line] if line < len(self._lines) else None

    def _heights(self, lines: Iterable[L]) -> list[int]:
        text = self._text
        if not self.wrap:
            return [text(line).count("\n") + 1 for line in lines]
        room = self._room()
        return [sum(len(_chopped(row, room)) for row in text(line).split("\n")) for line in lines]

    def _drop_oldest(self) -> None:
        excess = len(self._lines) - self._limit
        if excess > 0:
            count = min(len(self._lines), excess + self._limit // 10)
            del self._lines[:count]
            del self._starts[:count]
            self._dropped += count

    def _show_end(self, rows_dropped: int) -> None:
        self.set_row_count(self._starts[-1] - self._starts[0])
        top = self.scroll_offset.y
        if self.follow:
            self.scroll_at_once(self.max_scroll_y)
        elif rows_dropped:
            self.scroll_at_once(top - rows_dropped)
        if self.scroll_offset.y == top:
            self.repaint_changes()  # else the scrolling repaints the whole view anyway

    # The reader

    def action_scroll_rows(self, rows: int) -> None:
        row = max(0, self.scroll_offset.y + rows)
        self.follow = row >= self.max_scroll_y
        self.scroll_at_once(row)

    def action_scroll_pages(self, pages: float) -> None:
        self.action_scroll_rows(int(pages * max(2, self.size.height - 1)))

    def action_oldest(self) -> None:
        self.follow = self.max_scroll_y == 0
        self.scroll_at_once(0)

    def action_follow(self) -> None:
        self.follow = True

    def action_toggle_wrap(self) -> None:
        self.wrap = not self.wrap

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.follow = self.follow and self.max_scroll_y == 0

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.call_next(self._follow_at_end)

    def on_scroll_to(self, message: ScrollTo) -> None:
        self.follow = False
        self.call_next(self._follow_at_end)

    def _follow_at_end(self) -> None:
        if self.scroll_target_y >= self.max_scroll_y:
            self.follow = True

    def on_resize(self) -> None:
        if self.follow:
            self.scroll_at_once(self.max_scroll_y)

    def watch_follow(self, follow: bool) -> None:
        if follow:
            self.scroll_at_once(self.max_scroll_y)

    def watch_empty(self) -> None:
        self._strips.pop(_MESSAGE, None)

    def watch_wrap(self) -> None:
        self._measure_again()

    # Drawing

    def lay_out(self, width: int) -> None:
        if self.wrap:
            self.call_next(self._measure_again)

    def forget_strips(self) -> None:
        super().forget_strips()
        self._forget_rows()

    def strip_at(self, y: int) -> Strip:
        """The row scrolled to line `y` of the view."""
        row = self._starts[0] + self.view_top + y
        if row >= self._starts[-1]:
            if y or self._lines:
                return Strip.blank(self.view_width, self.rich_style)
            row = _MESSAGE
        strip = self._strips.get(row)
        if strip is None:
            if len(self._strips) > _CACHED:
                self._forget_rows()
            spans: list[Span] = [(self.empty, "dim")] if row == _MESSAGE else self._row_spans(row)
            strip = self._strips[row] = strip_of(spans, self.look(), self.view_width)
        return strip

    def _row_spans(self, row: int) -> list[Span]:
        index = self._line_at(row)
        number = self._dropped + index
        rows = self._split.get(number)
        if rows is None:
            spans = self._style(self._lines[index])
            rows = self._split[number] = split(spans, self._head, self._room() if self.wrap else None)
        place = row - self._starts[index]
        return rows[place] if place < len(rows) else []

    def _line_at(self, row: int) -> int:
        return bisect_right(self._starts, row) - 1

    def _room(self) -> int:
        return max(_LEAST_ROOM, self.scrollable_content_region.width - self._head)

    def _forget_rows(self) -> None:
        self._split.clear()
        self._strips.clear()

    def _measure_again(self) -> None:
        """Count every line's rows anew, keeping the line on top of the view there."""
        top = self._line_at(self._starts[0] + self.scroll_offset.y)
        self._starts = array("Q", accumulate(self._heights(self._lines), initial=0))
        self._forget_rows()
        self._show_end(0)
        if not self.follow:
            self.scroll_at_once(self._starts[min(top, len(self._lines))])


def split(spans: Iterable[Span], head: int, room: int | None) -> list[list[Span]]:
    """Spans as rows: cut at newlines and, with `room`, where that many cells are full; all but the first indented."""
    rows: list[list[Span]] = [[]]
    for text, tone in spans:
        first, *others = text.split("\n")
        rows[-1].append((first, tone))
        rows.extend([(other, tone)] for other in others)
    if room is not None:
        rows = [piece for i, row in enumerate(rows) for piece in _wrapped(row, 0 if i else head, room)]
    else:
        rows = [[(text[:_LONGEST_ROW], tone) for text, tone in row] for row in rows]
    indent: Span = (" " * head, "plain")
    return [rows[0], *([indent, *row] for row in rows[1:])]


def _wrapped(row: Sequence[Span], head: int, room: int) -> Iterator[list[Span]]:
    """One row cut into pieces of `room` cells, after a head of so many characters on the first."""
    text = "".join(text for text, _ in row)
    lengths = [len(piece) for piece in _chopped(text[head:], room)]
    lengths[0] += min(head, len(text))
    spans = iter(row)
    rest: Span = ("", "plain")
    for length in lengths:
        piece: list[Span] = []
        while length > 0:
            text, tone = rest if rest[0] else next(spans)
            piece.append((text[:length], tone))
            rest = (text[length:], tone)
            length -= len(piece[-1][0])
        yield piece


def _chopped(text: str, room: int) -> list[str]:
    """The text in pieces of at most `room` cells; one empty piece for nothing."""
    if not text:
        return [""]
    if text.isascii():
        return [text[i : i + room] for i in range(0, len(text), room)]
    return chop_cells(text, room) or [text]  # rich has no piece for text that takes no cell at all
