"""One refresh of 10,000 functions on the fleet's screen, against Textual's DataTable. `python tests/bench/refresh.py`.

The application runs headless at 150 x 42 on rows that are new at every refresh, measured and diagnosed beforehand:
counted is the CPU time from a new State to the painted screen, with choosing, sorting, tiles and lines. DataTable is
filled with the same rows in the same order and the same texts. In turn, in one process, without what an idle app takes.
"""

import asyncio
import gc
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

from msgspec.structs import replace
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from lambdatop.aws.gate import Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import FrozenClock
from lambdatop.config import Config
from lambdatop.model.fleet.fleet import AccountMetrics, Fleet, active
from lambdatop.model.fleet.row import Row, row
from lambdatop.model.fleet.sorting import ordered
from lambdatop.model.function import Function
from lambdatop.model.metrics import FunctionMetrics, Series, window_of
from lambdatop.state import State
from lambdatop.ui.app import LambdatopApp
from lambdatop.ui.content.fleet_columns import COLUMNS
from tests.bench.harness import COLUMNS as WIDTH
from tests.bench.harness import LINES, conditions, told

FUNCTIONS = 10_000
ROUNDS = 7
ROUNDS_OF_DATATABLE = 2
PAINTED_AFTER_S = 0.4
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def function(index: int) -> Function:
    name = f"service-{index % 97}-function-{index}"
    return Function(
        name=name,
        arn=f"arn:aws:lambda:eu-west-1:123456789012:function:{name}",
        runtime="python3.12",
        architecture="arm64",
        memory_mb=512,
        timeout_s=30,
        last_modified=NOW - timedelta(days=90),
        log_group=f"/aws/lambda/{name}",
    )


def series(chance: random.Random, most: float) -> Series:
    start = int((NOW - timedelta(hours=1)).timestamp())
    return Series(start=start, period_s=60, values=tuple(chance.random() * most for _ in range(60)))


def measured_rows(seed: int) -> dict[str, Row]:
    """Every function with an hour of figures of its own."""
    chance = random.Random(seed)
    rows: dict[str, Row] = {}
    for each in sorted(map(function, range(FUNCTIONS)), key=attrgetter("name")):
        metrics = FunctionMetrics(
            window=window_of(NOW, 15),
            invocations=series(chance, 500),
            errors=series(chance, 5),
            throttles=series(chance, 1),
            duration_p50_ms=chance.random() * 100,
            duration_p95_ms=chance.random() * 1000,
            duration_p99_ms=chance.random() * 3000,
            duration_sum_ms=chance.random() * 1e6,
            concurrent_executions=chance.random() * 50,
        )
        rows[each.name] = row(each, metrics, None, (), NOW)
    return rows


def fleet(seed: int) -> Fleet:
    """All rows, and the account's figures for the tiles."""
    chance = random.Random(seed)
    account = AccountMetrics(
        invocations=series(chance, 5e6),
        errors=series(chance, 5e4),
        throttles=series(chance, 1e4),
        duration_p95_ms=series(chance, 1000),
        concurrent_executions=series(chance, 900),
        window_p95_ms=chance.random() * 1000,
    )
    rows = measured_rows(seed)
    return Fleet(
        rows=rows,
        active=active(rows.values()),
        complete=True,
        account=account,
        concurrency_limit=1000,
        measured=NOW,
    )


class Listing(App[None]):
    """The same cells in a DataTable."""

    def compose(self) -> ComposeResult:
        table: DataTable[str] = DataTable(cursor_type="row")
        table.add_columns(*(column.title for column in COLUMNS))
        yield table

    def refill(self, rows: Mapping[str, Row]) -> None:
        table = self.query_one(DataTable)
        table.clear()
        for each in ordered(rows.values(), "sick"):
            table.add_row(*(text(cell(each)) for cell in CELLS), key=each.name)


CELLS = [column.cell for column in COLUMNS]


def text(cell: str | tuple[tuple[str, str], ...]) -> str:
    return cell if isinstance(cell, str) else "".join(piece for piece, _ in cell)


async def cpu_ms(work: Callable[[], object], pilot: Pilot[Any]) -> float:
    """CPU time until what `work` changes has been painted: screen and Textual both paint by timers."""
    began = time.process_time()
    work()
    await pilot.pause(PAINTED_AFTER_S)
    return (time.process_time() - began) * 1000


async def refreshes(app: App[Any], refresh: Callable[[State], object], states: Sequence[State]) -> list[float]:
    """CPU ms of each refresh; the last state is what stands there before."""
    async with app.run_test(size=(WIDTH, LINES)) as pilot:
        await pilot.pause(1)
        if isinstance(app, LambdatopApp):
            app.action_pause()  # no source: what it shows is what it is given
        refresh(states[-1])
        await pilot.pause(1)
        idle = statistics.median([await cpu_ms(lambda: None, pilot) for _ in range(5)])
        return [await cpu_ms(partial(refresh, state), pilot) - idle for state in states]


async def ours(states: Sequence[State]) -> list[float]:
    clock = FrozenClock(NOW)
    app = LambdatopApp(
        Gate(Connection(region="eu-west-1", endpoint_url=lambda: "http://127.0.0.1:9", credentials=("", "")), clock),
        Config(),
        clock,
    )
    return await refreshes(app, lambda state: setattr(app, "state", state), states)


async def theirs(states: Sequence[State]) -> list[float]:
    app = Listing()
    return await refreshes(app, lambda state: app.refill(state.fleet.rows), states)


async def main() -> None:
    states = [replace(State(), fleet=fleet(seed)) for seed in range(ROUNDS)]
    gc.freeze()  # as the app does once rows stand there; and half a million prepared figures are the benchmark's own
    table, screen = await theirs(states[-ROUNDS_OF_DATATABLE:]), await ours(states)
    print(conditions())
    print(f"{'DataTable, refilled':24}{told(table, 'ms CPU')}")
    print(f"{'the fleet screen':24}{told(screen, 'ms CPU')}")
    print(f"ratio {statistics.median(table) / statistics.median(screen):.0f}")


if __name__ == "__main__":
    asyncio.run(main())
