"""What the table and the log view share: lines drawn one by one, and only those that have changed.

A subclass says which strip belongs on a line *now* and returns the same object as long as nothing of it has changed.
What was painted is remembered, so that comparing identities finds the lines to repaint, for any reason.
"""

from collections.abc import Mapping
from typing import Final

from rich.style import Style
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from lambdatop.ui.widgets.tones import faded, tone_styles
from lambdatop.words.spans import Tone

LINE_VIEW_CSS: Final = """
    height: 1fr;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-size-vertical: 1;
    scrollbar-background: $background;
    scrollbar-color: $foreground 20%;
"""


MOVES: Final = (
    Binding("up,k", "move(-1)", "Up", show=False),
    Binding("down,j", "move(1)", "Down", show=False),
    Binding("pageup", "page(-1.0)", "Page up", show=False),
    Binding("pagedown", "page(1.0)", "Page down", show=False),
    Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False),
    Binding("ctrl+d", "page(0.5)", "Half a page down", show=False),
)
"""The keys of every view that has `action_move` and `action_page`."""


class LineView(ScrollView, inherit_bindings=False):
    """A scrolling view of lines with `strip_at`, `forget_strips` and, on a new width, `lay_out` of the subclass."""

    stale: reactive[bool] = reactive(False)
    """Draw the lines fainter: what they say is old."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.view_width = -1
        """The width that strips are made for."""
        self.view_top = 0
        """How far the view is scrolled down."""
        self._looks: dict[str | None, Mapping[Tone, Style]] = {}
        self._painted: dict[int, Strip] = {}

    def strip_at(self, y: int) -> Strip:
        """What belongs on line `y` of the view now; the same object unless something of it has changed."""
        raise NotImplementedError

    def forget_strips(self) -> None:
        """Drop everything that was drawn for the previous width and styles."""
        self._looks.clear()

    def lay_out(self, width: int) -> None:
        """Take note of a new width."""

    def look(self, component: str | None = None) -> Mapping[Tone, Style]:
        """Every tone's style, on the widget's own background or on a component's; faded while the view is stale."""
        styles = self._looks.get(component)
        if styles is None:
            styles = tone_styles(self, self.get_component_rich_style(component) if component else self.rich_style)
            styles = self._looks[component] = faded(styles) if self.stale else styles
        return styles

    def repaint_changes(self) -> None:
        """Repaint the lines whose strip differs from the one painted last."""
        self._note_geometry()
        painted = self._painted
        changed = [y for y in range(self.size.height) if self.strip_at(y) is not painted.get(y)]
        if changed:
            self.refresh(*[Region(0, y, self.view_width, 1) for y in changed])

    def render_lines(self, crop: Region) -> list[Strip]:
        self._note_geometry()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        strip = self._painted[y] = self.strip_at(y)
        return strip

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.forget_strips()

    def watch_stale(self) -> None:
        self.forget_strips()

    def set_row_count(self, rows: int) -> None:
        """Let the view scroll over that many rows, without laying out the screen if the scroll bar is there and stays.

        A layout repaints the whole screen: too much for a log that grows several times a second.
        """
        if self.show_vertical_scrollbar and rows > self.size.height:
            self.set_reactive(Widget.virtual_size, Size(0, rows))
            self.vertical_scrollbar.window_virtual_size = rows
        else:
            self.virtual_size = Size(0, rows)

    def scroll_at_once(self, y: int) -> None:
        """Scroll so that line `y` of the content is the first one, even before a scroll bar is there."""
        self.scroll_to(y=max(0, min(y, self.max_scroll_y)), animate=False, force=True)

    def _note_geometry(self) -> None:
        """Once for all lines: the width and the offset are slow to compute."""
        self.view_top = self.scroll_offset.y
        width = self.scrollable_content_region.width  # `size` counts the scroll bar in
        if self.view_width != width:
            self.view_width = width
            self.lay_out(width)
            self.forget_strips()
