"""When a program under test has nothing more to do just now.

Textual's Pilot guesses it from the processor time that the process uses. On a busy machine that is wrong (who gets no
processor uses none), and next to an emulator at work it waits in vain. The event loop knows it: nothing is ready to
run, and nothing is waiting to be laid out or painted.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from textual._context import active_app
from textual.app import App
from textual.widget import Widget

QUIET_TURNS = 3
PATIENCE_S = 5.0
"""A program that is fed without a pause is never idle; then a test goes on."""


async def idle(*_: float) -> None:
    """Let the program go on until nothing of it is ready to run; network and timers are not waited for."""
    app, ready = active_app.get(), asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    deadline = time.monotonic() + PATIENCE_S
    quiet = 0
    while quiet < QUIET_TURNS and time.monotonic() < deadline:
        await asyncio.sleep(0)
        quiet = quiet + 1 if not ready and _is_laid_out(app) else 0


def _is_laid_out(app: App[Any]) -> bool:
    """Whether every widget is where it is to be; what is to be laid out is, at once and not with the next frame."""
    if not app.is_running or not app.screen_stack:
        return True
    if app._resize_event is not None:
        return False
    screen = app.screen
    screen._on_timer_update()
    return not screen._callbacks and not any(one._layout_required for one in (screen, *screen.query(Widget)))


@contextmanager
def known() -> Iterator[None]:
    """Pilots wait for `idle` and guess nothing."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("textual.pilot.wait_for_idle", idle)
        patched.setattr("textual.app.wait_for_idle", idle)
        yield
