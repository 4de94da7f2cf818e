"""The stream of log lines that the tail benchmark shows to every program: the same lines, late in the same way.

As in Lambda, each environment's lines leave in batches and in order, some batches come late, equal lines share a
millisecond, and now and then a burst comes at once. Meanwhile the account throttles, fails and hangs up.
"""

import random
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator

STREAMS = 20
LINES_A_SECOND = 40
BURSTS = (35.0, 70.0)
BURST_LINES = 1500
FUTURE_S = 1800.0
FAULTS = (Fault.throttled(times=2), Fault.reset(times=1), Fault.unavailable(times=2), Fault.delayed(2.0, times=1))
FAULT_EVERY_S = 12.0


class Planned(Struct, frozen=True):
    """One line, in seconds from the beginning of the stream."""

    text: str
    at_s: float
    visible_s: float
    stream: int


def stream(seconds: float, seed: int, *, future: bool) -> list[Planned]:
    """Every line of the stream by the time at which it becomes visible."""
    chance = random.Random(seed)
    lines = [line for number in range(STREAMS) for line in _environment(number, seconds, chance)]
    lines += [
        Planned(f"bench b{burst:.0f}-{n}", burst + n / 100_000, burst + chance.uniform(0.3, 0.8), n % STREAMS)
        for burst in BURSTS
        if burst < seconds
        for n in range(BURST_LINES)
    ]
    if future:
        lines.append(Planned("bench future", seconds / 2 + FUTURE_S, seconds / 2, 0))
    return sorted(lines, key=lambda line: line.visible_s)


def _environment(number: int, seconds: float, chance: random.Random) -> Iterator[Planned]:
    """One stream's lines: flushed every 0.3 to 1.5 s, visible 0.2 s + exp(0.6 s) later, one in 200 by 5 to 25 s."""
    at, flushed, shown, count = 0.0, 0.0, 0.0, 0
    while at < seconds:
        at += chance.expovariate(LINES_A_SECOND / STREAMS)
        if at > flushed:
            flushed = at + chance.uniform(0.3, 1.5)
            late = chance.uniform(5, 25) if chance.random() < 0.005 else 0.2 + min(8.0, chance.expovariate(1 / 0.6))
            shown = max(shown, flushed + late)
        count += 1
        twice = 2 if count % 10 == 0 else 1
        for _ in range(twice):
            yield Planned(f"bench {number}-{count}", round(at, 3), shown, number)


def plant(emulator: Emulator, function: str, began: float, planned: list[Planned]) -> None:
    """Write the stream into the function's log, to become visible as time passes."""
    account = emulator.account()
    for line in planned:
        account.write_log(
            f"/aws/lambda/{function}",
            f"2026/11/23/[$LATEST]{line.stream:032x}",
            int((began + line.at_s) * 1000),
            f"{line.text} INFO something happened in the middle of an ordinary invocation\n",
            visible_ms=int((began + line.visible_s) * 1000),
        )


def quiet_function(emulator: Emulator) -> str:
    """A function that nobody calls, so that all of its log is ours."""
    account = emulator.account()
    traffic = ("per_minute", "per_day", "at_minutes")
    return next(
        name
        for name, each in account.functions.items()
        if not any(getattr(each.profile.traffic, rate) for rate in traffic) and each.log_group == f"/aws/lambda/{name}"
    )


def lost_and_doubled(planned: list[Planned], shown: Counter[str]) -> tuple[int, int]:
    """How many lines were not shown, and how many once too often."""
    written = Counter(line.text for line in planned)
    return (written - shown).total(), (shown - written).total()
