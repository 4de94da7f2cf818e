"""The charts of the function in focus over one shared window: as many of them as have room.

What CloudWatch measures comes first. Where there is room for more, memory and cold starts follow, which are counted
from what tells of them and costs least; the title says from what.
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.widget import Widget

from lambdatop.model.fleet.row import Row
from lambdatop.model.invocations.cold_starts import ColdStarts
from lambdatop.model.metrics import Charts
from lambdatop.state import State
from lambdatop.ui.commands import Area, bindings
from lambdatop.ui.content import plots as figures
from lambdatop.ui.content.plot_overlay import is_changed, overlaid
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.widgets.chartgrid import ChartGrid
from lambdatop.ui.widgets.charts import Plot
from lambdatop.updates import FocusSource
from lambdatop.words import format, timespans

MEASURED: Final = 5
"""So many charts are of what CloudWatch measures of every function."""
COUNTED: Final = 3
"""So many of what is counted from REPORT lines, Lambda Insights or traces."""


class ChartsPane(Pane, can_focus=True):
    """Shows `State.seen.charts`, and `State.seen.starts` where there is room."""

    SOURCE = "charts"
    ASKS = ("changes",)
    PLACE = Area.CHARTS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.CHARTS)]

    def __init__(self) -> None:
        super().__init__()
        self._grid = ChartGrid(MEASURED + COUNTED)
        self._roomy = False

    def content(self) -> Iterator[Widget]:
        yield self._grid

    @property
    def sources(self) -> frozenset[FocusSource]:
        """Cold starts are asked for only where they are seen: reading them takes calls that others want, too."""
        asked = super().sources
        return asked | {"starts"} if asked and self._roomy else asked

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._look_round)

    def _look_round(self) -> None:
        roomy = self._grid.room > MEASURED
        if roomy is not self._roomy:
            self._roomy = roomy
            self._draw(self.state)
            self.post_message(self.Seen())

    def enter(self) -> None:
        self.focus()

    def on_focus(self) -> None:
        self._foot()

    def on_blur(self) -> None:
        self._foot()

    def fill(self, old: State, new: State) -> None:
        slices = ((new.seen.charts, old.seen.charts), (new.seen.starts, old.seen.starts), (new.health, old.health))
        if any(its is not was for its, was in slices) or is_changed(old, new):
            self._draw(new)

    def _draw(self, state: State) -> None:
        charts, row = state.seen.charts, state.fleet.rows.get(state.focus.function or "")
        starts = (
            state.seen.starts
            if self._roomy and state.seen.starts is not None and state.seen.starts.invocations
            else None
        )
        if charts is None or row is None:
            self._grid.show([None] * MEASURED)
        else:
            plots = measured(charts, row, state.seen.starts, state.fleet.concurrency_limit)
            plots += counted(starts, row.memory_mb) if starts is not None else []
            self._grid.show(overlaid(plots, state))
        period = _per(charts.period_s if charts else 60)
        self.title(state.focus.function or "charts", timespans.window(state), period, _origin(starts))
        self.absent(self.waiting() if charts is None else _nothing(charts))


def measured(charts: Charts, row: Row, starts: ColdStarts | None, account_limit: int | None) -> list[Plot]:
    """What CloudWatch measures, in the order in which it gets room."""
    return [
        figures.calls_plot(charts),
        figures.durations_plot(charts),
        figures.failures_plot(charts),
        figures.concurrency_plot(charts, account_limit),
        figures.spent_plot(charts, row, starts),
    ]


def counted(starts: ColdStarts, now_mb: int) -> list[Plot]:
    """What is counted invocation by invocation; `now_mb` is the memory size that runs now."""
    return [figures.used_plot(starts, now_mb), figures.cold_plot(starts), figures.init_plot(starts)]


def _nothing(charts: Charts) -> str | None:
    """Why there is nothing to draw, if so."""
    drawn = (charts.series[name] for name in ("invocations", "throttles"))
    return None if any(series.total() is not None for series in drawn) else "not invoked in this window"


def _origin(starts: ColdStarts | None) -> str | None:
    """Where memory and cold starts come from."""
    if starts is None:
        return None
    return f"memory and cold starts from {starts.origin}{', sampled' if starts.sampled else ''}"


def _per(period_s: int) -> str:
    """What a point sums up."""
    return "per min" if period_s == 60 else f"per {format.age(period_s)}"
