"""CloudWatch series as dense values: absent stays None, and the minute still filling is known as such."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct


class Series(Struct, frozen=True, gc=False):
    """One metric at one statistic on an even grid of periods.

    `values[i]` belongs to the period that begins at `start + i * period_s` (epoch seconds); None where CloudWatch
    returned no point (AWS: no invocations, no data point; never 0).
    """

    start: int
    period_s: int
    values: tuple[float | None, ...]

    @property
    def end(self) -> int:
        """The end of the last period, epoch seconds, exclusive."""
        return self.start + len(self.values) * self.period_s

    def total(self) -> float | None:
        """The sum of what is known, or None if nothing is."""
        known = [value for value in self.values if value is not None]
        return sum(known) if known else None

    def peak(self) -> float | None:
        """The largest known value, or None."""
        return max((value for value in self.values if value is not None), default=None)

    def window(self, start: int, end: int) -> "Series":
        """The part between two epoch seconds, padded with None where nothing is known. Both lie on the grid."""
        offset = (start - self.start) // self.period_s
        count = max(0, (end - start) // self.period_s)
        values = self.values
        return Series(
            start,
            self.period_s,
            tuple(values[i] if 0 <= i < len(values) else None for i in range(offset, offset + count)),
        )

    def updated(self, newer: "Series") -> "Series":
        """This series with every period that `newer` covers replaced; it must lie on the same grid."""
        if newer.start < self.start:
            return newer
        kept = self.window(self.start, newer.start)
        return Series(self.start, self.period_s, kept.values + newer.values)


def series(points: Iterable[tuple[float, float]], start: int, end: int, period_s: int) -> Series:
    """A dense Series from CloudWatch's (timestamp, value) pairs, in any order, times in epoch seconds."""
    values: list[float | None] = [None] * max(0, (end - start) // period_s)
    for at, value in points:
        index = int((at - start) // period_s)
        if 0 <= index < len(values):
            values[index] = value
    return Series(start, period_s, tuple(values))


def summed(several: Iterable[Series]) -> Series:
    """The sum of series on one grid, period by period; None where none of them is known."""
    first, *others = several
    values = zip(first.values, *(other.values for other in others), strict=True)
    known = ([value for value in column if value is not None] for column in values)
    return Series(first.start, first.period_s, tuple(sum(column) if column else None for column in known))


class Window(Struct, frozen=True, gc=False):
    """A stretch of time on the minute grid; `end` is exclusive and may include the minute still filling."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        return int((self.end - self.start).total_seconds())


def window_of(now: datetime, minutes: int) -> Window:
    """The last `minutes` whole minutes before `now` (AWS: windows aligned to the period are served faster)."""
    end = now.replace(second=0, microsecond=0)
    return Window(end - timedelta(minutes=minutes), end)


Counted = Literal["invocations", "errors", "throttles"]


class FunctionMetrics(Struct, frozen=True, kw_only=True, gc=False):
    """What CloudWatch says of one function over the table's window, and its trends by the minute.

    Sums and percentiles cover `window`; a percentile is one query whose period is the window, never an average.
    The trends cover the last hour, independent of the window; their last minute may still be filling.
    """

    window: Window
    invocations: Series
    errors: Series
    throttles: Series
    duration_p50_ms: float | None = None
    duration_p95_ms: float | None = None
    duration_p99_ms: float | None = None
    duration_sum_ms: float | None = None
    concurrent_executions: float | None = None
    cold_starts: float | None = None
    """From Lambda Insights, as `used_mb`: None where its extension is not attached, or has no data."""
    used_mb: float | None = None
    sums: Mapping[Counted, float | None] | None = None
    """What CloudWatch counted in all of a window that is longer than the trends; None where those hold it."""

    def sum_of(self, counted: Counted) -> float | None:
        """How many there were in the window."""
        if self.sums is not None:
            return self.sums[counted]
        trend: Series = getattr(self, counted)
        return trend.window(int(self.window.start.timestamp()), int(self.window.end.timestamp())).total()


class Charts(Struct, frozen=True, kw_only=True, gc=False):
    """One function's series by the minute over the focus window, each on the same grid."""

    window: Window
    series: Mapping[str, Series]
    """By name: invocations, errors, throttles, duration_p50_ms, …"""
    period_s: int = 60
    reserved: int | None = None
    """Reserved concurrency; None if there is none, or it is not known."""
    provisioned: int | None = None
    """Provisioned concurrency of all its aliases and versions, likewise."""
