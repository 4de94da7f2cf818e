"""How soon Live Tail shows a line, against polling: `python -m tests.bench.live [--seconds 30]`; a good minute.

The same 40 lines a second come to an emulated account of each program's own: `lambdatop logs -f --live`, `lambdatop
logs -f`, and `aws logs tail --follow`. Timed is from a line's being visible to its being written to the
pseudo-terminal. No faults and no bursts: above 500 lines a second AWS leaves some out of Live Tail.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from lambdatop.emulator.server import Emulator
from tests.bench.harness import LAMBDATOP, conditions, percentile
from tests.bench.stream import Planned, plant, quiet_function, stream
from tests.bench.tail import LEAD_S, Follower, delays_s

AWS = "/usr/bin/aws"
AFTER_S = 50.0
"""The last line is visible 25 s late, and polling looks for such ones every 30 s."""


def followers(emulators: Sequence[Emulator], function: str) -> list[Follower]:
    """The programs, each with its account."""
    live, polled, theirs = emulators
    ours = [*LAMBDATOP, "logs", function, "-f", "--json", "--region", "eu-west-1", "--endpoint-url"]
    tail = [AWS, "logs", "tail", f"/aws/lambda/{function}", "--follow", "--format", "short", "--endpoint-url"]
    return [
        Follower("lambdatop logs -f --live", [*ours, live.url, "--live"], live),
        Follower("lambdatop logs -f", [*ours, polled.url], polled),
        Follower("aws logs tail --follow", [*tail, theirs.url], theirs),
    ]


async def run(programs: Sequence[Follower], function: str, planned: list[Planned], seconds: float) -> float:
    """Let them follow the stream; when it began."""
    began = time.time() + LEAD_S
    for program in programs:
        plant(program.emulator, function, began, planned)
        program.start()
    await asyncio.sleep(LEAD_S + seconds + AFTER_S)
    for program in programs:
        program.stop()
    return began


def told(program: Follower, delays: Sequence[float], planned: Sequence[Planned]) -> str:
    """One program's row."""
    lost = len({line.text for line in planned} - {text for _, text in program.arrivals})
    shares = "  ".join(f"p{share} {percentile(delays, share / 100):5.2f} s" for share in (50, 95, 99))
    calls = sum(count for name, count in program.emulator.calls.items() if name.startswith("logs."))
    return f"{program.name:<26}{shares}   {calls:>5,} calls   {lost:>4,} lost"


async def bench(seconds: float) -> None:
    """Run them side by side and print."""
    planned = stream(seconds, 7, future=False)
    async with AsyncExitStack() as stack:
        emulators = [await stack.enter_async_context(Emulator(functions=60)) for _ in range(3)]
        function = quiet_function(emulators[0])
        for emulator in emulators:
            emulator.account().create_log_group(f"/aws/lambda/{function}")
        programs = followers(emulators, function)
        began = await run(programs, function, planned, seconds)
    delays = [delays_s(program, planned, began) for program in programs]
    print(conditions())
    print(f"{len(planned):,} lines in {seconds:.0f} s; times from visible to shown")
    for program, each in zip(programs, delays, strict=True):
        print(told(program, each, planned))
    live, polled, theirs = (percentile(each, 0.5) for each in delays)
    print(f"ratio of p50: {live / polled:.2f} of polling, {live / theirs:.2f} of aws logs tail")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="under 35: from then on there are bursts")
    asyncio.run(bench(parser.parse_args().seconds))


if __name__ == "__main__":
    main()
