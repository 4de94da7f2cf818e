"""Which columns of a table fit, how wide they are, and how one row becomes runs of text.

Pure functions from rows to `(text, tone)` runs, so that what a table shows can be tested without a terminal.
"""

from collections.abc import Callable, Sequence
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from lambdatop.ui.widgets.fitting import fitting
from lambdatop.ui.widgets.tones import cropped, cropped_spans, width_of
from lambdatop.words.spans import Cell, Span

R = TypeVar("R")


class Column(Struct, Generic[R], frozen=True, kw_only=True):
    """One column over rows of type R.

    `cell` depends on the row alone: a row that is equal to the one drawn before is not drawn again.
    """

    key: str
    title: str
    width: int
    """In cells; the least width, if the column is flexible."""
    cell: Callable[[R], Cell]
    align: Literal["left", "right"] = "right"
    importance: int = 0
    """Where not all columns fit, the least important go first, from the right."""
    flex: bool = False
    """Takes what width is left, up to `max_width`."""
    max_width: int | None = None


class Placed(Struct, Generic[R], frozen=True):
    """A positioned column: `x` is its first cell, after the gap."""

    column: Column[R]
    x: int
    width: int


class Sort(Struct, frozen=True):
    """The column that the rows are sorted by."""

    key: str
    descending: bool = True

    @property
    def mark(self) -> str:
        return "▾" if self.descending else "▴"


def placed(columns: Sequence[Column[R]], width: int, *, gap: int) -> tuple[Placed[R], ...]:
    """The columns that fit into `width` cells, in order, with the flexible ones grown to fill it."""
    fit = fitting(columns, width, width=lambda c: c.width, importance=lambda c: c.importance, gap=gap)
    spare = width - sum(column.width for column in fit) - gap * (len(fit) - 1)
    widths = {column.key: column.width for column in fit}
    for column in sorted((c for c in fit if c.flex), key=lambda c: c.max_width is None):
        extra = spare if column.max_width is None else max(0, min(spare, column.max_width - column.width))
        widths[column.key] += extra
        spare -= extra
    places: list[Placed[R]] = []
    x = 0
    for column in fit:
        places.append(Placed(column, x, max(0, min(widths[column.key], width - x))))
        x += widths[column.key] + gap
    return tuple(places)


def row_spans(places: Sequence[Placed[R]], row: R) -> list[Span]:
    """One row as spans, each cell in position; padding after the last cell is left out."""
    spans: list[Span] = []
    end = 0
    for place in places:
        cell = place.column.cell(row)
        pieces, used = _fitted(cell, place.width)
        lead = place.width - used if place.column.align == "right" else 0
        spans.append((" " * (place.x - end + lead), "plain"))
        spans.extend(pieces)
        end = place.x + lead + used
    return spans


def _fitted(cell: Cell, width: int) -> tuple[Sequence[Span], int]:
    if not isinstance(cell, str):
        return cropped_spans(cell, width)
    size = width_of(cell)
    if size <= width:
        return ((cell, "plain"),), size
    text = cropped(cell, width)
    return ((text, "plain"),), width_of(text)


def header_spans(places: Sequence[Placed[R]], sort: Sort | None) -> list[Span]:
    """The titles at their columns' places; the sorted one is accented and bears its mark.

    The mark of a right-aligned column may stand in the gap before it, so that the title stays above the numbers.
    """
    spans: list[Span] = []
    end = 0
    for place in places:
        column = place.column
        title, room = column.title, place.width
        sorted_by = sort if sort is not None and sort.key == column.key else None
        if column.align == "right":
            room = place.x + place.width - end if sorted_by else room
            title = cropped(f"{sorted_by.mark}{title}" if sorted_by else title, room)
            start = place.x + place.width - width_of(title)
        else:
            title = f"{cropped(title, room - 1)}{sorted_by.mark}" if sorted_by else cropped(title, room)
            start = place.x
        spans.append((" " * (start - end), "dim"))
        spans.append((title, "accent" if sorted_by else "dim"))
        end = start + width_of(title)
    return spans
