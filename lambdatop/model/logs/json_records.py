"""Log events that are JSON objects: Lambda's own records (`platform.report`) and what functions log.

Loggers agree on no keys, so each fact is looked for under every name that Lambda's runtimes, Powertools and the
common loggers give it.
"""

import json
from collections.abc import Mapping, Sequence

from lambdatop.model.logs.levels import Level, LineKind, Parsed, level_of
from lambdatop.model.logs.report import Report, number, report_from_record

_REQUEST_ID = (
    "requestId",
    "AWSRequestId",  # Java, log4j2
    "AWSrequestId",  # Java, LambdaLogger
    "awsRequestId",
    "aws_request_id",
    "function_request_id",  # Powertools
    "request_id",
)
_LEVEL = ("level", "severity", "levelname", "log_level", "@l")
_MESSAGE = ("message", "msg", "event", "@m", "@mt")
_ERROR_TYPE = ("errorType", "exception_name")
_PLATFORM = "platform."
_KINDS = {"start": LineKind.START, "report": LineKind.REPORT, "runtimeDone": LineKind.END}
_SHOWN = ("runtimeVersion", "version", "name", "state", "phase", "droppedRecords", "reason", "status", "errorType")
_OUTCOMES = {"timeout": "timed out", "oom": "out of memory", "error": "error"}


def read_object(event: Mapping[str, object], text: str) -> Parsed:
    """Return what a decoded event says; `text` is its JSON, shown where nothing better is found."""
    name = event.get("type")
    record = event.get("record")
    if isinstance(name, str) and name.startswith(_PLATFORM) and isinstance(record, dict):
        return _platform(name.removeprefix(_PLATFORM), record, report_from_record(event))
    return Parsed(
        LineKind.APP,
        _app_level(event),
        _text(_first(event, _REQUEST_ID)),
        _app_text(event) or text,
    )


def report_text(report: Report) -> str:
    """Return a REPORT line for people: `REPORT 8f50… 1,912 ms · billed 2,100 · 412/1,024 MB · init 310 ms`."""
    parts = []
    if report.duration_ms is not None:
        parts.append(_ms(report.duration_ms))
    if report.billed_ms is not None:
        parts.append(f"billed {report.billed_ms:,}")
    if report.used_mb is not None and report.memory_mb is not None:
        parts.append(f"{report.used_mb:,}/{report.memory_mb:,} MB")
    if report.init_ms is not None:
        parts.append(f"init {_ms(report.init_ms)}")
    if report.restore_ms is not None:
        parts.append(f"restore {_ms(report.restore_ms)}")
    if report.status != "ok":
        parts.append(_OUTCOMES[report.status])
    if report.status == "error" and report.error_type:
        parts.append(report.error_type)
    return f"REPORT {short_id(report.request_id)} {' · '.join(parts)}".rstrip()


def short_id(request_id: str) -> str:
    """Return the start of a request id, enough to tell neighbours apart: `8f50…`."""
    return request_id if len(request_id) <= 5 else f"{request_id[:4]}…"


def error_text(event: Mapping[str, object]) -> str | None:
    """Return `Type: message` and the stack's lines below it, or None if the object describes no error."""
    kind, message = _text(_first(event, _ERROR_TYPE)), _text(event.get("errorMessage"))
    headline = ": ".join(part for part in (kind, message) if part)
    if not headline:
        return None
    return "\n".join((headline, *_stack(event.get("stackTrace") or event.get("stack"), headline)))


def _platform(name: str, record: Mapping[str, object], report: Report | None) -> Parsed:
    request_id = _text(record.get("requestId"))
    failed = record.get("status") not in (None, "success")
    level = Level.ERROR if failed else Level.WARN if name == "logsDropped" else None
    if report is not None:
        return Parsed(LineKind.REPORT, level, request_id, report_text(report), report)
    kind = _KINDS.get(name) or (LineKind.INIT if name.startswith(("init", "restore")) else LineKind.PLATFORM)
    words = (kind.value if name in _KINDS else name, short_id(request_id) if request_id else "", _facts(record))
    version = _text(record.get("version")) if kind is LineKind.START else None
    return Parsed(kind, level, request_id, " ".join(word for word in words if word), version=version)


def _facts(record: Mapping[str, object]) -> str:
    metrics = record.get("metrics")
    duration = number(metrics.get("durationMs")) if isinstance(metrics, dict) else None
    took = [] if duration is None else [_ms(duration)]
    return " · ".join(took + [str(record[key]) for key in _SHOWN if isinstance(record.get(key), str | int)])


def _app_level(event: Mapping[str, object]) -> Level | None:
    """Go and Ruby log an unhandled error as an object without a level."""
    level = level_of(_first(event, _LEVEL))
    return Level.ERROR if level is None and "errorType" in event and "errorMessage" in event else level


def _app_text(event: Mapping[str, object]) -> str | None:
    message = _first(event, _MESSAGE)
    if isinstance(message, dict):
        message = error_text(message) or _compact(message)
    elif message is not None and not isinstance(message, str):
        message = _compact(message)
    error = error_text(event)
    return f"{message} · {error}" if message and error else message or error


def _stack(frames: object, headline: str) -> Sequence[str]:
    """The lines of a stack: strings (Node, Python, Ruby) or objects of path, line and label (Go)."""
    if not isinstance(frames, list):
        return ()
    lines = [f"    {f.get('label')} {f.get('path')}:{f.get('line')}" if isinstance(f, dict) else str(f) for f in frames]
    return [line.rstrip() for line in lines if line.strip() != headline]


def _first(event: Mapping[str, object], names: Sequence[str]) -> object:
    return next((event[name] for name in names if event.get(name) is not None), None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _compact(value: object) -> str | None:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return None


def _ms(value: float) -> str:
    """Three significant digits or the whole number: `2.75 ms`, `15.7 ms`, `1,912 ms`."""
    decimals = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{decimals}f} ms"
