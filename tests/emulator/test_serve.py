"""The emulator as a process of its own: ready when it says so, gone when it should be."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lambdatop.emulator.server import Emulator
from tests.emulator.served import blocking

PROGRAM = """
from datetime import UTC, datetime
from lambdatop.emulator.serve import run
raise SystemExit(run(port={port}, functions=20, seed=7, at=datetime(2026, 11, 23, 12, tzinfo=UTC),
                     deny=["sts:GetCallerIdentity"], until_stdin_closes={until_stdin_closes}))
"""


@contextmanager
def process(*, port: int = 0, until_stdin_closes: bool = True) -> Iterator[subprocess.Popen[str]]:
    program = PROGRAM.format(port=port, until_stdin_closes=until_stdin_closes)
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, stderr=pipe, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def url_of(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    return running.stdout.readline().strip()


def test_it_serves_once_the_url_is_printed_and_ends_with_its_stdin() -> None:
    with process() as running:
        made: Any = blocking(url_of(running), "lambda")
        assert len(made.list_functions()["Functions"]) == 20
        made.close()

        assert running.stdin is not None
        running.stdin.close()

        assert running.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    with process(until_stdin_closes=False) as running:
        assert url_of(running).startswith("http://127.0.0.1:")

        running.send_signal(number)

        assert running.wait(10) == 0


def test_what_is_denied_on_the_command_line_is_refused() -> None:
    with process() as running:
        made: Any = blocking(url_of(running), "sts")
        with pytest.raises(made.exceptions.ClientError, match="not authorized to perform: sts:GetCallerIdentity"):
            made.get_caller_identity()
        made.close()


async def test_a_port_in_use_is_told_in_one_line() -> None:
    async with Emulator(functions=1) as emulator:
        with process(port=int(emulator.url.rpartition(":")[2])) as second:
            output, complaint = await asyncio.to_thread(second.communicate)

    assert second.returncode == 1
    assert output == ""
    assert complaint.startswith("lambdatop: port ")
    assert len(complaint.splitlines()) == 1
