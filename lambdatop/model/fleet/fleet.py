"""All functions' rows, and how what AWS answers about all of them is folded in."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.model.alarms.alarm import Alarm
from lambdatop.model.changes.marks import Change, edits
from lambdatop.model.fleet.row import Row, row
from lambdatop.model.function import Function
from lambdatop.model.logs.report import ReportSample
from lambdatop.model.metrics import FunctionMetrics, Series


class AccountMetrics(Struct, frozen=True, kw_only=True, gc=False):
    """The account's own series by the minute, from AWS/Lambda without dimensions; the last minute may be filling."""

    invocations: Series
    errors: Series
    throttles: Series
    duration_p95_ms: Series
    concurrent_executions: Series
    window_p95_ms: float | None
    """One percentile over the table's window."""


class Fleet(Struct, frozen=True, eq=False, kw_only=True):
    """Every function's row, and the account's own figures."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    """By name, A to Z."""
    active: int | None = None
    """How many functions were invoked in the window: kept here, not counted each second among 10,000."""
    complete: bool = False
    alarms: tuple[Alarm, ...] = ()
    account: AccountMetrics | None = None
    concurrency_limit: int | None = None
    measured: datetime | None = None
    """When metrics of functions last arrived."""


def listed(fleet: Fleet, functions: Iterable[Function], at: datetime, *, complete: bool) -> Fleet:
    """After a listing; one that is still being paged takes nothing away: it may have begun again after trouble."""
    if fleet.complete and not complete:
        return fleet
    watching = _by_function(fleet.alarms)
    known = {function.name: function for function in functions}
    left = {} if complete else {name: row.function for name, row in fleet.rows.items()}
    rows = {}
    for function in sorted((left | known).values(), key=attrgetter("name")):
        old = fleet.rows.get(function.name)
        if old is not None and old.function == function:
            rows[function.name] = old
        else:
            rows[function.name] = _joined(old, function, watching.get(function.name, ()), at)
    invoked = active(rows.values()) if fleet.active is not None else None
    return replace(fleet, rows=rows, active=invoked, complete=complete)


def edited(fleet: Fleet, functions: Iterable[Function]) -> Mapping[str, tuple[Change, ...]]:
    """What a new listing shows to be other than it was, by function."""
    known = ((fleet.rows.get(function.name), function) for function in functions)
    return {
        function.name: tuple(edits(old.function, function))
        for old, function in known
        if old is not None and old.function is not function and old.function != function
    }


def measured(fleet: Fleet, metrics: Mapping[str, FunctionMetrics], at: datetime) -> Fleet:
    """With new metrics of some functions; with none, what is known is current."""
    changed = {
        name: row(old.function, its, old.reports, old.alarms, at, old.sizes)
        for name, its in metrics.items()
        if (old := fleet.rows.get(name)) is not None
    }
    if not changed:
        return replace(fleet, measured=at)
    before = (fleet.rows[name] for name in changed)
    return replace(
        fleet,
        rows={**fleet.rows, **changed},
        active=(fleet.active or 0) - active(before) + active(changed.values()),
        measured=at,
    )


def alarmed(fleet: Fleet, alarms: tuple[Alarm, ...], at: datetime) -> Fleet:
    """With the account's alarms, each joined to the function that it watches."""
    if alarms == fleet.alarms:
        return fleet
    watching = _by_function(alarms)
    changed = {
        name: row(old.function, old.metrics, old.reports, its, at, old.sizes)
        for name, old in fleet.rows.items()
        if (its := watching.get(name, ())) != old.alarms
    }
    return replace(fleet, alarms=alarms, rows={**fleet.rows, **changed} if changed else fleet.rows)


def sampled(fleet: Fleet, function: str, sample: ReportSample | None, at: datetime) -> Fleet:
    """With what one function's newest REPORT lines tell."""
    old = fleet.rows.get(function)
    if old is None or old.reports == sample:
        return fleet
    changed = row(old.function, old.metrics, sample, old.alarms, at, old.sizes)
    return replace(fleet, rows={**fleet.rows, function: changed})


def active(rows: Iterable[Row]) -> int:
    """How many functions were invoked in the window."""
    return sum(1 for each in rows if each.invocations)


def _joined(old: Row | None, function: Function, alarms: tuple[Alarm, ...], at: datetime) -> Row:
    if old is None:
        return row(function, None, None, alarms, at)
    return row(function, old.metrics, old.reports, alarms, at, old.sizes)


def _by_function(alarms: Iterable[Alarm]) -> Mapping[str, tuple[Alarm, ...]]:
    watching: dict[str, tuple[Alarm, ...]] = {}
    for alarm in alarms:
        if alarm.function_name is not None:
            watching[alarm.function_name] = (*watching.get(alarm.function_name, ()), alarm)
    return watching
