"""What came back from an invocation by hand, as lines: what it came to, the payload, and the end of its log."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from lambdatop.model.invocations.by_hand import Invoked
from lambdatop.model.logs import pretty_event as pretty
from lambdatop.model.text import safe
from lambdatop.words import format
from lambdatop.words.spans import Span

MOST_ROWS: Final = 400
LONGEST_ROW: Final = 4_000
Line = Sequence[Span]


def verdict(done: Invoked) -> Line:
    """`● ok · 41 ms · billed 352 ms · 96/1,024 MB · cold, init 310 ms · version 42 · trace 1-…`."""
    if done.refused is not None:
        told = "not run" if done.certain else "nobody knows whether it ran: nothing came back"
        return [("▲ ", "bad" if done.certain else "warn"), (f"{told}: {safe(done.refused)}", "plain")]
    spans: list[Span] = [("▲ ", "bad"), (safe(done.reason or ""), "plain")] if done.failed else [("● ", "good")]
    if not done.failed:
        spans.append(("ok", "plain"))
    for fact in filter(None, _facts(done)):
        spans += [(" · ", "dim"), (fact, "plain")]
    return spans


def _facts(done: Invoked) -> Iterator[str]:
    report = done.report
    if report is None:
        yield f"answered in {format.duration(done.took_s * 1000)}"
    else:
        yield format.duration(report.duration_ms)
        yield f"billed {format.duration(report.billed_ms)}"
        yield f"{format.megabytes(report.used_mb)}/{format.megabytes(report.memory_mb)} MB"
        start_ms = report.init_ms if report.init_ms is not None else report.restore_ms
        yield f"cold, init {format.duration(start_ms)}" if start_ms is not None else ""
    yield safe(f"version {done.version}") if done.version else ""
    yield safe(f"trace {done.trace_id}") if done.trace_id else ""


def told(done: Invoked) -> Iterator[Line]:
    """The whole answer. What is too long for a screen is left out, with a note."""
    yield verdict(done)
    if done.payload:
        yield []
        yield [("answer" if not done.failed else "what it says of its failure", "dim")]
        yield from _rows(pretty.rows(done.payload))
    if done.log:
        yield []
        yield [("the end of its log", "dim")]
        yield from _rows(iter(done.log.splitlines()))


def _rows(rows: Iterator[str]) -> Iterator[Line]:
    for row in islice(rows, MOST_ROWS):
        cut = f" +{len(row) - LONGEST_ROW:,} characters" if len(row) > LONGEST_ROW else ""
        yield [(safe(row[:LONGEST_ROW]), "plain"), (cut, "dim")]
    if next(rows, None) is not None:
        yield [(f"… more than {MOST_ROWS} lines; y copies all", "dim")]
