"""Cold starts of the function in focus, from the cheapest origin that reports them.

Lambda Insights where it is attached, else REPORT lines, else traces. A Logs Insights query over all of the window is
started only once the user has agreed to its price, and once for each yes.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct, field

from lambdatop.aws.errors import (
    AccessDenied,
    AwsError,
    CredentialsError,
    NotFound,
    SettingsError,
    Throttled,
    Unreachable,
)
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.cost.scan_price import ScanPrice
from lambdatop.model.focus import Focus
from lambdatop.model.function import Function
from lambdatop.model.invocations.cold_starts import Aliases, ColdStartBasis, ColdStarts, aliases_of, nothing
from lambdatop.model.time_window import period_of, window_at
from lambdatop.sources.cold_starts.by_insights import by_insights, versions_of
from lambdatop.sources.cold_starts.by_query import by_query
from lambdatop.sources.cold_starts.by_reports import ReportCount
from lambdatop.sources.cold_starts.by_traces import by_traces
from lambdatop.sources.function import controls_decode as decoded
from lambdatop.sources.logs_insights import price_of
from lambdatop.sources.metric_data import MetricQuery, measure, series_of
from lambdatop.updates import StartsMeasured, Update

T = TypeVar("T")

_NOT_THE_LOGS_FAULT = (CredentialsError, SettingsError, Throttled, Unreachable)


class _Fact(Struct, Generic[T]):
    """What hardly changes: requested until it is answered, or refused for a missing permission."""

    value: T
    """Until it is answered, a value that stands for unknown."""
    settled: bool = False

    async def ask(self, reading: Callable[[], Awaitable[T]]) -> T:
        """The answer, if there is one; a trouble that passes is none."""
        if not self.settled:
            try:
                self.value = await reading()
                self.settled = True
            except AccessDenied:
                self.settled = True
            except AwsError:
                pass
        return self.value


class Starts(Struct):
    """What is known of one function's cold starts in one focus window."""

    function: Function
    focus: Focus
    asked: bool = False
    """The query that the user agreed to was started: it is never started a second time."""
    found: ColdStarts | None = None
    """What it answered."""
    _reports: ReportCount = field(default_factory=ReportCount)
    _aliases: _Fact[Aliases] = field(default_factory=lambda: _Fact({}))
    _price: _Fact[ScanPrice | None] = field(default_factory=lambda: _Fact(None))
    _versions: _Fact[tuple[str, ...]] = field(default_factory=lambda: _Fact(()))
    """Those that Lambda Insights has data of."""

    async def read(self, aws: Gate, clock: Clock) -> AsyncIterator[Update]:
        """Make one pass; once the query has answered, its answer is kept. Raises AwsError."""
        if self.found is not None:
            yield StartsMeasured(self.function.name, self.found)
            return
        async for starts in self._counted(aws, clock):
            yield StartsMeasured(self.function.name, starts)

    async def _counted(self, aws: Gate, clock: Clock) -> AsyncIterator[ColdStarts]:
        setting, refused = await self._setting(aws, clock.now())
        if self.focus.agreed is not None and not self.asked:
            self.asked = True
            self.found = await by_query(aws, clock, setting)
            yield self.found
            return
        measured = await self._by_insights(aws, setting) if refused is None else None
        if measured is not None:
            yield measured
            return
        try:
            async for starts in self._reports.read(aws, clock, setting):
                yield starts
        except _NOT_THE_LOGS_FAULT:
            raise
        except NotFound:  # the log group is made when the function first writes to it
            yield await by_traces(aws, setting, clock.now()) if setting.invoked.total() else nothing(setting)
        except AwsError as unreadable:
            yield await by_traces(aws, setting, clock.now())
            refused = refused or unreadable
        if refused is not None:
            raise refused

    async def _by_insights(self, aws: Gate, setting: ColdStartBasis) -> ColdStarts | None:
        if not self.function.has_insights:
            return None
        versions = await self._versions.ask(lambda: versions_of(aws, self.function.name))
        return await by_insights(aws, setting, versions)

    async def _setting(self, aws: Gate, now: datetime) -> tuple[ColdStartBasis, AwsError | None]:
        """What the counts are laid out on, without CloudWatch's figures if those are refused."""
        window = window_at(now, self.focus.window_minutes, self.focus.until)
        period_s = period_of(self.focus.window_minutes)
        aliases = await self._aliases.ask(lambda: _aliases(aws, self.function))
        price = await self._price.ask(lambda: price_of(aws, self.function, window, now))
        invoked = MetricQuery(self.function.name, "Invocations", "Sum", period_s)
        concurrency = MetricQuery(self.function.name, "ConcurrentExecutions", "Maximum", period_s)
        refused = None
        points = {}
        try:
            points = dict(await measure(aws, [invoked, concurrency], window.start, window.end))
        except AwsError as error:
            refused = error
        setting = ColdStartBasis(
            function=self.function,
            window=window,
            period_s=period_s,
            invoked=series_of(points.get(invoked, ()), window, period_s),
            concurrency=series_of(points.get(concurrency, ()), window, period_s),
            aliases=aliases,
            price=price,
        )
        return setting, refused


async def _aliases(aws: Gate, function: Function) -> Aliases:
    pages = [page async for page in aws.pages("lambda", "ListAliases", FunctionName=function.name)]
    found = (each for page in pages for each in decoded.aliases(page["Aliases"]))
    return aliases_of((each.name, version) for each in found for version in each.versions)
