"""CPU and memory while nobody touches the keyboard, against btop. `python tests/bench/rest.py`.

`lambdatop` on an emulated account of 142 functions and `btop` at an update a second, in turn on pseudo-terminals of the
same size, after the same time to settle. Only the program's own process counts, from /proc.
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
    theirs: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []
    with emulator(FUNCTIONS) as url, tempfile.TemporaryDirectory() as home:
        function_names(url)
        for _ in range(ROUNDS):
            ours.append(measured([*LAMBDATOP, "--endpoint-url", url], ENVIRONMENT))
            theirs.append(btop(Path(home)))
    print(conditions())
    cpu = {}
    for name, figures in (("btop, 1 s", theirs), ("lambdatop", ours)):
        cpu[name] = statistics.median(figure[0] for figure in figures)
        each = " ".join(f"{figure[0]:.2f}" for figure in figures)
        print(f"{name:12}{cpu[name]:6.2f} % of a core ({each})   {statistics.median(f[1] for f in figures):6.1f} MB")
    print(f"ratio {cpu['lambdatop'] / cpu['btop, 1 s']:.2f}")


if __name__ == "__main__":
    main()
