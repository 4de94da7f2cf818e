"""DataTable against Table: one refresh of 10,000 rows × 14 columns with a new order. `python tests/bench/table.py`.

Both run in turn in the same process, painted by a headless App of 150 × 42; CPU time, medians. Only the ratio says
anything about another machine.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from lambdatop.ui.widgets.columns import Column
from lambdatop.ui.widgets.table import Table

ROWS = 10_000
COLUMNS = 14
ROUNDS = 3


class Row:
    """A row whose values are new at every refresh, as all live metrics are."""

    __slots__ = ("name", "sick", "values")

    def __init__(self, name: str) -> None:
        self.name = name
        self.values = [random.random() * 5_000 for _ in range(COLUMNS - 1)]
        self.sick = self.values[0]


def texts(row: Row) -> list[str]:
    return [row.name, *(f"{value:,.1f}" for value in row.values)]


def column(index: int) -> Column[Row]:
    return Column(key=str(index), title=f"C{index}", width=8, cell=lambda row: f"{row.values[index]:,.1f}")


class TableApp(App[None]):
    def compose(self) -> ComposeResult:
        name = Column[Row](key="name", title="NAME", width=16, align="left", cell=lambda row: row.name)
        yield Table([name, *map(column, range(COLUMNS - 1))], attrgetter("name"))

    def refill(self, rows: list[Row]) -> None:
        self.query_one(Table).show(sorted(rows, key=attrgetter("sick"), reverse=True))


class DataTableApp(App[None]):
    def compose(self) -> ComposeResult:
        table: DataTable[str] = DataTable(cursor_type="row")
        table.add_columns(*(f"C{index}" for index in range(COLUMNS)))
        yield table

    def refill(self, rows: list[Row]) -> None:
        table = self.query_one(DataTable)
        table.clear()
        for row in sorted(rows, key=attrgetter("sick"), reverse=True):
            table.add_row(*texts(row), key=row.name)


async def cpu_ms(work: Callable[[], Any], pilot: Pilot[None]) -> float:
    """CPU time until what `work` changes has been painted."""
    began = time.process_time()
    work()
    await pilot.pause()
    return (time.process_time() - began) * 1_000


async def measured(app: TableApp | DataTableApp) -> tuple[float, float]:
    """One refresh and one cursor move, CPU ms."""
    rows = [[Row(f"function-{index}") for index in range(ROWS)] for _ in range(2)]
    async with app.run_test(size=(150, 42)) as pilot:
        app.refill(rows[0])
        await pilot.pause()
        idle = await cpu_ms(lambda: None, pilot)
        refresh = await cpu_ms(lambda: app.refill(rows[1]), pilot) - idle
        widget = app.query_one("Table, DataTable")
        moves = [await cpu_ms(lambda: move(widget), pilot) - idle for _ in range(20)]
        return refresh, statistics.median(moves)


def move(widget: Any) -> None:
    if isinstance(widget, DataTable):
        widget.action_cursor_down()
    else:
        widget.action_move(1)


async def main() -> None:
    results: dict[str, list[tuple[float, float]]] = {"DataTable": [], "Table": []}
    for _ in range(ROUNDS):
        results["DataTable"].append(await measured(DataTableApp()))
        results["Table"].append(await measured(TableApp()))
    for index, what in enumerate(("refresh with sort", "cursor down")):
        theirs, ours = (statistics.median(result[index] for result in results[name]) for name in results)
        print(f"{what:18} DataTable {theirs:8.1f} ms   Table {ours:6.2f} ms   ratio {theirs / ours:6.0f}")


if __name__ == "__main__":
    asyncio.run(main())
