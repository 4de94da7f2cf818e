"""Which lines say that an invocation failed, and why: the signatures of Lambda and of each runtime.

A line at level ERROR alone does not: functions log errors that they have dealt with. In the old text form, and where
the system's log level hides reports, these lines are all that tells a failure.
"""

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from lambdatop.model.logs.json_records import error_text
from lambdatop.model.logs.levels import Level, LineKind, Parsed
from lambdatop.model.logs.report import decode_object

Cause = Literal["error", "timeout", "killed"]
"""`killed` is out of memory only if the memory was full."""


class Failure(Struct, frozen=True):
    """Why something failed; `text` is one line, still raw."""

    cause: Cause
    text: str
    by_runtime: bool
    """The runtime names the error itself; Lambda, which speaks later, knows less of it."""


_PYTHON = re.compile(r"\[ERROR\] (?=Runtime\.|[^\n\r]*[\n\r]+\s*Traceback \(most recent)")
_NODE = re.compile(r"(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection)\s*:?\s*(.*)")
_JAVA = re.compile(r"[^\n]*: (?P<kind>[\w.$]+)\n(?P<line>(?P=kind)(?:: [^\n]*)?)(?:\n|$)")
_DOTNET = re.compile(r"[\w.]+Exception: ")
_RUBY = "Error raised from handler method\n"
_GO = ("panic: ", "fatal error: ")
_STATUS = re.compile(r'(?:\bStatus: |"status": ?")(\w+)')
_ERROR_TYPE = re.compile(r'(?:\bError Type: |"errorType": ?")([^\s"]+)')
_EXITED = "Error: "


def failure_of(message: str, parsed: Parsed) -> Failure | None:
    """Return the failure that a line tells, given what was read in it; None if it tells none. Never raises.

    The forms are those that AWS and the runtimes write.
    """
    if parsed.level not in (Level.ERROR, Level.FATAL):
        return None
    match parsed.kind:
        case LineKind.APP:
            text = _unhandled(message, parsed.text)
            return Failure("error", text, True) if text else None
        case LineKind.INIT:
            return _not_started(message)
        case LineKind.PLATFORM:
            return _ended(parsed.text)
        case _:
            return None


def headline(text: str) -> str:
    """Return the first line of what a log event says."""
    return re.split(r"[\n\r]", text.strip(), maxsplit=1)[0].strip()


def _ended(text: str) -> Failure | None:
    first = headline(text)
    if first.startswith("Task timed out"):
        return Failure("timeout", first, False)
    if first.startswith(_EXITED):
        return Failure("killed" if "signal: killed" in first else "error", first.removeprefix(_EXITED), False)
    return None


def _not_started(message: str) -> Failure:
    """INIT_REPORT, RESTORE_REPORT and their records, with a Status of error or timeout."""
    status, error_type = _STATUS.search(message), _ERROR_TYPE.search(message)
    timed_out = status is not None and status[1] == "timeout"
    phase = "restore" if message.startswith("RESTORE") or "platform.restore" in message else "init"
    text = error_type[1] if error_type else f"{phase} timed out" if timed_out else f"{phase} failed"
    return Failure("timeout" if timed_out else "error", text, False)


def _unhandled(message: str, text: str) -> str | None:
    """The error that the runtime printed because nobody caught it."""
    if message.startswith("{"):
        return _unhandled_object(decode_object(message) or {})
    if message.startswith("["):
        return headline(text) if _PYTHON.match(message) else None
    if text.startswith(_RUBY):
        return _named(decode_object(text.removeprefix(_RUBY)) or {}) or headline(text)
    if match := _NODE.match(text):
        return headline(match[1]) or headline(text)
    if match := _JAVA.match(text):
        return match["line"].strip()
    dotnet = "\tfail\t" in message and _DOTNET.match(text)
    return headline(text) if dotnet or text.startswith(_GO) else None


def _unhandled_object(event: Mapping[str, object]) -> str | None:
    """Go's and Ruby's error, Python's record without a message, Node's whose message is the error itself."""
    message = event.get("message")
    return _named(message if isinstance(message, dict) else event if message is None else {})


def _named(error: Mapping[str, object]) -> str | None:
    text = error_text(error) if "errorType" in error else None
    return headline(text) if text else None
