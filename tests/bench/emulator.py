"""The embedded account of 10,000 functions against moto: `python tests/bench/emulator.py`.

Time until ListFunctions is answered, asked again and again from the start of the process on, and memory. Ours answers
with functions and their metrics from the first moment on; moto's account is empty until it has been filled.
"""

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.bench.harness import ENVIRONMENT, LAMBDATOP, conditions, rss_mb, told

FUNCTIONS = 10_000
ROUNDS = 3
LONGEST_S = 60.0
MOTO = str(Path(sys.executable).with_name("moto_server"))
PAGES = 10


class Asked:
    """Clients of one endpoint."""

    def __init__(self, url: str) -> None:
        session = botocore.session.Session()
        session.set_credentials("bench", "bench")
        config = Config(retries={"total_max_attempts": 1}, read_timeout=LONGEST_S)
        options: dict[str, Any] = {"region_name": "eu-west-1", "endpoint_url": url, "config": config}
        self.functions: Any = session.create_client("lambda", **options)
        self.metrics: Any = session.create_client("cloudwatch", **options)
        self.logs: Any = session.create_client("logs", **options)

    def until_answered(self) -> None:
        """Return as soon as ListFunctions is answered."""
        until = time.perf_counter() + LONGEST_S
        while time.perf_counter() < until:
            try:
                self.functions.list_functions()
            except (BotoCoreError, ClientError):
                time.sleep(0.005)
            else:
                return
        raise SystemExit(f"no answer within {LONGEST_S} s")

    def twenty_calls(self) -> None:
        """Ten pages of functions, their log groups, metrics of five of them and lines of four logs."""
        names: list[str] = []
        pages = self.functions.get_paginator("list_functions").paginate()
        for page, _ in zip(pages, range(PAGES), strict=False):
            names += [function["FunctionName"] for function in page["Functions"]]
        now = datetime.now(UTC)
        for name in names[:5]:
            self.metrics.get_metric_data(
                MetricDataQueries=[_invocations(name)], StartTime=now - timedelta(hours=1), EndTime=now
            )
        for group in self.logs.describe_log_groups()["logGroups"][:4]:
            self.logs.filter_log_events(logGroupName=group["logGroupName"], limit=100)


def _invocations(name: str) -> dict[str, object]:
    dimensions = [{"Name": "FunctionName", "Value": name}]
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": dimensions}
    return {"Id": "q0", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}


def measured(command: Sequence[str], port: int, *, filled: bool) -> tuple[float, float]:
    """Seconds from start to the first answer, and MB resident, after twenty calls if the account is filled."""
    asked = Asked(f"http://127.0.0.1:{port}")
    began = time.perf_counter()
    with subprocess.Popen(
        [*command, str(port)], env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            asked.until_answered()
            ready_s = time.perf_counter() - began
            if filled:
                asked.twenty_calls()
            return ready_s, rss_mb(process.pid)
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    theirs: list[tuple[float, float]] = []
    ours: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        theirs.append(measured([MOTO, "-p"], free_port(), filled=False))
        emulator = [*LAMBDATOP, "emulator", "--functions", str(FUNCTIONS), "--port"]
        ours.append(measured(emulator, free_port(), filled=True))
    print(conditions())
    for name, figures in (("moto_server, empty", theirs), (f"emulator, {FUNCTIONS:,} functions", ours)):
        print(f"{name:30}{told([ready for ready, _ in figures], 's')}   {told([mb for _, mb in figures], 'MB')}")
    ratio = statistics.median(ready for ready, _ in ours) / statistics.median(ready for ready, _ in theirs)
    print(f"ratio of the times {ratio:.2f}")


if __name__ == "__main__":
    main()
