"""The charts of the function in focus over one shared window: as many of them as have room."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from lambdatop.model.metrics import Series
from lambdatop.state import Charts, State
from lambdatop.ui import format, timespans
from lambdatop.ui.commands import Place, bindings
from lambdatop.ui.overlay import is_changed, overlaid
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.widgets.chartgrid import ChartGrid
from lambdatop.ui.widgets.charts import Line, Plot
from lambdatop.ui.widgets.tones import Tone


@dataclass(frozen=True, slots=True)
class _Curve:
    name: str
    series: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class _Figure:
    curves: tuple[_Curve, ...]
    unit: Callable[[float | None], str]


_FIGURES = (
    # in the order in which they get room
    _Figure((_Curve("invoked", "invocations", "accent"), _Curve("errors", "errors", "bad")), format.count),
    _Figure(
        (
            _Curve("p99", "duration_p99_ms", "warn"),
            _Curve("p95", "duration_p95_ms", "accent"),
            _Curve("p50", "duration_p50_ms", "good"),
        ),
        format.duration,
    ),
    _Figure((_Curve("errors", "errors", "bad"), _Curve("throttled", "throttles", "warn")), format.count),
    _Figure((_Curve("concurrent", "concurrent_executions", "accent"),), format.count),
)


class ChartsPane(Pane, can_focus=True):
    """Shows `State.charts`."""

    SOURCE = "charts"
    ASKS = ("changes",)
    PLACE = Place.CHARTS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Place.CHARTS)]

    def __init__(self) -> None:
        super().__init__()
        self._grid = ChartGrid(len(_FIGURES))

    def content(self) -> Iterator[Widget]:
        yield self._grid

    def enter(self) -> None:
        self.focus()

    def on_focus(self) -> None:
        self._foot()

    def on_blur(self) -> None:
        self._foot()

    def fill(self, old: State, new: State) -> None:
        if new.charts is old.charts and new.health is old.health and not is_changed(old, new):
            return
        charts = new.charts
        plots = overlaid([_plot(figure, charts) for figure in _FIGURES], new) if charts else [None] * len(_FIGURES)
        self._grid.show(plots)
        self.title(new.focus.function or "charts", timespans.window(new), _per(charts.period_s if charts else 60))
        self.absent(None if charts else self.waiting())


def _per(period_s: int) -> str:
    """What a point sums up."""
    return "per min" if period_s == 60 else f"per {format.age(period_s)}"


def _plot(figure: _Figure, charts: Charts) -> Plot:
    series: Mapping[str, Series] = charts.series
    lines = tuple(
        Line(name=curve.name, values=series[curve.series].values, tone=curve.tone, filling=True)
        for curve in figure.curves
    )
    return Plot(
        lines=lines,
        x0=charts.window.start.timestamp(),
        x1=charts.window.end.timestamp(),
        unit=figure.unit,
    )
