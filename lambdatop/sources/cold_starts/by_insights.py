"""Cold starts as Lambda Insights counts them: every invocation has its init_duration, and only a cold one has any."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from lambdatop.aws.gate import Gate
from lambdatop.model.invocations.cold_starts import (
    ColdStartBasis,
    ColdStarts,
    Origin,
    VersionStarts,
    init_usd_per_month,
)
from lambdatop.model.metrics import Series
from lambdatop.sources.metric_data import INSIGHTS, MetricQuery, Points, dimensions_of, measure, newest, series_of

_EACH = "cpu_total_time"
"""A metric of every invocation: its samples are the invocations."""
_INIT = "init_duration"
_SIZE = ("total_memory", "Average")
_TOTALS = ((_EACH, "SampleCount"), (_INIT, "SampleCount"), (_INIT, "Sum"), (_INIT, "p50"), (_INIT, "p95"), _SIZE)
_SERIES = (
    (_EACH, "SampleCount"),
    (_INIT, "SampleCount"),
    (_INIT, "p95"),
    ("used_memory_max", "Maximum"),
    _SIZE,
)
VERSIONS = 20
"""The most versions that are queried: an account that publishes at every commit has hundreds."""


async def by_insights(aws: Gate, setting: ColdStartBasis, versions: Sequence[str]) -> ColdStarts | None:
    """The cold starts of the window; None if Lambda Insights has no data of it."""
    name, window = setting.function.name, setting.window
    whole = [
        MetricQuery(name, metric, stat, window.seconds, INSIGHTS, version)
        for version in (None, *versions)
        for metric, stat in _TOTALS
    ]
    by_period = [MetricQuery(name, metric, stat, setting.period_s, INSIGHTS) for metric, stat in _SERIES]
    points = await measure(aws, [*whole, *by_period], window.start, window.end)
    all_of_them = _Total.of(points, whole[: len(_TOTALS)])
    if not all_of_them.invocations:
        return None
    lines = [series_of(points[query], window, setting.period_s) for query in by_period]
    each = (_Total.of(points, whole[i : i + len(_TOTALS)]) for i in range(len(_TOTALS), len(whole), len(_TOTALS)))
    return _told(setting, all_of_them, lines, zip(versions, each, strict=True))


async def versions_of(aws: Gate, function: str) -> tuple[str, ...]:
    """The versions that Lambda Insights has had data of in the last three hours."""
    found: set[str] = set()
    wanted = [{"Name": "function_name", "Value": function}, {"Name": "version"}]
    async for page in aws.pages(
        "cloudwatch", "ListMetrics", Namespace=INSIGHTS, MetricName=_EACH, Dimensions=wanted, RecentlyActive="PT3H"
    ):
        for metric in page["Metrics"]:
            named = dimensions_of(metric)
            if named.keys() == {"function_name", "version"}:
                found.add(named["version"])
    return tuple(sorted(found)[:VERSIONS])


class _Total(Struct, frozen=True, kw_only=True):
    invocations: int
    cold: int
    init_ms: float
    p50_ms: float | None
    p95_ms: float | None
    size_mb: float | None

    @classmethod
    def of(cls, points: Mapping[MetricQuery, Points], queries: Sequence[MetricQuery]) -> "_Total":
        """From the queries of _TOTALS, in their order."""
        invocations, cold, init_ms, p50, p95, size_mb = (newest(points[query]) for query in queries)
        return cls(
            invocations=int(invocations or 0),
            cold=int(cold or 0),
            init_ms=init_ms or 0.0,
            p50_ms=p50,
            p95_ms=p95,
            size_mb=size_mb,
        )


def _told(
    setting: ColdStartBasis, total: _Total, lines: Sequence[Series], versions: Iterable[tuple[str, _Total]]
) -> ColdStarts:
    invocations, cold, p95, used, size = lines
    told = (_version(setting, name, each) for name, each in versions if each.invocations)
    return ColdStarts(
        origin=Origin.INSIGHTS,
        window=setting.window,
        period_s=setting.period_s,
        sampled=False,
        invocations=total.invocations,
        cold=total.cold,
        init_p50_ms=total.p50_ms,
        init_p95_ms=total.p95_ms,
        init_usd_per_month=init_usd_per_month(setting, total.init_ms, total.size_mb),
        versions=tuple(sorted(told, key=lambda each: (-each.invocations, each.version))),
        cold_by_period=_none_where_some_ran(cold, invocations),
        init_p95_by_period=p95,
        concurrency=setting.concurrency,
        used_mb=used,
        size_mb=size,
        price=setting.price,
    )


def _version(setting: ColdStartBasis, name: str, total: _Total) -> VersionStarts:
    return VersionStarts(
        version=name,
        aliases=setting.aliases.get(name, ()),
        invocations=total.invocations,
        cold=total.cold,
        init_p50_ms=total.p50_ms,
        init_p95_ms=total.p95_ms,
        init_usd_per_month=init_usd_per_month(setting, total.init_ms, total.size_mb),
    )


def _none_where_some_ran(cold: Series, invocations: Series) -> Series:
    """A period with invocations and no init_duration had no cold start."""
    pairs = zip(cold.values, invocations.values, strict=True)
    values = tuple(0.0 if starts is None and count else starts for starts, count in pairs)
    return Series(cold.start, cold.period_s, values)
