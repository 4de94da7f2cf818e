"""What a diagnosis is made of: findings, the state of a row that they add up to, and the order of the sick."""

import math
from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct

from lambdatop.model.metrics import FunctionMetrics


class Severity(IntEnum):
    """How much it matters to the person on call. A NOTE is advice for a quiet day and makes no row sick."""

    NOTE = 1
    WARNING = 2
    CRITICAL = 3


class Rule(StrEnum):
    """What was found. Causes stand before symptoms: of two findings as severe as each other the first explains."""

    OUT_OF_MEMORY = "out of memory"
    TIMEOUTS = "timeouts"
    ERRORS_RISING = "errors rising"
    SURGE = "traffic surging"
    THROTTLED = "throttled"
    ERRORS = "errors"
    ALARM = "alarm"
    NEAR_MEMORY = "near its memory"
    NEAR_TMP = "near its /tmp"
    NEAR_FDS = "near its file descriptors"
    NEAR_TIMEOUT = "near its timeout"
    CPU_BOUND = "CPU-bound"
    COLD_STARTS = "cold starts"
    RUNTIME = "runtime"
    OVERSIZED = "oversized"


_RANK = {rule: rank for rank, rule in enumerate(Rule)}


class Finding(Struct, frozen=True):
    """One thing that is wrong, in a few words without a time of day: time zones are the screen's business."""

    rule: Rule
    severity: Severity
    text: str
    since: datetime | None = None

    def told(self, since: str) -> str:
        """The text with the moment it began, as the screen writes it: `errors ×15 since 14:19`."""
        return f"{self.text}, {since}" if " since " in self.text else f"{self.text} since {since}"


class Health(StrEnum):
    """The one word for a row, and its glyph."""

    SICK = "sick"
    WARNING = "warning"
    FINE = "fine"
    IDLE = "idle"
    UNKNOWN = "unknown"


def strongest_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Order findings by severity, and equally severe ones from cause to symptom."""
    return tuple(sorted(findings, key=lambda finding: (-finding.severity, _RANK[finding.rule])))


def state_of(findings: Sequence[Finding], metrics: FunctionMetrics | None) -> Health:
    """Return the state of a function with these findings; metrics are None where it has not been measured."""
    worst = max((finding.severity for finding in findings), default=Severity.NOTE)
    if worst is Severity.CRITICAL:
        return Health.SICK
    if worst is Severity.WARNING:
        return Health.WARNING
    if metrics is None:
        return Health.UNKNOWN
    return Health.FINE if metrics.sum_of("invocations") else Health.IDLE


def sickness(findings: Sequence[Finding], metrics: FunctionMetrics | None) -> float:
    """Return a key that sorts the sickest highest: by severity, then by failed requests, then by traffic.

    Orders of magnitude are compared, not counts, so that rows do not swap places with every minute's noise.
    """
    worst = max((finding.severity for finding in findings), default=Severity.NOTE)
    band = 100.0 * (worst - Severity.NOTE)
    if metrics is None:
        return band
    failed = (metrics.sum_of("errors") or 0) + (metrics.sum_of("throttles") or 0)
    traffic = metrics.sum_of("invocations") or 0
    failing = math.log10(1 + failed) if band else 0.0
    return band + min(9.0, failing) * 10 + min(9.0, math.log10(1 + traffic))
