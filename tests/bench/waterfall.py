"""Opening a trace of 200 segments: critical path, bottleneck, rows, first paint. `python tests/bench/waterfall.py`.

A headless App of 150 × 42; CPU time, medians. The other side is Textual's DataTable, already there and given the same
texts: it styles every row, whether it is in view or not.
"""

import asyncio
import statistics
import time
from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.reactive import reactive
from textual.widgets import DataTable

from lambdatop.clock import SystemClock
from lambdatop.model.focus import Focus
from lambdatop.model.traces.segments import Segment, SegmentKind, Trace
from lambdatop.model.traces.waterfall_rows import branches, rows
from lambdatop.state import State
from lambdatop.ui.screens.trace import TraceScreen
from lambdatop.ui.widgets.timeline import columns
from lambdatop.ui.widgets.waterfall import Waterfall
from lambdatop.words.spans import Cell

SEGMENTS = 200
OPENINGS = 9
MOVES = 20
PAINTED_AFTER_S = 0.1
ID = "1-6ac7d554-62c6b8a1d2e3f4a5b6c7d8e9"
START_S = 1_790_856_000.0


def trace_of(segments: int) -> Trace:
    """Lambda's segment, the function's, and calls under it by tens, one after another."""
    step = 2.0 / segments
    parts = [_part(number, number * step, step) for number in range(0, segments - 2, 10)]
    function = _segment("function", 0.0, 2.0, SegmentKind.FUNCTION, *parts)
    service = _segment("service", 0.0, 2.0, SegmentKind.SERVICE, function)
    return Trace(id=ID, start_s=START_S, end_s=START_S + 2.0, roots=(service,))


def _part(first: int, start: float, step: float) -> Segment:
    calls = [_segment(f"DynamoDB Query table-{first + n}", start + n * step, step, SegmentKind.CALL) for n in range(9)]
    return _segment(f"part {first}", start, 10 * step, SegmentKind.PART, *calls)


def _segment(name: str, start: float, seconds: float, kind: SegmentKind, *children: Segment) -> Segment:
    begins = START_S + start
    return Segment(id=name, name=name, kind=kind, start_s=begins, end_s=begins + seconds, children=children)


class TraceApp(App[None]):
    CSS_PATH = "../../lambdatop/ui/lambdatop.tcss"
    state: reactive[State] = reactive(State(focus=Focus(function="f", trace_id=ID)), repaint=False)

    def open(self) -> None:
        self.push_screen(TraceScreen(SystemClock()).data_bind(TraceApp.state))

    def close(self) -> None:
        self.pop_screen()
        self.state = replace(self.state, trace=None)

    def show(self, trace: Trace) -> None:
        self.state = replace(self.state, trace=trace)

    def move(self) -> None:
        self.screen.query_one(Waterfall).action_move(1)


class DataTableApp(App[None]):
    def compose(self) -> ComposeResult:
        yield DataTable()

    def open(self) -> None:
        self.query_one(DataTable).focus()

    def close(self) -> None:
        self.query_one(DataTable).clear(columns=True)

    def show(self, trace: Trace) -> None:
        table: DataTable[str] = self.query_one(DataTable)
        tree = branches(trace, ())
        made = columns(trace, tree, frozenset(), 150)
        table.add_columns(*(column.title for column in made))
        for row in rows(tree, frozenset()):
            table.add_row(*(_text(column.cell(row)) for column in made))

    def move(self) -> None:
        self.query_one(DataTable).action_cursor_down()


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "".join(text for text, _ in cell)


async def cpu_ms(work: Callable[[], object], pilot: Pilot[None]) -> float:
    """CPU time until what `work` changes has been painted: Textual paints by a timer, 60 times a second."""
    began = time.process_time()
    work()
    await pilot.pause(PAINTED_AFTER_S)
    return (time.process_time() - began) * 1_000


async def measured(app: TraceApp | DataTableApp) -> list[float]:
    """An opened screen, a trace that arrives in it, a cursor move: CPU ms, medians, without what an idle app takes."""
    opened: list[float] = []
    shown: list[float] = []
    async with app.run_test(size=(150, 42)) as pilot:
        idle = statistics.median([await cpu_ms(lambda: None, pilot) for _ in range(5)])
        for _ in range(OPENINGS):
            if opened:
                app.close()
            await pilot.pause(PAINTED_AFTER_S)
            opened.append(await cpu_ms(app.open, pilot))
            shown.append(await cpu_ms(partial(app.show, trace_of(SEGMENTS)), pilot))
        moved = [await cpu_ms(app.move, pilot) for _ in range(MOVES)]
        return [statistics.median(each) - idle for each in (opened, shown, moved)]


async def main() -> None:
    all_theirs = await measured(DataTableApp())
    all_ours = await measured(TraceApp())
    words = ("open the screen", f"{SEGMENTS} segments arrive", "cursor down")
    for what, theirs, ours in zip(words, all_theirs, all_ours, strict=True):
        print(f"{what:20} DataTable {theirs:8.1f} ms   TraceScreen {ours:6.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
