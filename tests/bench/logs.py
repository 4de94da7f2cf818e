"""The log pane under 50,000 lines a second, and with a million lines kept. `python tests/bench/logs.py`.

The whole app runs headless on 150 × 42 with the log maximised; the burst comes through the pump, as a source's would.
Beside it Textual's RichLog takes the same lines. Every figure is of a process of its own.
"""

import asyncio
import gc
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import RichLog

from lambdatop.aws.gate import Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import SystemClock
from lambdatop.config import Config
from lambdatop.model.focus import Focus
from lambdatop.model.logs.line import LogLine
from lambdatop.ui.app import LambdatopApp
from lambdatop.updates import FocusMoved, FunctionsListed, LogsArrived, SourceFailed, Update
from tests.bench.harness import COLUMNS, LINES, conditions, percentile, rss_mb
from tests.model.factories import NOW, function

PER_S, SECONDS, BATCH = 50_000, 10, 5_000
KEPT = 1_000_000
RICH_LINES = 20_000
TICK_S = 0.002
NOBODY = "http://127.0.0.1:9"
FORMS = (
    "START RequestId: {id} Version: 42\n",
    "[INFO]\t2026-11-03T14:32:04.118Z\t{id}\torder {n} accepted for customer {n} in {ms} ms\n",
    '{{"level":"INFO","requestId":"{id}","message":"priced {n} items","service":"checkout","cart":"c_{n}"}}\n',
    "[WARN]\t2026-11-03T14:32:04.118Z\t{id}\tslow response from upstream: {ms} ms\n",
    "[ERROR] KeyError: 'sku-{n}'\nTraceback (most recent call last):\n  File \"app.py\", line {ms}, in handler\n",
    "REPORT RequestId: {id}\tDuration: {ms}.00 ms\tBilled Duration: {ms} ms\tMemory Size: 128 MB\t\n",
)


def lines(first: int, count: int) -> tuple[LogLine, ...]:
    """Lines as a busy function writes them: about 120 characters, ids of AWS's length, twenty streams."""
    return tuple(line(number) for number in range(first, first + count))


def line(number: int) -> LogLine:
    at = NOW + timedelta(milliseconds=number // 50)
    which = number // len(FORMS)
    request = f"{which * 2654435761 % 2**32:08x}-ffb5-4fab-8d4b-{which * 40503 % 2**48:012x}"
    message = FORMS[number % len(FORMS)].format(id=request, n=number, ms=number * 7919 % 3000)
    return LogLine(
        timestamp=at,
        ingestion_time=at + timedelta(milliseconds=number * 31 % 900),
        stream=f"2026/11/03/[42]{which % 20 * 48271:032x}",
        event_id=f"{number * 2654435761**5 % 10**56:056d}",
        message=message,
        function_name="checkout-api",
    )


LOOKED_FOR = {
    "filter: a word": ("f", *"sku-7"),
    "filter: a regular expression": ("f", *r"/sku-\d+7'/"),
    "search: a word": ("slash", *"cart-99"),
    "level ERROR": ("v", "v", "v"),
}
"""Through all lines kept."""


class BurstApp(LambdatopApp):
    """The program, but that nobody asks AWS and the log is a burst."""

    CSS_PATH = "../../lambdatop/ui/lambdatop.tcss"

    def __init__(self) -> None:
        nobody = Connection(region="eu-west-1", endpoint_url=lambda: NOBODY, credentials=("bench", "bench"))
        gate = Gate(nobody, SystemClock())
        super().__init__(gate, Config(), SystemClock())
        self.done = asyncio.Event()

    def on_ready(self) -> None:
        """The functions are told by hand."""

    def _finish_start(self) -> None:
        """Nothing else is asked."""

    def on_panes_changed(self) -> None:
        """What is in view is told by the burst."""

    def burst(self, source: AsyncIterator[Update]) -> None:
        self._start({"logs": source})


async def paced(batches: Sequence[tuple[LogLine, ...]], seconds: int, done: asyncio.Event) -> AsyncIterator[Update]:
    """So many lines a second, in batches as a reading of several pages brings them."""
    began = time.perf_counter()
    for sent, batch in zip(range(0, PER_S * seconds, BATCH), cycle(batches), strict=False):
        await asyncio.sleep(max(0.0, began + sent / PER_S - time.perf_counter()))
        yield LogsArrived("checkout-api", batch)
    done.set()


async def unpaced(count: int, done: asyncio.Event) -> AsyncIterator[Update]:
    for first in range(0, count, BATCH):
        yield LogsArrived("checkout-api", lines(first, BATCH))
        await asyncio.sleep(0)
    done.set()


@contextmanager
def lags_ms() -> Iterator[list[float]]:
    """CPU time the loop takes between two of its turns, over and over while the block runs: how long a key would wait.

    CPU and not wall-clock time, which on a busy machine measures the others.
    """
    measured: list[float] = []

    async def watch() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(TICK_S)
            measured.append((time.thread_time() - before) * 1_000)

    task = asyncio.create_task(watch())
    try:
        yield measured
    finally:
        task.cancel()


@contextmanager
def cpu_s() -> Iterator[list[float]]:
    began = time.process_time()
    spent: list[float] = []
    yield spent
    spent.append(time.process_time() - began)


async def opened(app: BurstApp, pilot: Pilot[SourceFailed | str], keys: Sequence[str]) -> None:
    app.take(FunctionsListed((function(name="checkout-api"),), True, NOW))
    app.take(FocusMoved(Focus("checkout-api")))
    await pilot.press("l")
    await pilot.pause()
    app.burst(unpaced(BATCH, app.done))
    await app.done.wait()
    app.done.clear()
    await pilot.press(*keys)
    gc.freeze()  # as the app does once its rows stand there; the prepared lines are the benchmark's own


async def burst(what: str, keys: Sequence[str], seconds: int = SECONDS, prepared: int = PER_S) -> None:
    """Prepared lines come again and again if there are not enough: a log does not mind, invocations do."""
    batches = [lines(first, BATCH) for first in range(BATCH, BATCH + prepared, BATCH)]
    app = BurstApp()
    async with app.run_test(size=(COLUMNS, LINES)) as pilot:
        await opened(app, pilot, keys)
        with lags_ms() as lags, cpu_s() as cpu:
            began = time.perf_counter()
            app.burst(paced(batches, seconds, app.done))
            await app.done.wait()
            took = time.perf_counter() - began
    print(
        f"{what:34} {PER_S * seconds / took:8,.0f} lines/s for {took:.1f} s   loop lag p50 {percentile(lags, 0.5):5.1f}"
        f"  p99 {percentile(lags, 0.99):5.1f}  max {max(lags):5.1f} ms   CPU {100 * cpu[0] / took:3.0f} %"
    )


async def memory() -> None:
    app = BurstApp()
    async with app.run_test(size=(COLUMNS, LINES)) as pilot:
        await opened(app, pilot, ())
        before = rss_mb(os.getpid())
        app.burst(unpaced(KEPT, app.done))
        await app.done.wait()
        kept = len(app.state.seen.log.lines) if app.state.seen.log else 0
        print(
            f"{'lines kept':34} {kept:8,}   RSS {before:.0f} MB before,",
            end="",
        )
        print(f" {rss_mb(os.getpid()):.0f} MB with them")
        for name, keys in (("g, the oldest line", "g"), ("G, the newest", "G")):
            with cpu_s() as cpu:
                await pilot.press(keys)
            print(f"{name:34} {1_000 * cpu[0]:8.1f} ms CPU")
        for what, pressed in LOOKED_FOR.items():
            await look_for(what, pressed, pilot)
        print(f"{'RSS after them':34} {rss_mb(os.getpid()):8.0f} MB")


async def look_for(what: str, keys: Sequence[str], pilot: Pilot[SourceFailed | str]) -> None:
    """From the last key until all that is kept has been looked at; what the keys before it began is given up then."""
    await pilot.press(*keys[:-1])
    with lags_ms() as lags, cpu_s() as cpu:
        began = time.perf_counter()
        await pilot.press(keys[-1])
        while "…" in (told := pilot.app.screen.query_one(".note").render_line(0).text):
            await pilot.pause(0.01)
        took = time.perf_counter() - began
    print(f"{what:34} {took:8.1f} s, CPU {cpu[0]:.1f} s, loop lag max {max(lags):.1f} ms: {told[:50].strip()}")
    await pilot.press("escape")


class RichApp(App[None]):
    def compose(self) -> ComposeResult:
        yield RichLog(max_lines=KEPT)


async def rich() -> None:
    app = RichApp()
    texts = [each.message for each in lines(0, RICH_LINES)]
    async with app.run_test(size=(COLUMNS, LINES)) as pilot:
        await pilot.pause()
        log = app.query_one(RichLog)
        with lags_ms() as lags:
            began = time.perf_counter()
            for first in range(0, RICH_LINES, 1_000):
                for text in texts[first : first + 1_000]:
                    log.write(text)
                await asyncio.sleep(0)
            took = time.perf_counter() - began
            await asyncio.sleep(TICK_S * 2)
    print(f"{'RichLog, as fast as it can':34} {RICH_LINES / took:8,.0f} lines/s   loop lag max {max(lags):.1f} ms")


RUNS = {
    "follow": lambda: burst("following", ()),
    "paused": lambda: burst("paused, reading further up", ("k", "k")),
    "filter": lambda: burst("filter, level and search", ("v", "v", "f", *"order", "enter", "slash", *"slow", "enter")),
    "invocations": lambda: burst("invocations folded meanwhile", ("i",), 4, 4 * PER_S),
    "memory": memory,
    "rich": rich,
}


def main() -> None:
    if len(sys.argv) > 1:
        asyncio.run(RUNS[sys.argv[1]]())
        return
    print(conditions())
    for name in RUNS:
        subprocess.run([sys.executable, __file__, name], check=True)


if __name__ == "__main__":
    main()
