"""What the benchmarks share: a program on a pseudo-terminal, an emulated account, and the words of the result.

The other side of each comparison runs in turn with ours, so that both see the same machine; what the machine was doing
meanwhile is printed beside the figures. Nothing here asserts a time.
"""

import fcntl
import json
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

COLUMNS, LINES = 150, 42
LAMBDATOP = (sys.executable, "-m", "lambdatop")
ENVIRONMENT = {
    **os.environ,
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "LC_ALL": "C.UTF-8",
}
_CHUNK = 1 << 16
_END_S = 5.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Terminal:
    """A program on a pseudo-terminal of its own, ended with the `with` block."""

    def __init__(self, argv: Sequence[str], env: dict[str, str] = ENVIRONMENT) -> None:
        self.started = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            os.execvpe(argv[0], list(argv), env)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.pid, signal.SIGTERM)
        until = time.perf_counter() + _END_S
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.perf_counter() > until:
                os.kill(self.pid, signal.SIGKILL)
                until += _END_S
            self.read(0.02)  # a program that says goodbye to a full terminal would wait for ever
        os.close(self._fd)

    def write(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._fd, keys)

    def read(self, timeout_s: float) -> bytes:
        """What the program has written, at most that long waited for; empty if nothing or if it has ended."""
        if not select.select([self._fd], [], [], timeout_s)[0]:
            return b""
        try:
            return os.read(self._fd, _CHUNK)
        except OSError:  # Linux: the other side of the pseudo-terminal is closed
            return b""

    def watch(self, seconds: float) -> bytes:
        """Everything written in that time."""
        until, written = time.perf_counter() + seconds, bytearray()
        while (left := until - time.perf_counter()) > 0:
            written += self.read(left)
        return bytes(written)

    def cpu_s(self) -> float:
        """CPU seconds of the program so far, its children not counted."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S

    def rss_mb(self) -> float:
        """Resident memory of the program, MB."""
        return rss_mb(self.pid)


def rss_mb(pid: int) -> float:
    """Resident memory of a process, MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextmanager
def emulator(functions: int) -> Iterator[str]:
    """The URL of an emulated account in a process of its own, warmed up by one pass over it."""
    command = [*LAMBDATOP, "emulator", "--port", "0", "--functions", str(functions), "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            yield url
        finally:
            process.stdin.close()
            process.wait(timeout=_END_S)


def function_names(url: str) -> list[str]:
    """The names of an account's functions, as `lambdatop --once` lists them; warms the account up as well."""
    command = [*LAMBDATOP, "--once", "--json", "--endpoint-url", url]
    answer = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, check=True)
    return [function["name"] for function in json.loads(answer.stdout)["functions"]]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    in_order = sorted(values)
    return in_order[min(len(in_order) - 1, int(share * len(in_order)))]


def told(values: Sequence[float], unit: str) -> str:
    """Median, least and most of some values."""
    return f"{statistics.median(values):7.1f} {unit}  ({min(values):.1f} to {max(values):.1f}, n={len(values)})"


def conditions() -> str:
    """The machine as it is now, since times mean nothing without."""
    python = ".".join(map(str, sys.version_info[:3]))
    load = " ".join(f"{each:.2f}" for each in os.getloadavg())
    return f"Python {python}, {os.cpu_count()} cores, load average {load}, terminal {COLUMNS}x{LINES}"
