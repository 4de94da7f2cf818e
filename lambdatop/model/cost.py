"""What a function costs on demand: duration, requests and ephemeral storage.

From CloudWatch's Sum(Duration) the figure is an estimate from below, as it lacks init, which is billed too; from the
REPORT lines' billed milliseconds it is exact but for tiers and discounts. Provisioned concurrency is not in it.
"""

from lambdatop.model.function import Function
from lambdatop.model.metrics import FunctionMetrics, Series
from lambdatop.model.prices import rates

FREE_EPHEMERAL_MB = 512
"""AWS: /tmp up to here is included."""


def cost_usd(function: Function, *, duration_ms: float, invocations: float, memory_mb: int | None = None) -> float:
    """Return what invocations of that total duration cost, in USD.

    `memory_mb` prices another memory size than the function's; AWS: GB-s = seconds x MB / 1024.
    """
    price = rates(function.region, function.architecture)
    seconds = duration_ms / 1000
    memory_gb = (function.memory_mb if memory_mb is None else memory_mb) / 1024
    ephemeral_gb = max(0, function.ephemeral_mb - FREE_EPHEMERAL_MB) / 1024
    per_second = memory_gb * price.duration_gb_s + ephemeral_gb * price.ephemeral_gb_s
    return seconds * per_second + invocations * price.request


def usd_per_hour(function: Function, metrics: FunctionMetrics) -> float | None:
    """Return the cost at the rate of the metrics' window, in USD per hour; None if it was idle or is unknown."""
    invocations = metrics.sum_of(metrics.invocations)
    if invocations is None or metrics.duration_sum_ms is None or not metrics.window.seconds:
        return None
    spent = cost_usd(function, duration_ms=metrics.duration_sum_ms, invocations=invocations)
    return spent * 3600 / metrics.window.seconds


def usd_by_period(function: Function, invocations: Series, duration_ms: Series) -> Series:
    """What each period cost, from sums on one grid; None where nothing ran or nothing is known."""
    pairs = zip(invocations.values, duration_ms.values, strict=True)
    values = tuple(
        cost_usd(function, duration_ms=ms, invocations=count) if count is not None and ms is not None else None
        for count, ms in pairs
    )
    return Series(invocations.start, invocations.period_s, values)


def is_approximate(function: Function) -> bool:
    """True if the function's Region is priced as us-east-1 for want of its own prices."""
    return rates(function.region, function.architecture).approximate
