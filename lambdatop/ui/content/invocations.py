"""What is said of invocations, alike in the pane's rows and title and on the screen of one of them."""

from collections.abc import Iterator
from typing import Final

from lambdatop.model.invocations.invocation import Invocation, Outcome, Totals
from lambdatop.model.text import safe
from lambdatop.ui.widgets.columns import Column
from lambdatop.words import format
from lambdatop.words.spans import Cell, Span, Tone

FULL_SHARE: Final = 0.98
"""From this share of the memory size on, memory counts as full."""

_OUTCOMES: dict[Outcome, tuple[Span, str]] = {
    Outcome.OK: (("●", "good"), "ok"),
    Outcome.ERROR: (("▲", "bad"), "error"),
    Outcome.TIMEOUT: (("▲", "bad"), "timeout"),
    Outcome.OUT_OF_MEMORY: (("▲", "bad"), "no memory"),
    Outcome.RUNNING: (("▶", "accent"), "running"),
    Outcome.UNKNOWN: (("◌", "dim"), "unknown"),
}
_UNKNOWN: Cell = ((format.UNKNOWN, "dim"),)


def totals_words(totals: Totals, cut: bool) -> Iterator[str]:
    """The totals in the order of what must be seen where there is little room."""
    yield f"{totals.count:,}"
    if totals.cold_percent is not None:
        yield f"cold {format.percent(totals.cold_percent)} %"
    if totals.p95_ms is not None:
        yield f"p95 {format.duration(totals.p95_ms)}"
    if totals.timeouts:
        yield f"{totals.timeouts:,}× timeout"
    if totals.kills:
        yield f"{totals.kills:,}× out of memory"
    for error, count in totals.errors:
        yield f"{count:,}× {error}"
    if totals.running:
        yield f"{totals.running:,} {'went on' if cut else 'running'}"
    if totals.dropped:
        yield f"{totals.dropped:,} older dropped"


def outcome(invocation: Invocation) -> tuple[Span, ...]:
    """The outcome's glyph and word."""
    glyph, word = _OUTCOMES[invocation.outcome]
    tone: Tone = glyph[1] if invocation.outcome is not Outcome.OK else "dim"
    return (glyph, (f" {word}", tone))


def memory(invocation: Invocation) -> Cell:
    """Used of size, loud where it is full."""
    used, size = invocation.used_mb, invocation.memory_mb
    if used is None or size is None:
        return _UNKNOWN
    return ((f"{used:,}", "bad" if used >= FULL_SHARE * size else "plain"), (f"/{size:,}", "dim"))


def _duration(invocation: Invocation) -> Cell:
    if invocation.duration_ms is None:
        return _UNKNOWN
    if invocation.outcome is Outcome.RUNNING:
        return ((format.age(invocation.duration_ms / 1000), "accent"),)
    return format.duration(invocation.duration_ms)


def _billed(invocation: Invocation) -> Cell:
    return _UNKNOWN if invocation.billed_ms is None else ((format.duration(invocation.billed_ms), "dim"),)


def _init(invocation: Invocation) -> Cell:
    """How long the environment took to start or to be restored; nothing if it was there already."""
    for took, word in ((invocation.init_ms, ""), (invocation.restore_ms, "↻ ")):
        if took is not None:
            return ((f"{word}{format.duration(took)}", "warn"),)
    return "" if invocation.cold is not None else _UNKNOWN


def _error(invocation: Invocation) -> Cell:
    again = f"attempt {invocation.attempts} " if invocation.attempts > 1 else ""
    return ((again, "warn"), (safe(invocation.error or ""), "plain"))


COLUMNS: tuple[Column[Invocation], ...] = (
    Column(key="time", title="TIME", width=8, cell=lambda i: ((format.clock(i.started), "dim"),), importance=90),
    Column(key="outcome", title="OUTCOME", width=11, cell=outcome, align="left", importance=100),
    Column(key="duration", title="DURATION", width=8, cell=_duration, importance=95),
    Column(key="billed", title="BILLED", width=8, cell=_billed, importance=30),
    Column(key="memory", title="MEMORY MB", width=11, cell=memory, importance=60),
    Column(key="init", title="COLD", width=8, cell=_init, importance=70),
    Column(key="error", title="ERROR", width=12, cell=_error, align="left", importance=80, flex=True),
)
