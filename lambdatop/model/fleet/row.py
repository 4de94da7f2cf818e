"""A function's row: what is known of it joined into the figures of the table, of `--once` and of the diagnosis."""

from datetime import datetime

from msgspec import Struct

from lambdatop.model.alarms.alarm import Alarm, AlarmState, worst
from lambdatop.model.cost.cost import usd_per_hour
from lambdatop.model.cost.memory_sizes import Sizes, mean_mb, running_mb, seen
from lambdatop.model.fleet.diagnosis import Finding, Health, diagnose, sickness, state_of, used_mb
from lambdatop.model.function import Function
from lambdatop.model.logs.report import ReportSample
from lambdatop.model.metrics import FunctionMetrics
from lambdatop.model.word_filter import passes


class Row(Struct, frozen=True, kw_only=True):
    """One function with its figures; None is unknown. Rates and sums are over the metrics' window."""

    function: Function
    metrics: FunctionMetrics | None
    reports: ReportSample | None
    alarms: tuple[Alarm, ...]
    findings: tuple[Finding, ...]
    """Strongest first."""
    state: Health
    sickness: float
    """Orders the table: higher is sicker."""
    invocations: float | None
    errors: float | None
    throttles: float | None
    invocations_per_min: float | None
    error_pct: float | None
    cost_usd_per_hour: float | None
    sizes: Sizes = ()
    """The memory that its invocations were seen to run with."""

    @property
    def name(self) -> str:
        return self.function.name

    @property
    def alarm_state(self) -> AlarmState | None:
        """The worst state of the function's alarms; None if it has none."""
        return worst(self.alarms)

    @property
    def memory_mb(self) -> int:
        """The size that its invocations run with: callers of an alias run a version, which may have another one."""
        return running_mb(self.function, self.sizes)

    @property
    def used_mb(self) -> float | None:
        """As `advice.used_mb`, from which the findings about memory are made, too."""
        return used_mb(self.metrics, self.reports)

    @property
    def cold_pct(self) -> float | None:
        """Cold starts as Lambda Insights counted them, else among the sampled REPORT lines, percent."""
        if self.metrics is not None and self.metrics.cold_starts is not None and self.invocations:
            return min(100.0, 100 * self.metrics.cold_starts / self.invocations)
        return self.reports.cold_percent if self.reports else None

    @property
    def why(self) -> Finding | None:
        """The strongest finding."""
        return self.findings[0] if self.findings else None


def row(
    function: Function,
    metrics: FunctionMetrics | None,
    reports: ReportSample | None,
    alarms: tuple[Alarm, ...],
    now: datetime,
    sizes: Sizes = (),
) -> Row:
    """Join what is known of one function and diagnose it. `now` bounds what counts as recent.

    `sizes` are from earlier samples.
    """
    sizes = seen(sizes, reports, metrics.window.start if metrics else None)
    findings = diagnose(function, metrics, reports, alarms, now, running_mb(function, sizes))
    invocations = metrics.sum_of("invocations") if metrics else None
    errors = metrics.sum_of("errors") if metrics else None
    minutes = metrics.window.seconds / 60 if metrics else 0
    return Row(
        function=function,
        metrics=metrics,
        reports=reports,
        alarms=alarms,
        findings=findings,
        state=state_of(findings, metrics),
        sickness=sickness(findings, metrics),
        invocations=invocations,
        errors=errors,
        throttles=metrics.sum_of("throttles") if metrics else None,
        invocations_per_min=invocations / minutes if invocations is not None and minutes else None,
        error_pct=100 * errors / invocations if errors is not None and invocations else None,
        cost_usd_per_hour=usd_per_hour(function, metrics, mean_mb(function, metrics, sizes)) if metrics else None,
        sizes=sizes,
    )


def matches(function: Function, pattern: str) -> bool:
    """True if the function passes the filter, by its name, runtime and architecture."""
    return passes(pattern, f"{function.name} {function.runtime or 'image'} {function.architecture}")
