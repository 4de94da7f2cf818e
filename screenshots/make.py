"""The pictures that README shows, of the emulated account with its clock held still, so that they come out equal.

`make.py` writes them; `make.py --check` makes them anew and fails if one differs from what is committed.
"""

import argparse
import asyncio
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from textual.pilot import Pilot

from lambdatop.aws.gate import Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import FrozenClock
from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.ui.app import LambdatopApp
from lambdatop.ui.screens.plan import PlanScreen
from lambdatop.updates import SourceFailed

HERE = Path(__file__).parent
MOMENT = datetime(2026, 11, 23, 14, 32, 47, tzinfo=UTC)
PATIENCE_S = 60.0
SETTLED_PAUSES = 3
PAUSE_S = 1.5

Answer = SourceFailed | str


class Picture(Struct, frozen=True, kw_only=True):
    """One screen of one size, after some keys."""

    name: str
    width: int
    height: int
    keys: Sequence[Sequence[str]] = ()
    """In groups: what one has set off has come to rest before the next."""
    ready: Callable[[LambdatopApp], bool]
    """What must be true before the keys are pressed, and after."""
    told: Callable[[LambdatopApp], bool] = lambda app: True
    """What the keys have asked for."""


def _answered(app: LambdatopApp) -> bool:
    """True once everything on the screen has answered: figures, REPORT samples, charts, log, traces, changes."""
    state = app.state
    charted = state.seen.charts and any(state.seen.charts.series["duration_p95_ms"].values)
    return bool(_sampled(app) and charted and state.seen.traces and state.seen.changes)


def _sampled(app: LambdatopApp) -> bool:
    """True once figures, REPORT samples and the log are there: all that is asked where one pane has room."""
    state = app.state
    seen = [row for row in app.fleet_screen.visible_rows() if row.invocations]
    return bool(
        state.fleet.complete
        and state.fleet.account
        and state.fleet.account.window_p95_ms
        and state.fleet.concurrency_limit
        and state.fleet.alarms
        and state.seen.log
        and state.seen.log.lines
        and seen
        and all(row.reports for row in seen)
    )


def _traced(app: LambdatopApp) -> bool:
    """True once the opened trace has been read."""
    return app.state.seen.trace is not None


def _planned(app: LambdatopApp) -> bool:
    """True once a plan is asked about."""
    return isinstance(app.screen, PlanScreen)


_SLOWEST_FAILED = ("enter", "x", "e", "s", "enter")
_OTHER_MEMORY = (("slash", *"image-r", "enter"), ("m",), (*"1536", "enter"))
PICTURES = (
    Picture(name="fleet", width=150, height=42, ready=_answered),
    Picture(name="function", width=150, height=42, keys=(("enter",),), ready=_answered),
    Picture(name="trace", width=150, height=22, keys=(_SLOWEST_FAILED,), ready=_answered, told=_traced),
    Picture(name="plan", width=110, height=30, keys=_OTHER_MEMORY, ready=_sampled, told=_planned),
    Picture(name="alarms", width=150, height=36, keys=(("A",),), ready=_answered),
    Picture(name="small", width=80, height=24, ready=_sampled),
)


async def _take(picture: Picture) -> str:
    """The picture as SVG."""
    async with Emulator(clock=MOMENT.timestamp) as emulator:
        connection = Connection(region="eu-west-1", endpoint_url=lambda: emulator.url, credentials=("demo", "demo"))
        clock = FrozenClock(MOMENT)
        app = LambdatopApp(Gate(connection, clock), Config(demo=True), clock)
        async with app.run_test(size=(picture.width, picture.height)) as pilot:
            await _settled(pilot, app, picture.ready)
            for keys in picture.keys:
                await pilot.press(*keys)
                await pilot.pause(PAUSE_S)  # a cursor may blink in between: nothing to compare
            await _settled(pilot, app, lambda app: picture.ready(app) and picture.told(app))
            return _normal(app.export_screenshot(title="lambdatop --demo"))


async def _settled(pilot: Pilot[Answer], app: LambdatopApp, ready: Callable[[LambdatopApp], bool]) -> None:
    """Wait until everything has answered and the picture stays the same: an answer may bring other rows into view."""
    deadline = time.monotonic() + PATIENCE_S
    last, same = "", 0
    while same < SETTLED_PAUSES:
        if time.monotonic() > deadline:
            raise TimeoutError("the screen was not complete in time")
        await pilot.pause(0.3)
        now = _normal(app.export_screenshot())
        last, same = now, same + 1 if now == last and ready(app) else 0


def _normal(svg: str) -> str:
    """Without the ids that Rich numbers by the content's hash."""
    return re.sub(r"terminal-\d+", "terminal", svg)


def _compared(svg: str) -> str:
    """Without what the program's own calls cost: how many there were is a matter of real time."""
    return re.sub(r"\$[\d.]+/h", "$/h", svg)


async def _main(check: bool) -> int:
    different = []
    for picture in PICTURES:
        path = HERE / f"{picture.name}.svg"
        svg = await _take(picture)
        if not path.exists() or _compared(path.read_text()) != _compared(svg):
            different.append(path.name)
            if not check:
                path.write_text(svg)
    if different and check:
        print(f"screenshots differ from the program: {', '.join(different)}; run: python screenshots/make.py")
    return int(bool(different and check))


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare with what is committed")
    sys.exit(asyncio.run(_main(parser.parse_args().check)))
