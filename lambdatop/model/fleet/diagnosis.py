"""The diagnosis: what is wrong with a function, in the words of the WHY column.

Each rule looks at one thing and says nothing where it knows nothing. Thresholds are those that Datadog publishes for
Lambda and on-call people know, where it has one. CloudWatch is late: the open minute is never looked at, and the newest
closed ones are still growing, so that rates are compared (both counts grow together), never counts.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from lambdatop.model import words
from lambdatop.model.alarms.alarm import Alarm, AlarmState
from lambdatop.model.fleet.findings import Finding, Health, Rule, Severity, sickness, state_of, strongest_first
from lambdatop.model.fleet.onset import find_rise, find_surge
from lambdatop.model.function import Function
from lambdatop.model.logs.report import ReportSample
from lambdatop.model.metrics import FunctionMetrics, Series
from lambdatop.model.reference.runtimes import status

__all__ = ["Finding", "Health", "Rule", "Severity", "diagnose", "sickness", "state_of", "used_mb"]

ERROR_RATE_WARNING, ERROR_RATE_CRITICAL = 0.01, 0.10
MIN_ERRORS = 3
"""Fewer are judged only by whether most of the invocations failed."""
RISE_FACTOR = 3
DEPLOYMENT_LEAD = timedelta(minutes=5)
"""Errors that begin this soon after a change of the function are blamed on it."""
SETTLED_MINUTES = 7
"""What trouble must be absent from to be easing: five minutes, and the two that CloudWatch is still filling."""
SURGE_FACTOR, RUNAWAY_FACTOR = 4, 10
SURGE_PER_MINUTE = 60
"""With less traffic than this, a surge does not matter."""
FILLING_MINUTES = 2
"""Closed, and CloudWatch still fills them."""
THROTTLE_RATE_WARNING, THROTTLE_RATE_CRITICAL = 0.001, 0.10
TIMEOUT_SHARE, NEAR_TIMEOUT_SHARE = 0.97, 0.80
"""Of the timeout, by p99. Above OTHER_TIMEOUT_SHARE the durations were measured under a longer timeout."""
OTHER_TIMEOUT_SHARE = 1.05
TIMEOUT_RATE_CRITICAL = 0.01
MIN_INVOCATIONS = 20
NEAR_MEMORY_SHARE, OVERSIZED_SHARE, OVERSIZED_MIN_MB = 0.90, 0.40, 512
OVERSIZED_MIN_REPORTS = 10
COLD_PERCENT, COLD_INIT_MS, COLD_MIN_REPORTS = 5, 500, 20
DEPRECATION_NOTICE_DAYS, BLOCK_NOTICE_DAYS = 90, 60
ALARM_NAME_LENGTH = 48

_EXPLAINS = {
    "Errors": (Rule.OUT_OF_MEMORY, Rule.TIMEOUTS, Rule.ERRORS_RISING, Rule.ERRORS),
    "Throttles": (Rule.THROTTLED,),
    "ConcurrentExecutions": (Rule.THROTTLED, Rule.SURGE),
    "Invocations": (Rule.SURGE,),
    "Duration": (Rule.TIMEOUTS, Rule.NEAR_TIMEOUT),
}
"""Which findings say more than an alarm on that metric."""


def diagnose(
    function: Function,
    metrics: FunctionMetrics | None,
    reports: ReportSample | None,
    alarms: tuple[Alarm, ...],
    now: datetime,
    memory_mb: int,
) -> tuple[Finding, ...]:
    """Return what is wrong with a function, the strongest finding first; nothing for a healthy or idle one.

    `alarms` are those on the function; `now` bounds what counts as a closed minute; `memory_mb` is the size that its
    invocations run with.
    """
    if reports and function.last_modified and reports.until <= function.last_modified:
        reports = None  # Evidence from before the last change says nothing of the function as it is.
    findings = list(_runtime(function.runtime, now.date()))
    if metrics:
        recent = _recent(metrics)
        findings += _errors(function, metrics, recent, now)
        findings += _surge(metrics, now)
        findings += _throttles(metrics, recent, now)
        findings += _timeouts(function, metrics, recent, reports)
    elif reports:
        findings += _sampled_timeouts(reports)
    findings += _memory(memory_mb, metrics, reports)
    if reports:
        findings += _cold_starts(reports)
    ringing = [alarm for alarm in alarms if alarm.state is AlarmState.ALARM and alarm.function_name == function.name]
    return strongest_first(_with_alarms(findings, ringing) if ringing else findings)


def used_mb(metrics: FunctionMetrics | None, reports: ReportSample | None) -> float | None:
    """The highest memory that Lambda Insights measured, else that seen in the sampled REPORT lines, MB."""
    if metrics is not None and metrics.used_mb is not None:
        return metrics.used_mb
    return reports.used_mb if reports else None


class _Recent(Struct, frozen=True):
    """Sums over the metrics' window; what is unknown counts as none."""

    invocations: float
    errors: float
    throttles: float


def _recent(metrics: FunctionMetrics) -> _Recent:
    return _Recent(*(metrics.sum_of(each) or 0 for each in ("invocations", "errors", "throttles")))


def _errors(function: Function, metrics: FunctionMetrics, recent: _Recent, now: datetime) -> Iterator[Finding]:
    if not any(metrics.errors.values):
        return
    invocations = _closed(metrics.invocations, now)
    errors = metrics.errors.window(invocations.start, invocations.end)
    rising = _rising(function, errors, invocations)
    if rising:
        yield rising
    elif recent.errors and recent.invocations:
        eased = _eased(_known(errors), _known(invocations))
        yield from _steady(recent, eased)


def _rising(function: Function, errors: Series, invocations: Series) -> Finding | None:
    failed, invoked = _known(errors), _known(invocations)
    rise = find_rise(failed, invoked)
    if rise is None or rise.after < ERROR_RATE_WARNING or (rise.factor is not None and rise.factor < RISE_FACTOR):
        return None
    if _eased(failed[rise.index :], invoked[rise.index :]):
        return None
    since = datetime.fromtimestamp(errors.start + rise.index * errors.period_s, UTC)
    deployed = function.last_modified
    blamed = deployed is not None and -timedelta(seconds=errors.period_s) < since - deployed <= DEPLOYMENT_LEAD
    grown = _percent(rise.after) if rise.factor is None else words.times(rise.factor)
    ending = " since deployment" if blamed else ", none before" if rise.factor is None else ""
    return Finding(Rule.ERRORS_RISING, Severity.CRITICAL, f"errors {grown}{ending}", since)


def _steady(recent: _Recent, eased: bool) -> Iterator[Finding]:
    rate = min(1.0, recent.errors / recent.invocations)
    if recent.errors < MIN_ERRORS:
        if rate >= 0.5:
            yield Finding(
                Rule.ERRORS, Severity.WARNING, f"{recent.errors:,.0f} of {recent.invocations:,.0f} invocations failed"
            )
    elif rate > ERROR_RATE_WARNING:
        severe = rate > ERROR_RATE_CRITICAL and not eased
        text = f"errors {_percent(rate)}{', easing' if eased else ''}"
        yield Finding(Rule.ERRORS, Severity.CRITICAL if severe else Severity.WARNING, text)


def _eased(errors: Sequence[float], invocations: Sequence[float]) -> bool:
    """True if the newest minutes have seen enough invocations and next to no errors."""
    invoked = sum(invocations[-SETTLED_MINUTES:])
    return invoked >= MIN_INVOCATIONS and sum(errors[-SETTLED_MINUTES:]) / invoked < ERROR_RATE_WARNING


def _surge(metrics: FunctionMetrics, now: datetime) -> Iterator[Finding]:
    """Many times the usual traffic: a runaway or a great day. Both cost money and take concurrency from the others."""
    closed = _closed(metrics.invocations, now)
    known = _known(closed)[:-FILLING_MINUTES]
    surge = find_surge(known)
    if surge is None or surge.factor < SURGE_FACTOR or known[-1] < SURGE_PER_MINUTE:
        return
    since = datetime.fromtimestamp(closed.start + surge.index * closed.period_s, UTC)
    severity = Severity.CRITICAL if surge.factor >= RUNAWAY_FACTOR else Severity.WARNING
    yield Finding(Rule.SURGE, severity, f"invocations {words.times(surge.factor)}", since)


def _throttles(metrics: FunctionMetrics, recent: _Recent, now: datetime) -> Iterator[Finding]:
    if not recent.throttles:
        return
    share = recent.throttles / (recent.throttles + recent.invocations)
    severity = Severity.CRITICAL if share > THROTTLE_RATE_CRITICAL else Severity.WARNING
    if share < THROTTLE_RATE_WARNING:
        severity = Severity.NOTE
    yield Finding(
        Rule.THROTTLED,
        severity,
        f"throttled {recent.throttles:,.0f} in {words.span(metrics.window.seconds // 60)}",
        _episode_start(_closed(metrics.throttles, now)),
    )


def _episode_start(trend: Series) -> datetime | None:
    """When the current trouble began: none of its pauses is longer than SETTLED_MINUTES.

    None if it is over, or began before the trend.
    """
    values, first = trend.values, None
    for index in range(len(values) - 1, -1, -1):
        if values[index]:
            first = index
        elif (len(values) if first is None else first) - index > SETTLED_MINUTES:
            break
    return datetime.fromtimestamp(trend.start + first * trend.period_s, UTC) if first else None


def _timeouts(
    function: Function, metrics: FunctionMetrics, recent: _Recent, reports: ReportSample | None
) -> Iterator[Finding]:
    share = (metrics.duration_p99_ms or 0) / (function.timeout_s * 1000) if function.timeout_s else 0.0
    at_timeout = TIMEOUT_SHARE <= share <= OTHER_TIMEOUT_SHARE
    busy = recent.invocations >= MIN_INVOCATIONS
    if reports and reports.timeouts:
        yield from _sampled_timeouts(reports, certain=at_timeout and busy)
    elif at_timeout:
        severity = Severity.CRITICAL if busy else Severity.WARNING
        yield Finding(Rule.TIMEOUTS, severity, f"p99 at the timeout of {function.timeout_s:,} s")
    elif NEAR_TIMEOUT_SHARE < share < TIMEOUT_SHARE:
        text = f"p99 at {share * 100:.0f} % of the {function.timeout_s:,} s timeout"
        yield Finding(Rule.NEAR_TIMEOUT, Severity.WARNING, text)


def _sampled_timeouts(reports: ReportSample, *, certain: bool = False) -> Iterator[Finding]:
    if reports.timeouts:
        severe = certain or reports.timeouts / reports.count >= TIMEOUT_RATE_CRITICAL
        text = f"timed out {reports.timeouts:,} of {reports.count:,} sampled"
        yield Finding(Rule.TIMEOUTS, Severity.CRITICAL if severe else Severity.WARNING, text)


def _memory(size_mb: int, metrics: FunctionMetrics | None, reports: ReportSample | None) -> Iterator[Finding]:
    """From the reading that the memory column shows."""
    if reports and reports.ooms:
        minutes = math.ceil((reports.until - reports.since).total_seconds() / 60)
        span = f"in {words.span(minutes)}" if minutes else f"of {reports.count:,} sampled"
        yield Finding(Rule.OUT_OF_MEMORY, Severity.CRITICAL, f"out of memory, {reports.ooms:,} {span}")
        return
    most_mb = used_mb(metrics, reports)
    if most_mb is None or not size_mb:
        return
    share = most_mb / size_mb
    used = f"{most_mb:,.0f} of {size_mb:,} MB used"
    if NEAR_MEMORY_SHARE < share <= 1:  # More than all was used under another setting.
        yield Finding(Rule.NEAR_MEMORY, Severity.WARNING, f"memory nearly full: {used}")
    roomy = share < OVERSIZED_SHARE and size_mb >= OVERSIZED_MIN_MB
    measured = metrics.sum_of("invocations") if metrics and metrics.used_mb is not None else None
    seen = measured or (reports.count if reports else 0)
    if roomy and seen >= OVERSIZED_MIN_REPORTS:
        yield Finding(Rule.OVERSIZED, Severity.NOTE, f"oversized: {used}")


def _cold_starts(reports: ReportSample) -> Iterator[Finding]:
    percent, init_ms = reports.cold_percent, reports.init_p95_ms or 0
    if reports.count >= COLD_MIN_REPORTS and percent > COLD_PERCENT and init_ms > COLD_INIT_MS:
        text = f"cold starts {_percent(percent / 100)}, init p95 {init_ms / 1000:.1f} s"
        yield Finding(Rule.COLD_STARTS, Severity.WARNING, text)


@lru_cache(maxsize=128)
def _runtime(runtime: str | None, today: date) -> tuple[Finding, ...]:
    known = status(runtime, today)
    if known is None or known.days_left is None or known.days_left > DEPRECATION_NOTICE_DAYS:
        return ()
    block_in_days = (known.block_update - today).days if known.block_update else math.inf
    if block_in_days <= 0:
        severity, text = Severity.WARNING, f"{runtime} deprecated, updates blocked"
    elif block_in_days <= BLOCK_NOTICE_DAYS:
        severity, text = Severity.WARNING, f"{runtime} deprecated, updates blocked in {_span(int(block_in_days))}"
    elif known.days_left > 0:
        severity, text = Severity.NOTE, f"{runtime} deprecated in {_span(known.days_left)}"
    else:
        severity, text = Severity.NOTE, f"{runtime} deprecated {_span(-known.days_left)} ago"
    return (Finding(Rule.RUNTIME, severity, text),)


def _with_alarms(findings: Sequence[Finding], ringing: Sequence[Alarm]) -> list[Finding]:
    """Findings that explain a ringing alarm are as critical as it is; the other alarms are a finding of their own."""
    explaining = {rule for alarm in ringing for rule in _EXPLAINS.get(alarm.metric, ())}
    told = {finding.rule for finding in findings}
    unexplained = [alarm for alarm in ringing if told.isdisjoint(_EXPLAINS.get(alarm.metric, ()))]
    raised = [
        replace(finding, severity=Severity.CRITICAL) if finding.rule in explaining else finding for finding in findings
    ]
    if not unexplained:
        return raised
    name, more = unexplained[0].name, len(unexplained) - 1
    short = name if len(name) <= ALARM_NAME_LENGTH else f"{name[: ALARM_NAME_LENGTH - 1]}…"
    text = f"alarm {short}" + (f" +{more}" if more else "")
    return [*raised, Finding(Rule.ALARM, Severity.CRITICAL, text, unexplained[0].updated)]


def _closed(trend: Series, now: datetime) -> Series:
    """The trend without the period still filling."""
    passed = (int(now.timestamp()) - trend.start) // trend.period_s
    return trend.window(trend.start, trend.start + min(passed, len(trend.values)) * trend.period_s)


def _known(trend: Series) -> list[float]:
    return [value or 0.0 for value in trend.values]


def _percent(rate: float) -> str:
    decimals = 0 if rate >= 0.1 else 1
    return f"{100 * rate:.{decimals}f} %"


def _span(days: int) -> str:
    """A number of days in the unit people would use, rounded down."""
    for unit, length, least in (("year", 365, 730), ("month", 30, 60)):
        if days >= least:
            return f"{days // length} {unit}s"
    return "1 day" if days == 1 else f"{days} days"
