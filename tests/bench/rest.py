"""CPU and memory while nobody touches the keyboard, against btop. `python tests/bench/rest.py`.

`lambdatop` on an emulated account of 142 functions and `btop` at an update a second, in turn on pseudo-terminals of the
same size, after the same time to settle. Only the program's own process counts, from /proc. Twice: with a quiet
function under the cursor, and with the sickest, which the screen opens on: its log of 450 lines a second is shown.
"""

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.harness import ENVIRONMENT, LAMBDATOP, Terminal, conditions, emulator, function_names

FUNCTIONS = 142
ROUNDS = 2
SETTLE_S = 15.0
MEASURED_S = 20.0


def measured(argv: Sequence[str], env: dict[str, str]) -> tuple[float, float]:
    """Percent of one core, and MB resident."""
    with Terminal(argv, env) as terminal:
        terminal.watch(SETTLE_S)
        before = terminal.cpu_s()
        terminal.watch(MEASURED_S)
        return (terminal.cpu_s() - before) / MEASURED_S * 100, terminal.rss_mb()


def btop(home: Path) -> tuple[float, float]:
    """btop with its own settings but for the pace."""
    (home / "btop").mkdir(exist_ok=True)
    (home / "btop" / "btop.conf").write_text("update_ms = 1000\n")
    return measured(["btop", "--utf-force"], {**ENVIRONMENT, "XDG_CONFIG_HOME": str(home)})


def main() -> None:
    figures: dict[str, list[tuple[float, float]]] = {"btop, 1 s": [], "lambdatop": [], "450 log lines/s": []}
    with emulator(FUNCTIONS) as url, tempfile.TemporaryDirectory() as home:
        function_names(url)
        ours = [*LAMBDATOP, "--endpoint-url", url]
        for _ in range(ROUNDS):
            figures["btop, 1 s"].append(btop(Path(home)))
            figures["lambdatop"].append(measured([*ours, "--sort", "name"], ENVIRONMENT))
            figures["450 log lines/s"].append(measured(ours, ENVIRONMENT))
    print(conditions())
    theirs = statistics.median(cpu for cpu, _ in figures["btop, 1 s"])
    for name, pairs in figures.items():
        cpu, memory = (statistics.median(pair[index] for pair in pairs) for index in (0, 1))
        each = " ".join(f"{pair[0]:.2f}" for pair in pairs)
        print(f"{name:16}{cpu:6.2f} % of a core ({each})   ratio {cpu / theirs:5.2f}   {memory:6.1f} MB")


if __name__ == "__main__":
    main()
