"""The terminal that the program draws on. It may be gone at any time: a window closed, a connection lost."""

import signal
import sys
from collections.abc import Callable
from typing import Any, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

HUNG_UP = 128 + signal.SIGHUP


class Outlet:
    """Writes until the terminal is gone; then tells so once, and swallows the rest.

    Textual's writer ends at a write that fails, and after thirty more the program would wait for it for ever.
    """

    def __init__(self, file: TextIO, gone: Callable[[], object]) -> None:
        self._file = file
        self._gone = gone
        self._is_gone = False

    def write(self, text: str) -> None:
        """Write, if there still is something to write to."""
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        """Have what was written shown."""
        self._try(self._file.flush)

    def fileno(self) -> int:
        """The file's descriptor."""
        return self._file.fileno()

    def _try(self, act: Callable[[], object]) -> None:
        if self._is_gone:
            return
        try:
            act()
        except OSError:
            self._is_gone = True
            self._gone()


class TerminalDriver(LinuxDriver):
    """Draws on standard output, and ends the program with its terminal, also where no SIGHUP tells of it."""

    def __init__(self, app: Any, **settings: Any) -> None:
        super().__init__(app, **settings)
        assert sys.__stdout__ is not None
        sys.__stdout__.reconfigure(errors="replace")  # a glyph that the locale lacks
        self._file = cast(Any, Outlet(sys.__stdout__, self._end))

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._app.exit, None, HUNG_UP)
