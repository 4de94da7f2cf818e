"""The charts of the focus function: every series by the minute over the focus window."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.metrics import Series, Window, series
from lambdatop.sources.metrics import Query, measure
from lambdatop.state import Charts, ChartsMeasured, Update

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


async def charts(aws: Gate, clock: Clock, function: Function, minutes: int) -> AsyncIterator[Update]:
    """One reading of the window that ends with the minute still filling."""
    window = chart_window(clock.now(), minutes)
    period_s = period_of(minutes)
    start, end = int(window.start.timestamp()), int(window.end.timestamp())
    lines: dict[str, Series] = {name: series((), start, end, period_s) for name in (*_SUMS, *_PERCENTILES)}
    for stats in (_SUMS, _PERCENTILES):  # apart, so that one being refused leaves the other
        queries = {name: Query(function.name, metric, stat, period_s) for name, (metric, stat) in stats.items()}
        points = await measure(aws, list(queries.values()), window.start, window.end)
        lines |= {name: series(points[query], start, end, period_s) for name, query in queries.items()}
        yield ChartsMeasured(function.name, Charts(window=window, series=dict(lines), period_s=period_s))


def period_of(minutes: int) -> int:
    """Seconds a point: one minute up to three hours, then coarser so that a chart has 60 to 300 points."""
    if minutes <= 180:
        return 60
    return 300 if minutes <= 24 * 60 else 3600


def chart_window(now: datetime, minutes: int) -> Window:
    """A window on the period's grid that holds the present."""
    period = timedelta(seconds=period_of(minutes))
    past_grid = timedelta(seconds=now.timestamp() % period.total_seconds())
    end = now - past_grid + period
    return Window(end - timedelta(minutes=minutes), end)
