"""The emulated account on its own: `lambdatop emulator`, and the child process behind `lambdatop --demo`."""

import asyncio
import errno
import os
import signal
import sys
import time
from collections.abc import Sequence
from datetime import datetime

from lambdatop.emulator.faults import Fault
from lambdatop.emulator.gateway import load_everything
from lambdatop.emulator.server import Emulator


def run(
    *, port: int, functions: int, seed: int, at: datetime | None, deny: Sequence[str], until_stdin_closes: bool
) -> int:
    """Serve until SIGINT, SIGTERM or, if asked, the end of stdin; return the exit status.

    The first line on stdout is the URL, printed once it answers. `at` holds the account's clock still. `deny` names
    operations that IAM refuses, as `logs:FilterLogEvents` or `logs.FilterLogEvents`, wildcards allowed. The end of
    stdin is how a child learns that its parent is gone, however it went.
    """
    clock = time.time if at is None else at.timestamp
    emulator = Emulator(functions=functions, seed=seed, clock=clock, port=port)
    emulator.faults.update({name.replace(":", ".", 1): Fault.denied() for name in deny})
    try:
        asyncio.run(_serve(emulator, until_stdin_closes=until_stdin_closes))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(f"lambdatop: port {port} on 127.0.0.1 is in use; choose another with --port", file=sys.stderr)
        return 1
    return 0


async def _serve(emulator: Emulator, *, until_stdin_closes: bool) -> None:
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, done.set)
    if until_stdin_closes:
        _watch_stdin(loop, done)
    async with emulator:
        print(emulator.url, flush=True)
        load_everything()  # while whoever started this reads the line
        await done.wait()


def _watch_stdin(loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
    def read() -> None:
        if not os.read(0, 4096):
            loop.remove_reader(0)
            done.set()

    try:
        loop.add_reader(0, read)
    except PermissionError:  # a file or /dev/null cannot be waited for: it is at its end already
        done.set()
