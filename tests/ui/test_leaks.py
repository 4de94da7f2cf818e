"""What is closed is gone: no screen, widget, task or file descriptor outlives the visit that made it."""

import asyncio
import gc
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from weakref import WeakSet

import pytest
from textual.dom import DOMNode

from lambdatop.clock import SystemClock
from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.ui.screens.fleet import FleetScreen
from tests.bench.harness import emulator, rss_mb
from tests.model.plans import receipt
from tests.ui.driving import Driver, driving
from tests.ui.test_journal_screen import noted
from tests.ui.ways import NAME, READ_ONLY_WAYS, WAYS, Step, screens, there_and_back

MANY_ROUNDS, SETTLED_AFTER = 200, 20
"""For the night; and the rounds until caches, the log and the heap have the size that they keep."""
RSS_GROWTH = 1.1
_LOOKS = 40
_LOOK_S = 0.5
_SERVING = "RequestHandler.start"
"""The task of a connection on the emulator's side, should that run in this process."""


def nodes() -> Iterator[DOMNode]:
    """Every app, screen and widget that anything still holds."""
    gc.collect()
    return (each for each in gc.get_objects() if issubclass(type(each), DOMNode))


def tasks() -> Counter[str]:
    """What runs, by what it is; connections that are served are counted as sockets."""
    running = (str(getattr(task.get_coro(), "__qualname__", task)) for task in asyncio.all_tasks())
    return Counter(name for name in running if name != _SERVING)


def descriptors() -> tuple[int, int]:
    """Open sockets, and other open files."""
    modes = []
    for name in os.listdir("/dev/fd"):
        try:
            modes.append(os.fstat(int(name)).st_mode)
        except OSError:  # of the listing itself
            continue
    sockets = sum(map(stat.S_ISSOCK, modes))
    return sockets, len(modes) - sockets


class Watch:
    """What there was before, and what there is of it after some rounds."""

    def __init__(self, driver: Driver, before: WeakSet[DOMNode]) -> None:
        self._driver = driver
        self._others = before
        """What earlier tests of this process left."""
        self._tasks, (self._sockets, self._files) = tasks(), descriptors()

    async def gone(self, openings: int) -> None:
        """Fails unless what was opened is gone: at once, but for what asyncio keeps until a cancelled timer's time."""
        for _ in range(_LOOKS):
            if not self.dead() and not tasks() - self._tasks:
                break
            await self._driver.pilot.pause(_LOOK_S)
        sockets, files = descriptors()
        assert self.dead() == Counter()
        assert tasks() - self._tasks == Counter()
        assert files <= self._files
        assert sockets - self._sockets < openings  # the pools fill up to what is ever asked at once

    def dead(self) -> Counter[str]:
        """Screens and widgets that are alive and on no screen of the stack, by kind."""
        app = self._driver.app
        lost = (each for each in nodes() if each not in self._others and app not in each.ancestors_with_self)
        return Counter(type(each).__name__ for each in lost)


async def go_round(driver: Driver, ways: Sequence[Sequence[Step]], rounds: int) -> int:
    """Go all ways; the number of screens that were opened."""
    for _ in range(rounds):
        for way in ways:
            await there_and_back(driver, way)
    return rounds * sum(map(len, ways))


async def ready(driver: Driver) -> None:
    """At the fleet, on a function that has everything; one change is in the journal."""
    await driver.until(driver.has_answers)
    noted(driver.app.journal, receipt(id="a"))
    assert driver.table.move_to(NAME)


def test_every_screen_has_a_way_that_leads_to_it() -> None:
    known = {step.to for way in (*WAYS, *READ_ONLY_WAYS) for step in way}

    assert {*screens()} == known | {FleetScreen}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("ways", "config"), [(WAYS, Config()), (READ_ONLY_WAYS, Config(read_only=True))])
async def test_nothing_is_left_of_a_closed_screen(
    account: Emulator, ways: Sequence[Sequence[Step]], config: Config
) -> None:
    before = WeakSet(nodes())
    async with driving(account.url, config=config) as driver:
        await ready(driver)
        watch = Watch(driver, before)

        await watch.gone(await go_round(driver, ways, 1))


@pytest.mark.nightly
@pytest.mark.parametrize(("ways", "config"), [(WAYS, Config()), (READ_ONLY_WAYS, Config(read_only=True))])
async def test_nothing_is_left_of_hundreds_of_visits_with_traffic(
    ways: Sequence[Sequence[Step]], config: Config
) -> None:
    before = WeakSet(nodes())
    with emulator(14) as url:
        async with driving(url, clock=SystemClock(), config=config) as driver:
            await ready(driver)
            await go_round(driver, ways, SETTLED_AFTER)
            watch, rss = Watch(driver, before), rss_mb(os.getpid())

            await watch.gone(await go_round(driver, ways, MANY_ROUNDS))

            assert rss_mb(os.getpid()) < rss * RSS_GROWTH
