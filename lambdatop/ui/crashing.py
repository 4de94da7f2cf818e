"""The part of the app that fails: Textual would print every local variable, this keeps the exception for our report.

The terminal is restored first, as at any end; then whoever ran the app raises `failure` (see `lambdatop.crash`).
"""

import asyncio
from typing import Any

from textual.app import App, ReturnType
from textual.worker import WorkerFailed

from lambdatop import crash


class CrashingApp(App[ReturnType]):
    """An app that prints nothing of the exception that ended it."""

    failure: BaseException | None = None
    """What ended it, if it did not end by itself; the first, as the others follow from it."""

    def on_load(self) -> None:
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            crash.hand_to(lambda error: loop.call_soon_threadsafe(self._handle_exception, error))

    async def on_unmount(self) -> None:
        crash.hand_to(None)

    def _handle_exception(self, error: BaseException) -> None:
        """Textual's own, for what is raised in messages, timers, workers and rendering; here also for threads."""
        failed = error.error if isinstance(error, WorkerFailed) else error
        self.failure = failed if self.failure is None else self.failure
        if isinstance(error, Exception):
            super()._handle_exception(error)
        else:
            self._fatal_error()

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """End without printing these: they may show values."""
        self._close_messages_no_wait()
