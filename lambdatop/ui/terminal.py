"""The terminal that the program draws on. It may be gone at any time: a window closed, a connection lost."""

import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

HUNG_UP = 128 + signal.SIGHUP
LEAVE = "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?2004l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
"""No mouse, no pasting, wrapped lines, usual keys, the main screen, a cursor: as Textual leaves a terminal."""


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

    def start_application_mode(self) -> None:
        """Textual's own; what fails half-way is undone."""
        started = False
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]
            started = True
        finally:
            if not started and self._writer_thread is not None:
                self.stop_application_mode()

    def write(self, data: str) -> None:
        """Textual's own, which waits for ever once nothing takes up what is written."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)

    def close(self) -> None:
        """Textual's own; what its writer could no longer send is sent from here."""
        died = self._writer_thread is not None and not self._writer_thread.is_alive()
        super().close()
        if died and sys.__stdout__ is not None:
            with suppress(OSError):
                print(LEAVE, end="", file=sys.__stdout__, flush=True)

    def _run_input_thread(self) -> None:
        """Without Textual's report of what is raised in it: `threading.excepthook` hands that to the app."""
        try:
            self.run_input_thread()
        except OSError:  # a terminal that cannot be read is gone: no crash
            self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._app.exit, None, HUNG_UP)
