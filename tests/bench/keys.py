"""From a key to the first byte it changes on the terminal, against htop. `python tests/bench/keys.py`.

`lambdatop` on an emulated account of 1,000 functions whose metrics, reports and log keep arriving, then `htop`: down
and up are pressed for 20 s each, at uneven intervals so that no timer is met in step. Before each key the terminal has
been quiet for a moment; a key that something else is painted after at once counts as it is measured.
"""

import random
import time
from collections.abc import Sequence

from tests.bench.harness import LAMBDATOP, Terminal, conditions, emulator, function_names, percentile

FUNCTIONS = 1_000
PRESSED_FOR_S = 20.0
SETTLE_S = 12.0
PAUSE_S = 0.12
QUIET_S = 0.02
LONGEST_S = 2.0
DOWN, UP = b"\x1b[B", b"\x1b[A"
STEPS = 12
"""Keys in one direction: back and forth within what is on the screen."""


def presses(terminal: Terminal, seconds: float) -> list[float]:
    """Milliseconds from each key to the first output after it."""
    waits: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        terminal.watch(PAUSE_S * random.uniform(0.8, 1.2))
        while terminal.read(QUIET_S):
            pass
        began = time.perf_counter()
        terminal.write(DOWN if len(waits) // STEPS % 2 == 0 else UP)
        if terminal.read(LONGEST_S):
            waits.append((time.perf_counter() - began) * 1000)
    return waits


def measured(argv: Sequence[str]) -> list[float]:
    """The waits of one program."""
    with Terminal(argv) as terminal:
        terminal.watch(SETTLE_S)
        return presses(terminal, PRESSED_FOR_S)


def line(name: str, waits: Sequence[float]) -> str:
    shares = "  ".join(f"p{share} {percentile(waits, share / 100):6.1f}" for share in (50, 95, 99))
    return f"{name:12}{shares}  max {max(waits):6.1f} ms  (n={len(waits)})"


def main() -> None:
    with emulator(FUNCTIONS) as url:
        function_names(url)
        ours = measured([*LAMBDATOP, "--endpoint-url", url])
    theirs = measured(["htop"])
    print(conditions())
    print(line("htop", theirs))
    print(line("lambdatop", ours))
    print(f"ratio of p50 {percentile(ours, 0.5) / percentile(theirs, 0.5):.1f}, ", end="")
    print(f"of p95 {percentile(ours, 0.95) / percentile(theirs, 0.95):.1f}")


if __name__ == "__main__":
    main()
