"""A real pseudo-terminal with the program in it: what a terminal receives, what it shows, and what is left behind."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyte

PATIENCE_S = 40.0
ALT_SCREEN, MAIN_SCREEN, CURSOR_SHOWN = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25h"
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[(?:[<>=][0-9;]*u|\?[0-9]+\$p)")
"""Kitty's keys and questions about modes, which pyte would print."""


def _surroundings() -> dict[str, str]:
    """Ours without the size of our own terminal, which would be taken for that of the one made here."""
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}


class Terminal:
    """The master's side: keys go in, every byte that came out is kept in `received` and shown by `screen`."""

    def __init__(
        self, arguments: Sequence[str], width: int, height: int, environment: Mapping[str, str], *, silent: bool = False
    ) -> None:
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.modes_before = self.modes()
        self.received = bytearray()
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lambdatop", *arguments],
            stdin=self._slave,
            stdout=self._slave,
            stderr=subprocess.DEVNULL if silent else self._slave,
            start_new_session=True,
            preexec_fn=None if silent else lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # closing it sends SIGHUP
            env={**_surroundings(), "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment},
        )

    def modes(self) -> list[Any]:
        """The line discipline's settings: echo, line mode, signals."""
        return termios.tcgetattr(self._slave)

    def press(self, keys: str) -> None:
        """Type these characters."""
        os.write(self._master, keys.encode())

    def text(self) -> str:
        """What the terminal shows. pyte's own `display` stumbles over half a wide character that was overwritten."""
        rows, columns = range(self._screen.lines), range(self._screen.columns)
        return "\n".join("".join(self._screen.buffer[y][x].data for x in columns) for y in rows)

    def until(self, condition: Callable[[], object]) -> None:
        """Read what comes until this is true; fails, with the screen, if it does not become so."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"this never came about; the terminal showed\n{self.text()}"
            self.read()

    def sees(self, text: str) -> None:
        """Wait until this stands on the terminal."""
        self.until(lambda: text in self.text())

    def ended(self) -> int:
        """Wait for the process to end; its status, -n if signal n killed it."""
        self.until(lambda: self.process.poll() is not None)
        while self.read(patience_s=0.0):
            pass
        assert self.process.returncode is not None
        return self.process.returncode

    def read(self, *, patience_s: float = 0.1) -> bool:
        """Take what has come; False if nothing had."""
        if not select.select([self._master], [], [], patience_s)[0]:
            return False
        data = os.read(self._master, 65536)
        self.received += data
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))
        return True

    def children(self) -> list[int]:
        """The processes that the program has started and that still live."""
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(path) as listed:
            return [int(word) for word in listed.read().split()]

    def hang_up(self) -> None:
        """Close the window: the terminal is gone, and the kernel tells the program so."""
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1

    def close(self) -> None:
        """End what still runs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        if self._master >= 0:
            self.hang_up()


@contextmanager
def terminal(
    *arguments: str,
    width: int = 120,
    height: int = 36,
    environment: Mapping[str, str] | None = None,
    silent: bool = False,
) -> Iterator[Terminal]:
    """The program in a terminal of its own, until the block ends; a silent one sends no signals, and has no stderr."""
    opened = Terminal(arguments, width, height, environment or {}, silent=silent)
    try:
        yield opened
    finally:
        opened.close()


def lives(pid: int) -> bool:
    """True if that process is there and not merely waiting to be buried."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
