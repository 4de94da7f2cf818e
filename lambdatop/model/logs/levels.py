"""How loud a log line is and what kind of line, in the one vocabulary that every runtime's words map to."""

from enum import StrEnum

from msgspec import Struct

from lambdatop.model.logs.report import Report


class Level(StrEnum):
    """AWS's levels (ApplicationLogLevel), quietest first."""

    TRACE = "TRACE"
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"
    FATAL = "FATAL"

    @property
    def loudness(self) -> int:
        """The place among the levels, 0 for TRACE, so that a pane can show `WARN and louder`."""
        return _LOUDNESS[self]


_LOUDNESS = {level: place for place, level in enumerate(Level)}


class LineKind(StrEnum):
    """Who wrote the line: Lambda at a point of the invocation's life (END: the handler is done), or the function."""

    START = "START"
    END = "END"
    REPORT = "REPORT"
    INIT = "INIT"
    PLATFORM = "PLATFORM"
    APP = "APP"


class Parsed(Struct, frozen=True, gc=False):
    """One log event, read. None is unknown: many lines name neither level nor request."""

    kind: LineKind
    level: Level | None
    request_id: str | None
    text: str
    """What to display, still raw: no time and no request id, which the pane shows itself. May have several lines."""
    report: Report | None = None
    """Of REPORT lines."""
    version: str | None = None
    """Of START lines: `$LATEST` or a published version."""


_WORDS = {
    Level.TRACE: ("trace", "trce", "verbose", "silly"),
    Level.DEBUG: ("debug", "dbug", "fine"),
    Level.INFO: ("info", "information", "informational", "notice", "log"),
    Level.WARN: ("warn", "warning"),
    Level.ERROR: ("error", "err", "fail", "severe"),
    Level.FATAL: ("fatal", "critical", "crit", "panic", "alert", "emergency"),
}
_LEVELS = {word: level for level, words in _WORDS.items() for word in words}


def level_of(word: object) -> Level | None:
    """Return the level that a runtime's or logger's word means, or pino's and bunyan's number (30 is info), or None."""
    if isinstance(word, str):
        return _LEVELS.get(word.lower())
    if isinstance(word, int) and 10 <= word <= 60:
        return tuple(Level)[word // 10 - 1]
    return None
