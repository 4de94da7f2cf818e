"""Lambda Insights of one function: its metrics over the focus window, and the newest of its invocations' records."""

from collections.abc import AsyncIterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.aws.errors import NotFound
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.focus import Focus
from lambdatop.model.function import Function
from lambdatop.model.insights.insights import Insights, Performance, cpu_percent, decode_performance
from lambdatop.model.metrics import Series, Window
from lambdatop.model.time_window import period_of, window_at
from lambdatop.sources.logs.log_group import epoch_ms
from lambdatop.sources.metric_data import INSIGHTS, LAMBDA, MetricQuery, measure, series_of
from lambdatop.updates import InsightsMeasured, Update

LOG_GROUP = "/aws/lambda-insights"
RECORDS, PAGES = 200, 4
"""The most that are read of the newest records: AWS may well answer a page without one."""

# our name: namespace, AWS's metric and statistic
_METRICS = {
    "used_mb": (INSIGHTS, "used_memory_max", "Maximum"),
    "memory_mb": (INSIGHTS, "total_memory", "Maximum"),
    "cpu_ms": (INSIGHTS, "cpu_total_time", "Sum"),
    "duration_ms": (LAMBDA, "Duration", "Sum"),
    "rx_bytes": (INSIGHTS, "rx_bytes", "Sum"),
    "tx_bytes": (INSIGHTS, "tx_bytes", "Sum"),
    "tmp_used": (INSIGHTS, "tmp_used", "Maximum"),
    "init_ms": (INSIGHTS, "init_duration", "p95"),
}


class Measured(Struct):
    """The series of the last window measured: pointing at another moment in it needs no new metric queries."""

    function: Function | None = None
    window: Window | None = None
    series: Mapping[str, Series] = field(default_factory=dict)

    async def of(self, aws: Gate, function: Function, window: Window, period_s: int) -> Mapping[str, Series]:
        """The series over that window."""
        if (self.function, self.window) != (function, window):
            self.series = await _series(aws, function, window, period_s)
            self.function, self.window = function, window
        return self.series


async def insights(
    aws: Gate, clock: Clock, function: Function, focus: Focus, measured: Measured | None = None
) -> AsyncIterator[Update]:
    """One reading: the metrics, and once more with the records of the stretch pointed at, else of the window."""
    window = window_at(clock.now(), focus.window_minutes, focus.until)
    period_s = period_of(focus.window_minutes)
    layer, measured = function.insights_layer, measured or Measured()
    told = Insights(layer=layer, window=window, period_s=period_s, series={}, records=())
    if layer is not None:
        told = replace(told, series=await measured.of(aws, function, window, period_s))
        yield InsightsMeasured(function.name, told)
        told = replace(told, records=await newest_records(aws, function, focus.moment or window))
    yield InsightsMeasured(function.name, told)


async def _series(aws: Gate, function: Function, window: Window, period_s: int) -> dict[str, Series]:
    queries = {
        name: MetricQuery(function.name, metric, stat, period_s, namespace)
        for name, (namespace, metric, stat) in _METRICS.items()
    }
    points = await measure(aws, list(queries.values()), window.start, window.end)
    found = {name: series_of(points[query], window, period_s) for name, query in queries.items()}
    return found | {"cpu_percent": cpu_percent(found["cpu_ms"], found["duration_ms"], function.memory_mb)}


async def newest_records(aws: Gate, function: Function, window: Window) -> tuple[Performance, ...]:
    """The newest records of the window, newest first; none where the log group does not exist yet."""
    found: list[Performance] = []
    pages = aws.pages(
        "logs",
        "FilterLogEvents",
        logGroupName=LOG_GROUP,
        filterPattern=f'{{ $.event_type = "performance" && $.function_name = "{function.name}" }}',
        startTime=epoch_ms(window.start),
        endTime=epoch_ms(window.end) - 1,
        limit=RECORDS,
        startFromHead=False,
    )
    read = 0
    try:
        async for page in pages:
            read += 1
            messages = (str(event.get("message") or "") for event in page["events"])
            found += (record for message in messages if (record := decode_performance(message)) is not None)
            if len(found) >= RECORDS or read == PAGES:
                break
    except NotFound:
        return ()
    return tuple(sorted(found, key=lambda record: record.at, reverse=True)[:RECORDS])
