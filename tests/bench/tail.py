"""Three tails on the same emulated stream, side by side: what each loses, doubles, how late it is and what it costs.

`python -m tests.bench.tail [--seconds 90] [--future] [--awslogs PATH]`; under three minutes. Every program has an
emulated account of its own with the same lines and the same faults, and a pseudo-terminal that is read at once.
"""

import argparse
import asyncio
import os
import pty
import re
import shutil
import signal
import subprocess
import termios
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack

from msgspec import Struct, field

from lambdatop.emulator.operations import OPERATIONS, Answer, Params
from lambdatop.emulator.server import Emulator
from tests.bench.harness import ENVIRONMENT, LAMBDATOP, conditions, percentile
from tests.bench.stream import FAULT_EVERY_S, FAULTS, Planned, lost_and_doubled, plant, quiet_function, stream

LEAD_S = 12.0
"""Programs start before the stream does, the slowest in some seconds."""
AFTER_S = 45.0
"""The last line is visible 25 s late."""
SHOWN = re.compile(rb"bench (?:[\w-]+)")


class Follower(Struct):
    """A program that follows, and when it wrote which line."""

    name: str
    argv: Sequence[str]
    emulator: Emulator
    arrivals: list[tuple[float, str]] = field(default_factory=list)
    fetched: int = 0

    def start(self) -> None:
        self._ours, theirs = pty.openpty()
        settings = termios.tcgetattr(theirs)
        settings[1] &= ~termios.OPOST
        termios.tcsetattr(theirs, termios.TCSANOW, settings)
        self._process = subprocess.Popen(
            self.argv, env={**ENVIRONMENT, "COLUMNS": "500"}, stdin=subprocess.DEVNULL, stdout=theirs,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def stop(self) -> None:
        self.ended_early = self._process.poll() is not None
        if not self.ended_early:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(2)

    def _read(self) -> None:
        left = b""
        while True:
            try:
                chunk = os.read(self._ours, 1 << 16)
            except OSError:  # Linux: nobody holds the other side any more
                return
            now = time.time()
            *lines, left = (left + chunk).split(b"\n")
            self.arrivals += [(now, match[0].decode()) for line in lines if (match := SHOWN.search(line))]


def followers(stack: list[Emulator], function: str, awslogs: str | None) -> list[Follower]:
    """The programs that are installed, each with its account."""
    group = f"/aws/lambda/{function}"
    ours, aws, other = stack
    found = [
        Follower(
            "lambdatop logs -f",
            [*LAMBDATOP, "logs", function, "-f", "--json", "--endpoint-url", ours.url, "--region", "eu-west-1"],
            ours,
        )
    ]
    if os.path.exists("/usr/bin/aws"):
        argv = ["/usr/bin/aws", "logs", "tail", group, "--follow", "--format", "short", "--endpoint-url", aws.url]
        found.append(Follower("aws logs tail --follow", argv, aws))
    if awslogs:
        argv = [awslogs, "get", group, "ALL", "--watch", "--no-group", "--no-stream", "--color=never"]
        found.append(Follower("awslogs get --watch", [*argv, "--aws-endpoint-url", other.url], other))
    return found


def count_fetched(programs: Sequence[Follower]) -> None:
    """Count the events of every answer, by the program that asked."""
    plain = OPERATIONS["logs.FilterLogEvents"]
    by_account = {id(program.emulator.account()): program for program in programs}

    def counted(account: object, params: Params) -> Answer:
        answer = plain(account, params)  # type: ignore[arg-type]
        by_account[id(account)].fetched += len(answer["events"])
        return answer

    OPERATIONS["logs.FilterLogEvents"] = counted


async def run(programs: Sequence[Follower], function: str, planned: list[Planned], seconds: float) -> float:
    """Let them follow the stream; when it began."""
    began = time.time() + LEAD_S
    for program in programs:
        plant(program.emulator, function, began, planned)
        program.start()
    await asyncio.sleep(LEAD_S)
    for number in range(int(seconds / FAULT_EVERY_S)):
        await asyncio.sleep(FAULT_EVERY_S)
        for program in programs:
            program.emulator.faults["logs.FilterLogEvents"] = FAULTS[number % len(FAULTS)]
    await asyncio.sleep(AFTER_S)
    for program in programs:
        program.stop()
    return began


def delays_s(program: Follower, planned: Sequence[Planned], began: float) -> list[float]:
    """From a line's being visible to its being written, of each line that was written."""
    visible = {line.text: began + line.visible_s for line in planned}
    return [max(0.0, at - visible[text]) for at, text in program.arrivals if text in visible] or [float("nan")]


def told(program: Follower, planned: list[Planned], began: float) -> str:
    """One program's row."""
    lost, doubled = lost_and_doubled(planned, Counter(text for _, text in program.arrivals))
    delays = delays_s(program, planned, began)
    calls = program.emulator.calls["logs.FilterLogEvents"]
    return (
        f"{program.name:<24}{lost:>7,} {lost / len(planned):>6.1%} {doubled:>8,} {percentile(delays, 0.5):>8.2f} s"
        f" {percentile(delays, 0.99):>7.2f} s {calls:>7,} {program.fetched / len(planned):>8.1f}"
        f"{'  ended by itself' if program.ended_early else ''}"
    )


async def bench(seconds: float, awslogs: str | None, *, future: bool) -> None:
    """Run and print."""
    planned = stream(seconds, 7, future=future)
    async with AsyncExitStack() as stack:
        emulators = [await stack.enter_async_context(Emulator(functions=60)) for _ in range(3)]
        function = quiet_function(emulators[0])
        programs = followers(emulators, function, awslogs)
        for emulator in emulators:
            emulator.account().create_log_group(f"/aws/lambda/{function}")
        count_fetched(programs)
        began = await run(programs, function, planned, seconds)
    print(conditions())
    print(
        f"{len(planned):,} lines in {seconds:.0f} s, a fault every {FAULT_EVERY_S:.0f} s; times from visible to shown"
    )
    print(f"{'':<24}{'lost':>7} {'':>6} {'doubled':>8} {'p50':>10} {'p99':>9} {'calls':>7} {'fetched':>8}")
    for program in programs:
        print(told(program, planned, began))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--future", action="store_true", help="one line is stamped half an hour ahead")
    parser.add_argument("--awslogs", default=shutil.which("awslogs"), help="where awslogs is installed")
    arguments = parser.parse_args()
    asyncio.run(bench(arguments.seconds, arguments.awslogs, future=arguments.future))


if __name__ == "__main__":
    main()
