"""The charts of the focus function: every series by the minute over the focus window, and what bounds them."""

from collections.abc import AsyncIterator, Mapping

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.focus import Focus
from lambdatop.model.function import Function
from lambdatop.model.metrics import Charts, Series, summed
from lambdatop.model.time_window import period_of, window_at
from lambdatop.sources.function.concurrency import Bounds
from lambdatop.sources.metric_data import MetricQuery, measure, series_of
from lambdatop.updates import ChartsMeasured, Update

# our name: AWS's metric and statistic
_SUMS = {
    "invocations": ("Invocations", "Sum"),
    "errors": ("Errors", "Sum"),
    "throttles": ("Throttles", "Sum"),
    "duration_sum_ms": ("Duration", "Sum"),
    "concurrent_executions": ("ConcurrentExecutions", "Maximum"),
}
_PERCENTILES = {
    "duration_p50_ms": ("Duration", "p50"),
    "duration_p95_ms": ("Duration", "p95"),
    "duration_p99_ms": ("Duration", "p99"),
}
PROVISIONED = "provisioned_executions"


async def charts(
    aws: Gate, clock: Clock, function: Function, focus: Focus, bounds: Bounds | None = None
) -> AsyncIterator[Update]:
    """One reading of the focus window; unless that is past it ends with the minute still filling."""
    window = window_at(clock.now(), focus.window_minutes, focus.until)
    period_s = period_of(focus.window_minutes)
    bounds = bounds or Bounds(function.name)
    lines: dict[str, Series] = {name: series_of((), window, period_s) for name in (*_SUMS, *_PERCENTILES)}

    def told() -> ChartsMeasured:
        provisioned = sum(bounds.provisioned.values()) if bounds.provisioned else None
        measured = Charts(
            window=window, series=dict(lines), period_s=period_s, reserved=bounds.reserved, provisioned=provisioned
        )
        return ChartsMeasured(function.name, measured)

    async def ask(queries: Mapping[str, MetricQuery]) -> dict[str, Series]:
        points = await measure(aws, list(queries.values()), window.start, window.end)
        return {name: series_of(points[query], window, period_s) for name, query in queries.items()}

    for stats in (_SUMS, _PERCENTILES):  # apart, so that one being refused leaves the other
        lines |= await ask(
            {name: MetricQuery(function.name, metric, stat, period_s) for name, (metric, stat) in stats.items()}
        )
        yield told()
    await bounds.ask(aws, clock)
    if bounds.provisioned:
        used = await ask({name: _provisioned(function, name, period_s) for name in bounds.provisioned})
        lines[PROVISIONED] = summed(used.values())
    if bounds.provisioned or bounds.reserved is not None:
        yield told()


def _provisioned(function: Function, qualifier: str, period_s: int) -> MetricQuery:
    """AWS has the metric of the alias or version alone, not of the function."""
    resource = f"{function.name}:{qualifier}"
    return MetricQuery(function.name, "ProvisionedConcurrentExecutions", "Maximum", period_s, resource=resource)
