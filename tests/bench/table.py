"""DataTable against Table: one refresh of 10,000 rows × 14 columns with a new order. `python tests/bench/table.py`.

Both run in turn in the same process, painted by a headless App of 150 × 42; CPU time, medians. Only the ratio says
anything about another machine.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from operator import attrgetter

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from lambdatop.ui.widgets.columns import Column
from lambdatop.ui.widgets.table import Table

ROWS = 10_000
COLUMNS = 14
REFRESHES = 3
MOVES = 10
PAINTED_AFTER_S = 0.1


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

    def move(self) -> None:
        self.query_one(Table).action_move(1)


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

    def move(self) -> None:
        self.query_one(DataTable).action_cursor_down()


async def cpu_ms(work: Callable[[], object], pilot: Pilot[None]) -> float:
    """CPU time until what `work` changes has been painted: Textual paints by a timer, 60 times a second."""
    began = time.process_time()
    work()
    await pilot.pause(PAINTED_AFTER_S)
    return (time.process_time() - began) * 1_000


async def measured(app: TableApp | DataTableApp) -> tuple[float, float]:
    """A refresh and a cursor move, CPU ms, medians, without what an idle app takes."""
    rows = [[Row(f"function-{index}") for index in range(ROWS)] for _ in range(REFRESHES + 1)]
    async with app.run_test(size=(150, 42)) as pilot:
        app.refill(rows.pop())
        app.query_one("Table, DataTable").focus()
        await pilot.pause(PAINTED_AFTER_S)
        idle = statistics.median([await cpu_ms(lambda: None, pilot) for _ in range(5)])
        refreshes = [await cpu_ms(partial(app.refill, rows.pop()), pilot) for _ in range(REFRESHES)]
        moves = [await cpu_ms(app.move, pilot) for _ in range(MOVES)]
        return statistics.median(refreshes) - idle, statistics.median(moves) - idle


async def main() -> None:
    all_theirs = await measured(DataTableApp())
    all_ours = await measured(TableApp())
    for what, theirs, ours in zip(("refresh with sort", "cursor down"), all_theirs, all_ours, strict=True):
        print(f"{what:18} DataTable {theirs:8.1f} ms   Table {ours:6.1f} ms   ratio {theirs / ours:6.1f}")


if __name__ == "__main__":
    asyncio.run(main())
