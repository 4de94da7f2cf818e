"""One invocation of a function as its log tells it, and what many of them say together.

The unit of work is not the line: an on-call person asks what one request did, how it ended and what it cost. `fold`
makes these values from lines.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from lambdatop.model.logs.report import percentile

_LONGEST = 300
_VARYING = re.compile(
    r"(?P<id>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"  # UUID
    r"|\b0x[0-9a-fA-F]+\b"
    r"|\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{8,}\b"
    r"|\b(?=[A-Za-z_-]*\d)[\w-]{16,}(?!\w))"  # tokens, stream and message ids
    r"|'(?P<single>[^']{24,})'|\"(?P<double>[^\"]{24,})\""
    r"|(?P<number>(?<![A-Za-z\d])\d+(?:[.,:]\d+)*|\d{4,})"  # S3 and Int32 are names
)


def fingerprint(error: str) -> str:
    """Return the error with what varies replaced, so that equal errors are equal text.

    UUIDs, hexadecimal and other long ids become `<id>`, quoted values of 24 characters and more `'…'`, numbers `#`.
    Only the first line counts, and of it the first 300 characters.
    """
    return _VARYING.sub(_replaced, error.partition("\n")[0][:_LONGEST].strip())


def _replaced(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "id":
            return "<id>"
        case "single":
            return "'…'"
        case "double":
            return '"…"'
        case _:
            return "#"


class Outcome(StrEnum):
    """How an invocation ended, if it has and its lines tell."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out of memory"
    RUNNING = "running"
    UNKNOWN = "unknown"
    """Over, but its lines do not say how: they were not read, or the function's log level hides them."""


_fingerprint = lru_cache(maxsize=20_000)(fingerprint)
"""The same errors are summed up again and again while a log is followed."""

FAILED = frozenset({Outcome.ERROR, Outcome.TIMEOUT, Outcome.OUT_OF_MEMORY})


class Invocation(Struct, frozen=True, kw_only=True):
    """One request. Times in ms, memory in MB (2^20 bytes); None is unknown.

    Lambda repeats a failed asynchronous invocation under the same request id: then these are the last attempt's
    figures, but for `billed_ms`, which is the sum.
    """

    request_id: str
    """Or `init <stream>` for an environment that failed to start before it was given a request."""
    function_name: str
    stream: str
    version: str | None
    """`$LATEST` or a published version, from START."""
    outcome: Outcome
    started: datetime
    """The time of START, or of the first line known."""
    ended: datetime | None
    """The time of REPORT, or of END while there is none."""
    duration_ms: float | None
    """The handler alone, without init."""
    billed_ms: int | None
    memory_mb: int | None
    used_mb: int | None
    """The most the execution environment has ever used."""
    init_ms: float | None
    restore_ms: float | None
    cold: bool | None
    trace_id: str | None
    error: str | None
    """One line, still raw: `KeyError: 'sku'`; None unless it failed."""
    lines: int
    """How many lines of it are known."""
    attempts: int = 1


class Totals(Struct, frozen=True, kw_only=True):
    """What a number of invocations say together."""

    count: int
    running: int
    cold: int
    reported: int
    """How many say whether they were cold."""
    p50_ms: float | None
    p95_ms: float | None
    """Of the durations known, by nearest rank."""
    errors: tuple[tuple[str, int], ...]
    """The fingerprints of what ended in error, the most frequent first, and how often."""
    timeouts: int
    kills: int
    """Out of memory."""
    billed_ms: int
    dropped: int = 0
    """Invocations no longer kept, which nothing here counts."""

    @property
    def cold_percent(self) -> float | None:
        return 100 * self.cold / self.reported if self.reported else None

    @property
    def failed(self) -> int:
        return self.timeouts + self.kills + sum(count for _, count in self.errors)


def totals(invocations: Sequence[Invocation], dropped: int = 0) -> Totals:
    """Sum up invocations, in any order."""
    durations = sorted(each.duration_ms for each in invocations if each.duration_ms is not None)
    outcomes = Counter(each.outcome for each in invocations)
    failures = (_fingerprint(each.error or "error") for each in invocations if each.outcome is Outcome.ERROR)
    errors = sorted(Counter(failures).items(), key=lambda item: (-item[1], item[0]))
    return Totals(
        count=len(invocations),
        running=outcomes[Outcome.RUNNING],
        cold=sum(each.cold is True for each in invocations),
        reported=sum(each.cold is not None for each in invocations),
        p50_ms=percentile(durations, 50),
        p95_ms=percentile(durations, 95),
        errors=tuple(errors),
        timeouts=outcomes[Outcome.TIMEOUT],
        kills=outcomes[Outcome.OUT_OF_MEMORY],
        billed_ms=sum(each.billed_ms or 0 for each in invocations),
        dropped=dropped,
    )
