"""The last days of what an alarm watches, at the alarm's own period: the basis for suggesting thresholds."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.alarms.definition import Watched
from lambdatop.model.alarms.suggestions import PAST_DAYS
from lambdatop.model.metrics import Series, Window
from lambdatop.sources.metric_data import decode_points, series_of
from lambdatop.updates import AlarmPastMeasured, ReservedRead, Update

HIGH_RESOLUTION_HOURS: Final = 3
"""AWS keeps points of less than a minute for so long."""


async def alarm_past(aws: Gate, clock: Clock, watched: Iterable[Watched]) -> AsyncIterator[Update]:
    """Each metric by itself, so that the first is there soon; a percentile is queried for each period, as all are.

    AWS: 100,800 points a call; seven days by the minute are 10,080.
    """
    for each in watched:
        yield AlarmPastMeasured(each, await _measured(aws, each, window_of(each, clock.now())))


async def reserved(aws: Gate, function: str) -> AsyncIterator[Update]:
    """What bounds the function's concurrency (AWS: an empty answer where nothing is reserved)."""
    answer = await aws.call("lambda", "GetFunctionConcurrency", FunctionName=function)
    yield ReservedRead(function, answer.get("ReservedConcurrentExecutions"))


def window_of(watched: Watched, now: datetime) -> Window:
    """The past that is looked at: whole periods only, since the one that is filling is judged by no alarm."""
    period_s = watched.period_s
    end = datetime.fromtimestamp(now.timestamp() // period_s * period_s, UTC)
    back = timedelta(hours=HIGH_RESOLUTION_HOURS) if watched.high_resolution else timedelta(days=PAST_DAYS)
    return Window(end - back // timedelta(seconds=period_s) * timedelta(seconds=period_s), end)


async def _measured(aws: Gate, watched: Watched, window: Window) -> Series:
    dimensions = [{"Name": name, "Value": value} for name, value in watched.dimensions]
    metric = {"Namespace": watched.namespace, "MetricName": watched.metric, "Dimensions": dimensions}
    query = {"Id": "q", "MetricStat": {"Metric": metric, "Period": watched.period_s, "Stat": watched.stat}}
    points: list[tuple[float, float]] = []
    async for page in aws.pages(
        "cloudwatch",
        "GetMetricData",
        MetricDataQueries=[query],
        StartTime=window.start,
        EndTime=window.end,
        ScanBy="TimestampAscending",
    ):
        for result in page["MetricDataResults"]:
            points.extend(decode_points(result))
    return series_of(points, window, watched.period_s)
