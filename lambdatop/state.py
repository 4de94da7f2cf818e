"""The one value the screens show, and the one function that changes it.

Sources yield Updates, `reduce` folds each into a new State. An unchanged slice keeps its identity, so `new.logs is
old.logs` is all the change detection there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, assert_never

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.model.changes.marks import merged, ours
from lambdatop.model.fleet.fleet import Fleet, alarmed, edited, listed, measured, sampled
from lambdatop.model.focus import Focus
from lambdatop.updates import (
    FOCUS_SOURCES,
    AccountMeasured,
    AlarmHistoryRead,
    AlarmPastMeasured,
    AlarmsListed,
    ApiUsed,
    ChangesFound,
    ChartsMeasured,
    DownstreamMeasured,
    EffectMeasured,
    FleetMeasured,
    FocusMoved,
    FocusUpdate,
    FunctionsListed,
    IdentityKnown,
    InsightsMeasured,
    InvocationEnded,
    JournalRead,
    LimitsKnown,
    LogsArrived,
    PlanAdvanced,
    PlanEnded,
    RegionKnown,
    ReportsSampled,
    ReservedRead,
    SourceAnswered,
    SourceFailed,
    SourceName,
    StartsMeasured,
    TopicsListed,
    TraceDestinationKnown,
    TraceRead,
    TracesArrived,
    Update,
)

if TYPE_CHECKING:  # what most of these describe is far from being known when the first rows are to be painted
    from lambdatop.model.alarms.alarm import Topics
    from lambdatop.model.alarms.definition import Watched
    from lambdatop.model.alarms.history import AlarmHistory
    from lambdatop.model.changes.effect import Effect
    from lambdatop.model.changes.marks import Change
    from lambdatop.model.changes.plan import Plan, Progress, Receipt
    from lambdatop.model.insights.insights import Insights
    from lambdatop.model.invocations.by_hand import Invoked
    from lambdatop.model.invocations.cold_starts import ColdStarts
    from lambdatop.model.logs.kept_lines import Log
    from lambdatop.model.metrics import Charts, Series
    from lambdatop.model.traces.downstream import Downstream
    from lambdatop.model.traces.segments import Trace
    from lambdatop.model.traces.summary import TraceSummary
    from lambdatop.model.traces.why_no_traces import Destination

LOG_LINES_KEPT = 1_000_000
CHANGES_KEPT = 100


class Aside(Struct, frozen=True, eq=False):
    """What was shown before a moment or a request was looked at: afterwards it continues where it was."""

    log: Log | None
    traces: tuple[TraceSummary, ...] | None
    downstream: Downstream | None


class FocusSlices(Struct, frozen=True, eq=False, kw_only=True):
    """What is known of the focus function alone. All of it falls away when another function comes into focus.

    A slice is None until its source has answered.
    """

    charts: Charts | None = None
    log: Log | None = None
    traces: tuple[TraceSummary, ...] | None = None
    trace: Trace | None = None
    downstream: Downstream | None = None
    insights: Insights | None = None
    starts: ColdStarts | None = None
    changes: tuple[Change, ...] = ()
    """By time: what was found, observed and done."""
    found: tuple[Change, ...] = ()
    """What the source of changes has found."""
    aside: Aside | None = None
    """While a moment or a request is looked at."""


class AlarmBasis(Struct, frozen=True, eq=False, kw_only=True):
    """What alarms are made from and judged by, beyond the list of all alarms, as far as it was asked for."""

    past: Mapping[Watched, Series] = field(default_factory=dict)
    """The last days of metrics, each at the period of the alarm that watches it."""
    topics: Topics | None = None
    reserved: Mapping[str, int | None] = field(default_factory=dict)
    """By function, what concurrency is reserved for it; None where none is."""
    history: AlarmHistory | None = None
    """The history of the alarm that was looked at last."""


class State(Struct, frozen=True, eq=False, kw_only=True):
    """Everything that is known of the account, and in `seen` what is known of the focus function."""

    identity: IdentityKnown | None = None
    region: str | None = None
    """Known even where AWS refuses to say who we are."""
    fleet: Fleet = field(default_factory=Fleet)
    focus: Focus = field(default_factory=Focus)
    seen: FocusSlices = field(default_factory=FocusSlices)
    trace_destination: Destination | None = None
    noted: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    """By function: what changed from one listing to the next, and what lambdatop has changed itself."""
    alarm_basis: AlarmBasis = field(default_factory=AlarmBasis)
    progress: tuple[Progress, ...] = ()
    """The confirmed plans that are being applied: one may be left alone while another is confirmed."""
    receipts: tuple[Receipt, ...] = ()
    """What was done in this session and, according to the journal, before; oldest first."""
    interrupted: frozenset[str] = frozenset()
    """The ids of changes that the journal says were left in the middle."""
    effects: Mapping[tuple[str, str], Effect] = field(default_factory=dict)
    """The effect of each change, by function and the receipt's id."""
    invoked: Invoked | None = None
    """The last invocation by hand."""
    health: Mapping[SourceName, SourceFailed] = field(default_factory=dict)
    """The sources in trouble, by name."""
    api: ApiUsed = field(default_factory=lambda: ApiUsed(calls=0, cost_usd=0.0, usd_per_hour=0.0))


def reduce(state: State, update: Update) -> State:
    """The state after the update. Answers about a function that is no longer in focus change nothing."""
    if isinstance(update, FocusUpdate):
        return _answered(state, update) if update.function == state.focus.function else state
    match update:
        case IdentityKnown():
            return replace(state, identity=update, region=update.region or None)
        case RegionKnown(region):
            return replace(state, region=region)
        case LimitsKnown(limit):
            return replace(state, fleet=replace(state.fleet, concurrency_limit=limit))
        case FunctionsListed(functions, complete, at):
            fleet = listed(state.fleet, functions, at, complete=complete)
            return _noted(replace(state, fleet=fleet), edited(state.fleet, functions))
        case FleetMeasured(metrics, at):
            return replace(state, fleet=measured(state.fleet, metrics, at))
        case AccountMeasured(metrics):
            return replace(state, fleet=replace(state.fleet, account=metrics))
        case AlarmsListed(alarms, at):
            return replace(state, fleet=alarmed(state.fleet, alarms, at))
        case AlarmPastMeasured() | TopicsListed() | ReservedRead() | AlarmHistoryRead():
            return replace(state, alarm_basis=_based(state.alarm_basis, update))
        case ReportsSampled(function, sample, at):
            return replace(state, fleet=sampled(state.fleet, function, sample, at))
        case TraceDestinationKnown(destination):
            return replace(state, trace_destination=destination)
        case FocusMoved(focus):
            return _focused(state, focus)
        case SourceFailed(source=source):
            return replace(state, health={**state.health, source: update})
        case SourceAnswered(source):
            return _recovered(state, source)
        case PlanAdvanced(progress):
            return replace(state, progress=(*_on_their_way(state, progress.plan), progress))
        case PlanEnded(receipt):
            others = tuple(each for each in state.receipts if each.id != receipt.id)  # the journal may have told it
            left = _on_their_way(state, receipt.plan)
            return _done(replace(state, progress=left, receipts=others), (receipt,))
        case JournalRead(receipts, left):
            return _done(_left(state, left), receipts)
        case EffectMeasured(function, receipt_id, effect):
            return replace(state, effects={**state.effects, (function, receipt_id): effect})
        case InvocationEnded(invoked):
            return replace(state, invoked=invoked)
        case ApiUsed():
            return replace(state, api=update)
        case _:
            assert_never(update)


def _answered(state: State, update: FocusUpdate) -> State:
    """With an answer about the focus function."""
    if isinstance(update, ChangesFound):
        found = update.changes
        return _marked(replace(state, seen=replace(state.seen, found=found))) if found != state.seen.found else state
    seen = _seen(state.seen, update, state.focus)
    return replace(state, seen=seen) if seen is not state.seen else state


def _seen(
    seen: FocusSlices,
    update: ChartsMeasured
    | LogsArrived
    | TracesArrived
    | TraceRead
    | DownstreamMeasured
    | InsightsMeasured
    | StartsMeasured,
    focus: Focus,
) -> FocusSlices:
    match update:
        case ChartsMeasured(charts=charts):
            return replace(seen, charts=charts)
        case LogsArrived():
            return replace(seen, log=_logged(seen.log, update))
        case TracesArrived(traces=traces):
            return replace(seen, traces=traces)
        case TraceRead(trace=trace):
            return replace(seen, trace=trace) if trace.id == focus.trace_id else seen
        case DownstreamMeasured(downstream=downstream):
            return replace(seen, downstream=downstream)
        case InsightsMeasured(insights=insights):
            return replace(seen, insights=insights)
        case StartsMeasured(starts=starts):
            return replace(seen, starts=starts)
        case _:
            assert_never(update)


def _noted(state: State, changes: Mapping[str, tuple[Change, ...]]) -> State:
    """Keep what was changed, of each function the newest few."""
    news = {name: (*state.noted.get(name, ()), *its)[-CHANGES_KEPT:] for name, its in changes.items() if its}
    return _marked(replace(state, noted={**state.noted, **news})) if news else state


def _done(state: State, receipts: Iterable[Receipt]) -> State:
    """With those of the receipts that are new, and a mark on the charts for each of them."""
    known = {each.id for each in state.receipts}
    new = [each for each in receipts if each.id not in known]
    if not new:
        return state
    marks: dict[str, tuple[Change, ...]] = {}
    for receipt in new:
        for function in receipt.plan.functions:
            marks[function] = (*marks.get(function, ()), *ours(receipt, function))
    done = tuple(sorted([*state.receipts, *new], key=attrgetter("begun")))
    return _noted(replace(state, receipts=done), marks)


def _left(state: State, receipts: Iterable[Receipt]) -> State:
    interrupted = state.interrupted.union(each.id for each in receipts)
    return replace(state, interrupted=interrupted) if interrupted != state.interrupted else state


def _on_their_way(state: State, plan: Plan) -> tuple[Progress, ...]:
    """The other plans than that one."""
    return tuple(each for each in state.progress if each.plan is not plan)


def _marked(state: State) -> State:
    """With the changes of the focus function brought up to date."""
    changes = merged(state.seen.found, state.noted.get(state.focus.function or "", ()))
    return replace(state, seen=replace(state.seen, changes=changes)) if changes != state.seen.changes else state


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


def _focused(state: State, focus: Focus) -> State:
    """Another focus: without what was seen of another function, or of another moment, log or trace."""
    is_other = focus.function != state.focus.function
    seen = _looked_at(FocusSlices() if is_other else state.seen, state.focus, focus)
    moved = replace(state, focus=focus, seen=seen)
    if not is_other:
        return moved
    health = {source: failed for source, failed in state.health.items() if source not in FOCUS_SOURCES}
    return _marked(replace(moved, health=health))


def _looked_at(seen: FocusSlices, old: Focus, new: Focus) -> FocusSlices:
    """What stands while the same function is looked at in another way."""
    if (new.moment, new.request) != (old.moment, old.request):
        seen = _narrowed(seen, old, new)
    if (new.log_minutes, new.live, new.until) != (old.log_minutes, old.live, old.until):
        aside = seen.aside
        seen = replace(seen, log=None) if aside is None else replace(seen, aside=replace(aside, log=None))
    return seen if new.trace_id == old.trace_id else replace(seen, trace=None)


def _narrowed(seen: FocusSlices, old: Focus, new: Focus) -> FocusSlices:
    """Begin with nothing of the moment or request looked at; without one, what was shown before is there again."""
    aside = seen.aside or Aside(seen.log, seen.traces, seen.downstream)
    if new.moment is None and new.request is None:
        return replace(seen, log=aside.log, traces=aside.traces, downstream=aside.downstream, aside=None)
    if new.moment == old.moment:
        return replace(seen, log=None, aside=aside)
    return replace(seen, log=None, traces=None, downstream=None, aside=aside)


def _logged(log: Log | None, update: LogsArrived) -> Log:
    from lambdatop.model.logs.kept_lines import Log  # not before there are lines to keep

    log = log or Log()
    if not update.lines and update.tail == log.tail:
        return log
    return Log(log.lines.appended(update.lines, LOG_LINES_KEPT) if update.lines else log.lines, update.tail)


def _recovered(state: State, source: SourceName) -> State:
    if source not in state.health:
        return state
    return replace(state, health={name: failed for name, failed in state.health.items() if name != source})
