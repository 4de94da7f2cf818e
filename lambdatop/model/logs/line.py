"""Log events as the log pane means them: what kind of line, how loud, of which invocation, and what to show of it.

Every runtime has its own form of text; Lambda's own lines differ from the function's. With LogFormat JSON, and where
functions log objects, `records` reads on. What fits no form is the function's own text and stays as it is: reading
never fails and hides nothing.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from lambdatop.model.logs.json_records import error_text, read_object, report_text, short_id
from lambdatop.model.logs.levels import Level, LineKind, Parsed, level_of
from lambdatop.model.logs.report import decode_object, parse_report

__all__ = ["Level", "LineKind", "LogLine", "Parsed", "read"]


class LogLine(Struct, frozen=True, kw_only=True, gc=False):
    """One event of CloudWatch Logs. Its message is raw: what is displayed passes `text.safe` first."""

    timestamp: datetime
    ingestion_time: datetime | None
    stream: str
    event_id: str
    message: str
    function_name: str


_TIME = r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?"
_START_OR_END = re.compile(r"(START|END) RequestId: (\S+)(?: Version: (\S+))?")
_BRACKETED = re.compile(rf"\[(\w+)\](?:\t{_TIME}\t(\S*)\t|\s+)(.*)", re.DOTALL)
_TABBED = re.compile(rf"{_TIME}\t(\S*)\t(?:(\w+)\t)?(.*)", re.DOTALL)
_TIMED_OUT = re.compile(rf"{_TIME} (\S+) (Task timed out after .*)", re.DOTALL)
_EXITED = re.compile(r"RequestId: (\S+) (Error: .*)", re.DOTALL)
_LEADING_LEVEL = re.compile(  # behind a time and, with log4j2's Lambda layout, the request's id
    r"[\W\dTZ]{0,48}(?:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\W+)?"
    r"(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL)\b"
)
_LABELLED_LEVEL = re.compile(r"\b(?:level|severity)=\"?(\w+)")
_FAILURES = re.compile(
    r"panic: |fatal error: |Traceback \(most recent call last\)|Error raised from handler method"  # Go, Python, Ruby
    r"|[^\n]*java\.lang\.OutOfMemoryError|[^\n]*\n(?:[^\n]*\n)?(?:\t| {3})at "  # Java, .NET: a stack within two lines
)


def read(message: str) -> Parsed:
    """Return what one event says, in whichever form of AWS's or a runtime's it is written. Never raises."""
    text = message.rstrip()
    if text.startswith("{") and (event := decode_object(text)) is not None:
        return read_object(event, text)
    reader = _SYSTEM_LINES.get(text[:4])
    if reader is not None and (parsed := reader(text)) is not None:
        return parsed
    if text.startswith("["):
        return _bracketed(text) or _unmarked(text)
    if text[:1].isdigit():
        return _tabbed(text) or _timed_out(text) or _unmarked(text)
    return _unmarked(text)


def _start_or_end(text: str) -> Parsed | None:
    match = _START_OR_END.match(text)
    if match is None:
        return None
    word, request_id, version = match.groups()
    shown = f"{word} {short_id(request_id)} {version or ''}".rstrip()
    return Parsed(LineKind(word), None, request_id, shown, version=version)


def _report(text: str) -> Parsed | None:
    report = parse_report(text)
    if report is None:
        return None
    level = None if report.status == "ok" else Level.ERROR
    return Parsed(LineKind.REPORT, level, report.request_id, report_text(report), report)


def _phase(text: str) -> Parsed | None:
    """INIT_START and its kin: the values of their fields, without the ARN, which repeats the version."""
    word, _, rest = text.partition(" ")
    if word not in _PHASES:
        return None
    fields = [field.partition(": ")[::2] for field in rest.split("\t")]
    shown = " · ".join(value or name for name, value in fields if not name.endswith("ARN"))
    failed = any(name == "Status" and value in ("error", "timeout") for name, value in fields)
    return Parsed(LineKind.INIT, Level.ERROR if failed else None, None, f"{word} {shown}".rstrip())


def _platform(text: str) -> Parsed | None:
    return Parsed(LineKind.PLATFORM, None, None, text) if text.startswith(_PLATFORM) else None


def _exited(text: str) -> Parsed | None:
    match = _EXITED.match(text)
    return Parsed(LineKind.PLATFORM, Level.ERROR, match[1], match[2]) if match else None


_PHASES = ("INIT_START", "INIT_REPORT", "RESTORE_START", "RESTORE_REPORT")
_PLATFORM = ("EXTENSION\t", "TELEMETRY\t", "LOGS\t")
_SYSTEM_LINES: Mapping[str, Callable[[str], Parsed | None]] = {
    "STAR": _start_or_end,
    "END ": _start_or_end,
    "REPO": _report,
    "INIT": _phase,
    "REST": _phase,
    "EXTE": _platform,
    "TELE": _platform,
    "LOGS": _platform,
    "Requ": _exited,
}
"""By the first four characters: looked at for every line."""


def _bracketed(text: str) -> Parsed | None:
    """Python's runtime: `[LEVEL]\\t<time>\\t<request>\\tmessage`, or `[ERROR] KeyError: …` for what went unhandled."""
    match = _BRACKETED.match(text)
    level = level_of(match[1]) if match else None
    if match is None or level is None:
        return None
    return Parsed(LineKind.APP, level, match[2] or None, match[3])


def _tabbed(text: str) -> Parsed | None:
    """Node's and .NET's runtime: `<time>\\t<request>\\tLEVEL\\tmessage`; at init the request is `undefined`."""
    match = _TABBED.match(text)
    if match is None:
        return None
    request_id, word, rest = match.groups()
    level = level_of(word) if word else None
    if word and level is None:
        rest = f"{word}\t{rest}"
    return Parsed(LineKind.APP, level, None if request_id in ("", "undefined") else request_id, _with_error(rest))


def _with_error(text: str) -> str:
    """Node's `Invoke Error \\t{"errorType":…}` as a headline and a stack; any other text unchanged."""
    head, tab, tail = text.partition("\t")
    event = decode_object(tail) if tab and tail.startswith("{") else None
    error = error_text(event) if event else None
    return f"{head.strip()}: {error}" if error else text


def _timed_out(text: str) -> Parsed | None:
    match = _TIMED_OUT.match(text)
    return Parsed(LineKind.PLATFORM, Level.ERROR, match[1], match[2]) if match else None


def _unmarked(text: str) -> Parsed:
    """Text in no form of a runtime's: whatever the function printed, with the level if one can be told."""
    if _FAILURES.match(text):
        return Parsed(LineKind.APP, Level.ERROR, None, text)
    if leading := _LEADING_LEVEL.match(text):
        return Parsed(LineKind.APP, level_of(leading[2]), leading[1], text)
    labelled = _LABELLED_LEVEL.search(text, 0, 200)
    return Parsed(LineKind.APP, level_of(labelled[1]) if labelled else None, None, text)
