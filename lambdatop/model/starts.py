"""Cold starts of one function: how many, how long, what they cost, of which version, and when."""

from dataclasses import dataclass
from enum import StrEnum

from lambdatop.model.metrics import Series, Window


class Origin(StrEnum):
    """Where the figures come from."""

    REPORTS = "REPORT lines"
    INSIGHTS = "Lambda Insights"
    TRACES = "X-Ray traces"
    QUERY = "Logs Insights"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionStarts:
    """The cold starts of one version."""

    version: str
    alias: str | None
    """An alias that points to it."""
    invocations: int
    cold: int
    init_p50_ms: float | None
    init_p95_ms: float | None
    init_usd: float | None
    """What the init time was billed at, over the window (AWS: billed since 2025-08-01)."""

    @property
    def percent(self) -> float | None:
        return 100 * self.cold / self.invocations if self.invocations else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdStarts:
    """The focus function's cold starts over the window."""

    origin: Origin
    window: Window
    period_s: int
    sampled: bool
    """True if not every invocation of the window was looked at."""
    invocations: int
    cold: int
    init_p50_ms: float | None
    init_p95_ms: float | None
    init_usd: float | None
    versions: tuple[VersionStarts, ...]
    cold_by_period: Series
    init_p95_by_period: Series
    concurrency: Series
    used_mb: Series
    """The highest memory used by period."""

    @property
    def percent(self) -> float | None:
        return 100 * self.cold / self.invocations if self.invocations else None
