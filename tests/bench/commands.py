"""CPU of the commands that draw no screen, against another checkout's: `python tests/bench/commands.py OTHER`.

OTHER is the Python of the other checkout's environment. Both run in turn against one emulated account, with one journal
that holds a change; `set` is answered "no" by its empty input. Each pair's ratio is ours to theirs, user and system.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.harness import ENVIRONMENT, conditions, emulator, function_names, told

ROUNDS = 9
FUNCTIONS = 20


def cpu_ms(python: str, words: Sequence[str], env: Mapping[str, str]) -> float:
    """CPU of one command from start to end, ms. The checkout is where its environment lies."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [python, "-m", "lambdatop", *words],
        cwd=Path(python).parents[2],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000


def main() -> None:
    ours, theirs = sys.executable, os.path.abspath(sys.argv[1])
    with emulator(FUNCTIONS) as url, tempfile.TemporaryDirectory() as home:
        env = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("PYTHON")}
        env |= {"HOME": home, "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home}
        name, at = function_names(url)[0], ("--endpoint-url", url)
        commands = {
            "journal": ["journal"],
            "set": ["set", "memory", name, "1536", *at],
            "undo": ["undo", *at],
            "invoke": ["invoke", name, "--yes", *at],
        }
        cpu_ms(ours, ["set", "memory", name, "2048", "--yes", *at], env)
        for words in commands.values():  # once unmeasured: page cache and bytecode
            cpu_ms(ours, words, env), cpu_ms(theirs, words, env)
        print(conditions())
        for command, words in commands.items():
            pairs = [(cpu_ms(ours, words, env), cpu_ms(theirs, words, env)) for _ in range(ROUNDS)]
            print(f"{command:9}ours   {told([our for our, _ in pairs], 'ms')}")
            print(f"{'':9}theirs {told([their for _, their in pairs], 'ms')}")
            print(f"{'':9}median of the pairs' ratios {statistics.median(our / their for our, their in pairs):.2f}")


if __name__ == "__main__":
    main()
