"""What a function costs on demand: duration, requests and ephemeral storage.

From CloudWatch's Sum(Duration) the figure is an estimate from below, as it lacks init, which is billed too; from the
REPORT lines' billed milliseconds it is exact but for tiers and discounts. The memory is the size that invocations were
seen to run with, else that of `$LATEST`. Provisioned concurrency is priced where its size is known.
"""

from lambdatop.model.function import Function
from lambdatop.model.metrics import FunctionMetrics, Series
from lambdatop.model.reference.prices import rates

FREE_EPHEMERAL_MB = 512
"""AWS: /tmp up to here is included."""
HOURS_PER_MONTH = 720
"""A month of 30 days, as everywhere in the program."""


def cost_usd(
    function: Function,
    *,
    duration_ms: float,
    invocations: float,
    memory_mb: float | None = None,
    provisioned: float = 0.0,
) -> float:
    """Return what invocations of that total duration cost, in USD.

    `memory_mb` prices another memory size than the function's; AWS: GB-s = seconds x MB / 1024. `provisioned` is the
    share of the duration that ran on provisioned concurrency, which is billed at its own, lower rate.
    """
    price = rates(function.region, function.architecture)
    seconds = duration_ms / 1000
    memory_gb = (function.memory_mb if memory_mb is None else memory_mb) / 1024
    ephemeral_gb = max(0, function.ephemeral_mb - FREE_EPHEMERAL_MB) / 1024
    duration_gb_s = price.duration_gb_s + provisioned * (price.provisioned_duration_gb_s - price.duration_gb_s)
    per_second = memory_gb * duration_gb_s + ephemeral_gb * price.ephemeral_gb_s
    return seconds * per_second + invocations * price.request


def usd_per_hour(function: Function, metrics: FunctionMetrics, memory_mb: float | None = None) -> float | None:
    """Return the cost at the rate of the metrics' window, in USD per hour; None if it was idle or is unknown.

    `memory_mb` is what the invocations of the window ran with.
    """
    invocations = metrics.sum_of("invocations")
    if invocations is None or metrics.duration_sum_ms is None or not metrics.window.seconds:
        return None
    spent = cost_usd(function, duration_ms=metrics.duration_sum_ms, invocations=invocations, memory_mb=memory_mb)
    return spent * 3600 / metrics.window.seconds


def usd_per_month(
    function: Function,
    metrics: FunctionMetrics | None,
    *,
    memory_mb: float | None = None,
    pace: float = 1.0,
    provisioned: int = 0,
) -> float | None:
    """Return the cost of a month at the rate of the metrics' window, in USD; None if that is unknown.

    `memory_mb` prices another memory size; `pace` is what the durations are multiplied by; `provisioned` environments
    are kept ready all month, and the share of the durations that fits into them is billed at their own, lower rate.
    """
    if metrics is None or not metrics.window.seconds:
        return None
    invocations, duration_ms = metrics.sum_of("invocations"), metrics.duration_sum_ms
    if invocations is None or duration_ms is None:
        return None
    size = function.memory_mb if memory_mb is None else memory_mb
    spent = cost_usd(
        function,
        duration_ms=duration_ms * pace,
        invocations=invocations,
        memory_mb=size,
        provisioned=served_by(provisioned, metrics),
    )
    kept = provisioned_usd_per_month(function, provisioned, memory_mb=size)
    return spent * 3600 * HOURS_PER_MONTH / metrics.window.seconds + kept


def served_by(provisioned: int, metrics: FunctionMetrics) -> float:
    """Return the share of the invocations that so many provisioned environments serve, at least: 0 to 1."""
    peak = metrics.concurrent_executions
    if not provisioned or not peak:
        return 1.0 if provisioned else 0.0
    return min(1.0, provisioned / peak)


def provisioned_usd_per_month(function: Function, count: int, *, memory_mb: float | None = None) -> float:
    """Return what so many provisioned environments cost a month, used or not, in USD."""
    price = rates(function.region, function.architecture).provisioned_gb_s
    size = function.memory_mb if memory_mb is None else memory_mb
    return count * size / 1024 * 3600 * HOURS_PER_MONTH * price


def usd_by_period(function: Function, invocations: Series, duration_ms: Series, sizes_mb: Series) -> Series:
    """What each period cost, from sums and memory sizes on one grid; None where nothing ran or nothing is known."""
    periods = zip(invocations.values, duration_ms.values, sizes_mb.values, strict=True)
    values = tuple(
        cost_usd(function, duration_ms=ms, invocations=count, memory_mb=mb)
        if count is not None and ms is not None
        else None
        for count, ms, mb in periods
    )
    return Series(invocations.start, invocations.period_s, values)
