"""A figure with its trend in a box: what the account does right now."""

from collections.abc import Sequence

from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from lambdatop.ui.widgets.spark import spark
from lambdatop.ui.widgets.tones import strip_of, tone_styles, width_of
from lambdatop.words.spans import Span, Tone

HEADROOM = 1.2
"""How much higher than its peak a trend's line could go: a steady one is then no solid block."""


class Tile(Widget):
    """One line inside a border: the figure on the left, the newest part of the trend on the right."""

    DEFAULT_CSS = "Tile { height: 3; width: 1fr; padding: 0 1; }"
    ALLOW_SELECT = False

    def __init__(self, title: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = Content(title)
        self._figure: tuple[Span, ...] = (("–", "dim"),)
        self._values: Sequence[float | None] = ()
        self._tone: Tone = "accent"

    def show(self, figure: Sequence[Span], values: Sequence[float | None], tone: Tone = "accent") -> None:
        """Show a figure and its trend; the trend's last value is of a minute still filling and drawn dim."""
        shown = (tuple(figure), values, tone)
        if shown != (self._figure, self._values, self._tone):
            self._figure, self._values, self._tone = shown
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        used = sum(width_of(text) for text, _ in self._figure)
        room = width - used - 2
        spans = list(self._figure)
        if self._values and room >= 4:
            newest = self._values[-room:]
            drawn = spark(newest, len(newest), top=HEADROOM * max((value or 0 for value in newest), default=0))
            spans += [(" " * (width - used - len(drawn)), "plain"), (drawn[:-1], self._tone), (drawn[-1:], "dim")]
        return strip_of(spans, tone_styles(self, self.rich_style), width)
