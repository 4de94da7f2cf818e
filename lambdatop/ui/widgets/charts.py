"""Charts over time, as text: lines from plotext's canvas, the axes and the names beside them our own.

Every line is named at its right end, with its last value, so that no colour is needed to tell them apart. Absent
minutes stay gaps; the minute still filling is a faint dot and not a fall.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from lambdatop.ui import format
from lambdatop.ui.widgets import canvas
from lambdatop.ui.widgets.axes import round_top, time_ticks
from lambdatop.ui.widgets.spark import peaks, spark
from lambdatop.ui.widgets.tones import (
    TONES,
    Span,
    Tone,
    cropped,
    strip_of,
    tone_styles,
    width_of,
)

_LEAST_WIDTH: Final = 30
_LEAST_HEIGHT: Final = 4
_GRID_HEIGHT: Final = 8
_LEAST_NAME: Final = 13
_BLANKS: Final = " \N{BRAILLE PATTERN BLANK}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Values on an even grid over the plot's whole time, and a name in a few letters."""

    name: str
    values: tuple[float | None, ...]
    tone: Tone = "accent"
    filling: bool = False
    """The last value is of a minute that is not over."""

    @property
    def last(self) -> float | None:
        """The last known value of a whole period."""
        whole = self.values[:-1] if self.filling else self.values
        return next((value for value in reversed(whole) if value is not None), None)


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment, epoch seconds, that something happened at."""

    at: float
    label: str = ""
    tone: Tone = "dim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Lines over the time from `x0` to `x1`, epoch seconds, from zero upwards."""

    lines: tuple[Line, ...]
    x0: float
    x1: float
    marks: tuple[Mark, ...] = ()
    unit: Callable[[float | None], str] = format.count
    """How a value is written."""
    top: float | None = None
    """The least value to make room for, such as a limit."""
    tz: tzinfo | None = None
    """The zone of the clock times; None is the machine's."""


class _Sheet:
    """A grid of characters with tones, to be written on; what lies outside is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.characters = [[" "] * width for _ in range(height)]
        self.tones: list[list[Tone]] = [["plain"] * width for _ in range(height)]

    def write(self, x: int, y: int, text: str, tone: Tone) -> None:
        """Put `text`, of narrow characters, at cell `x` of line `y`."""
        if x < 0:
            x, text = 0, text[-x:]
        text = text[: max(0, self.width - x)]
        self.characters[y][x : x + len(text)] = text
        self.tones[y][x : x + len(text)] = [tone] * len(text)

    def is_blank(self, x: int, y: int) -> bool:
        return self.characters[y][x] in _BLANKS

    def rows(self) -> list[list[Span]]:
        """The lines as spans."""
        rows: list[list[Span]] = []
        for characters, tones in zip(self.characters, self.tones, strict=True):
            ends = [x for x in range(1, self.width) if tones[x] != tones[x - 1]]
            edges = zip([0, *ends], [*ends, self.width], strict=True)
            rows.append([("".join(characters[start:end]), tones[start]) for start, end in edges])
        return rows


def chart(plot: Plot, width: int, height: int) -> list[list[Span]]:
    """The plot as lines of `width` × `height` cells; a sparkline of its first line where there is no room for axes."""
    if not plot.lines or height < 1:
        return []
    if width < _LEAST_WIDTH or height < _LEAST_HEIGHT:
        return [[(spark(plot.lines[0].values, width, top=plot.top), plot.lines[0].tone)]]
    known = (value for line in plot.lines for value in line.values if value is not None)
    top = round_top(max([plot.top or 0.0, *known]))
    labels = [plot.unit(top * share) for share in _shares(height)]
    left = max(map(width_of, labels)) + 1
    room = max(_LEAST_NAME, width // 4)
    names = [cropped(f"{line.name} {plot.unit(line.last)}".strip(), room) for line in plot.lines]
    inner, rows = width - left - 2 - max(map(width_of, names)), height - 2
    sheet = _Sheet(width, height)
    _write_lines(sheet, plot, left + 1, inner, rows, top)
    _write_frame(sheet, labels, left, inner, rows)
    _write_times(sheet, plot, left, inner, rows)
    _write_marks(sheet, plot, left + 1, inner, rows)
    _write_names(sheet, plot, names, left + inner + 2, rows, top)
    return sheet.rows()


def _shares(height: int) -> Sequence[float]:
    return (1.0, 0.75, 0.5, 0.25, 0.0) if height >= 2 * _GRID_HEIGHT else (1.0, 0.5, 0.0) if height >= 6 else (1.0, 0.0)


def _write_lines(sheet: _Sheet, plot: Plot, left: int, width: int, rows: int, top: float) -> None:
    strokes = tuple(stroke for line in plot.lines for stroke in _strokes(line, width * 2))
    for y, inks in enumerate(canvas.draw(strokes, width, rows, x1=1.0, y1=top)):
        for ink in inks:
            sheet.write(left + ink.x, y, ink.text, TONES[ink.ink])


def _strokes(line: Line, dots: int) -> Iterator[canvas.Stroke]:
    """The stretches of a line without gaps, on a grid no finer than the canvas; the filling period apart and faint."""
    values = line.values if len(line.values) <= dots else peaks(line.values, dots)
    count = len(values)
    ink, faint = TONES.index(line.tone), TONES.index("dim")
    run: list[float] = []
    for i, value in enumerate([*values, None]):
        last_is_filling = line.filling and i == count - 1
        if (value is None or last_is_filling) and run:
            yield canvas.Stroke((i - len(run) + 0.5) / count, 1 / count, tuple(run), ink)
            run = []
        if value is not None and last_is_filling:
            yield canvas.Stroke((i + 0.5) / count, 0, (value,), faint)
        elif value is not None:
            run.append(value)


def _row_of(share: float, rows: int) -> int:
    return round((1 - min(1.0, max(0.0, share))) * (rows - 1))


def _write_frame(sheet: _Sheet, labels: Sequence[str], left: int, width: int, rows: int) -> None:
    for y in range(rows):
        sheet.write(left, y, "│", "dim")
    shares = _shares(rows + 2)
    for share, label in zip(shares, labels, strict=True):
        y = _row_of(share, rows)
        sheet.write(left - 1 - width_of(label), y, label, "dim")
        sheet.write(left, y, "┤", "dim")
    sheet.write(left, rows, "└" + "─" * width, "dim")


def _write_times(sheet: _Sheet, plot: Plot, left: int, width: int, rows: int) -> None:
    free = 0
    for tick in time_ticks(plot.x0, plot.x1, width, plot.tz):
        x = left + 1 + _column_of(plot, tick.at, width)
        start = min(x - len(tick.label) // 2, left + 1 + width - len(tick.label) // 2)
        if start >= free:
            sheet.write(x, rows, "┬", "dim")
            sheet.write(start, rows + 1, tick.label, "dim")
            free = start + len(tick.label) + 2


def _column_of(plot: Plot, at: float, width: int) -> int:
    return round((at - plot.x0) / max(1e-9, plot.x1 - plot.x0) * (width - 1))


def _write_marks(sheet: _Sheet, plot: Plot, left: int, width: int, rows: int) -> None:
    for mark in plot.marks:
        if plot.x0 <= mark.at <= plot.x1:
            x = left + _column_of(plot, mark.at, width)
            for y in range(rows):
                if sheet.is_blank(x, y):
                    sheet.write(x, y, "┆", mark.tone)
            fits_right = x + 1 + width_of(mark.label) <= left + width
            sheet.write(x + 1 if fits_right else x - width_of(mark.label), 0, mark.label, mark.tone)


def _write_names(sheet: _Sheet, plot: Plot, names: Sequence[str], x: int, rows: int, top: float) -> None:
    """Each line's name at the height of its last value, or at the nearest free one, from the top down."""
    lines = sorted(zip(plot.lines, names, strict=True), key=lambda named: -(named[0].last or 0.0))[:rows]
    y = -1
    for place, (line, name) in enumerate(lines):
        y = max(y + 1, min(_row_of((line.last or 0.0) / top, rows), rows - len(lines) + place))
        sheet.write(x, y, name, line.tone)


class Chart(Widget):
    """A plot that fills its widget, drawn anew only when the plot or the size has changed."""

    DEFAULT_CSS = """
    Chart {
        width: 1fr;
        height: 1fr;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._plot: Plot | None = None
        self._drawn: tuple[Plot | None, Size] | None = None
        self._strips: list[Strip] = []

    def show(self, plot: Plot | None) -> None:
        """Show this plot; one equal to that shown changes nothing."""
        if plot != self._plot:
            self._plot = plot
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        wanted = (self._plot, self.size)
        if self._drawn != wanted:
            self._drawn = wanted
            self._strips = self._draw(*wanted)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn = None

    def _draw(self, plot: Plot | None, size: Size) -> list[Strip]:
        if plot is None:
            return []
        styles = tone_styles(self, self.rich_style)
        return [strip_of(spans, styles, size.width) for spans in chart(plot, size.width, size.height)]
