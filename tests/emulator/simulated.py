"""An emulated account under a clock that a test moves, and its operations called as the gateway calls them."""

from collections.abc import Mapping
from typing import Any

from lambdatop.emulator.account import Account
from lambdatop.emulator.cloudwatch.demo_alarms import set_alarms
from lambdatop.emulator.cloudwatch.evaluation import advance
from lambdatop.emulator.gateway import load
from lambdatop.emulator.operations import OPERATIONS, Answer

NOON = 1_795_435_200.0
"""2026-11-23 12:00 UTC."""


class Clock:
    """A clock that stands until it is moved, epoch seconds."""

    def __init__(self, at: float) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at

    def pass_(self, seconds: float) -> None:
        self.at += seconds


class Simulated:
    """The demo account, its clock, and calls in AWS's own words."""

    def __init__(self, *, functions: int = 142, seed: int = 7, at: float = NOON) -> None:
        self.clock = Clock(at)
        self.account = Account(functions=functions, seed=seed, clock=self.clock)
        set_alarms(self.account)

    def call(self, operation: str, **params: Any) -> Answer:
        """What the gateway does with one request."""
        load(operation.partition(".")[0])
        advance(self.account)
        return OPERATIONS[operation](self.account, params)

    def values(
        self,
        function: str | None,
        metric: str,
        stat: str,
        start: float,
        end: float,
        period: int = 60,
        more: Mapping[str, str] | None = None,
    ) -> list[float]:
        """The values of one metric of AWS/Lambda, oldest first; `more` are dimensions besides FunctionName."""
        names = ({"FunctionName": function} if function else {}) | dict(more or {})
        query = {
            "Id": "m",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": metric,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in names.items()],
                },
                "Period": period,
                "Stat": stat,
            },
        }
        answer = self.call(
            "cloudwatch.GetMetricData",
            MetricDataQueries=[query],
            StartTime=start,
            EndTime=end,
            ScanBy="TimestampAscending",
        )
        values: list[float] = answer["MetricDataResults"][0]["Values"]
        return values
