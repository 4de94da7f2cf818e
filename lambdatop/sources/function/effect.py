"""The effect of a change on the function in focus: its figures before and after, until the verdict is final.

Measured only after a change, two windows at a time; once the verdict is final, no more calls are made.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from functools import partial

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.aws.errors import AwsError, CredentialsError, NotFound
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.changes.aims import STOP, memory_of, provisioned_by, purpose_of
from lambdatop.model.changes.effect import Effect, effect
from lambdatop.model.changes.marks import LATEST
from lambdatop.model.changes.plan import Receipt
from lambdatop.model.changes.significance import Share, share
from lambdatop.model.changes.windows import Figures, changes_of, is_cut, latest_alone, windows
from lambdatop.model.cost.cost import HOURS_PER_MONTH, cost_usd, provisioned_usd_per_month
from lambdatop.model.function import Function
from lambdatop.model.invocations.cold_starts import version_of
from lambdatop.model.logs.report import Report, parse_report, size_mb
from lambdatop.model.metrics import Window
from lambdatop.sources.function.concurrency import Bounds
from lambdatop.sources.logs.log_group import LogGroup, epoch_ms, writes
from lambdatop.sources.logs.pace import Pace
from lambdatop.sources.logs.report_samples import report_pattern
from lambdatop.sources.metric_data import INSIGHTS, MetricQuery, Points, measure, newest
from lambdatop.updates import EffectMeasured, Update

NEWEST = 2
"""At most this many of a function's changes are measured."""
SAMPLE_LINES = 500
FAILED_PAGES = 10
"""Most answers that are read to count kills and timeouts; where there is more, they stay unknown."""
PAUSE_S = 0.25

_PROVISIONED = "ProvisionedConcurrencyInvocations"
_SUMS = ("Invocations", "Errors", "Throttles", "Duration", _PROVISIONED)
_PERCENTILES = ("p50", "p95", "p99")
_PEAKS = ("ConcurrentExecutions", "IteratorAge")
_FAILED_TEXT = '?"Status: error" ?"Status: timeout" ?"Status: failure"'
_FAILED_JSON = '{ $.type = "platform.report" && $.record.status != "success" }'


class EffectMeter(Struct):
    """The verdicts so far, by function and receipt."""

    known: dict[tuple[str, str], Effect] = field(default_factory=dict)

    async def measure(
        self,
        aws: Gate,
        clock: Clock,
        function: Function,
        receipts: Callable[[], Sequence[Receipt]],
        bounds: Bounds | None = None,
    ) -> AsyncIterator[Update]:
        """Make one pass over the function's newest changes without a final verdict. Raises AwsError."""
        refused: AwsError | None = None
        bounds = bounds or Bounds(function.name)
        done = changes_of(function.name, receipts(), clock.now())
        for receipt in done[-NEWEST:]:
            key = (function.name, receipt.id)
            old = self.known.get(key)
            if old is not None and old.final:
                continue
            told, refusal = await measured(aws, clock, function, receipt, done, bounds)
            refused = refused or refusal
            if told is not None and (old is None or told != old):
                self.known[key] = told
                yield EffectMeasured(function.name, receipt.id, told)
        if refused is not None:
            raise refused


async def measured(
    aws: Gate, clock: Clock, function: Function, receipt: Receipt, done: Sequence[Receipt], bounds: Bounds
) -> tuple[Effect | None, AwsError | None]:
    """The effect of one of the changes, and what was refused on the way. Raises AwsError without CloudWatch."""
    others = [other for other in done if other.id != receipt.id]
    compared, cut = windows(receipt, others, clock.now()), is_cut(receipt, others)
    if compared is None:
        return effect(receipt, None, None, cut=cut), None
    was_mb, is_mb = memory_of(receipt.plan)
    await bounds.ask(aws, clock, since=done[-1].ended)
    had, kept = _kept(receipt, done, bounds)
    before = await _by_metrics(aws, function, compared.before, was_mb or function.memory_mb)
    after = await _by_metrics(aws, function, compared.after, is_mb or function.memory_mb)
    refused = bounds.refused
    try:
        before = await _by_reports(aws, clock, function, before)
        after = await _by_reports(aws, clock, function, after)
    except CredentialsError:
        raise
    except NotFound:  # it has never logged
        pass
    except AwsError as error:
        refused = refused or error
    if latest_alone(receipt) and after.invocations and after.versions is None:
        after = replace(after, versions=await _without_alias(aws, function))
    priced = partial(_priced, function, stopped=purpose_of(receipt.plan) is STOP)
    return effect(receipt, priced(before, had), priced(after, kept), cut=cut), refused


def _kept(receipt: Receipt, done: Sequence[Receipt], bounds: Bounds) -> tuple[int | None, int | None]:
    """What was provisioned before and after the change: what is now, without what has been added since then."""
    if bounds.provisioned is None:
        return None, None
    later = [other for other in done if other.begun >= receipt.ended]
    kept = sum(bounds.provisioned.values()) - sum(provisioned_by(other.plan) for other in later)
    return max(0, kept - provisioned_by(receipt.plan)), max(0, kept)


async def _by_metrics(aws: Gate, function: Function, window: Window, memory_mb: int) -> Figures:
    """CloudWatch's figures of one window: sums by the minute, and a percentile as one query over all of it."""
    whole = window.seconds
    sums = {name: MetricQuery(function.name, name, "Sum", 60) for name in _SUMS}
    ranks = {stat: MetricQuery(function.name, "Duration", stat, whole) for stat in _PERCENTILES}
    peaks = {metric: MetricQuery(function.name, metric, "Maximum", 60) for metric in _PEAKS}
    attached = {
        "starts": MetricQuery(function.name, "init_duration", "SampleCount", 60, INSIGHTS),
        "used": MetricQuery(function.name, "used_memory_max", "Maximum", 60, INSIGHTS),
    }
    asked = [*sums.values(), *ranks.values(), *peaks.values(), *(attached.values() if function.has_insights else ())]
    points = await measure(aws, asked, window.start, window.end)
    totals = {name: _total(points[query]) for name, query in sums.items()}
    starts = _total(points.get(attached["starts"], []))
    return Figures(
        window=window,
        invocations=totals["Invocations"],
        errors=totals["Errors"],
        throttles=totals["Throttles"],
        duration_sum_ms=totals["Duration"],
        provisioned_invocations=totals[_PROVISIONED],
        memory_mb=memory_mb,
        used_mb=_peak(points.get(attached["used"], [])),
        cold=share(starts, totals["Invocations"]) if starts is not None else None,
        p50_ms=newest(points[ranks["p50"]]),
        p95_ms=newest(points[ranks["p95"]]),
        p99_ms=newest(points[ranks["p99"]]),
        concurrency=_peak(points[peaks["ConcurrentExecutions"]]),
        iterator_age_ms=_peak(points[peaks["IteratorAge"]]),
    )


def _total(points: Points) -> float | None:
    return sum(value for _, value in points) if points else None


def _peak(points: Points) -> float | None:
    return max((value for _, value in points), default=None)


def _priced(function: Function, figures: Figures, kept: int | None, *, stopped: bool) -> Figures:
    """With the cost, and in it what is kept provisioned, used or not; unknown if that is.

    Of a function that was stopped, or let go again, no point of invocations is none of them, and none cost nothing.
    """
    if kept is None:
        return figures
    spent = _usd_per_hour(function, figures, kept)
    return replace(figures, cost_usd_per_hour=0.0 if spent is None and stopped and not figures.invocations else spent)


def _usd_per_hour(function: Function, figures: Figures, kept: int) -> float | None:
    memory_mb, invocations, duration_ms = figures.memory_mb, figures.invocations, figures.duration_sum_ms
    provisioned = provisioned_usd_per_month(function, kept, memory_mb=memory_mb) / HOURS_PER_MONTH
    if not invocations or duration_ms is None:
        return provisioned or None
    spent = cost_usd(
        function,
        duration_ms=duration_ms,
        invocations=invocations,
        memory_mb=memory_mb,
        provisioned=min(1.0, (figures.provisioned_invocations or 0.0) / invocations),
    )
    return spent * 3600 / figures.window.seconds + provisioned


async def _by_reports(aws: Gate, clock: Clock, function: Function, figures: Figures) -> Figures:
    """The same with what only REPORT lines tell: a sample for memory and cold starts, all that failed by number."""
    if not figures.invocations:
        return figures
    sampled = await _sampled(aws, function, figures.window)
    sample = [report for _, report in sampled]
    used = [report.used_mb for report in sample if report.used_mb is not None]
    cold = Share(sum(report.cold for report in sample), len(sample)) if sample else None
    failed = await _failed(aws, clock, function, figures.window) if figures.errors else []
    return replace(
        figures,
        used_mb=figures.used_mb if figures.used_mb is not None else max(used, default=None),
        memory_mb=size_mb(sample) or figures.memory_mb,
        versions=_shares([version for version, _ in sampled]),
        cold=figures.cold or cold,
        kills=_count(failed, "oom"),
        timeouts=_count(failed, "timeout"),
    )


def _shares(versions: Sequence[str]) -> Mapping[str, float] | None:
    counts = Counter(versions)
    return {version: count / len(versions) for version, count in counts.items()} or None


async def _without_alias(aws: Gate, function: Function) -> Mapping[str, float] | None:
    """Where no report tells: callers of a function that has no alias run `$LATEST`; of another it is unknown."""
    with suppress(AwsError):
        answer = await aws.call("lambda", "ListAliases", FunctionName=function.name)
        return None if answer["Aliases"] else {LATEST: 1.0}
    return None


def _count(failed: Sequence[Report] | None, status: str) -> int | None:
    return None if failed is None else sum(report.status == status for report in failed)


async def _sampled(aws: Gate, function: Function, window: Window) -> Sequence[tuple[str, Report]]:
    """The newest reports of the window, each with the version that ran."""
    answer = await aws.call(
        "logs",
        "FilterLogEvents",
        logGroupName=function.log_group,
        filterPattern=report_pattern(function),
        startTime=epoch_ms(window.start),
        endTime=epoch_ms(window.end) - 1,
        limit=SAMPLE_LINES,
        startFromHead=False,
    )
    events = ((str(event.get("logStreamName") or ""), event["message"]) for event in answer["events"])
    own = ((version_of(stream), message) for stream, message in events if writes(function, stream))
    return [(version, report) for version, message in own if (report := parse_report(message))]


async def _failed(aws: Gate, clock: Clock, function: Function, window: Window) -> Sequence[Report] | None:
    """The reports of all that failed; None if there are too many to be read."""
    pattern = _FAILED_JSON if function.log_format == "JSON" else _FAILED_TEXT
    group = LogGroup(name=function.log_group, functions=(function,), pattern=pattern)
    found: list[Report] = []
    pages, pace = 0, Pace(PAUSE_S, region=aws.region)
    async with aclosing(group.once(aws, clock, pace, epoch_ms(window.start), epoch_ms(window.end))) as reading:
        async for page in reading:
            pages += 1
            found += [report for line in page if (report := parse_report(line.message))]
            if pages == FAILED_PAGES:
                return None
    return found
