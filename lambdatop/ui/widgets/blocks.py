"""Horizontal bars in block characters, exact to an eighth of a cell where Unicode has the character for it."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from lambdatop.words.spans import Span, Tone

Stretch = tuple[float, float]
"""From where to where, in cells."""

_LEFT: Final = " ▏▎▍▌▋▊▉█"
_NEARLY: Final = 1 / 16
_HALF, _ALL = 0.25, 0.75
"""From how much of a cell on its right side reads better as a half block, and as a whole one."""


def share_bar(share: float, width: int) -> str:
    """A bar of `width` cells from the left; a share above 0 is never invisible."""
    eighths = max(1, round(max(0.0, min(1.0, share)) * width * 8)) if share > 0 else 0
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_LEFT[rest] if rest else ""))[:width].ljust(width)


def timed_bar(pieces: Iterable[Stretch], bright: Sequence[Stretch], width: int, tones: tuple[Tone, Tone]) -> list[Span]:
    """Pieces on a line of `width` cells, in the first tone where most of them is bright and else in the second.

    However short a piece is, it is seen. What follows the last one is left out.
    """
    characters = [" "] * width
    filled, lit = [0.0] * width, [0.0] * width
    for start, end in pieces:
        for cell, low, high in _cells(start, end, width):
            characters[cell] = _block(low, high) if characters[cell] == " " else "█"
            filled[cell] += high - low
    for start, end in bright:
        for cell, low, high in _cells(start, end, width):
            lit[cell] += high - low
    last = max((cell for cell in range(width) if characters[cell] != " "), default=-1)
    tone_at = [tones[0] if 0 < filled[cell] <= 2 * lit[cell] else tones[1] for cell in range(last + 1)]
    runs = groupby(range(last + 1), key=tone_at.__getitem__)
    return [("".join(characters[cell] for cell in cells), tone) for tone, cells in runs]


def _cells(start: float, end: float, width: int) -> Iterable[tuple[int, float, float]]:
    """Each cell that is touched, and from where to where in it."""
    start, end = max(0.0, min(start, width)), max(0.0, min(end, width))
    first = min(int(start), width - 1)
    for cell in range(first, width):
        yield cell, max(start - cell, 0.0), min(end - cell, 1.0)
        if end <= cell + 1:
            return


def _block(low: float, high: float) -> str:
    """The character that looks most like a cell filled from `low` to `high`."""
    size = high - low
    if low <= _NEARLY or low + high < 1:
        return _LEFT[max(1, round(size * 8))]
    return "█" if size >= _ALL else "▐" if size >= _HALF else "▕"
