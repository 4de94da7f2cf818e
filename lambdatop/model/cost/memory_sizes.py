"""Which memory size a function's invocations ran with, as their REPORT lines tell: it prices them.

That of `$LATEST` does not always: callers of an alias run its version, which keeps the size that it was published
with, and what ran before a change of memory ran with the size of then.
"""

from datetime import datetime

from lambdatop.model.function import Function
from lambdatop.model.logs.report import ReportSample
from lambdatop.model.metrics import FunctionMetrics, Series

Sizes = tuple[tuple[datetime, float], ...]
"""Until when a size was seen, in MB, by time; where several sizes ran it is their mean."""


def seen(sizes: Sizes, sample: ReportSample | None, since: datetime | None) -> Sizes:
    """With what another sample tells; what was seen before `since` falls away."""
    if sample is None or sample.memory_mb is None:
        return sizes
    older = tuple((until, mb) for until, mb in sizes if until < sample.until and (since is None or until >= since))
    if older and older[-1][1] == sample.memory_mb:
        older = older[:-1]
    return (*older, (sample.until, sample.memory_mb))


def size_now(function: Function, sizes: Sizes) -> float | None:
    """The size that invocations run with now, in MB; None if no report was seen since the function was modified."""
    if not sizes or (function.last_modified is not None and function.last_modified > sizes[-1][0]):
        return None
    return sizes[-1][1]


def running_mb(function: Function, sizes: Sizes) -> int:
    """The size that invocations run with now, in MB; where no report tells one, or they tell several, `$LATEST`'s."""
    seen_mb = size_now(function, sizes)
    return int(seen_mb) if seen_mb is not None and seen_mb == int(seen_mb) else function.memory_mb


def mean_mb(function: Function, metrics: FunctionMetrics, sizes: Sizes) -> float:
    """The mean size over the metrics' window, weighted by the invocations of its minutes, as far back as trends go.

    Where no report tells it is that of `$LATEST`.
    """
    start, end = int(metrics.window.start.timestamp()), int(metrics.window.end.timestamp())
    now_mb = size_now(function, sizes) or function.memory_mb
    if all(mb == now_mb for _, mb in sizes):
        return now_mb
    ends = [(until.timestamp(), mb) for until, mb in sizes]
    weighed = total = 0.0
    for index, count in enumerate(metrics.invocations.window(start, end).values):
        over = start + (index + 1) * metrics.invocations.period_s
        weighed += (count or 0) * next((mb for until, mb in ends if until >= over), now_mb)
        total += count or 0
    return weighed / total if total else now_mb


def by_period(sizes_mb: Series | None, grid: Series, otherwise_mb: float) -> Series:
    """A size for every period of `grid`: that seen in it or last before, else the next, else `otherwise_mb`."""
    values: tuple[float | None, ...] = (None,) * len(grid.values)
    if sizes_mb is not None and sizes_mb.period_s == grid.period_s:
        values = sizes_mb.window(grid.start, grid.end).values
    last = next((mb for mb in values if mb is not None), otherwise_mb)
    found: list[float] = []
    for mb in values:
        last = last if mb is None else mb
        found.append(last)
    return Series(grid.start, grid.period_s, tuple(found))
