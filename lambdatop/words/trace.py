"""Traces in words: what was requested, how it ended, and what is missing and why."""

import re
from collections.abc import Iterator
from typing import Final

from lambdatop.model.traces.segments import Segment, Trace
from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.model.traces.why_no_traces import why_no_traces
from lambdatop.state import State
from lambdatop.words import format

SHORT_ID: Final = 15
"""`1-6ac7d554-62c6`: enough of an id to tell traces apart."""
_HOST = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?#]*(?=[/?#])", re.IGNORECASE)
_BADNESS: Final = (TraceStatus.OK, TraceStatus.ERROR, TraceStatus.THROTTLE, TraceStatus.FAULT)


def request(method: str | None, url: str | None) -> str:
    """What was requested: `GET /cart?page=2`; raw text."""
    return " ".join(part for part in (method, _HOST.sub("", url) if url else None) if part)


def short(trace_id: str) -> str:
    """The beginning of a trace's id."""
    return trace_id if len(trace_id) <= SHORT_ID else f"{trace_id[:SHORT_ID]}…"


def titled(trace: Trace | None, summary: TraceSummary | None) -> Iterator[str]:
    """How long a trace took, how it ended and what was requested, from whichever of the two knows."""
    if trace is not None and trace.roots:
        yield format.took(trace.seconds)
        yield "in progress" if any(each.in_progress for each in trace.walk()) else _ended(trace)
        asked = next((each for each in trace.roots if each.url), trace.roots[0])
        yield request(asked.method, asked.url)
    elif summary is not None:
        yield format.took(summary.duration_s)
        yield summary.status.value
        yield request(summary.method, summary.url)


def _ended(trace: Trace) -> str:
    return max((_status(root) for root in trace.roots), key=_BADNESS.index).value


def _status(root: Segment) -> TraceStatus:
    """The worst of Lambda's segment and the function's under it; what fails further down may have been coped with."""
    return max((root.status, *(child.status for child in root.children)), key=_BADNESS.index)


def missing(trace: Trace) -> Iterator[str]:
    """What of a trace is not shown, and why."""
    if trace.limited:
        yield "X-Ray keeps 500 KB of a trace: what came after is missing"
    if trace.unreadable:
        one = trace.unreadable == 1
        yield f"{trace.unreadable:,} {'document is' if one else 'documents are'} malformed and not shown"


def nothing(trace: Trace) -> str:
    """Why a trace that was read has nothing to show."""
    return next(missing(trace), "") or (
        "X-Ray does not have this trace: it was deleted, is older than 30 days, or is kept by Transaction Search alone"
    )


def why_none(state: State, key: str | None = None) -> str:
    """Why the function in focus has no traces in the window; `key` is the one that switches tracing on."""
    row = state.fleet.rows.get(state.focus.function or "")
    moment = state.focus.moment
    invocations = state.seen.charts.series.get("invocations") if state.seen.charts is not None else None
    if invocations is not None and moment is not None:
        invocations = invocations.window(*(int(at.timestamp()) for at in (moment.start, moment.end)))
    return why_no_traces(
        row.function if row is not None else None,
        invocations=(invocations.total() or 0) if invocations is not None else None,  # AWS has no point where none was
        destination=state.trace_destination,
        key=key,
    )
