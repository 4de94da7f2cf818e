"""From the start of the process to live rows on the terminal, against the AWS CLI. `python tests/bench/start.py`.

`aws lambda list-functions` to its end and `lambdatop` to the first name of a function on its pseudo-terminal, in turn,
against one emulated account of 142 functions. Names come from the server alone: nothing is cached between runs.
"""

import statistics
import subprocess
import time
from collections.abc import Sequence

from tests.bench.harness import ENVIRONMENT, LAMBDATOP, Terminal, conditions, emulator, function_names, told

AWS = "/usr/bin/aws"
FUNCTIONS = 142
ROUNDS = 11
SHOWN_IN_FULL = 15
LONGEST_S = 20.0


def aws_ms(url: str) -> float:
    """`aws lambda list-functions` from start to end."""
    began = time.perf_counter()
    command = [AWS, "lambda", "list-functions", "--endpoint-url", url]
    subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - began) * 1000


def lambdatop_ms(url: str, names: Sequence[bytes]) -> tuple[float, float]:
    """From start to the first byte on the terminal, and to the first row with a function's name."""
    with Terminal([*LAMBDATOP, "--endpoint-url", url]) as terminal:
        written, first_byte = b"", None
        while time.perf_counter() - terminal.started < LONGEST_S:
            written += terminal.read(LONGEST_S)
            now = (time.perf_counter() - terminal.started) * 1000
            first_byte = first_byte or now
            if any(name in written for name in names):
                return first_byte, now
    raise SystemExit(f"no function was shown within {LONGEST_S} s:\n{written[-2000:]!r}")


def main() -> None:
    theirs: list[float] = []
    first_bytes: list[float] = []
    ours: list[float] = []
    with emulator(FUNCTIONS) as url:
        names = [name.encode() for name in function_names(url) if len(name) <= SHOWN_IN_FULL]
        aws_ms(url), lambdatop_ms(url, names)  # once unmeasured: page cache and bytecode
        for _ in range(ROUNDS):
            theirs.append(aws_ms(url))
            first_byte, populated = lambdatop_ms(url, names)
            first_bytes.append(first_byte)
            ours.append(populated)
    ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
    version = subprocess.run([AWS, "--version"], capture_output=True, text=True, check=True).stdout.split()[0]
    print(conditions())
    print(f"{version + ' lambda list-functions':36}{told(theirs, 'ms')}")
    print(f"{'lambdatop, first byte':36}{told(first_bytes, 'ms')}")
    print(f"{'lambdatop, first row of a function':36}{told(ours, 'ms')}")
    print(f"ratio of medians {statistics.median(ours) / statistics.median(theirs):.2f}, ", end="")
    print(f"median of the rounds' ratios {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
