"""Paragraphs of spans, wrapped between words under a hanging indent: what dialogs are made of."""

import re
from collections.abc import Iterable, Iterator, Sequence

from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from lambdatop.ui.widgets.tones import strip_of, tone_styles, width_of
from lambdatop.words.spans import Span

_WORD = re.compile(r"\s+|[^\s]+")


class Paragraphs(Widget):
    """As high as its paragraphs need; all lines of one but its first are indented so far."""

    DEFAULT_CSS = "Paragraphs { height: auto; width: 1fr; }"

    def __init__(self, *, indent: int = 0, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._indent = indent
        self._paragraphs: tuple[tuple[Span, ...], ...] = ()
        self._laid_out: tuple[int, list[list[Span]]] = (0, [])

    def show(self, paragraphs: Iterable[Sequence[Span]]) -> None:
        """Show these; unchanged ones are not painted again."""
        wanted = tuple(tuple(paragraph) for paragraph in paragraphs)
        if wanted != self._paragraphs:
            self._paragraphs = wanted
            self._laid_out = (0, [])
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self._lines(width)
        return strip_of(lines[y] if y < len(lines) else (), tone_styles(self, self.rich_style), width)

    def _lines(self, width: int) -> list[list[Span]]:
        if self._laid_out[0] != width:
            lines = [line for paragraph in self._paragraphs for line in wrapped(paragraph, width, self._indent)]
            self._laid_out = (width, lines)
        return self._laid_out[1]


def wrapped(spans: Iterable[Span], width: int, indent: int) -> Iterator[list[Span]]:
    """The lines of one paragraph: broken before words, or within one that is longer than a line."""
    margin: Span = (" " * indent, "plain")
    line: list[Span] = []
    used = 0
    for word, tone in _words(spans, max(1, width - indent)):
        size = width_of(word)
        if used + size > width and used > indent:
            yield line
            line, used = [margin], indent
            if word.isspace():
                continue
        line.append((word, tone))
        used += size
    yield line


def _words(spans: Iterable[Span], longest: int) -> Iterator[Span]:
    for text, tone in spans:
        for word in _WORD.findall(text):
            yield from ((word[at : at + longest], tone) for at in range(0, len(word), longest))
