"""Cold starts of the function in focus, from whatever tells of them and costs least.

Lambda Insights where it is attached, else REPORT lines, else traces. A Logs Insights query over all of the window is
started only once the user has agreed to its price, and once for each yes.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from lambdatop.aws.errors import AwsError, CredentialsError, NotFound, SettingsError, Throttled, Unreachable
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.focus import Focus
from lambdatop.model.function import Function
from lambdatop.model.metrics import Window
from lambdatop.model.scan import ScanPrice
from lambdatop.model.starts import Aliases, ColdStarts, Setting, aliases_of, nothing
from lambdatop.model.timecursor import period_of, window_at
from lambdatop.sources import controls_decoded as decoded
from lambdatop.sources.metrics import Query, measure, series_of
from lambdatop.sources.query import price_of
from lambdatop.sources.starts_insights import by_insights, versions_of
from lambdatop.sources.starts_query import by_query
from lambdatop.sources.starts_reports import ReportCount
from lambdatop.sources.starts_traces import by_traces
from lambdatop.updates import StartsMeasured, Update

_NOT_THE_LOGS_FAULT = (CredentialsError, SettingsError, Throttled, Unreachable)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What hardly changes and is asked once; what is refused stays unknown."""

    aliases: Aliases
    price: ScanPrice | None
    versions: tuple[str, ...]
    """Those that Lambda Insights has data of."""


@dataclass(slots=True)
class Starts:
    """What is known of one function's cold starts in one focus window."""

    function: Function
    focus: Focus
    asked: bool = False
    """The query that was agreed to was started: whatever became of it, it is not started again."""
    found: ColdStarts | None = None
    """What it answered."""
    _reports: ReportCount = field(default_factory=ReportCount)
    _facts: _Facts | None = None

    async def read(self, aws: Gate, clock: Clock) -> AsyncIterator[Update]:
        """One pass; the query's answer stands once there is one. Raises AwsError."""
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

    async def _by_insights(self, aws: Gate, setting: Setting) -> ColdStarts | None:
        versions = self._facts.versions if self._facts is not None else ()
        return await by_insights(aws, setting, versions) if self.function.has_insights else None

    async def _setting(self, aws: Gate, now: datetime) -> tuple[Setting, AwsError | None]:
        """What the counts are laid out on, without CloudWatch's figures if those are refused."""
        window = window_at(now, self.focus.window_minutes, self.focus.until)
        period_s = period_of(self.focus.window_minutes)
        if self._facts is None:
            self._facts = await _facts(aws, self.function, window, now)
        invoked = Query(self.function.name, "Invocations", "Sum", period_s)
        concurrency = Query(self.function.name, "ConcurrentExecutions", "Maximum", period_s)
        refused = None
        points = {}
        try:
            points = dict(await measure(aws, [invoked, concurrency], window.start, window.end))
        except AwsError as error:
            refused = error
        setting = Setting(
            function=self.function,
            window=window,
            period_s=period_s,
            invoked=series_of(points.get(invoked, ()), window, period_s),
            concurrency=series_of(points.get(concurrency, ()), window, period_s),
            aliases=self._facts.aliases,
            price=self._facts.price,
        )
        return setting, refused


async def _facts(aws: Gate, function: Function, window: Window, now: datetime) -> _Facts:
    pointers: list[tuple[str, str]] = []
    price: ScanPrice | None = None
    versions: tuple[str, ...] = ()
    with suppress(AwsError):
        async for page in aws.pages("lambda", "ListAliases", FunctionName=function.name):
            pointers += [(each.name, version) for each in decoded.aliases(page["Aliases"]) for version in each.versions]
    with suppress(AwsError):
        price = await price_of(aws, function, window, now)
    with suppress(AwsError):
        versions = await versions_of(aws, function.name) if function.has_insights else ()
    return _Facts(aliases_of(pointers), price, versions)
