"""Lines on a grid of braille dots: the one module that knows plotext.

plotext 6 keeps one figure for the whole process; every drawing here gets its own terminal and figure, so that no
setting leaks from one chart into another. Frame, ticks and legend are left to the caller: only the lines are plotext's.
Importing it takes a quarter of a second, which is why it happens at the first drawing, or in a thread by `load`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

_COLOUR: Final = re.compile(r"\x1b\[([\d;]*)m")
_PALETTE: Final = "38;5;"
_FIRST_COLOUR: Final = 16


class Stroke(Struct, frozen=True):
    """Values to be joined by a line: `ys[i]` at `x0 + i * dx`, and a number that tells its cells from others'."""

    x0: float
    dx: float
    ys: tuple[float, ...]
    ink: int


class Ink(Struct, frozen=True):
    """Characters of one stroke that follow each other on a line, from cell `x` on."""

    x: int
    text: str
    ink: int


def load() -> None:
    """Import plotext ahead of its first use; may be called in a thread."""
    import plotext  # noqa: F401


@lru_cache(maxsize=32)
def draw(strokes: tuple[Stroke, ...], width: int, height: int, *, x1: float, y1: float) -> tuple[tuple[Ink, ...], ...]:
    """The part of the strokes on each line of `width` × `height` cells.

    x goes from 0 to `x1` and y from 0 to `y1`, both measured from the middle of the first cell to that of the last.
    The last drawings are cached: a cursor that moves over a chart draws nothing again.
    """
    import plotext

    figure = _figure(plotext, width, height)
    figure.ruler("x").lim(0, x1)
    figure.ruler("y").lim(0, y1)
    for stroke in strokes:
        marker = plotext.marker("braille", plotext.pixel(foreground=_FIRST_COLOUR + stroke.ink))
        xs = [stroke.x0 + i * stroke.dx for i in range(len(stroke.ys))]
        figure.draw(figure.signal(xs, list(stroke.ys), marker=marker).lines())
    lines: list[str] = figure.build().string().splitlines()
    return tuple(tuple(_inks(line)) for line in lines[:height])


def _figure(plotext: Any, width: int, height: int) -> Any:
    terminal = type(plotext.terminal)()
    terminal.limit(False, False)
    figure = terminal._master
    figure.plot_size(width, height)
    figure.axes(False)
    figure.legend(False)
    figure.canvas("default")
    for axis in ("x", "y"):
        figure.ruler(axis).ticks([])
    return figure


def _inks(line: str) -> Iterator[Ink]:
    """The coloured pieces of a line with plotext's colour sequences."""
    x = 0
    colour = ""
    for index, piece in enumerate(_COLOUR.split(line)):
        if index % 2:
            colour = piece
            continue
        if piece and colour.startswith(_PALETTE):
            yield Ink(x, piece, int(colour.removeprefix(_PALETTE)) - _FIRST_COLOUR)
        x += len(piece)
