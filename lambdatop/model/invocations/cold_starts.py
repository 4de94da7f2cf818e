"""Cold starts of one function: how many, how long, what they cost, of which version, and when.

CloudWatch has no such metric. What is counted comes as tallies, one for each period and version, from REPORT lines or a
Logs Insights query; where only a part was read, rates hold for the rest and unread periods stay unknown.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from lambdatop.model.cost.cost import cost_usd
from lambdatop.model.cost.scan_price import ScanPrice
from lambdatop.model.function import Function
from lambdatop.model.logs.report import Report, percentile, size_mb
from lambdatop.model.metrics import Series, Window, series

Aliases = Mapping[str, tuple[str, ...]]
"""The aliases that point to each version."""
MONTH_S = 30 * 86_400

_VERSION = re.compile(r"\[([^\[\]]+)\]")


class Origin(StrEnum):
    """Where the figures come from."""

    REPORTS = "REPORT lines"
    INSIGHTS = "Lambda Insights"
    TRACES = "X-Ray traces"
    QUERY = "Logs Insights"


class VersionStarts(Struct, frozen=True, kw_only=True):
    """The cold starts of one version."""

    version: str
    aliases: tuple[str, ...]
    """Those that point to it."""
    invocations: int
    cold: int
    init_p50_ms: float | None
    init_p95_ms: float | None
    init_usd_per_month: float | None
    """What the init time is billed at (AWS: since 2025-08-01), at the window's rate."""

    @property
    def percent(self) -> float | None:
        return 100 * self.cold / self.invocations if self.invocations else None


class ColdStarts(Struct, frozen=True, kw_only=True):
    """The focus function's cold starts over the window."""

    origin: Origin
    window: Window
    period_s: int
    sampled: bool
    """True if not every invocation of the window was looked at."""
    invocations: int
    """Those looked at."""
    cold: int
    """Of those."""
    init_p50_ms: float | None
    init_p95_ms: float | None
    init_usd_per_month: float | None
    """Of all invocations, at the window's rate."""
    versions: tuple[VersionStarts, ...]
    """The busiest first."""
    cold_by_period: Series
    """Of all invocations of the period, as far as it was looked at."""
    init_p95_by_period: Series
    concurrency: Series
    used_mb: Series
    """The highest memory used by period."""
    size_mb: Series
    """The memory that the invocations of a period ran with, as far as it was read; a mean where several sizes ran."""
    price: ScanPrice | None = None
    """What it costs to have Logs Insights count all of the window; None if that is not known."""

    @property
    def percent(self) -> float | None:
        return 100 * self.cold / self.invocations if self.invocations else None


class Tally(Struct, frozen=True, kw_only=True):
    """What was counted of one version in the period that begins at `at`, epoch seconds."""

    at: int
    version: str
    invocations: int
    cold: int
    inits_ms: tuple[float, ...]
    """Of the cold starts, as far as their origin tells."""
    used_mb: float | None
    size_mb: float | None = None
    """The memory that they ran with."""


class ColdStartBasis(Struct, frozen=True, kw_only=True):
    """What tallies are laid out on and measured by."""

    function: Function
    window: Window
    period_s: int
    invoked: Series
    """All invocations, from CloudWatch."""
    concurrency: Series
    aliases: Aliases
    price: ScanPrice | None = None


def tallied(reports: Iterable[tuple[datetime, str, Report]], period_s: int) -> tuple[Tally, ...]:
    """The tallies of reports, each with the time of its event and its log stream's name."""
    groups: dict[tuple[int, str], list[Report]] = defaultdict(list)
    for at, stream, report in reports:
        begin = int(at.timestamp())
        groups[begin - begin % period_s, version_of(stream)].append(report)
    return tuple(_tally(at, version, group) for (at, version), group in groups.items())


def _tally(at: int, version: str, reports: Sequence[Report]) -> Tally:
    cold = [report for report in reports if report.cold]
    return Tally(
        at=at,
        version=version,
        invocations=len(reports),
        cold=len(cold),
        inits_ms=tuple((report.init_ms or 0.0) + (report.restore_ms or 0.0) for report in cold),
        used_mb=max((report.used_mb for report in reports if report.used_mb is not None), default=None),
        size_mb=size_mb(reports),
    )


def version_of(stream: str) -> str:
    """The version in a log stream's name: `2026/11/03/[42]0123…`; `$LATEST` where it has none."""
    found = _VERSION.search(stream)
    return found[1] if found else "$LATEST"


def counted(
    tallies: Iterable[Tally], setting: ColdStartBasis, origin: Origin, *, read: Set[int], sampled: bool
) -> ColdStarts:
    """Sum up tallies; `read` are the periods, by their beginnings, that were looked at."""
    tallies = [tally for tally in tallies if tally.invocations]
    by_version: dict[str, list[Tally]] = defaultdict(list)
    by_period: dict[int, list[Tally]] = defaultdict(list)
    for tally in tallies:
        by_version[tally.version].append(tally)
        by_period[tally.at].append(tally)
    looked_at = sum(tally.invocations for tally in tallies)
    share = looked_at / max(looked_at, setting.invoked.total() or 0) if sampled and looked_at else 1.0
    inits = _inits(tallies)
    versions = (_version(name, its, setting, share) for name, its in by_version.items())
    return ColdStarts(
        origin=origin,
        window=setting.window,
        period_s=setting.period_s,
        sampled=sampled,
        invocations=looked_at,
        cold=sum(tally.cold for tally in tallies),
        init_p50_ms=percentile(inits, 50),
        init_p95_ms=percentile(inits, 95),
        init_usd_per_month=_billed(tallies, setting, share),
        versions=tuple(sorted(versions, key=lambda each: (-each.invocations, each.version))),
        cold_by_period=_colds(by_period, setting, read),
        init_p95_by_period=_by_period(setting, {at: percentile(_inits(its), 95) for at, its in by_period.items()}),
        concurrency=setting.concurrency,
        used_mb=_by_period(setting, {at: _highest(its) for at, its in by_period.items()}),
        size_mb=_by_period(setting, {at: _mean_size(its) for at, its in by_period.items()}),
        price=setting.price,
    )


def nothing(setting: ColdStartBasis) -> ColdStarts:
    """The cold starts of a function that was not invoked in the window."""
    return counted((), setting, Origin.REPORTS, read=frozenset(), sampled=False)


def init_usd_per_month(setting: ColdStartBasis, init_ms: float, memory_mb: float | None = None) -> float | None:
    """What so much init in the window costs a month; None with SnapStart, which bills restoring in another way.

    `memory_mb` is the size that it ran with; else it is that of `$LATEST`.
    """
    if setting.function.snap_start or not setting.window.seconds:
        return None
    spent = cost_usd(setting.function, duration_ms=init_ms, invocations=0, memory_mb=memory_mb)
    return spent * MONTH_S / setting.window.seconds


def _version(name: str, tallies: list[Tally], setting: ColdStartBasis, share: float) -> VersionStarts:
    inits = _inits(tallies)
    return VersionStarts(
        version=name,
        aliases=setting.aliases.get(name, ()),
        invocations=sum(tally.invocations for tally in tallies),
        cold=sum(tally.cold for tally in tallies),
        init_p50_ms=percentile(inits, 50),
        init_p95_ms=percentile(inits, 95),
        init_usd_per_month=_billed(tallies, setting, share),
    )


def _billed(tallies: Iterable[Tally], setting: ColdStartBasis, share: float) -> float | None:
    """A month's init from what is a share of it; None where cold starts do not say how long they took."""
    tallies = list(tallies)
    if not tallies or sum(tally.cold for tally in tallies) > len(_inits(tallies)):
        return None
    costs = [init_usd_per_month(setting, sum(tally.inits_ms) / share, tally.size_mb) for tally in tallies]
    known = [usd for usd in costs if usd is not None]
    return sum(known) if len(known) == len(costs) else None


def _colds(by_period: Mapping[int, list[Tally]], setting: ColdStartBasis, read: Set[int]) -> Series:
    """Of a period that was read in part the share that was cold, of all its invocations."""
    colds = dict.fromkeys(read, 0.0)
    invoked = setting.invoked
    for at, tallies in by_period.items():
        looked_at = sum(tally.invocations for tally in tallies)
        everything = invoked.window(at, at + invoked.period_s).total() or 0
        colds[at] = sum(tally.cold for tally in tallies) * max(1.0, everything / looked_at)
    return _by_period(setting, colds)


def _by_period(setting: ColdStartBasis, values: Mapping[int, float | None]) -> Series:
    start, end = int(setting.window.start.timestamp()), int(setting.window.end.timestamp())
    known = ((at, value) for at, value in values.items() if value is not None)
    return series(known, start, end, setting.period_s)


def _inits(tallies: Iterable[Tally]) -> list[float]:
    return sorted(init_ms for tally in tallies for init_ms in tally.inits_ms)


def _highest(tallies: Iterable[Tally]) -> float | None:
    return max((tally.used_mb for tally in tallies if tally.used_mb is not None), default=None)


def _mean_size(tallies: Iterable[Tally]) -> float | None:
    sizes = [(tally.invocations, tally.size_mb) for tally in tallies if tally.size_mb is not None]
    return sum(count * mb for count, mb in sizes) / sum(count for count, _ in sizes) if sizes else None


def aliases_of(pointers: Iterable[tuple[str, str]]) -> Aliases:
    """The aliases of each version, from pairs of alias and version."""
    found: dict[str, tuple[str, ...]] = {}
    for alias, version in sorted(set(pointers)):
        found[version] = (*found.get(version, ()), alias)
    return found
