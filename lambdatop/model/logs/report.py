"""What one invocation cost and how it ended, from its REPORT line, and what many such lines say together.

CloudWatch knows neither memory nor init time of a function; the REPORT lines do. Lambda writes them as text or, with
LogFormat JSON, as `platform.report` records; every field may be missing (Lambda Managed Instances report a duration
alone), and then it is None.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

Status = Literal["ok", "error", "timeout", "oom"]

# At each place the longest name first: `Billed Duration` is not a `Duration`, whatever the order and the blanks.
_FIELD = re.compile(
    r"\b(Billed Restore Duration|Billed Duration|Restore Duration|Init Duration|Duration|Memory Size|Max Memory Used"
    r"|RequestId|Status|Error Type|TraceId):\s+(\S+)"
)
_ROOT = re.compile(r"Root=(1-[0-9a-f-]+)")
_RECORD = '"platform.report"'


class Report(Struct, frozen=True, kw_only=True, gc=False):
    """One REPORT line. Times in ms, memory in MB (2^20 bytes); None is unknown."""

    request_id: str
    duration_ms: float | None
    """The handler alone, without init."""
    billed_ms: int | None
    """AWS, since August 2025: the duration with init or billed restore, rounded up; nothing is to be added."""
    memory_mb: int | None
    used_mb: int | None
    """The most the execution environment has ever used, not this invocation."""
    init_ms: float | None = None
    restore_ms: float | None = None
    """SnapStart's counterpart of init."""
    status: Status = "ok"
    error_type: str | None = None
    trace_id: str | None = None

    @property
    def cold(self) -> bool:
        """True if this invocation started its environment; provisioned ones never say so."""
        return self.init_ms is not None or self.restore_ms is not None


class ReportSample(Struct, frozen=True, kw_only=True, gc=False):
    """A summary of the reports of some stretch of time."""

    count: int
    cold: int
    used_mb: int | None
    """The highest."""
    timeouts: int
    ooms: int
    errors: int
    """Those that ended in error but neither timed out nor ran out of memory."""
    init_p50_ms: float | None
    init_p95_ms: float | None
    """Of the cold starts, restores included."""
    billed_ms: int
    """The sum."""
    memory_mb: float | None = None
    """The size they ran with; where that differs, the mean by what was billed."""
    since: datetime
    until: datetime

    @property
    def cold_percent(self) -> float:
        return 100 * self.cold / self.count


def parse_report(message: str) -> Report | None:
    """Return the report that a log event holds, as text or as JSON; None if it holds none. Never raises."""
    if message.startswith("REPORT "):
        return _from_fields(dict(_FIELD.findall(message)))
    if message.startswith("{") and _RECORD in message:
        return report_from_record(decode_object(message) or {})
    return None


def report_from_record(event: Mapping[str, object]) -> Report | None:
    """Return the report in a decoded `platform.report` event (`{"time", "type", "record"}`); None if there is none."""
    record = _mapping(event.get("record"))
    request_id = record.get("requestId")
    if event.get("type") != "platform.report" or not isinstance(request_id, str):
        return None
    metrics = _mapping(record.get("metrics"))
    root = _ROOT.search(str(_mapping(record.get("tracing")).get("value")))
    error_type = record.get("errorType")
    return _report(
        request_id=request_id,
        numbers={name: number(value) for name, value in metrics.items()},
        status=str(record.get("status")),
        error_type=error_type if isinstance(error_type, str) else None,
        trace_id=root[1] if root else None,
    )


def decode_object(text: str) -> Mapping[str, object] | None:
    """Return the JSON object that `text` is, or None. Never raises, however deep or long the nesting."""
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None


def number(value: object) -> float | None:
    """Return `value` as a number Lambda could have reported: finite, not negative, safe in arithmetic; else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0 <= number < 1e15 else None


def summarise(reports: Sequence[tuple[datetime, Report]]) -> ReportSample | None:
    """Summarise reports with the times of their events, in any order; None if there are none."""
    if not reports:
        return None
    times = [at for at, _ in reports]
    statuses = [report.status for _, report in reports]
    starts = sorted((report.init_ms or 0) + (report.restore_ms or 0) for _, report in reports if report.cold)
    return ReportSample(
        count=len(reports),
        cold=len(starts),
        used_mb=max((report.used_mb for _, report in reports if report.used_mb is not None), default=None),
        timeouts=statuses.count("timeout"),
        ooms=statuses.count("oom"),
        errors=statuses.count("error"),
        init_p50_ms=percentile(starts, 50),
        init_p95_ms=percentile(starts, 95),
        billed_ms=sum(report.billed_ms or 0 for _, report in reports),
        memory_mb=size_mb([report for _, report in reports]),
        since=min(times),
        until=max(times),
    )


def size_mb(reports: Sequence[Report]) -> float | None:
    """The memory size that reports ran with, MB; where that differs, the mean by what was billed. None if none says."""
    sizes = [(report.billed_ms or 0, report.memory_mb) for report in reports if report.memory_mb is not None]
    billed_ms = sum(ms for ms, _ in sizes)
    if not billed_ms:
        return sum(mb for _, mb in sizes) / len(sizes) if sizes else None
    return sum(ms * mb for ms, mb in sizes) / billed_ms


_JSON_NAMES = {
    "durationMs": "Duration",
    "billedDurationMs": "Billed Duration",
    "memorySizeMB": "Memory Size",
    "maxMemoryUsedMB": "Max Memory Used",
    "initDurationMs": "Init Duration",
    "restoreDurationMs": "Restore Duration",
}


def _from_fields(fields: Mapping[str, str]) -> Report | None:
    if "RequestId" not in fields:
        return None
    return _report(
        request_id=fields["RequestId"],
        numbers={name: number(fields[text]) for name, text in _JSON_NAMES.items() if text in fields},
        status=fields.get("Status", "success"),
        error_type=fields.get("Error Type"),
        trace_id=fields.get("TraceId"),
    )


def _report(
    request_id: str, numbers: Mapping[str, float | None], status: str, error_type: str | None, trace_id: str | None
) -> Report:
    memory_mb, used_mb = _whole(numbers.get("memorySizeMB")), _whole(numbers.get("maxMemoryUsedMB"))
    full = memory_mb is not None and used_mb is not None and used_mb >= memory_mb
    return Report(
        request_id=request_id,
        duration_ms=numbers.get("durationMs"),
        billed_ms=_whole(numbers.get("billedDurationMs")),
        memory_mb=memory_mb,
        used_mb=used_mb,
        init_ms=numbers.get("initDurationMs"),
        restore_ms=numbers.get("restoreDurationMs"),
        status=_status(status, error_type, full),
        error_type=error_type,
        trace_id=trace_id,
    )


def _status(status: str, error_type: str | None, memory_full: bool) -> Status:
    """A process killed with its memory full is out of memory, though some runtimes say ExitError only."""
    if error_type == "Runtime.OutOfMemory" or (error_type == "Runtime.ExitError" and memory_full):
        return "oom"
    if status == "timeout" or error_type == "Sandbox.Timedout":
        return "timeout"
    return "error" if status in ("error", "failure") or error_type else "ok"


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """By nearest rank: a value that occurred."""
    return ordered[max(0, math.ceil(percent * len(ordered) / 100) - 1)] if ordered else None
