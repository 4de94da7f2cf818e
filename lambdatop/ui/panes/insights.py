"""What Lambda Insights knows of the function in focus: what stands out, charts, and the newest invocations' records.

Without the extension's layer: memory and init as REPORT lines tell them, and how to attach it.
"""

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from lambdatop.model.fleet.row import Row
from lambdatop.model.insights.insights import Insights, Performance
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.commands import Area, bindings
from lambdatop.ui.content.insights import COLUMNS, offer, said
from lambdatop.ui.content.plot_overlay import is_changed, overlaid
from lambdatop.ui.content.plots import init_plot, insights_plots, used_plot
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.widgets.bar import Troubles
from lambdatop.ui.widgets.chartgrid import ChartGrid
from lambdatop.ui.widgets.table import Table
from lambdatop.words import timespans

CHARTS = 5
LOW = 16
"""Below this height there is room for the records alone."""


class InsightsPane(Pane):
    """Shows `State.seen.insights`, and `State.seen.starts` where there is no layer."""

    SOURCE = "insights"
    ASKS = ("starts", "changes")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.CHARTS)]

    def __init__(self) -> None:
        super().__init__()
        self._said = Troubles()
        self._grid = ChartGrid(CHARTS)
        self._offer = Static()
        self._scroll = VerticalScroll(self._offer, classes="offer")
        self._table: Table[Performance] = Table(COLUMNS, key=_key, gap=1)

    def content(self) -> Iterator[Widget]:
        yield self._said
        yield self._grid
        yield self._table
        yield self._scroll

    @property
    def reader(self) -> Widget:
        insights = self.state.seen.insights
        return self._scroll if insights is not None and insights.layer is None else self._table

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < LOW, "-low")

    def fill(self, old: State, new: State) -> None:
        slices = ((new.seen.insights, old.seen.insights), (new.seen.starts, old.seen.starts), (new.health, old.health))
        if all(its is was for its, was in slices) and not is_changed(old, new):
            return
        insights, row = new.seen.insights, new.fleet.rows.get(new.focus.function or "")
        layer = insights.layer if insights is not None else None
        self.title("insights", new.focus.function, str(layer) if layer else None, timespans.window(new))
        self._table.stale = self.SOURCE in new.health
        self.absent(self.waiting() if insights is None or row is None else None)
        if insights is not None and row is not None:
            self.set_class(layer is None, "-unattached")
            self._measured(insights, row, new) if layer else self._unattached(new, row)

    def _measured(self, insights: Insights, row: Row, state: State) -> None:
        function = row.function
        self._said.show(list(said(insights.records, function.ephemeral_mb)))
        self._grid.show(overlaid(insights_plots(insights, row.memory_mb, function.ephemeral_mb), state))
        self._table.empty = "no records of this time in /aws/lambda-insights"
        self._table.show(insights.records)

    def _unattached(self, state: State, row: Row) -> None:
        starts = state.seen.starts
        if starts is not None:
            self._grid.show(overlaid([used_plot(starts, row.memory_mb), init_plot(starts)], state))
        source = f"memory, init from {starts.origin}" if starts is not None else "asking for REPORT lines …"
        sampled = ", sampled" if starts is not None and starts.sampled else ""
        self._said.show([[("Lambda Insights is not attached", "strong"), (f" · {source}{sampled}", "dim")]])
        self._offer.update(Content("\n").join(Content(safe(line)) for line in offer(row, self.remedy("insights"))))


def _key(record: Performance) -> str:
    return f"{record.request_id} {record.at.isoformat()}"
