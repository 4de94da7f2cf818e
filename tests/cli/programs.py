"""The program as its users start it: a process with arguments, an environment and three streams."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct

LIMIT_S = 60


class Ended(Struct, frozen=True):
    """How a process ended."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """Nothing of the machine's own AWS settings, and a home that does not exist."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") and name != "TERM"}
    quiet = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**kept, **quiet, "AWS_EC2_METADATA_DISABLED": "true", "TERM": "xterm-256color", **more}


KEYS = {"AWS_ACCESS_KEY_ID": "AKIACANARY", "AWS_SECRET_ACCESS_KEY": "canary-secret", "AWS_REGION": "eu-west-1"}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "lambdatop", *arguments]


def lambdatop(*arguments: str, **variables: str) -> Ended:
    """Run it to its end, without a terminal."""
    ran = subprocess.run(
        command(*arguments),
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return Ended(ran.returncode, ran.stdout, ran.stderr)


def python(code: str) -> Ended:
    """Run a few lines in an interpreter of their own."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    return Ended(ran.returncode, ran.stdout, ran.stderr)


@contextmanager
def emulator(*arguments: str) -> Iterator[str]:
    """`lambdatop emulator` with a small fleet; its URL."""
    words = ("emulator", "--port", "0", "--functions", "30", "--until-stdin-closes", *arguments)
    with subprocess.Popen(
        command(*words), env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(LIMIT_S)
