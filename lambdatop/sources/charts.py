"""The charts of the focus function: every series by the minute over the focus window."""

from collections.abc import AsyncIterator

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.metrics import Series, series
from lambdatop.model.timecursor import period_of, window_at
from lambdatop.sources.metrics import Query, measure
from lambdatop.state import Charts, ChartsMeasured, Focus, Update

# our name: AWS's metric and statistic
_SUMS = {
    "invocations": ("Invocations", "Sum"),
    "errors": ("Errors", "Sum"),
    "throttles": ("Throttles", "Sum"),
    "concurrent_executions": ("ConcurrentExecutions", "Maximum"),
}
_PERCENTILES = {
    "duration_p50_ms": ("Duration", "p50"),
    "duration_p95_ms": ("Duration", "p95"),
    "duration_p99_ms": ("Duration", "p99"),
}


async def charts(aws: Gate, clock: Clock, function: Function, focus: Focus) -> AsyncIterator[Update]:
    """One reading of the focus window; unless that is past it ends with the minute still filling."""
    window = window_at(clock.now(), focus.window_minutes, focus.until)
    period_s = period_of(focus.window_minutes)
    start, end = int(window.start.timestamp()), int(window.end.timestamp())
    lines: dict[str, Series] = {name: series((), start, end, period_s) for name in (*_SUMS, *_PERCENTILES)}
    for stats in (_SUMS, _PERCENTILES):  # apart, so that one being refused leaves the other
        queries = {name: Query(function.name, metric, stat, period_s) for name, (metric, stat) in stats.items()}
        points = await measure(aws, list(queries.values()), window.start, window.end)
        lines |= {name: series(points[query], start, end, period_s) for name, query in queries.items()}
        yield ChartsMeasured(function.name, Charts(window=window, series=dict(lines), period_s=period_s))
