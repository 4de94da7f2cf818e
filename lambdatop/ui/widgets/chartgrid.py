"""Charts in rows and columns of one length: as many of them, in their order, as have room to be read."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Container

from lambdatop.ui.widgets.charts import Chart, Plot

CHART_WIDTH, CHART_HEIGHT = 41, 5
"""The least that a chart with axes is read at."""


class ChartGrid(Container):
    """Up to `most` charts; those for which there is no plot take no room."""

    DEFAULT_CSS = "ChartGrid { layout: grid; grid-gutter: 0 1; padding: 0 1 0 0; width: 1fr; height: 1fr; }"

    def __init__(self, most: int, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._charts = [Chart() for _ in range(most)]
        self._plots = most

    def compose(self) -> ComposeResult:
        yield from self._charts

    def show(self, plots: Sequence[Plot | None]) -> None:
        """Show these, the first ones where not all have room."""
        for chart, plot in zip(self._charts, plots, strict=False):
            chart.show(plot)
        if len(plots) != self._plots:
            self._plots = len(plots)
            self._arrange()

    @property
    def room(self) -> int:
        """How many charts it has room for."""
        columns, rows = self._most
        return columns * rows

    @property
    def _most(self) -> tuple[int, int]:
        return max(1, self.outer_size.width // CHART_WIDTH), max(1, self.outer_size.height // CHART_HEIGHT)

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        columns, rows = self._most
        shown = max(1, min(self._plots, columns * rows))
        columns = -(-shown // -(-shown // columns))  # as many rows as are needed, all of one length
        self.styles.grid_size_columns = columns
        self.styles.grid_size_rows = -(-shown // columns)
        for index, chart in enumerate(self._charts):
            chart.display = index < shown
