"""What Lambda Insights knows of a function: its metrics by the minute, and one record an invocation (EMF).

The extension's layer must be attached. Memory in MB, network and /tmp in bytes, CPU in milliseconds, as AWS sends them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lambdatop.model.metrics import Series, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """One `performance` record of `/aws/lambda-insights`; None is unknown."""

    at: datetime
    function_name: str
    version: str | None
    request_id: str | None
    trace_id: str | None
    duration_ms: float | None
    billed_ms: float | None
    cold: bool | None
    init_ms: float | None
    memory_mb: float | None
    used_mb: float | None
    cpu_ms: float | None
    fds: int | None
    fds_max: int | None
    threads: int | None
    tmp_used: int | None
    rx_bytes: int | None
    tx_bytes: int | None
    timeout: bool = False

    @property
    def cpu_percent(self) -> float | None:
        """CPU time of the time that its vCPUs had (AWS: one vCPU at 1,769 MB, proportional, at most 6), percent."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """The focus function's Insights over the window. `series` by our names: memory_percent, used_mb, cpu_ms, …"""

    attached: bool
    """The layer is on the function, in whatever version."""
    window: Window
    period_s: int
    series: Mapping[str, Series]
    records: tuple[Performance, ...]
    """The newest invocations, newest first."""
