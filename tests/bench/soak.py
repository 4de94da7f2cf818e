"""Does it grow? RSS, tasks and file descriptors over a long use. `python -m tests.bench.soak [MINUTES]`.

The real program against an emulated account of 40 functions whose traffic goes on, in a process of its own: by Pilot,
so that every screen and dialog is opened and closed, over and over, with other functions under the cursor and the time
cursor on its way. Figures from /proc, once a minute; the slope is a least-squares line through those after the first
five minutes, by when caches, the log and the heap have the size that they keep.
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from typing import Final

from lambdatop.clock import SystemClock
from lambdatop.config import Config
from tests.bench.harness import conditions, emulator, rss_mb
from tests.model.plans import receipt
from tests.ui.driving import Driver, driving
from tests.ui.idle import known
from tests.ui.test_journal_screen import noted
from tests.ui.ways import WAYS, there_and_back

FUNCTIONS: Final = 40
MINUTES: Final = 30.0
SETTLED_AFTER_S: Final = 300.0
TOLD_EVERY_S: Final = 60.0
GOAL_MB_PER_H: Final = 1.0
BUSY: Final = "checkout-api"
"""Thousands of invocations a minute."""
MOVES: Final = ("j", "j", "pagedown", "s", "s", "left", "left", "escape", "k", "home")
"""On the fleet, between the ways."""

Sample = tuple[float, float]
"""Seconds since the program stood there, MB resident."""


def slope_mb_per_h(samples: Sequence[Sample]) -> float:
    """The least-squares line through these, at least two."""
    n = len(samples)
    mean_s, mean_mb = sum(at for at, _ in samples) / n, sum(mb for _, mb in samples) / n
    spread = sum((at - mean_s) ** 2 for at, _ in samples)
    return sum((at - mean_s) * (mb - mean_mb) for at, mb in samples) / spread * 3600


def held() -> str:
    """What the process has open now."""
    return f"{len(asyncio.all_tasks())} tasks, {len(os.listdir('/dev/fd'))} file descriptors"


async def use(driver: Driver, seconds: float) -> list[Sample]:
    """Open and close everything, and move about, for that long; a sample after each round."""
    began, samples, told = time.monotonic(), list[Sample](), 0.0
    while (passed := time.monotonic() - began) < seconds:
        for way in WAYS:
            assert driver.table.move_to(BUSY)
            await there_and_back(driver, way)
            await driver.press(*MOVES)
        samples.append((time.monotonic() - began, rss_mb(os.getpid())))
        if passed >= told:
            told += TOLD_EVERY_S
            print(f"{passed / 60:5.1f} min  {samples[-1][1]:6.1f} MB  {held()}", flush=True)
    return samples


async def soak(minutes: float) -> None:
    """Use the program for that long, and print what it took."""
    with known(), emulator(FUNCTIONS) as url:
        async with driving(url, clock=SystemClock(), config=Config(demo=True)) as driver:
            await driver.until(lambda: driver.app.state.fleet.complete and driver.names)
            noted(driver.app.journal, receipt(id="a"))
            print(f"at the start: {rss_mb(os.getpid()):.1f} MB, {held()}", flush=True)
            samples = await use(driver, minutes * 60)
            print(f"at the end: {samples[-1][1]:.1f} MB, {held()}, {len(samples) * sum(map(len, WAYS))} openings")
    settled = [each for each in samples if each[0] >= SETTLED_AFTER_S]
    print(conditions())
    if len(settled) < 3:
        print("too short for a slope: the first five minutes do not count")
    else:
        slope = slope_mb_per_h(settled)
        print(f"slope after the first five minutes: {slope:+.2f} MB/h (goal: less than {GOAL_MB_PER_H:.0f})")


if __name__ == "__main__":
    asyncio.run(soak(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES))
