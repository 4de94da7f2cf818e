"""Charts over time, as text: lines from plotext's canvas, the axes and the names beside them our own.

Every line is named at its right end, with its last value, so that no colour is needed to tell them apart. Absent
minutes stay gaps; the minute still filling is a faint dot and not a fall.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final

from msgspec import Struct
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from lambdatop.ui.widgets import canvas
from lambdatop.ui.widgets.axes import round_top, time_ticks
from lambdatop.ui.widgets.sheet import Sheet
from lambdatop.ui.widgets.spark import peaks, spark
from lambdatop.ui.widgets.tones import TONES, cropped, strip_of, tone_styles, width_of
from lambdatop.words import format
from lambdatop.words.spans import Span, Tone

_LEAST_WIDTH: Final = 30
_LEAST_HEIGHT: Final = 4
_GRID_HEIGHT: Final = 8
_LEAST_NAME: Final = 13


class Line(Struct, frozen=True, kw_only=True):
    """Values on an even grid over the plot's whole time, and a name in a few letters."""

    name: str
    values: tuple[float | None, ...]
    tone: Tone = "accent"
    filling: bool = False
    """The last value is of a minute that is not over."""

    @property
    def peak(self) -> float | None:
        """The highest known value."""
        return max((value for value in self.values if value is not None), default=None)

    @property
    def last(self) -> float | None:
        """The last known value of a whole period."""
        whole = self.values[:-1] if self.filling else self.values
        return next((value for value in reversed(whole) if value is not None), None)


class Mark(Struct, frozen=True):
    """A moment, epoch seconds, that something happened at."""

    at: float
    label: str = ""
    tone: Tone = "dim"


class Plot(Struct, frozen=True, kw_only=True):
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
    cursor: float | None = None
    """The moment pointed at, epoch seconds: the names bear the values then."""

    @property
    def period_s(self) -> float:
        """The length of time that one value covers."""
        return (self.x1 - self.x0) / max(1, max((len(line.values) for line in self.lines), default=1))

    def told(self, line: Line) -> float | None:
        """The value that the line's name bears: the one pointed at, else the last."""
        if self.cursor is None or not line.values:
            return line.last
        index = int((self.cursor - self.x0) / (self.x1 - self.x0) * len(line.values) + 1e-6)
        return line.values[index] if 0 <= index < len(line.values) else None


class _Frame(Struct, frozen=True):
    """The layout of a chart with axes: the plotting area from cell `left` on, `width` × `rows` cells."""

    left: int
    width: int
    rows: int
    top: float
    """The value at the upper edge."""
    labels: tuple[str, ...]
    names: tuple[str, ...]

    def column(self, plot: Plot, at: float) -> int:
        """The cell of a moment, epoch seconds."""
        return self.left + round((at - plot.x0) / max(1e-9, plot.x1 - plot.x0) * (self.width - 1))

    def row(self, value: float | None) -> int:
        """The line of a value."""
        return _row_of((value or 0.0) / self.top, self.rows)


def _frame(plot: Plot, width: int, height: int) -> _Frame | None:
    """None where there is no room for axes."""
    if not plot.lines or width < _LEAST_WIDTH or height < _LEAST_HEIGHT:
        return None
    known = (value for line in plot.lines for value in line.values if value is not None)
    top = round_top(max([plot.top or 0.0, *known]))
    labels = tuple(plot.unit(top * share) for share in _shares(height))
    left = max(map(width_of, labels)) + 2
    room = max(_LEAST_NAME, width // 4)
    named = [[_named(plot, line, value) for value in (plot.told(line), line.last, line.peak)] for line in plot.lines]
    widest = min(room, max(width_of(name) for names in named for name in names))  # the same wherever the cursor is
    names = tuple(cropped(names[0], room) for names in named)
    return _Frame(left, width - left - 1 - widest, height - 2, top, labels, names)


def _named(plot: Plot, line: Line, value: float | None) -> str:
    return f"{line.name} {plot.unit(value)}".strip()


def chart(plot: Plot, width: int, height: int) -> list[list[Span]]:
    """The plot as lines of `width` × `height` cells; a sparkline of its first line where there is no room for axes."""
    frame = _frame(plot, width, height)
    if frame is None:
        lines = plot.lines[:1] if height > 0 else ()
        return [[(spark(line.values, width, top=plot.top), line.tone)] for line in lines]
    sheet = Sheet(width, height)
    _write_lines(sheet, plot, frame)
    _write_axes(sheet, frame)
    _write_times(sheet, plot, frame)
    _write_marks(sheet, plot, frame)
    _write_cursor(sheet, plot, frame)
    _write_names(sheet, plot, frame)
    return sheet.rows()


def moment_at(plot: Plot, width: int, height: int, x: int) -> float | None:
    """The beginning of the period at cell `x` of the chart, epoch seconds; None outside the plotting area."""
    frame = _frame(plot, width, height)
    if frame is None or not frame.left <= x < frame.left + frame.width:
        return None
    share = (x - frame.left) / max(1, frame.width - 1)
    last = (plot.x1 - plot.x0) / plot.period_s - 1
    return plot.x0 + min(last, int(share * (last + 1))) * plot.period_s


def _shares(height: int) -> Sequence[float]:
    return (1.0, 0.75, 0.5, 0.25, 0.0) if height >= 2 * _GRID_HEIGHT else (1.0, 0.5, 0.0) if height >= 6 else (1.0, 0.0)


def _write_lines(sheet: Sheet, plot: Plot, frame: _Frame) -> None:
    strokes = tuple(stroke for line in plot.lines for stroke in _strokes(line, frame.width * 2))
    for y, inks in enumerate(canvas.draw(strokes, frame.width, frame.rows, x1=1.0, y1=frame.top)):
        for ink in inks:
            sheet.write(frame.left + ink.x, y, ink.text, TONES[ink.ink])


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


def _write_axes(sheet: Sheet, frame: _Frame) -> None:
    axis = frame.left - 1
    for y in range(frame.rows):
        sheet.write(axis, y, "│", "dim")
    for share, label in zip(_shares(frame.rows + 2), frame.labels, strict=True):
        y = _row_of(share, frame.rows)
        sheet.write(axis - 1 - width_of(label), y, label, "dim")
        sheet.write(axis, y, "┤", "dim")
    sheet.write(axis, frame.rows, "└" + "─" * frame.width, "dim")


def _write_times(sheet: Sheet, plot: Plot, frame: _Frame) -> None:
    """Round times under the axis, except those that would touch the cursor's."""
    pointed, free = _cursor_time(plot, frame), 0
    for tick in time_ticks(plot.x0, plot.x1, frame.width, plot.tz):
        x = frame.column(plot, tick.at)
        start = min(x - len(tick.label) // 2, frame.left + frame.width - len(tick.label) // 2)
        if start >= free:
            sheet.write(x, frame.rows, "┬", "dim")
            if pointed is not None and start < pointed[0] + len(pointed[1]) and pointed[0] < start + len(tick.label):
                continue
            sheet.write(start, frame.rows + 1, tick.label, "dim")
            free = start + len(tick.label) + 2


def _write_marks(sheet: Sheet, plot: Plot, frame: _Frame) -> None:
    """The newest marks first: an older one's label gives way where two are close."""
    end = free = frame.left + frame.width
    for mark in sorted(plot.marks, key=lambda mark: -mark.at):
        if plot.x0 <= mark.at <= plot.x1:
            x, size = frame.column(plot, mark.at), width_of(mark.label)
            _write_column(sheet, x, frame.rows, "┆", mark.tone)
            start = x + 1 if x + 1 + size <= end else x - size
            if frame.left <= start and start + size <= free:
                sheet.write(start, 0, mark.label, mark.tone)
                free = min(x, start) - 1


def _write_cursor(sheet: Sheet, plot: Plot, frame: _Frame) -> None:
    """A line at the moment pointed at, and under it when that is."""
    time = _cursor_time(plot, frame)
    if plot.cursor is not None and time is not None:
        x = frame.column(plot, plot.cursor + plot.period_s / 2)
        _write_column(sheet, x, frame.rows, "│", "strong")
        sheet.write(x, frame.rows, "┴", "strong")
        sheet.write(time[0], frame.rows + 1, time[1], "strong")


def _cursor_time(plot: Plot, frame: _Frame) -> tuple[int, str] | None:
    """Where the time of the moment pointed at begins, and the time with a blank on either side."""
    if plot.cursor is None or not plot.x0 <= plot.cursor < plot.x1:
        return None
    at, end = (datetime.fromtimestamp(each, UTC) for each in (plot.cursor, plot.x1))
    label = f" {format.moment(at, end, plot.tz)} "
    x = frame.column(plot, plot.cursor + plot.period_s / 2)
    return max(frame.left, min(x - len(label) // 2, frame.left + frame.width - len(label))), label


def _write_column(sheet: Sheet, x: int, rows: int, glyph: str, tone: Tone) -> None:
    for y in range(rows):
        if sheet.is_blank(x, y):
            sheet.write(x, y, glyph, tone)


def _write_names(sheet: Sheet, plot: Plot, frame: _Frame) -> None:
    """Each line's name at the height of its value, or at the nearest free one, from the top down."""
    valued = [(plot.told(line), line.tone, name) for line, name in zip(plot.lines, frame.names, strict=True)]
    valued = sorted(valued, key=lambda each: -(each[0] or 0.0))[: frame.rows]
    y = -1
    for place, (value, tone, name) in enumerate(valued):
        y = max(y + 1, min(frame.row(value), frame.rows - len(valued) + place))
        sheet.write(frame.left + frame.width + 1, y, name, tone)


class Chart(Widget):
    """A plot that fills its widget, redrawn only when the plot or the size has changed."""

    class Pointed(Message):
        """A click on the plotting area: the period pointed at begins then, epoch seconds, and is so long."""

        def __init__(self, at: float, period_s: float) -> None:
            super().__init__()
            self.at = at
            self.period_s = period_s

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

    def on_click(self, event: events.Click) -> None:
        at = moment_at(self._plot, *self.size, event.x) if self._plot is not None else None
        if self._plot is not None and at is not None:
            self.post_message(self.Pointed(at, self._plot.period_s))

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
