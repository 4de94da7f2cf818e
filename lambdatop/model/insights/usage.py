"""What is worth saying of a function's CPU, memory, files and /tmp as Lambda Insights measured them, with evidence."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from lambdatop.model.fleet.findings import Finding, Rule, Severity, strongest_first
from lambdatop.model.insights.insights import Performance, vcpus
from lambdatop.model.logs.report import percentile

MOST_FDS = 1024
"""AWS: open file descriptors an execution environment may have."""
MB = 1 << 20

CPU_BOUND_PERCENT, CPU_IDLE_PERCENT = 80.0, 5.0
ONE_THREAD: Final = 0.9
"""Of its duration a thread is on the CPU: it waits for nothing."""
FULL_PERCENT, NEARLY_FULL_PERCENT = 98.0, 85.0
LEAST_RECORDS = 5
LARGEST_MB = 10_240
"""AWS: the largest memory size, with the most vCPUs."""


class Usage(Struct, frozen=True, kw_only=True):
    """What a number of records say together; None is unknown."""

    count: int
    vcpus: float | None
    cpu_p95: float | None
    """Of warm invocations: how busy their vCPUs were, percent."""
    threads_busy_p95: float | None
    """Of warm invocations: CPU time of their duration, so that 1.0 is one thread that never waits."""
    memory_mb: float | None
    used_mb: float | None
    fds: int | None
    threads: int | None
    tmp_used: int | None
    tmp_size: int | None

    @property
    def memory_percent(self) -> float | None:
        return 100 * self.used_mb / self.memory_mb if self.used_mb is not None and self.memory_mb else None

    @property
    def cpu_bound(self) -> bool:
        """True if its vCPUs are busy most of the time: then more memory, which brings more of them, speeds it up."""
        return self.count >= LEAST_RECORDS and self.cpu_p95 is not None and self.cpu_p95 >= CPU_BOUND_PERCENT

    @property
    def tmp_percent(self) -> float | None:
        return 100 * self.tmp_used / self.tmp_size if self.tmp_used is not None and self.tmp_size else None


def usage(records: Sequence[Performance]) -> Usage | None:
    """Sum up records, in any order; None if there are none.

    A cold start's CPU time holds its init while its duration does not: it says nothing of how busy the handler is.
    """
    if not records:
        return None
    warm = [record for record in records if not record.cold]
    busy = [each.cpu_ms / each.duration_ms for each in warm if each.cpu_ms is not None and each.duration_ms]
    newest = max(records, key=lambda record: record.at)
    return Usage(
        count=len(records),
        vcpus=newest.vcpus,
        cpu_p95=percentile(sorted(each for record in warm if (each := record.cpu_percent) is not None), 95),
        threads_busy_p95=percentile(sorted(busy), 95),
        memory_mb=newest.memory_mb,
        used_mb=max((record.used_mb for record in records if record.used_mb is not None), default=None),
        fds=max((record.fds for record in records if record.fds is not None), default=None),
        threads=max((record.threads for record in records if record.threads is not None), default=None),
        tmp_used=max((record.tmp_used for record in records if record.tmp_used is not None), default=None),
        tmp_size=newest.tmp_size,
    )


def pace(usage: Usage, memory_mb: int, other_mb: int) -> float | None:
    """What durations are multiplied by at another memory size; None if nothing measured tells.

    The time on the CPU shrinks as vCPUs grow, up to as many as the threads keep busy; the time spent waiting stays.
    """
    busy = usage.threads_busy_p95
    if busy is None or not busy or usage.count < LEAST_RECORDS:
        return None
    had = vcpus(memory_mb)
    threads = max(1.0, busy) if had <= 1 or not usage.cpu_bound else vcpus(LARGEST_MB)
    used, usable = min(had, threads), min(vcpus(other_mb), threads)
    computing = min(1.0, busy / used)
    return 1 - computing + computing * used / usable


def remarks(usage: Usage) -> tuple[Finding, ...]:
    """The outliers, strongest first; empty if nothing is near its limit."""
    return strongest_first([*_memory(usage), *_tmp(usage), *_fds(usage), *_cpu(usage)])


def _cpu(usage: Usage) -> Iterator[Finding]:
    if usage.vcpus is None or usage.cpu_p95 is None or usage.count < LEAST_RECORDS:
        return
    of = f"of its {usage.vcpus:.2g} vCPU"
    if usage.cpu_p95 >= CPU_BOUND_PERCENT:
        largest = usage.memory_mb is not None and usage.memory_mb >= LARGEST_MB
        then = "there is no larger size" if largest else "more memory would speed it up"
        yield Finding(Rule.CPU_BOUND, Severity.WARNING, f"CPU-bound: {min(100.0, usage.cpu_p95):.0f} % {of}; {then}")
    elif usage.vcpus > 1 and usage.threads_busy_p95 is not None and usage.threads_busy_p95 >= ONE_THREAD:
        text = f"one thread busy {of}: more memory would not speed it up, threads would"
        yield Finding(Rule.CPU_BOUND, Severity.NOTE, text)
    elif usage.cpu_p95 <= CPU_IDLE_PERCENT:
        yield Finding(Rule.CPU_BOUND, Severity.NOTE, f"waits more than it works: {usage.cpu_p95:.1f} % {of}")


def _memory(usage: Usage) -> Iterator[Finding]:
    percent = usage.memory_percent
    if percent is None or percent < NEARLY_FULL_PERCENT:
        return
    text = f"memory {percent:.0f} % full: {usage.used_mb:,.0f} of {usage.memory_mb:,.0f} MB"
    yield Finding(Rule.NEAR_MEMORY, _severity(percent), text)


def _tmp(usage: Usage) -> Iterator[Finding]:
    percent = usage.tmp_percent
    if percent is None or percent < NEARLY_FULL_PERCENT or usage.tmp_used is None or usage.tmp_size is None:
        return
    text = f"/tmp {percent:.0f} % full: {usage.tmp_used / MB:,.0f} of {usage.tmp_size / MB:,.0f} MB"
    yield Finding(Rule.NEAR_TMP, _severity(percent), text)


def _fds(usage: Usage) -> Iterator[Finding]:
    percent = 100 * usage.fds / MOST_FDS if usage.fds is not None else 0.0
    if percent >= NEARLY_FULL_PERCENT:
        text = f"{usage.fds:,} of {MOST_FDS:,} file descriptors open"
        yield Finding(Rule.NEAR_FDS, _severity(percent), text)


def _severity(percent: float) -> Severity:
    return Severity.CRITICAL if percent >= FULL_PERCENT else Severity.WARNING
