"""What the preview says an alarm would have done is what the same alarm does on the emulated account."""

import pytest
from msgspec.structs import replace

from lambdatop.model.alarms.alarm import AlarmState
from lambdatop.model.alarms.definition import Definition, Missing, Operator, Watched
from lambdatop.model.alarms.evaluation import RANGE_BEYOND, states
from lambdatop.model.metrics import Series
from tests.emulator.simulated import NOON, Simulated

MINUTES = 90


def definition(function: str, metric: str, stat: str, threshold: float, datapoints: int, periods: int) -> Definition:
    watched = Watched(
        namespace="AWS/Lambda", metric=metric, dimensions=(("FunctionName", function),), stat=stat, period_s=60
    )
    return Definition(
        watched=watched, operator=Operator.ABOVE, threshold=threshold, datapoints=datapoints, periods=periods
    )


@pytest.mark.parametrize("missing", Missing)
@pytest.mark.parametrize(
    "wanted",
    [
        definition("checkout-api", "Errors", "Sum", 180.0, 2, 3),
        definition("payment-capture", "Duration", "p90", 5_000.0, 3, 5),
        definition("nightly-rollup", "Invocations", "Sum", 0.0, 1, 2),
    ],
    ids=lambda wanted: str(wanted.watched.function),
)
def test_the_preview_is_what_happens(wanted: Definition, missing: Missing) -> None:
    demo, wanted = Simulated(functions=14), replace(wanted, missing=missing)
    demo.call("cloudwatch.PutMetricAlarm", AlarmName="mine", **wanted.members())
    happened: list[tuple[int, AlarmState]] = []
    for _ in range(MINUTES):
        demo.clock.pass_(60)
        (alarm,) = demo.call("cloudwatch.DescribeAlarms", AlarmNames=["mine"])["MetricAlarms"]
        happened.append((int(demo.clock()), AlarmState(alarm["StateValue"])))

    start = int(NOON) - (wanted.periods + RANGE_BEYOND - 1) * 60  # as far back as its first evaluation looks
    series = measured(demo, wanted.watched, start, int(demo.clock()))

    assert [each for each in states(series, wanted) if each[0] > NOON] == happened


def measured(demo: Simulated, watched: Watched, start: int, end: int) -> Series:
    """The same data as GetMetricData tells them afterwards."""
    metric = {
        "Namespace": watched.namespace,
        "MetricName": watched.metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in watched.dimensions],
    }
    query = {"Id": "q", "MetricStat": {"Metric": metric, "Period": 60, "Stat": watched.stat}}
    answer = demo.call("cloudwatch.GetMetricData", MetricDataQueries=[query], StartTime=start, EndTime=end)
    result = answer["MetricDataResults"][0]
    known = dict(zip(result["Timestamps"], result["Values"], strict=True))
    return Series(start, 60, tuple(known.get(at) for at in range(start, end, 60)))
