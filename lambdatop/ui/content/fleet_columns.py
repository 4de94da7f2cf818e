"""The fleet table's columns: what each cell says of a row, and in which tone."""

from collections.abc import Callable

from lambdatop.config import SORT_COLUMNS, SortColumn
from lambdatop.model.alarms.alarm import AlarmState
from lambdatop.model.fleet.diagnosis import Health, Rule, Severity
from lambdatop.model.fleet.row import Row
from lambdatop.model.text import safe
from lambdatop.ui.widgets.columns import Column
from lambdatop.ui.widgets.spark import spark
from lambdatop.words import format
from lambdatop.words.finding import began
from lambdatop.words.spans import Cell, Span, Tone

TREND_WIDTH = 12
CALM_TOP = 1.6
"""A calm trend is drawn low, so that a column of them is no wall."""
_ERROR_RULES = {Rule.ERRORS, Rule.ERRORS_RISING, Rule.TIMEOUTS, Rule.OUT_OF_MEMORY, Rule.ALARM}
UNKNOWN = "–"

_GLYPHS: dict[Health, Span] = {
    Health.SICK: ("▲", "bad"),
    Health.WARNING: ("▲", "warn"),
    Health.FINE: ("●", "good"),
    Health.IDLE: ("○", "dim"),
    Health.UNKNOWN: ("◌", "dim"),
}
SEVERITY_TONES: dict[Severity, Tone] = {Severity.NOTE: "dim", Severity.WARNING: "warn", Severity.CRITICAL: "bad"}

ERRORS_WARN_PCT, ERRORS_BAD_PCT = 1.0, 5.0
COLD_WARN_PCT = 5.0
MEMORY_WARN_SHARE, MEMORY_BAD_SHARE = 0.9, 0.98


def _number(value: float | None, show: Callable[[float], str], tone: Tone = "plain") -> Cell:
    if value is None:
        return ((UNKNOWN, "dim"),)
    return ((show(value), "dim" if value == 0 else tone),)


def glyph(row: Row) -> tuple[Span, ...]:
    """The state, and a bell if an alarm rings."""
    rings = row.alarm_state is AlarmState.ALARM
    return (_GLYPHS[row.state], ("!", "bad") if rings else (" ", "plain"))


def _name(row: Row) -> Cell:
    tone: Tone = (
        "strong" if row.state in (Health.SICK, Health.WARNING) else "dim" if row.state is Health.IDLE else "plain"
    )
    return ((safe(row.function.name), tone),)


def _invocations(row: Row) -> Cell:
    surge = next((finding for finding in row.findings if finding.rule is Rule.SURGE), None)
    return _number(row.invocations_per_min, format.count, SEVERITY_TONES[surge.severity] if surge else "plain")


def _errors(row: Row) -> Cell:
    value = row.error_pct
    tone: Tone = "plain"
    if value is not None:
        tone = "bad" if value >= ERRORS_BAD_PCT else "warn" if value >= ERRORS_WARN_PCT else "plain"
    return _number(value, format.percent, tone)


def _duration(field: Callable[[Row], float | None]) -> Callable[[Row], Cell]:
    return lambda row: _number(field(row), format.duration)


def _memory(row: Row) -> Cell:
    used, size = row.used_mb, row.memory_mb
    if used is None:
        return ((f"{UNKNOWN}/{size:,}", "dim"),)
    share = used / size
    tone: Tone = "bad" if share >= MEMORY_BAD_SHARE else "warn" if share >= MEMORY_WARN_SHARE else "plain"
    return ((f"{used:,.0f}", tone), (f"/{size:,}", "dim"))


def _cold(row: Row) -> Cell:
    value = row.cold_pct
    return _number(value, format.percent, "warn" if value is not None and value >= COLD_WARN_PCT else "plain")


def _trend(row: Row) -> Cell:
    if row.metrics is None:
        return ""
    invoked = row.metrics.invocations.values[:-1]
    if row.why is not None and row.why.rule in _ERROR_RULES and row.metrics.errors.total():
        return ((spark(row.metrics.errors.values[:-1], TREND_WIDTH), SEVERITY_TONES[row.why.severity]),)
    if row.why is not None and row.why.rule is Rule.SURGE:
        return ((spark(invoked, TREND_WIDTH), SEVERITY_TONES[row.why.severity]),)
    return ((spark(invoked, TREND_WIDTH, top=CALM_TOP * max((each or 0 for each in invoked), default=0)), "dim"),)


def why(row: Row) -> Cell:
    """Since when, which must not be cut off where there is little room, and the strongest finding."""
    finding = row.why
    if finding is None:
        return ""
    since = began(finding, row)
    return ((f"{since} " if since is not None else "", "dim"), (safe(finding.text), SEVERITY_TONES[finding.severity]))


def _sum(field: Callable[[Row], float | None], tone: Tone = "plain") -> Callable[[Row], Cell]:
    return lambda row: _number(field(row), format.count, tone)


COLUMNS: tuple[Column[Row], ...] = (
    Column(key="sick", title="", width=2, cell=glyph, align="left", importance=99),
    Column(key="name", title="FUNCTION", width=18, max_width=24, cell=_name, align="left", importance=100, flex=True),
    Column(key="invocations", title="INV/min", width=7, cell=_invocations, importance=80),
    Column(key="errors", title="ERR %", width=5, cell=_errors, importance=90),
    Column(key="throttles", title="THR", width=6, cell=_sum(lambda row: row.throttles, "warn"), importance=60),
    Column(
        key="p50",
        title="P50",
        width=7,
        cell=_duration(lambda row: row.metrics.duration_p50_ms if row.metrics else None),
        importance=20,
    ),
    Column(
        key="p95",
        title="P95",
        width=7,
        cell=_duration(lambda row: row.metrics.duration_p95_ms if row.metrics else None),
        importance=70,
    ),
    Column(
        key="p99",
        title="P99",
        width=7,
        cell=_duration(lambda row: row.metrics.duration_p99_ms if row.metrics else None),
        importance=40,
    ),
    Column(
        key="concurrency",
        title="CONC",
        width=6,
        cell=_sum(lambda row: row.metrics.concurrent_executions if row.metrics else None),
        importance=35,
    ),
    Column(key="cold", title="COLD %", width=6, cell=_cold, importance=30),
    Column(key="memory", title="MEMORY MB", width=12, cell=_memory, importance=50),
    Column(
        key="cost",
        title="$/h",
        width=7,
        cell=lambda row: _number(row.cost_usd_per_hour, format.usd),
        importance=45,
    ),
    Column(key="trend", title="1 HOUR", width=TREND_WIDTH, cell=_trend, align="left", importance=25),
    Column(key="why", title="WHY", width=33, cell=why, align="left", importance=95, flex=True),
)


def sort_column(key: str | None) -> SortColumn | None:
    """The sort order that a click on this column's title selects; None if there is none."""
    meant = {"why": "sick", "trend": "invocations"}.get(key or "", key)
    return next((order for order in SORT_COLUMNS if order == meant), None)
