"""Small values of the model for tests: healthy unless told otherwise."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from lambdatop.model.function import Function
from lambdatop.model.logs.report import ReportSample
from lambdatop.model.metrics import FunctionMetrics, Series, window_of

NOW = datetime(2026, 11, 3, 14, 32, 7, tzinfo=UTC)
MINUTE = NOW.replace(second=0)
"""The start of the minute still filling."""
TREND_MINUTES = 60

Minutes = float | None | Sequence[float | None]
"""One value for every minute, or a value each, the newest closed minute last."""


def function(
    *,
    name: str = "checkout-api",
    region: str = "eu-west-1",
    runtime: str | None = "python3.13",
    architecture: str = "x86_64",
    memory_mb: int = 1024,
    timeout_s: int = 3,
    ephemeral_mb: int = 512,
    last_modified: datetime | None = None,
) -> Function:
    return Function(
        name=name,
        arn=f"arn:aws:lambda:{region}:123456789012:function:{name}",
        runtime=runtime,
        architecture=architecture,
        memory_mb=memory_mb,
        timeout_s=timeout_s,
        last_modified=last_modified,
        log_group=f"/aws/lambda/{name}",
        ephemeral_mb=ephemeral_mb,
    )


def trend(minutes: Minutes, *, filling: float | None = None) -> Series:
    """A series that ends with the minute still filling, before it up to an hour of closed minutes."""
    closed = (minutes,) * TREND_MINUTES if minutes is None or isinstance(minutes, int | float) else tuple(minutes)
    unknown = (None,) * (TREND_MINUTES - len(closed))
    start = MINUTE - timedelta(minutes=TREND_MINUTES)
    return Series(int(start.timestamp()), 60, (*unknown, *closed, filling))


def metrics(
    *,
    invocations: Minutes = 100.0,
    errors: Minutes = 0.0,
    throttles: Minutes = 0.0,
    p99_ms: float | None = 300.0,
    duration_sum_ms: float | None = 75_000.0,
    filling: tuple[float | None, float | None] = (None, None),
    window_minutes: int = 15,
) -> FunctionMetrics:
    """`filling` is what is known of the open minute: invocations and errors."""
    return FunctionMetrics(
        window=window_of(NOW, window_minutes),
        invocations=trend(invocations, filling=filling[0]),
        errors=trend(errors, filling=filling[1]),
        throttles=trend(throttles),
        duration_p50_ms=50.0,
        duration_p95_ms=200.0,
        duration_p99_ms=p99_ms,
        duration_sum_ms=duration_sum_ms,
        concurrent_executions=4.0,
    )


def sample(
    *,
    count: int = 100,
    cold: int = 0,
    used_mb: int | None = 600,
    timeouts: int = 0,
    ooms: int = 0,
    init_p95_ms: float | None = None,
    memory_mb: float | None = None,
    until: datetime = MINUTE,
) -> ReportSample:
    return ReportSample(
        count=count,
        cold=cold,
        used_mb=used_mb,
        timeouts=timeouts,
        ooms=ooms,
        errors=0,
        init_p50_ms=init_p95_ms,
        init_p95_ms=init_p95_ms,
        billed_ms=count * 50,
        memory_mb=memory_mb,
        since=until - timedelta(minutes=15),
        until=until,
    )
