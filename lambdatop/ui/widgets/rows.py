"""The rows that lines take on a screen, laid out from the view's position and no further than its end."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol

from msgspec import Struct
from rich.cells import chop_cells

from lambdatop.words.spans import Span

_LONGEST_ROW: Final = 8_000

Row = tuple[int, int]
"""A line's number, and which of its rows."""


class Shown(Protocol):
    """The lines a view shows, oldest first: each has a number that grows along them and that it keeps."""

    def __len__(self) -> int: ...

    def number(self, place: int) -> int:
        """The number of the line at a place."""
        ...

    def place(self, number: int) -> int:
        """The place of the first line with that number or a greater one; the length if there is none."""
        ...


class Numbers(Struct, frozen=True):
    """All lines from `first` on and before `end`."""

    first: int
    end: int

    def __len__(self) -> int:
        return self.end - self.first

    def number(self, place: int) -> int:
        """The number of the line at a place."""
        return self.first + place

    def place(self, number: int) -> int:
        """The place of the first line with that number or a greater one; the length if there is none."""
        return max(0, min(number, self.end) - self.first)


class Paging:
    """Pages of `height` rows over the shown lines, each as high as `height_of` its number says."""

    def __init__(self, shown: Shown, height_of: Callable[[int], int]) -> None:
        self.shown = shown
        self._height_of = height_of

    def page(self, top: Row, height: int) -> list[Row]:
        """The rows in view from `top` on; the last page if `top` is beyond it."""
        rows: list[Row] = []
        place, at = self.nearest(top)
        while len(rows) < height and place < len(self.shown):
            number = self.shown.number(place)
            rows += [(number, row) for row in range(at, self._height_of(number))]
            place, at = place + 1, 0
        return rows[:height] if len(rows) >= height else self.last_page(height)

    def last_page(self, height: int) -> list[Row]:
        """The rows in view while the end is followed."""
        parts: list[list[Row]] = []
        place, room = len(self.shown), height
        while room > 0 and place > 0:
            place -= 1
            number = self.shown.number(place)
            rows = [(number, row) for row in range(self._height_of(number))]
            parts.append(rows[-room:])
            room -= len(parts[-1])
        return [row for part in reversed(parts) for row in part]

    def moved(self, row: Row, rows: int) -> Row:
        """The row that many rows further, or back; at most the last or the first."""
        place, at = self.nearest(row)
        at += rows
        while at < 0 and place > 0:
            place -= 1
            at += self._height_at(place)
        while place < len(self.shown) - 1 and at >= (height := self._height_at(place)):
            place += 1
            at -= height
        return self.shown.number(place), max(0, min(at, self._height_at(place) - 1))

    def nearest(self, row: Row) -> tuple[int, int]:
        """The position of that row's line and the row within it, or of the next line if that one is gone."""
        place = self.shown.place(row[0])
        if place == len(self.shown):
            return max(0, place - 1), 0
        number = self.shown.number(place)
        return place, min(row[1], self._height_of(number) - 1) if number == row[0] else 0

    def _height_at(self, place: int) -> int:
        return self._height_of(self.shown.number(place))


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
    """One row cut into pieces of `room` cells, after a head of that many characters on the first."""
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
