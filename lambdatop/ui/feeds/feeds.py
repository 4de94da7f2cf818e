"""Which sources run for which screen, and how often each asks. The app pumps what they yield."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from msgspec import Struct

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.fleet.row import Row
from lambdatop.model.focus import Focus
from lambdatop.model.function import Function
from lambdatop.sources.fleet.inventory import functions
from lambdatop.sources.poll import Pause, each_minute, every, polled
from lambdatop.updates import FocusSource, SourceName, Update

if TYPE_CHECKING:
    from lambdatop.model.changes.plan import Receipt
    from lambdatop.sources.cold_starts.cold_starts import Starts
    from lambdatop.sources.fleet.figures import FleetMeter, FunctionsShown
    from lambdatop.sources.function.concurrency import Bounds
    from lambdatop.sources.function.deployments import Deployments
    from lambdatop.sources.function.effect import EffectMeter
    from lambdatop.sources.function.insights import Measured
    from lambdatop.sources.logs.report_samples import ReportSampler
    from lambdatop.sources.logs.request_log import RequestLog
    from lambdatop.sources.logs.tail import LogTail
    from lambdatop.sources.traces.destination import TraceDestination
    from lambdatop.sources.traces.downstream import SampledTraces
    from lambdatop.ui.feeds.alarms import AlarmFeeds
    from lambdatop.ui.feeds.log_slices import SlicedLog

Updates = Mapping[SourceName, AsyncIterator[Update]]
"""A source's name, which is also its name in `State.health`, to its updates."""

SELDOM_S = 3600.0
MINUTE_S = 60.0
TRACES_S = 15.0
TRACE_S = 3.0
SAMPLES_S = 5.0


class InView(Struct, frozen=True):
    """What the screen shows: the rows, first that of the function in focus, and the names of all functions."""

    rows: Sequence[Row]
    everyone: tuple[str, ...]


class Feeds:
    """The sources of one account. What they have learnt outlives a restart.

    Each source is imported when it is first asked for: the first rows need one of them.
    """

    def __init__(
        self,
        aws: Gate,
        clock: Clock,
        window_minutes: int,
        in_view: Callable[[], InView],
        done: "Callable[[], Sequence[Receipt]]",
    ) -> None:
        self._aws = aws
        self._clock = clock
        self._window_minutes = window_minutes
        self._in_view = in_view
        self._done = done
        self._tails: dict[tuple[bool, bool], tuple[tuple[object, ...], SlicedLog]] = {}
        """By whether it is of a moment and of a request: of all time it goes on where it was after those."""
        self._listed: dict[bool, tuple[tuple[object, ...], SampledTraces]] = {}
        self._bounds: dict[str, Bounds] = {}
        self._deployments: dict[str, Deployments] = {}
        self._counted: tuple[tuple[object, ...], Starts] | None = None

    def forget(self) -> None:
        """Ask again for what is otherwise asked once."""
        self._where.forget()
        self._bounds.clear()
        self.__dict__.pop("_insights_known", None)

    def functions(self) -> Updates:
        """What is asked from the first moment on."""
        aws, clock = self._aws, self._clock
        return {"functions": self._polled("functions", every(MINUTE_S), lambda: functions(aws, clock))}

    def account(self) -> Updates:
        """What is asked of the account."""
        from lambdatop.sources.fleet import account

        aws = self._aws
        return {
            "identity": self._polled("identity", every(SELDOM_S), lambda: account.identity(aws)),
            "limits": self._polled("limits", every(SELDOM_S), lambda: account.limits(aws)),
            **self.alarms.listed(),
        }

    @cached_property
    def alarms(self) -> "AlarmFeeds":
        """The sources of the alarms, of which some run only while somebody looks."""
        from lambdatop.ui.feeds.alarms import AlarmFeeds

        return AlarmFeeds(self._aws, self._clock)

    def fleet(self) -> Updates:
        """What is asked of the functions once some are known."""
        aws, clock = self._aws, self._clock
        meter, sampler = self._meter, self._sampler
        return {
            "metrics": self._polled("metrics", each_minute(clock), lambda: meter.measure(aws, clock, self._wanted)),
            "reports": self._polled("reports", every(SAMPLES_S), lambda: sampler.sample(aws, clock, self._sampled)),
        }

    @cached_property
    def _meter(self) -> "FleetMeter":
        from lambdatop.sources.fleet.figures import FleetMeter

        return FleetMeter(self._window_minutes)

    @cached_property
    def _sampler(self) -> "ReportSampler":
        from lambdatop.sources.logs.report_samples import ReportSampler

        return ReportSampler()

    def _wanted(self) -> "FunctionsShown":
        from lambdatop.sources.fleet.figures import FunctionsShown

        view = self._in_view()
        attached = frozenset(row.name for row in view.rows if row.function.has_insights)
        return FunctionsShown(tuple(row.name for row in view.rows), view.everyone, attached)

    def _sampled(self) -> Sequence[Function]:
        return [row.function for row in self._in_view().rows if row.invocations]

    def focus(self, function: Function, focus: Focus, names: Iterable[FocusSource], *, log_kept: bool) -> Updates:
        """What is asked of the function in focus, as far as it is named; `log_kept` if lines of its log are."""
        makers: Mapping[FocusSource, Callable[[Function, Focus], AsyncIterator[Update]]] = {
            "logs": partial(self._log, kept=log_kept),
            "charts": self._charts,
            "traces": self._traces,
            "trace": self._trace,
            "downstream": self._downstream,
            "insights": self._insights,
            "starts": self._starts,
            "changes": self._changes,
            "effect": self._effect,
        }
        return {name: makers[name](function, focus) for name in makers.keys() & set(names)}

    def _log(self, function: Function, focus: Focus, *, kept: bool) -> AsyncIterator[Update]:
        """The tail goes on where it was if its lines are kept, and unless another log is asked for."""
        from lambdatop.ui.feeds.log_slices import SlicedLog

        place = (focus.moment is not None, focus.request is not None)
        ends = (focus.until, focus.moment, focus.request)
        wanted = (function.name, function.log_group, focus.log_minutes, focus.live, *ends)
        if not kept or place not in self._tails or self._tails[place][0] != wanted:
            self._tails[place] = (wanted, SlicedLog(self._tail(function, focus)))
        return self._tails[place][1].follow(self._aws, self._clock)

    def _tail(self, function: Function, focus: Focus) -> "LogTail | RequestLog":
        """One request's lines, the moment's, those up to the window's end; or the newest and all that follow."""
        from lambdatop.sources.logs.request_log import RequestLog
        from lambdatop.sources.logs.tail import LogTail

        moment, minutes, until = focus.moment, focus.log_minutes, focus.until
        if focus.request is not None:
            return RequestLog(function, focus.request)
        if moment is not None:
            return LogTail((function,), since=moment.start, until=moment.end)
        since = (until or self._clock.now()) - timedelta(minutes=minutes) if minutes is not None else None
        return LogTail((function,), since=since, until=until, live=focus.live and until is None)

    def _charts(self, function: Function, focus: Focus) -> AsyncIterator[Update]:
        from lambdatop.sources.function.charts import charts

        aws, clock = self._aws, self._clock
        bounds = self._bounds_of(function)
        return self._polled("charts", self._as_metrics_come(focus), lambda: charts(aws, clock, function, focus, bounds))

    def _traces(self, function: Function, focus: Focus) -> AsyncIterator[Update]:
        from lambdatop.sources.traces.recent import traces

        aws, clock, where, recent = self._aws, self._clock, self._where, self._across(function, focus).recent
        return self._polled("traces", every(TRACES_S), lambda: traces(aws, clock, recent, where))

    def _trace(self, function: Function, focus: Focus) -> AsyncIterator[Update]:
        from lambdatop.sources.traces.segments import OpenedTrace

        aws, clock, where, opened = self._aws, self._clock, self._where, OpenedTrace(function.name, focus.trace_id)
        return self._polled("trace", every(TRACE_S), lambda: opened.read(aws, clock, where))

    def _downstream(self, function: Function, focus: Focus) -> AsyncIterator[Update]:
        aws, clock, where, across = self._aws, self._clock, self._where, self._across(function, focus)
        return self._polled("downstream", every(MINUTE_S), lambda: across.read(aws, clock, where))

    def _across(self, function: Function, focus: Focus) -> "SampledTraces":
        """What was listed and assembled stands until other traces are looked at."""
        from lambdatop.sources.traces.downstream import SampledTraces
        from lambdatop.sources.traces.recent import Recent

        of_moment = focus.moment is not None
        wanted = (function.name, focus.window_minutes, focus.until, focus.moment)
        if of_moment not in self._listed or self._listed[of_moment][0] != wanted:
            self._listed[of_moment] = (wanted, SampledTraces(Recent.of(function.name, focus)))
        return self._listed[of_moment][1]

    @cached_property
    def _where(self) -> "TraceDestination":
        from lambdatop.sources.traces.destination import TraceDestination

        return TraceDestination()

    def _insights(self, function: Function, focus: Focus) -> AsyncIterator[Update]:
        from lambdatop.sources.function.insights import insights

        aws, clock, pause, known = self._aws, self._clock, self._as_metrics_come(focus), self._insights_known
        return self._polled("insights", pause, lambda: insights(aws, clock, function, focus, known))

    @cached_property
    def _insights_known(self) -> "Measured":
        from lambdatop.sources.function.insights import Measured

        return Measured()

    def _starts(self, function: Function, focus: Focus) -> AsyncIterator[Update]:
        """What was counted stands until something else is to be counted: a query is not paid for twice."""
        from lambdatop.sources.cold_starts.cold_starts import Starts

        aws, clock = self._aws, self._clock
        wanted = (function, focus.window_minutes, focus.until, focus.agreed)
        if self._counted is None or self._counted[0] != wanted:
            self._counted = (wanted, Starts(function, focus))
        starts = self._counted[1]
        return self._polled("starts", self._as_metrics_come(focus), lambda: starts.read(aws, clock))

    def _changes(self, function: Function, focus: Focus) -> AsyncIterator[Update]:
        from lambdatop.sources.function.deployments import Deployments

        aws, clock = self._aws, self._clock
        deployments = self._deployments.setdefault(function.name, Deployments(function.name))
        return self._polled("changes", every(MINUTE_S), lambda: deployments.read(aws, clock, function))

    def _as_metrics_come(self, focus: Focus) -> Pause:
        """By the minute; of a window that is past hardly anything is to come."""
        return each_minute(self._clock) if focus.until is None else every(SELDOM_S)

    def _effect(self, function: Function, focus: Focus) -> AsyncIterator[Update]:
        aws, clock, meter, done, bounds = self._aws, self._clock, self._effects, self._done, self._bounds_of(function)
        return self._polled("effect", each_minute(clock), lambda: meter.measure(aws, clock, function, done, bounds))

    def _bounds_of(self, function: Function) -> "Bounds":
        """One for the charts and for the cost before and after a change: it is asked for both."""
        from lambdatop.sources.function.concurrency import Bounds

        return self._bounds.setdefault(function.name, Bounds(function.name))

    @cached_property
    def _effects(self) -> "EffectMeter":
        from lambdatop.sources.function.effect import EffectMeter

        return EffectMeter()

    def _polled(
        self, name: SourceName, pause: Pause, ask: Callable[[], AsyncIterator[Update]]
    ) -> AsyncIterator[Update]:
        return polled(name, self._clock, pause, ask)
