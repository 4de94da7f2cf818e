"""Fat fingers: thousands of random key sequences on the emulated account, and how many writes come of them.

    python -m tests.bench.fingers [SEQUENCES] [SEED]

A sequence is eight random keys out of all that are declared, arrows, Enter, Tab and digits, often after one that leads
to a plan. Only before a plan itself Enter is left out: nothing is confirmed, so nothing may be written.
"""

import asyncio
import random
import sys
import time
from collections import deque

from msgspec import Struct, field
from textual import events
from textual.worker import Worker

from lambdatop.clock import FrozenClock
from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.ui.app import LambdatopApp
from lambdatop.ui.app_parts.changes import ASKING
from lambdatop.ui.commands import COMMANDS
from lambdatop.ui.screens.confirm import ConfirmScreen
from lambdatop.ui.screens.form import FormScreen
from lambdatop.ui.screens.plan import PlanScreen
from tests.gates import gate_to
from tests.ui.driving import AT

KEYS_A_SEQUENCE = 8
APP_LIVES = 250
"""Sequences until the program is started anew, as a day of work would."""
_ASKING = (PlanScreen, ConfirmScreen)
_READS = ("Get", "List", "Describe", "Filter", "Batch", "Start", "Stop", "Cancel")
_PATIENCE_S = 0.5


def keys() -> list[str]:
    """What is pressed: every declared key but those that quit, those that change something more often, and Enter."""
    ending = {key for command in COMMANDS if "quit" in command.action for key in command.keys.split(",")}
    declared = {key for command in COMMANDS for key in command.keys.split(",") if key}
    tried = ("tab", "up", "down", "left", "right", *"0123456789")
    return [*sorted(declared - ending), *tried, *("enter",) * 40, *("escape",) * 10]


_KEYS = keys()
_WRITING = [command.keys for command in COMMANDS if command.writes and command.keys]


def sequence(chance: random.Random) -> list[str]:
    """Back from wherever the last one has led to, half of the time a key that changes something, and then anything."""
    begun = [chance.choice(_WRITING)] if chance.random() < 0.5 else []
    return [*("escape",) * 3, *begun, *chance.choices(_KEYS, k=KEYS_A_SEQUENCE)]


async def press(app: LambdatopApp, key: str) -> None:
    """Send one key, and let everything that it sets off come to rest, but for at most half a second."""
    event = events.Key(key, key if len(key) == 1 else None)
    event.set_sender(app)
    assert app._driver is not None
    app._driver.send_message(event)  # as the terminal does: Pilot's own way waits 50 ms a key
    deadline = time.perf_counter() + _PATIENCE_S
    await asyncio.sleep(0.004)
    while time.perf_counter() < deadline and any(_reads(worker) for worker in app.workers):  # noqa: ASYNC110
        await asyncio.sleep(0.001)


def _reads(worker: Worker[object]) -> bool:
    """True while an action is on its way to a form or a plan."""
    return worker.group == ASKING and worker.is_running and not isinstance(worker.node.app.screen, FormScreen)


class Tally(Struct):
    """What became of the keys."""

    sequences: int = 0
    on_question: int = 0
    """Keys that fell on a plan or on a question."""
    plans: int = 0
    last: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=24))
    """The last keys, each with the screen it was pressed on: what is looked at should one ever write."""


async def live(app: LambdatopApp, chance: random.Random, tally: Tally, until: int) -> None:
    """Press sequences until there have been so many, or the palette has quit the program."""
    while tally.sequences < until:
        tally.sequences += 1
        for key in sequence(chance):
            screen = app.screen
            asking = isinstance(screen, _ASKING)
            tally.on_question += asking
            tally.last.append((key, type(screen).__name__))
            await press(app, "escape" if asking and key in ("enter", "y") else key)
            if not app.is_running:
                return
            tally.plans += isinstance(app.screen, PlanScreen) and app.screen is not screen
            if app.state.receipts or app.state.progress:
                return  # told below


async def run(sequences: int, seed: int) -> None:
    """Press, count, and print."""
    chance, tally = random.Random(seed), Tally()
    began = time.perf_counter()
    async with Emulator(functions=14, clock=AT.timestamp) as account:
        while tally.sequences < sequences:
            async with gate_to(account.url, FrozenClock(AT)) as gate:
                app = LambdatopApp(gate, Config(demo=True), FrozenClock(AT))
                async with app.run_test(size=(120, 40)) as pilot:
                    while not app.state.fleet.complete:
                        await pilot.pause()
                    await live(app, chance, tally, min(sequences, tally.sequences + APP_LIVES))
                    await pilot.pause()  # the last key comes before the screens are taken down
                assert not app.state.receipts, tally.last
                assert not app.state.progress, tally.last
            print(f"{tally.sequences:,} …", file=sys.stderr)
        writes = {name: n for name, n in account.calls.items() if not name.partition(".")[2].startswith(_READS)}
    print(
        f"{sequences:,} sequences of {KEYS_A_SEQUENCE} keys, seed {seed}: {tally.plans:,} plans were opened,"
        f" {tally.on_question:,} keys fell on a plan or a question, {sum(writes.values())} writes {writes or ''}"
        f" in {time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1))
