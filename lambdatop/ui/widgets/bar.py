"""One line of text with a left and a right part, and places in it that can be clicked: header, totals, footer."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lambdatop.ui.widgets.fitting import fitting
from lambdatop.ui.widgets.tones import cropped_spans, strip_of, tone_styles, width_of
from lambdatop.words.spans import Span, Tone

_BETWEEN: Final = 2
"""Cells between two keys."""


class Item(Struct, frozen=True):
    """A clickable word: its key as shown, what it does, and the action it triggers."""

    key: str
    title: str
    action: str
    stays: bool = False
    """However little room there is."""

    @property
    def width(self) -> int:
        """In cells."""
        return width_of(self.key) + 1 + width_of(self.title)


class Bar(Widget):
    """Spans on one line; where they do not fit, the left part is cut and the right part stays."""

    DEFAULT_CSS = "Bar { height: 1; width: 1fr; }"
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left: tuple[Span, ...] = ()
        self._right: tuple[Span, ...] = ()

    def show(self, left: Sequence[Span], right: Sequence[Span] = ()) -> None:
        """Show these spans; nothing is repainted if they are unchanged."""
        if (self._left, self._right) != (tuple(left), tuple(right)):
            self._left, self._right = tuple(left), tuple(right)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        right, right_width = cropped_spans(self._right, width)
        left, left_width = cropped_spans(self._left, max(0, width - right_width - 1))
        gap: Span = (" " * (width - left_width - right_width), "plain")
        return strip_of((*left, gap, *right), tone_styles(self, self.rich_style), width)


class KeyBar(Bar):
    """The keys that work here, each clickable. Those that do not fit are dropped from the right, except a few."""

    class Chosen(Message):
        """A key's word was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, items: Sequence[Item], *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._items = tuple(items)
        self._marked: str | None = None
        self._with_keys = True
        self._places: list[tuple[int, int, str]] = []

    def mark(self, title: str) -> None:
        """The item of this title is where the user is."""
        if title != self._marked:
            self._marked = title
            self.refresh()

    def tell_keys(self, with_keys: bool) -> None:
        """Whether the keys are shown: not while they mean something else."""
        if with_keys is not self._with_keys:
            self._with_keys = with_keys
            self.refresh()

    def render_line(self, y: int) -> Strip:
        spans: list[Span] = []
        self._places = []
        x, spans_end = 1, 0
        for item in shown(self._items, self.size.width - x):
            here: Tone = "strong" if item.title == self._marked else "dim"
            key = f"{item.key} " if self._with_keys else ""
            spans += [(" " * (x - spans_end), "plain"), (key, "accent"), (item.title, here)]
            spans_end = x + width_of(key) + width_of(item.title)
            self._places.append((x, spans_end, item.action))
            x = spans_end + _BETWEEN
        return strip_of(spans, tone_styles(self, self.rich_style), self.size.width)

    def on_click(self, event: events.Click) -> None:
        for start, end, action in self._places:
            if start <= event.x < end:
                self.post_message(self.Chosen(action))


def shown(items: Sequence[Item], room: int) -> Sequence[Item]:
    """The items for which there is room, in their order: of those that need not stay the first."""
    return fitting(items, room, width=lambda item: item.width, importance=lambda item: item.stays, gap=_BETWEEN)


class Troubles(Vertical):
    """A few lines that are only there while there is something to say."""

    MOST = 3
    DEFAULT_CSS = "Troubles { height: auto; display: none; } Troubles.-any { display: block; }"

    def __init__(self) -> None:
        super().__init__()
        self._bars = [Bar() for _ in range(self.MOST)]

    def compose(self) -> ComposeResult:
        yield from self._bars

    def show(self, lines: Sequence[Sequence[Span]]) -> None:
        """Show the first lines; the last one says how many more there are."""
        self.set_class(bool(lines), "-any")
        for index, bar in enumerate(self._bars):
            bar.display = index < len(lines)
            more: Span = (
                f"   +{len(lines) - self.MOST} more" if index == self.MOST - 1 < len(lines) - 1 else "",
                "dim",
            )
            bar.show([*lines[index], more] if bar.display else ())
