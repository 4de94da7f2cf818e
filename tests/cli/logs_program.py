"""A command against an emulated account in the test's own loop: as a process, or quicker as a call of main."""

import asyncio
import io
import os
import sys
import time
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout

import pytest
from msgspec import Struct

from lambdatop.__main__ import main
from lambdatop.emulator.server import Emulator

LIMIT_S = 60
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_REGION": "eu-west-1"}
QUIET = "billing-worker"
"""A function that has never run: what is in its log was written there by the test."""


class Ended(Struct, frozen=True):
    """How a process ended."""

    code: int
    out: str
    err: str


def environment(more: Mapping[str, str] = KEYS) -> dict[str, str]:
    """Nothing of the machine's own AWS settings but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") and name != "NO_COLOR"}
    quiet = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**kept, **quiet, "AWS_EC2_METADATA_DISABLED": "true", "TERM": "xterm-256color", **more}


@asynccontextmanager
async def started(
    emulator: Emulator,
    *words: str,
    name: str = "logs",
    out: int = PIPE,
    err: int = PIPE,
    variables: Mapping[str, str] = KEYS,
) -> AsyncIterator[Process]:
    """The command, running; killed at the end of the block if it still is."""
    command = (sys.executable, "-m", "lambdatop", name, "--endpoint-url", emulator.url, *words)
    process = await asyncio.create_subprocess_exec(
        *command, env=environment(variables), stdin=DEVNULL, stdout=out, stderr=err
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def logs(emulator: Emulator, *words: str) -> Ended:
    """`lambdatop logs`, run to its end."""
    return await called(emulator, "logs", *words)


async def called(emulator: Emulator | None, command: str, *words: str) -> Ended:
    """The command, run to its end within this process, in a thread with a loop of its own. Not a terminal.

    `journal` alone takes no emulator: it asks nobody.
    """
    where = ["--endpoint-url", emulator.url] if emulator is not None else []
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        code = await asyncio.to_thread(_main, [command, *where, *words])
    return Ended(code, out.getvalue(), err.getvalue())


def _main(words: list[str]) -> int:
    try:
        return main(words)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1


async def ended(process: Process) -> Ended:
    """What is left of its output, and its code."""
    out, err = await asyncio.wait_for(process.communicate(), LIMIT_S)
    assert process.returncode is not None
    return Ended(process.returncode, (out or b"").decode(), (err or b"").decode())


async def next_line(stream: StreamReader | None) -> str:
    """The next line of its output, once it comes."""
    assert stream is not None
    return (await asyncio.wait_for(stream.readline(), LIMIT_S)).decode()


def write(
    emulator: Emulator, *messages: str, function: str = QUIET, stream: str = "s1", ago_s: float = 60, each_ms: int = 1
) -> None:
    """Plant lines in a function's log, the first so many seconds ago, the others a little later each."""
    first_ms = int((time.time() - ago_s) * 1000)
    for place, message in enumerate(messages):
        emulator.account().write_log(f"/aws/lambda/{function}", stream, first_ms + place * each_ms, message)


def invocation(request_id: str, *messages: str) -> tuple[str, ...]:
    """The lines of one request that prints these messages."""
    return (
        f"START RequestId: {request_id} Version: $LATEST\n",
        *messages,
        f"END RequestId: {request_id}\n",
        f"REPORT RequestId: {request_id}\tDuration: 2.75 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\t"
        "Max Memory Used: 56 MB\t\n",
    )
