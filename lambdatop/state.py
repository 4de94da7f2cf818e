"""The one value the screens show, and the one function that changes it.

Sources yield Updates, `reduce` folds each into a new State. An unchanged slice keeps its identity, so `new.logs is
old.logs` is all the change detection there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, assert_never

from lambdatop.model.changes import edits, merged, ours
from lambdatop.model.fleet import active, row
from lambdatop.model.lines import Lines
from lambdatop.model.tail import POLLING

if TYPE_CHECKING:  # what most of these describe is far from being known when the first rows are to be painted
    from lambdatop.model.absence import Destination
    from lambdatop.model.alarm_definition import Watched
    from lambdatop.model.alarms import Alarm, AlarmHistory, Topics
    from lambdatop.model.changes import Change
    from lambdatop.model.downstream import Downstream
    from lambdatop.model.effect import Effect
    from lambdatop.model.fleet import AccountMetrics, Row
    from lambdatop.model.function import Function
    from lambdatop.model.insights import Insights
    from lambdatop.model.invoked import Invoked
    from lambdatop.model.logs import LogLine
    from lambdatop.model.metrics import FunctionMetrics, Series, Window
    from lambdatop.model.plan import Progress, Receipt
    from lambdatop.model.report import ReportSample
    from lambdatop.model.segments import Trace
    from lambdatop.model.starts import ColdStarts
    from lambdatop.model.tail import TailStatus
    from lambdatop.model.traces import TraceSummary

LOG_LINES_KEPT = 1_000_000
CHANGES_KEPT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """One function's series by the minute over the focus window, each on the same grid."""

    window: Window
    series: Mapping[str, Series]
    """By the names of `model.metrics`: invocations, errors, throttles, duration_p50_ms, …"""
    period_s: int = 60
    reserved: int | None = None
    """Reserved concurrency; None if there is none, or it is not known."""
    provisioned: int | None = None
    """Provisioned concurrency of all its aliases and versions, likewise."""


# Updates: what sources (and the screen, for focus) report. Past tense; those of one function carry its name.


@dataclass(frozen=True, slots=True)
class IdentityKnown:
    account: str
    arn: str
    region: str


@dataclass(frozen=True, slots=True)
class LimitsKnown:
    concurrent_executions: int


@dataclass(frozen=True, slots=True)
class FunctionsListed:
    functions: tuple[Function, ...]
    complete: bool
    """False while the first listing is still being paged."""
    at: datetime


@dataclass(frozen=True, slots=True)
class FleetMeasured:
    metrics: Mapping[str, FunctionMetrics]
    """Of some functions: those not named keep what they had."""
    at: datetime


@dataclass(frozen=True, slots=True)
class AccountMeasured:
    metrics: AccountMetrics
    at: datetime


@dataclass(frozen=True, slots=True)
class AlarmsListed:
    alarms: tuple[Alarm, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class AlarmPastMeasured:
    """What an alarm watches, over the last days."""

    watched: Watched
    series: Series


@dataclass(frozen=True, slots=True)
class TopicsListed:
    topics: Topics


@dataclass(frozen=True, slots=True)
class ReservedRead:
    function: str
    reserved: int | None
    """None where no concurrency is reserved."""


@dataclass(frozen=True, slots=True)
class AlarmHistoryRead:
    history: AlarmHistory


@dataclass(frozen=True, slots=True)
class ReportsSampled:
    function: str
    sample: ReportSample | None
    at: datetime


@dataclass(frozen=True, slots=True)
class FocusMoved:
    focus: Focus


@dataclass(frozen=True, slots=True)
class ChartsMeasured:
    function: str
    charts: Charts


@dataclass(frozen=True, slots=True)
class LogsArrived:
    function: str
    lines: tuple[LogLine, ...]
    tail: TailStatus = POLLING


@dataclass(frozen=True, slots=True)
class TracesArrived:
    function: str
    traces: tuple[TraceSummary, ...]
    """All of the window, newest first."""


@dataclass(frozen=True, slots=True)
class TraceRead:
    """The opened trace; read anew while it is in progress."""

    function: str
    trace: Trace


@dataclass(frozen=True, slots=True)
class TraceDestinationKnown:
    """Of the whole account."""

    destination: Destination


@dataclass(frozen=True, slots=True)
class DownstreamMeasured:
    function: str
    downstream: Downstream


@dataclass(frozen=True, slots=True)
class InsightsMeasured:
    function: str
    insights: Insights


@dataclass(frozen=True, slots=True)
class StartsMeasured:
    function: str
    starts: ColdStarts


@dataclass(frozen=True, slots=True)
class ChangesFound:
    function: str
    changes: tuple[Change, ...]
    """By time: what AWS tells of its deployments."""


class Trouble(StrEnum):
    """Whether asking again can help."""

    PASSING = "passing"
    CREDENTIALS = "credentials"
    """Only once the user has logged in."""
    SETTINGS = "settings"
    """Only with another profile, Region or endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFailed:
    source: str
    error: str
    """One line that names the remedy."""
    at: datetime
    retry_in_s: float
    trouble: Trouble = Trouble.PASSING


@dataclass(frozen=True, slots=True)
class SourceAnswered:
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PlanAdvanced:
    """A confirmed plan has come a step further."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class PlanEnded:
    """A confirmed plan has come to its end, whatever that was."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class InvocationEnded:
    """What the user invoked by hand has answered, or nobody knows."""

    invoked: Invoked


@dataclass(frozen=True, slots=True)
class EffectMeasured:
    """What a change of this session has brought about so far; kept, whatever is in focus."""

    function: str
    receipt_id: str
    effect: Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiUsed:
    calls: int
    cost_usd: float
    usd_per_hour: float


Update = (
    IdentityKnown
    | LimitsKnown
    | FunctionsListed
    | FleetMeasured
    | AccountMeasured
    | AlarmsListed
    | AlarmPastMeasured
    | TopicsListed
    | ReservedRead
    | AlarmHistoryRead
    | ReportsSampled
    | FocusMoved
    | ChartsMeasured
    | LogsArrived
    | TracesArrived
    | TraceRead
    | TraceDestinationKnown
    | DownstreamMeasured
    | InsightsMeasured
    | StartsMeasured
    | ChangesFound
    | SourceFailed
    | SourceAnswered
    | PlanAdvanced
    | PlanEnded
    | EffectMeasured
    | InvocationEnded
    | ApiUsed
)


@dataclass(frozen=True, eq=False, slots=True)
class QueryAgreed:
    """The user has agreed to pay for one Logs Insights query over this window; each yes is another."""

    function: str
    window_minutes: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Sought:
    """One request whose log lines are looked for."""

    request_id: str
    within: Window
    """When it ran, as its trace tells."""
    around: datetime
    """The moment that the reader was looking at."""


@dataclass(frozen=True, slots=True)
class Focus:
    """What the focus sources look at."""

    function: str | None = None
    window_minutes: int = 180
    until: datetime | None = None
    """The window's end; None is now, and moves."""
    cursor: Window | None = None
    """The period that the time cursor of the charts stands on."""
    moment: Window | None = None
    """Where that has come to rest: log, invocations and traces are of this stretch alone."""
    trace_id: str | None = None
    """The trace that is opened."""
    request: Sought | None = None
    """The log is of this request alone."""
    log_minutes: int | None = None
    """How far back the log is read; None is the newest lines, as far as they go."""
    live: bool = False
    """The log comes by Live Tail, not by polling."""
    query: QueryAgreed | None = None
    """Cold starts are counted by Logs Insights as long as the focus is what the user agreed to."""

    @property
    def agreed(self) -> QueryAgreed | None:
        """The query, if it is over the function and window that are looked at now."""
        query = self.query
        asked = (query.function, query.window_minutes, query.until) if query is not None else None
        return query if asked == (self.function, self.window_minutes, self.until) else None


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Fleet:
    """Every function's row, and the account's own figures."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    """By name, A to Z."""
    active: int = 0
    """How many functions were invoked in the window: kept here, not counted each second among 10,000."""
    complete: bool = False
    alarms: tuple[Alarm, ...] = ()
    account: AccountMetrics | None = None
    concurrency_limit: int | None = None
    measured: datetime | None = None
    """When metrics last arrived."""


@dataclass(frozen=True, eq=False, slots=True)
class Log:
    """The tail of the focus function."""

    lines: Lines = field(default_factory=Lines)
    tail: TailStatus = POLLING

    @property
    def first(self) -> int:
        """How many lines were dropped before `lines[0]`."""
        return self.lines.first


@dataclass(frozen=True, eq=False, slots=True)
class Aside:
    """What was shown before a moment or a request was looked at: afterwards it goes on where it was."""

    log: Log | None
    traces: tuple[TraceSummary, ...] | None
    downstream: Downstream | None


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class AlarmBasis:
    """What alarms are made from and judged by, beyond the list of all, as far as it was asked for."""

    past: Mapping[Watched, Series] = field(default_factory=dict)
    """The last days of metrics, each at the period of the alarm that watches it."""
    topics: Topics | None = None
    reserved: Mapping[str, int | None] = field(default_factory=dict)
    """By function, what concurrency is reserved for it; None where none is."""
    history: AlarmHistory | None = None
    """Of the alarm that was looked at last."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class State:
    """Everything true. Slices of the focus function are None until it has answered."""

    identity: IdentityKnown | None = None
    fleet: Fleet = field(default_factory=Fleet)
    focus: Focus = field(default_factory=Focus)
    charts: Charts | None = None
    log: Log | None = None
    traces: tuple[TraceSummary, ...] | None = None
    trace: Trace | None = None
    trace_destination: Destination | None = None
    downstream: Downstream | None = None
    insights: Insights | None = None
    starts: ColdStarts | None = None
    changes: tuple[Change, ...] = ()
    """Of the focus function, by time: what was found, seen and done."""
    found: tuple[Change, ...] = ()
    """Of the focus function, by the source of changes."""
    noted: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    """By function: what was seen to change from one listing to the next, and what lambdatop has changed itself."""
    alarm_basis: AlarmBasis = field(default_factory=AlarmBasis)
    progress: Progress | None = None
    """The confirmed plan that is on its way."""
    receipts: tuple[Receipt, ...] = ()
    """What was done in this session, oldest first."""
    effects: Mapping[str, Effect] = field(default_factory=dict)
    """What became of it, by the receipt's id."""
    invoked: Invoked | None = None
    """The last that was invoked by hand."""
    aside: Aside | None = None
    """While a moment or a request is looked at."""
    health: Mapping[str, SourceFailed] = field(default_factory=dict)
    """The sources in trouble, by name."""
    api: ApiUsed = field(default_factory=lambda: ApiUsed(calls=0, cost_usd=0.0, usd_per_hour=0.0))


def reduce(state: State, update: Update) -> State:
    """The state after the update. Answers about a function that is no longer in focus change nothing."""
    match update:
        case IdentityKnown():
            return replace(state, identity=update)
        case LimitsKnown(limit):
            return replace(state, fleet=replace(state.fleet, concurrency_limit=limit))
        case FunctionsListed():
            return _noted(replace(state, fleet=_listed(state.fleet, update)), _edits(state.fleet, update))
        case FleetMeasured():
            return replace(state, fleet=_measured(state.fleet, update))
        case AccountMeasured(metrics, at):
            return replace(state, fleet=replace(state.fleet, account=metrics, measured=at))
        case AlarmsListed():
            return replace(state, fleet=_alarmed(state.fleet, update))
        case AlarmPastMeasured() | TopicsListed() | ReservedRead() | AlarmHistoryRead():
            return replace(state, alarm_basis=_based(state.alarm_basis, update))
        case ReportsSampled():
            return replace(state, fleet=_sampled(state.fleet, update))
        case TraceDestinationKnown(destination):
            return replace(state, trace_destination=destination)
        case FocusMoved(focus):
            return _focused(state, focus)
        case (
            ChartsMeasured(function)
            | LogsArrived(function)
            | TracesArrived(function)
            | TraceRead(function)
            | DownstreamMeasured(function)
            | InsightsMeasured(function)
            | StartsMeasured(function)
            | ChangesFound(function)
        ):
            return _of_focus(state, update) if function == state.focus.function else state
        case SourceFailed(source=source):
            return replace(state, health={**state.health, source: update})
        case SourceAnswered(source):
            return _recovered(state, source)
        case PlanAdvanced(progress):
            return replace(state, progress=progress)
        case PlanEnded(receipt):
            done = {function: tuple(ours(receipt, function)) for function in receipt.plan.functions}
            return _noted(replace(state, progress=None, receipts=(*state.receipts, receipt)), done)
        case EffectMeasured(receipt_id=receipt_id, effect=effect):
            return replace(state, effects={**state.effects, receipt_id: effect})
        case InvocationEnded(invoked):
            return replace(state, invoked=invoked)
        case ApiUsed():
            return replace(state, api=update)
        case _:
            assert_never(update)


FocusUpdate = (
    ChartsMeasured
    | LogsArrived
    | TracesArrived
    | TraceRead
    | DownstreamMeasured
    | InsightsMeasured
    | StartsMeasured
    | ChangesFound
)


def _of_focus(state: State, update: FocusUpdate) -> State:
    match update:
        case ChartsMeasured(charts=charts):
            return replace(state, charts=charts)
        case LogsArrived():
            return replace(state, log=_logged(state.log, update))
        case TracesArrived(traces=traces):
            return replace(state, traces=traces)
        case TraceRead(trace=trace):
            return replace(state, trace=trace) if trace.id == state.focus.trace_id else state
        case DownstreamMeasured(downstream=downstream):
            return replace(state, downstream=downstream)
        case InsightsMeasured(insights=insights):
            return replace(state, insights=insights)
        case StartsMeasured(starts=starts):
            return replace(state, starts=starts)
        case ChangesFound(changes=changes):
            return _marked(replace(state, found=changes)) if changes != state.found else state
        case _:
            assert_never(update)


def _listed(fleet: Fleet, update: FunctionsListed) -> Fleet:
    if fleet.complete and not update.complete:
        return fleet
    watching = _by_function(fleet.alarms)
    rows = {}
    for function in sorted(update.functions, key=attrgetter("name")):
        old = fleet.rows.get(function.name)
        if old is not None and old.function == function:
            rows[function.name] = old
        else:
            rows[function.name] = _joined(old, function, watching.get(function.name, ()), update.at)
    return replace(fleet, rows=rows, active=active(rows.values()), complete=update.complete)


def _edits(fleet: Fleet, update: FunctionsListed) -> Mapping[str, tuple[Change, ...]]:
    known = ((fleet.rows.get(function.name), function) for function in update.functions)
    return {
        function.name: tuple(edits(old.function, function))
        for old, function in known
        if old is not None and old.function is not function and old.function != function
    }


def _noted(state: State, changes: Mapping[str, tuple[Change, ...]]) -> State:
    """Keep what was changed, of each function the newest few."""
    news = {name: (*state.noted.get(name, ()), *its)[-CHANGES_KEPT:] for name, its in changes.items() if its}
    return _marked(replace(state, noted={**state.noted, **news})) if news else state


def _marked(state: State) -> State:
    changes = merged(state.found, state.noted.get(state.focus.function or "", ()))
    return replace(state, changes=changes) if changes != state.changes else state


def _joined(old: Row | None, function: Function, alarms: tuple[Alarm, ...], at: datetime) -> Row:
    metrics, reports = (old.metrics, old.reports) if old else (None, None)
    return row(function, metrics, reports, alarms, at)


def _measured(fleet: Fleet, update: FleetMeasured) -> Fleet:
    changed = {
        name: row(old.function, metrics, old.reports, old.alarms, update.at)
        for name, metrics in update.metrics.items()
        if (old := fleet.rows.get(name)) is not None
    }
    before = (fleet.rows[name] for name in changed)
    return replace(
        fleet,
        rows={**fleet.rows, **changed},
        active=fleet.active - active(before) + active(changed.values()),
        measured=update.at,
    )


def _alarmed(fleet: Fleet, update: AlarmsListed) -> Fleet:
    if update.alarms == fleet.alarms:
        return fleet
    watching = _by_function(update.alarms)
    changed = {
        name: row(old.function, old.metrics, old.reports, alarms, update.at)
        for name, old in fleet.rows.items()
        if (alarms := watching.get(name, ())) != old.alarms
    }
    return replace(fleet, alarms=update.alarms, rows={**fleet.rows, **changed} if changed else fleet.rows)


def _based(basis: AlarmBasis, update: AlarmPastMeasured | TopicsListed | ReservedRead | AlarmHistoryRead) -> AlarmBasis:
    match update:
        case AlarmPastMeasured(watched, series):
            return replace(basis, past={**basis.past, watched: series})
        case TopicsListed(topics):
            return replace(basis, topics=topics)
        case ReservedRead(function, reserved):
            return replace(basis, reserved={**basis.reserved, function: reserved})
        case AlarmHistoryRead(history):
            return replace(basis, history=history)
        case _:
            assert_never(update)


def _by_function(alarms: Iterable[Alarm]) -> Mapping[str, tuple[Alarm, ...]]:
    watching: dict[str, tuple[Alarm, ...]] = {}
    for alarm in alarms:
        if alarm.function_name is not None:
            watching[alarm.function_name] = (*watching.get(alarm.function_name, ()), alarm)
    return watching


def _sampled(fleet: Fleet, update: ReportsSampled) -> Fleet:
    old = fleet.rows.get(update.function)
    if old is None or old.reports == update.sample:
        return fleet
    changed = row(old.function, old.metrics, update.sample, old.alarms, update.at)
    return replace(fleet, rows={**fleet.rows, update.function: changed})


def _focused(state: State, focus: Focus) -> State:
    old = state.focus
    if focus.function != old.function:
        health = {source: failed for source, failed in state.health.items() if source not in FOCUS_SOURCES}
        return State(
            identity=state.identity,
            fleet=state.fleet,
            focus=focus,
            changes=merged(state.noted.get(focus.function or "", ())),
            noted=state.noted,
            trace_destination=state.trace_destination,
            alarm_basis=state.alarm_basis,
            progress=state.progress,
            receipts=state.receipts,
            effects=state.effects,
            invoked=state.invoked,
            health=health,
            api=state.api,
        )
    if (focus.moment, focus.request) != (old.moment, old.request):
        state = _narrowed(state, focus)
    log_is_other = (focus.log_minutes, focus.live, focus.until) != (old.log_minutes, old.live, old.until)
    return replace(
        state,
        focus=focus,
        log=None if log_is_other and state.aside is None else state.log,
        aside=replace(state.aside, log=None) if log_is_other and state.aside is not None else state.aside,
        trace=state.trace if focus.trace_id == old.trace_id else None,
    )


def _narrowed(state: State, focus: Focus) -> State:
    """Begin with nothing of the moment or request looked at; without one what was shown before is there again."""
    aside = state.aside or Aside(state.log, state.traces, state.downstream)
    if focus.moment is None and focus.request is None:
        return replace(state, log=aside.log, traces=aside.traces, downstream=aside.downstream, aside=None)
    if focus.moment == state.focus.moment:
        return replace(state, log=None, aside=aside)
    return replace(state, log=None, traces=None, downstream=None, aside=aside)


FOCUS_SOURCES = ("charts", "logs", "traces", "trace", "downstream", "insights", "starts", "changes", "effect")
"""The sources that look at the focus function alone: their trouble goes when the focus does."""


def _logged(log: Log | None, update: LogsArrived) -> Log:
    log = log or Log()
    if not update.lines and update.tail == log.tail:
        return log
    return Log(log.lines.appended(update.lines, LOG_LINES_KEPT) if update.lines else log.lines, update.tail)


def _recovered(state: State, source: str) -> State:
    if source not in state.health:
        return state
    return replace(state, health={name: failed for name, failed in state.health.items() if name != source})
