"""One trace for people without a screen: its bottleneck in a sentence, and its tree with bars to scale."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from lambdatop.cli.logs.line import local
from lambdatop.cli.traces.table import COLOURS
from lambdatop.model.text import safe
from lambdatop.model.traces.critical_path import bottleneck, critical_path, told
from lambdatop.model.traces.segments import Segment, SegmentException, SegmentKind, Trace
from lambdatop.model.traces.summary import TraceStatus
from lambdatop.model.traces.waterfall_rows import Branch, WaterfallRow, branches, rows
from lambdatop.sources.metric_data import moment
from lambdatop.words import format
from lambdatop.words.trace import missing, titled

CRITICAL: Final = "█"
BESIDE: Final = "░"
_LEAST_BAR, _MOST_BAR, _MOST_NAME = 24, 72, 56
_TIME: Final = 9
_AROUND: Final = 2 * (_TIME + 2) + 4
"""What of a line is neither name nor bar: the mark, two times, and the gaps between."""


def lines(trace: Trace, function: str, width: int, *, coloured: bool) -> Iterator[str]:
    """The trace on about `width` columns; what is wrong with a segment stands behind its bar, however long."""
    path, found = critical_path(trace), bottleneck(trace)
    yield " · ".join(map(safe, filter(None, _titles(trace, function))))
    if found is not None:
        yield safe(told(found, trace))
    yield from map(safe, missing(trace))
    shown = [*rows(branches(trace, path), frozenset())]
    name = min(_MOST_NAME, max(len(_name(row)) for row in shown))
    bar = max(_LEAST_BAR, min(_MOST_BAR, width - name - _AROUND))
    yield ""
    yield f"  {'SEGMENT':<{name}}  {'TOOK':>{_TIME}}  {'AT':>{_TIME}}  0{format.took(trace.seconds):>{bar - 1}}"
    for row in shown:
        yield _line(row, trace, name, bar, coloured=coloured)
    yield f"  * {CRITICAL} the critical path: what the answer waited for"
    for segment, failure in _failures(trace):
        yield ""
        yield from _told(segment, failure)


def _titles(trace: Trace, function: str) -> Iterator[str]:
    began = moment(trace.start_s)
    yield f"trace {trace.id}"
    yield f"{began.astimezone():%Y-%m-%d} {local(began, dated=False)}" if began is not None else ""
    yield from titled(trace, None)
    request_id = trace.request_id(function)
    yield f"request {request_id}" if request_id else ""


def _line(row: WaterfallRow, trace: Trace, name: int, bar: int, *, coloured: bool) -> str:
    first, status = row.segment, row.branch.status
    text = (
        f"{'*' if row.critical else ' '} {_cropped(_name(row), name):<{name}}  {_took(row.branch):>{_TIME}}  "
        f"{format.took(max(0.0, first.start_s - trace.start_s)):>{_TIME}}  {_bar(row, trace, bar):<{bar}}"
    )
    troubles = " · ".join(_troubles(row.branch))
    if coloured and troubles and status in COLOURS:
        troubles = f"\x1b[{COLOURS[status]}m{troubles}\x1b[0m"
    return f"{text}  {troubles}" if troubles else text.rstrip()


def _name(row: WaterfallRow) -> str:
    segments = row.branch.segments
    count = f"{len(segments)} × " if len(segments) > 1 else ""
    whose = " (service)" if row.segment.kind is SegmentKind.SERVICE else ""
    indent = "  " * min(row.branch.depth, _MOST_NAME // 4)  # what is very deep stays readable
    return f"{indent}{count}{safe(row.segment.title)}{whose}"


def _cropped(name: str, width: int) -> str:
    return name if len(name) <= width else f"{name[: width - 1]}…"


def _took(branch: Branch) -> str:
    """How long it took, a run all of it together."""
    if branch.runs:
        return "running"
    lengths = [segment.seconds for segment in branch.segments if segment.seconds is not None]
    return format.took(sum(lengths)) if lengths else format.UNKNOWN


def _bar(row: WaterfallRow, trace: Trace, width: int) -> str:
    cells = [" "] * width
    for segment in row.branch.segments:
        for cell in _cells(segment.start_s, _end(segment, trace), trace, width):
            cells[cell] = BESIDE
    for stretch in row.critical:
        for cell in _cells(stretch.start_s, stretch.end_s, trace, width):
            cells[cell] = CRITICAL
    return "".join(cells)


def _end(segment: Segment, trace: Trace) -> float:
    if segment.end_s is not None:
        return segment.end_s
    return trace.end_s if segment.in_progress else segment.start_s


def _cells(start_s: float, end_s: float, trace: Trace, width: int) -> Sequence[int]:
    """The cells that a time touches, at least one."""
    per_s = width / trace.seconds if trace.seconds > 0 else 0.0
    first = max(0, min(width - 1, int((start_s - trace.start_s) * per_s)))
    return range(first, max(first + 1, min(width, math.ceil((end_s - trace.start_s) * per_s))))


def _troubles(branch: Branch) -> Iterator[str]:
    """What is wrong with a row or odd about it."""
    failed = next((each for each in branch.segments if each.status is not TraceStatus.OK), None)
    if failed is not None:
        kind = next((each.type for each in failed.failures if each.type), None)
        http = str(failed.http_status) if failed.http_status is not None and failed.http_status >= 400 else None
        yield safe(" ".join(part for part in ("▲", failed.status.value, http, kind) if part))
    if retries := sum(each.retries or 0 for each in branch.segments):
        yield "1 retry" if retries == 1 else f"{retries} retries"
    if branch.segments[0].adopted:
        yield "parent missing"


def _failures(trace: Trace) -> Iterator[tuple[Segment, SegmentException]]:
    """Each exception once, where it was raised: those above it repeat it."""
    seen: set[tuple[str | None, str | None]] = set()
    deepest_first = [(segment, failure) for segment in trace.walk() for failure in segment.failures][::-1]
    kept = []
    for segment, failure in deepest_first:
        if (failure.type, failure.message) not in seen:
            seen.add((failure.type, failure.message))
            kept.append((segment, failure))
    return reversed(kept)


def _told(segment: Segment, failure: SegmentException) -> Iterator[str]:
    message = f": {safe(failure.message)}" if failure.message else ""
    yield f"▲ {safe(segment.title)}: {safe(failure.type or 'exception')}{message}"
    for frame in failure.stack:
        yield f"    at {safe(frame)}"
