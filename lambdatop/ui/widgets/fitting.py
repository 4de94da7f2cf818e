"""Which parts to show where not all have room: whole ones, the most important first."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias, TypeVar

from lambdatop.ui.widgets.tones import width_of
from lambdatop.words.spans import Span

P = TypeVar("P")
Part: TypeAlias = tuple[int, Sequence[Span]]
"""How important it is, and what it says."""


def fitting(
    parts: Iterable[P],
    room: int,
    *,
    width: Callable[[P], int],
    importance: Callable[[P], int] = lambda part: 0,
    gap: int = 0,
) -> list[P]:
    """The parts that fit into `room` cells with `gap` cells between them, in order; always at least one.

    The least important go first, of equally important ones the last.
    """
    kept = list(parts)
    while len(kept) > 1 and sum(map(width, kept)) + gap * (len(kept) - 1) > room:
        kept.remove(min(reversed(kept), key=importance))
    return kept


def fitting_spans(parts: Iterable[Part], room: int) -> list[Span]:
    """What the parts say that fit into `room` cells, one after the other."""
    fit = fitting(parts, room, width=lambda part: spans_width(part[1]), importance=lambda part: part[0])
    return [span for _, spans in fit for span in spans]


def spans_width(spans: Iterable[Span]) -> int:
    """In cells."""
    return sum(width_of(text) for text, _ in spans)
