"""The charts of the function in focus over one shared window: as many of them as have room."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import reactive

from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.metrics import Series
from lambdatop.state import Charts, State
from lambdatop.ui import format
from lambdatop.ui.panes import frame
from lambdatop.ui.widgets.charts import Chart, Line, Mark, Plot
from lambdatop.ui.widgets.tones import Tone

CHART_WIDTH, CHART_HEIGHT = 42, 6
"""The least that a chart with axes is read at."""


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


class ChartsPane(Container):
    """Shows `State.charts`."""

    state: reactive[State] = reactive(State(), repaint=False, init=False)

    def __init__(self, clock: Clock) -> None:
        super().__init__(classes="pane")
        self._clock = clock
        self._charts = [Chart() for _ in _FIGURES]

    def enter(self) -> None:
        """Take the keyboard."""
        self.focus()

    def compose(self) -> ComposeResult:
        yield from self._charts

    def watch_state(self, old: State, new: State) -> None:
        if new.charts is not old.charts or new.health is not old.health or new.focus is not old.focus:
            self._fill()

    def on_resize(self, event: events.Resize) -> None:
        columns = max(1, event.size.width // CHART_WIDTH)
        rows = max(1, event.size.height // CHART_HEIGHT)
        shown = min(len(_FIGURES), columns * rows)
        columns = -(-shown // -(-shown // columns))  # as many rows as are needed, all of one length
        self.styles.grid_size_columns = columns
        self.styles.grid_size_rows = -(-shown // columns)
        for index, chart in enumerate(self._charts):
            chart.display = index < shown

    def _fill(self) -> None:
        state = self.state
        row = state.fleet.rows.get(state.focus.function or "")
        for figure, chart in zip(_FIGURES, self._charts, strict=True):
            chart.show(_plot(figure, state.charts, row.function if row else None) if state.charts else None)
        period = next(iter(state.charts.series.values())).period_s if state.charts else 60
        frame.title(self, state.focus.function or "charts", window_name(state.focus.window_minutes), _per(period))
        frame.trouble(self, state.health.get("charts"))


def window_name(minutes: int) -> str:
    """`15 min`, `3 h`, `7 d`."""
    return format.age(minutes * 60)


def _per(period_s: int) -> str | None:
    """What a point sums up, where that is not the usual minute."""
    return f"per {format.age(period_s)}" if period_s != 60 else "per min"


def _plot(figure: _Figure, charts: Charts, function: Function | None) -> Plot:
    series: Mapping[str, Series] = charts.series
    lines = tuple(
        Line(name=curve.name, values=series[curve.series].values, tone=curve.tone, filling=True)
        for curve in figure.curves
    )
    changed = function.last_modified.timestamp() if function and function.last_modified else None
    return Plot(
        lines=lines,
        x0=charts.window.start.timestamp(),
        x1=charts.window.end.timestamp(),
        marks=(Mark(changed, "changed", "strong"),) if changed is not None else (),
        unit=figure.unit,
    )
