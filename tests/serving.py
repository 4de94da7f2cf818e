"""An emulated account that serves many tests: making its history costs more than most tests do."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from lambdatop.emulator.server import Emulator


@contextmanager
def serving(emulator: Emulator) -> Iterator[Emulator]:
    """Serve from a thread with an event loop of its own, since each test's loop ends with the test."""
    loop, stop, up = asyncio.new_event_loop(), asyncio.Event(), Event()

    async def serve() -> None:
        async with emulator:
            up.set()
            await stop.wait()

    thread = Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    up.wait()
    try:
        yield emulator
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def as_new(emulator: Emulator) -> Iterator[Emulator]:
    """For one test: no faults, no calls counted; afterwards nothing may be wrong with its answers."""
    emulator.faults.clear()
    emulator.calls.clear()
    yield emulator
    emulator.faults.clear()
    assert not emulator.problems
