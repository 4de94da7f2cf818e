"""The table's figures: which functions are active, and what CloudWatch says of those that are looked at.

GetMetricData is paid by the query, so a pass asks first for the rows on the screen, every fifth pass for every active
function, and for a trend only the minutes that may still change.
"""

from collections.abc import AsyncIterator, Callable, Container, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.aws.errors import AccessDenied, AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.fleet.fleet import AccountMetrics
from lambdatop.model.metrics import Counted, FunctionMetrics, Series, Window, window_of
from lambdatop.sources.metric_data import (
    INSIGHTS,
    LAMBDA,
    MetricFailed,
    MetricQuery,
    Points,
    dimensions_of,
    measure,
    newest,
    series_of,
)
from lambdatop.updates import AccountMeasured, FleetMeasured, Update

TREND_MINUTES = 60
REREAD_MINUTES = 18
"""How many of the newest minutes may still change.

AWS: an invocation is counted, and failed, in the minute in which it began, once it has ended: after up to 15 minutes.
Lambda's points appear 1 to 3 minutes later.
"""
FUNCTIONS_PER_CALL = 40
"""Keeps one answer small enough to be decoded without the keyboard noticing."""
RECENT_MINUTES = 180
"""AWS: so far back ListMetrics can tell what has been active (RecentlyActive=PT3H)."""
FUNCTIONS_PER_LONG_CALL = 10
"""Of a window beyond that each figure takes its time, and a call is to be answered within the gate's deadline."""
EVERYONE_EVERY = 5
"""Every fifth pass measures all active functions, the others only the visible ones."""

_COUNTED: Mapping[Counted, str] = {"invocations": "Invocations", "errors": "Errors", "throttles": "Throttles"}
"""Our name and AWS's."""
_TRENDS = tuple(_COUNTED.values())
_TOTALS = (
    ("Duration", "p50"),
    ("Duration", "p95"),
    ("Duration", "p99"),
    ("Duration", "Sum"),
    ("ConcurrentExecutions", "Maximum"),
)
_INSIGHTS = (("init_duration", "SampleCount"), ("used_memory_max", "Maximum"))


class FunctionsShown(Struct, frozen=True):
    """The functions whose figures the screen shows."""

    visible: tuple[str, ...]
    everyone: tuple[str, ...]
    insights: frozenset[str] = frozenset()
    """Those with Lambda Insights, whose metrics are queried too."""


class FleetMeter(Struct):
    """The passes over the fleet: what is known already, and which functions are next."""

    window_minutes: int = 15
    passes: int = 0
    active: frozenset[str] | None = None
    """Functions with data in the last three hours, or longer if the window is; None until listed."""
    idle: set[str] = field(default_factory=set)
    """Functions already reported as idle, so that they are not reported again each minute."""
    known: dict[str, FunctionMetrics] = field(default_factory=dict)
    _list_again: bool = False

    async def measure(self, aws: Gate, clock: Clock, wanted: Callable[[], FunctionsShown]) -> AsyncIterator[Update]:
        """One pass: the account's totals, then the idle functions, then group after group, the visible ones first.

        What is shown is looked up before each group, so that scrolling and a listing in progress are followed.
        """
        now = clock.now()
        refused: AwsError | None = None
        try:
            async for update in account(aws, now, self.window_minutes):
                yield update
        except AwsError as error:
            refused = error
        refused = await self._list_active(aws) or refused
        done: set[str] = set()
        while True:
            if newly_idle := self._newly_idle(wanted().everyone):
                yield FleetMeasured(dict.fromkeys(newly_idle, nothing_measured(now, self.window_minutes)), now)
            group = self._next_group(wanted(), done)
            if not group:
                break
            done.update(group)
            try:
                measured, refusal = await self._group(aws, now, group, wanted().insights)
            except MetricFailed as error:
                refused = refused or error
                continue
            refused = refused or refusal
            self.known.update(measured)
            yield FleetMeasured(measured, now)
        self.passes += 1
        if refused is not None:
            raise refused
        if not done and wanted().everyone:
            yield FleetMeasured({}, now)  # nothing to query: what is known is current

    async def measure_only(self, aws: Gate, clock: Clock, name: str) -> AsyncIterator[Update]:
        """One pass over one function: neither the account's totals nor the list of active functions is read.

        Raises AwsError, after the trends if only the window's totals are refused.
        """
        now = clock.now()
        measured, refused = await self._group(aws, now, (name,), frozenset())
        yield FleetMeasured(measured, now)
        if refused is not None:
            raise refused

    async def _list_active(self, aws: Gate) -> AwsError | None:
        """Every fifth pass, and again at the next one after a trouble that passes; what was refused, if anything."""
        if self.passes % EVERYONE_EVERY and not self._list_again:
            return None
        self._list_again = False
        try:
            self.active = await active_within(aws, self.window_minutes)
        except AwsError as error:
            self._list_again = not isinstance(error, AccessDenied)
            return error
        return None

    def _newly_idle(self, everyone: Sequence[str]) -> Sequence[str]:
        if self.active is None:
            return ()
        newly = [name for name in everyone if name not in self.active and name not in self.idle]
        self.idle = (self.idle | set(newly)) - self.active
        for name in newly:
            self.known.pop(name, None)
        return newly

    def _next_group(self, wanted: FunctionsShown, done: set[str]) -> Sequence[str]:
        """The functions to measure next in this pass: visible, never measured, and every fifth pass all others.

        If it is unknown which functions are active, only the visible ones: measuring all would be expensive.
        """
        everyone = wanted.everyone if self.active is not None else ()
        unmeasured = (name for name in everyone if name not in self.known)
        everyone = everyone if self.passes % EVERYONE_EVERY == 0 else ()
        candidates = dict.fromkeys((*wanted.visible, *unmeasured, *everyone))
        turn = (name for name in candidates if name not in self.idle and name not in done)
        most = FUNCTIONS_PER_CALL if self.window_minutes <= RECENT_MINUTES else FUNCTIONS_PER_LONG_CALL
        return tuple(islice(turn, most))

    async def _group(
        self, aws: Gate, now: datetime, names: Sequence[str], insights: Container[str]
    ) -> tuple[Mapping[str, FunctionMetrics], AwsError | None]:
        """The figures of these functions, without the window's totals if those are refused: the trends stand alone."""
        window, trend = window_of(now, self.window_minutes), _trend_window(now)
        asked = Window(self._changing_from(names, trend), trend.end)
        trends = [MetricQuery(name, metric, "Sum", 60) for name in names for metric in _TRENDS]
        sums = [(metric, "Sum") for metric in _TRENDS] if window.start < trend.start else []
        totals = [
            MetricQuery(name, metric, stat, window.seconds) for name in names for metric, stat in (*sums, *_TOTALS)
        ]
        attached = [name for name in names if name in insights]
        totals += [
            MetricQuery(name, metric, stat, window.seconds, INSIGHTS) for name in attached for metric, stat in _INSIGHTS
        ]
        points = dict(await measure(aws, trends, asked.start, asked.end))
        refused: AwsError | None = None
        try:
            points.update(await measure(aws, totals, window.start, window.end))
        except AwsError as error:
            refused = error
        figures = {name: _figures(name, points, window, trend, asked, self.known.get(name)) for name in names}
        return figures, refused

    def _changing_from(self, names: Sequence[str], trend: Window) -> datetime:
        """The start of the group's trends to query: everything at first, then only what may have changed."""
        olds = [self.known.get(name) for name in names]
        known_until = [old.invocations.end for old in olds if old is not None]
        if len(known_until) < len(olds):
            return trend.start
        reread = datetime.fromtimestamp(min(known_until), UTC) - timedelta(minutes=REREAD_MINUTES)
        return max(trend.start, reread)


def _figures(
    name: str,
    points: Mapping[MetricQuery, Points],
    window: Window,
    trend: Window,
    asked: Window,
    old: FunctionMetrics | None,
) -> FunctionMetrics:
    def by_minute(metric: str, before: Series | None) -> Series:
        new = series_of(points[MetricQuery(name, metric, "Sum", 60)], asked)
        merged = before.updated(new) if before is not None else new
        return merged.window(int(trend.start.timestamp()), int(trend.end.timestamp()))

    def total(metric: str, stat: str, namespace: str = LAMBDA) -> float | None:
        return newest(points.get(MetricQuery(name, metric, stat, window.seconds, namespace), []))

    beyond = window.start < trend.start
    used_mb = total("used_memory_max", "Maximum", INSIGHTS)
    return FunctionMetrics(
        window=window,
        invocations=by_minute("Invocations", old.invocations if old else None),
        errors=by_minute("Errors", old.errors if old else None),
        throttles=by_minute("Throttles", old.throttles if old else None),
        duration_p50_ms=total("Duration", "p50"),
        duration_p95_ms=total("Duration", "p95"),
        duration_p99_ms=total("Duration", "p99"),
        duration_sum_ms=total("Duration", "Sum"),
        concurrent_executions=total("ConcurrentExecutions", "Maximum"),
        cold_starts=(total("init_duration", "SampleCount", INSIGHTS) or 0.0) if used_mb is not None else None,
        used_mb=used_mb,
        sums={each: total(metric, "Sum") for each, metric in _COUNTED.items()} if beyond else None,
    )


async def account(aws: Gate, now: datetime, window_minutes: int) -> AsyncIterator[AccountMeasured]:
    """The account's totals: AWS/Lambda without dimensions. First the sums, then once more with the percentiles."""
    trend, window = _trend_window(now), window_of(now, window_minutes)
    concurrent, p95 = MetricQuery(None, "ConcurrentExecutions", "Maximum", 60), MetricQuery(None, "Duration", "p95", 60)
    sums = {metric: MetricQuery(None, metric, "Sum", 60) for metric in _TRENDS}
    points = await measure(aws, [*sums.values(), concurrent], trend.start, trend.end)
    metrics = AccountMetrics(
        invocations=series_of(points[sums["Invocations"]], trend),
        errors=series_of(points[sums["Errors"]], trend),
        throttles=series_of(points[sums["Throttles"]], trend),
        duration_p95_ms=series_of([], trend),
        concurrent_executions=series_of(points[concurrent], trend),
        window_p95_ms=None,
    )
    yield AccountMeasured(metrics)
    by_minute = (await measure(aws, [p95], trend.start, trend.end))[p95]
    over_window = MetricQuery(None, "Duration", "p95", window.seconds)
    total = newest((await measure(aws, [over_window], window.start, window.end))[over_window])
    yield AccountMeasured(replace(metrics, duration_p95_ms=series_of(by_minute, trend), window_p95_ms=total))


async def active_within(aws: Gate, minutes: int) -> frozenset[str]:
    """The functions with an Invocations point in that time, and perhaps some more.

    AWS: ListMetrics covers the last three hours (RecentlyActive=PT3H), else the last two weeks.
    """
    names: set[str] = set()
    listing: Mapping[str, str] = {"Namespace": "AWS/Lambda", "MetricName": "Invocations"}
    if minutes <= RECENT_MINUTES:
        listing = {**listing, "RecentlyActive": "PT3H"}
    async for page in aws.pages("cloudwatch", "ListMetrics", **listing):
        for metric in page["Metrics"]:
            named = dimensions_of(metric)
            if named.keys() == {"FunctionName"}:
                names.add(named["FunctionName"])
    return frozenset(names)


def nothing_measured(now: datetime, window_minutes: int) -> FunctionMetrics:
    """The figures of a function known to be idle: measured, and without data."""
    empty = series_of([], _trend_window(now))
    return FunctionMetrics(window=window_of(now, window_minutes), invocations=empty, errors=empty, throttles=empty)


def _trend_window(now: datetime) -> Window:
    """The trend's minutes, the one still filling included."""
    end = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return Window(end - timedelta(minutes=TREND_MINUTES), end)
