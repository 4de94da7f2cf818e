"""What Lambda Insights knows of a function: its metrics by the minute, and one record an invocation (EMF).

The extension's layer must be attached. Memory in MB, network and /tmp in bytes, CPU in milliseconds, as AWS sends them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

from lambdatop.model.function import InsightsLayer
from lambdatop.model.logs.report import decode_object, number
from lambdatop.model.metrics import Series, Window

MB_PER_VCPU = 1769
"""AWS: a function of this size has one vCPU; others have their proportion."""
MOST_VCPUS = 6.0


class Performance(Struct, frozen=True, kw_only=True, gc=False):
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
    threads: int | None
    tmp_used: int | None
    tmp_size: int | None
    rx_bytes: int | None
    tx_bytes: int | None
    timeout: bool = False

    @property
    def vcpus(self) -> float | None:
        """How many vCPUs its memory buys."""
        return vcpus(self.memory_mb) if self.memory_mb else None

    @property
    def cpu_percent(self) -> float | None:
        """CPU time of the time that its vCPUs had, percent: 100 is all of them busy from begin to end."""
        if self.cpu_ms is None or not self.duration_ms or not self.vcpus:
            return None
        return 100 * self.cpu_ms / (self.duration_ms * self.vcpus)

    @property
    def network_bytes(self) -> int | None:
        """Received and sent."""
        known = [each for each in (self.rx_bytes, self.tx_bytes) if each is not None]
        return sum(known) if known else None


class Insights(Struct, frozen=True, kw_only=True):
    """The focus function's Insights over the window."""

    layer: InsightsLayer | None
    """None where the extension is not attached: then all else is empty."""
    window: Window
    period_s: int
    series: Mapping[str, Series]
    """By our names: `used_mb`, `memory_mb`, `cpu_percent`, `rx_bytes`, `tx_bytes`, `tmp_used`, `init_ms`, …"""
    records: tuple[Performance, ...]
    """The newest invocations, newest first."""


def vcpus(memory_mb: float) -> float:
    """How many vCPUs a function of that memory size has."""
    return min(MOST_VCPUS, memory_mb / MB_PER_VCPU)


def cpu_percent(cpu_ms: Series, duration_ms: Series, memory_mb: float) -> Series:
    """CPU time by period, of the time that the vCPUs had while invocations ran; on one grid, both as sums."""
    had = vcpus(memory_mb)
    pairs = zip(cpu_ms.values, duration_ms.values, strict=True)
    values = tuple(100 * cpu / (ms * had) if cpu is not None and ms else None for cpu, ms in pairs)
    return Series(cpu_ms.start, cpu_ms.period_s, values)


def decode_performance(event: str | Mapping[str, object]) -> Performance | None:
    """The record in a log event's message, or in the object decoded from it; None if it holds none. Never raises."""
    record = decode_object(event) if isinstance(event, str) else event
    if record is None or record.get("event_type") != "performance":
        return None
    at, name = _time(record), record.get("function_name")
    if at is None or not isinstance(name, str):
        return None
    return _performance(record, at, name)


def _performance(record: Mapping[str, object], at: datetime, name: str) -> Performance:
    free, size = _whole(record, "tmp_free"), _whole(record, "tmp_max")
    return Performance(
        at=at,
        function_name=name,
        version=_text(record, "version"),
        request_id=_text(record, "request_id"),
        trace_id=_text(record, "trace_id"),
        duration_ms=number(record.get("duration")),
        billed_ms=number(record.get("billed_duration")),
        cold=_flag(record, "cold_start"),
        init_ms=number(record.get("init_duration")),
        memory_mb=number(record.get("total_memory")),
        used_mb=number(record.get("used_memory_max")),
        cpu_ms=number(record.get("cpu_total_time")),
        fds=_whole(record, "fd_use"),
        threads=_whole(record, "threads_max"),
        tmp_used=max(0, size - free) if size is not None and free is not None else _whole(record, "tmp_used"),
        tmp_size=size,
        rx_bytes=_whole(record, "rx_bytes"),
        tx_bytes=_whole(record, "tx_bytes"),
        timeout=_flag(record, "timeout") is True,
    )


def _time(record: Mapping[str, object]) -> datetime | None:
    emf = record.get("_aws")
    at_ms = number(emf.get("Timestamp")) if isinstance(emf, dict) else None
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms is not None else None
    except (OverflowError, ValueError, OSError):
        return None


def _text(record: Mapping[str, object], name: str) -> str | None:
    value = record.get(name)
    return value if isinstance(value, str) and value else None


def _flag(record: Mapping[str, object], name: str) -> bool | None:
    value = record.get(name)
    return value if isinstance(value, bool) else None


def _whole(record: Mapping[str, object], name: str) -> int | None:
    value = number(record.get(name))
    return None if value is None else int(value)
