"""The list of `lambdatop traces` for people: aligned columns, whatever texts contain made harmless."""

from collections.abc import Iterator, Sequence
from typing import Final

from lambdatop.cli.logs.line import local
from lambdatop.model.text import safe
from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.words import format
from lambdatop.words.trace import request

COLOURS: Final = {TraceStatus.FAULT: 31, TraceStatus.ERROR: 33, TraceStatus.THROTTLE: 33}
"""The terminal's own red and yellow."""
ID_SHOWN: Final = 15
"""`1-6ac7d554-62c6`: enough of an id for --id."""
_TITLES: Final = ("TIME", "TOOK", "STATUS", "COLD", "ID", "REQUEST", "CAUSE")
_RIGHT: Final = {"TOOK"}


def lines(traces: Sequence[TraceSummary], *, dated: bool, coloured: bool) -> Iterator[str]:
    """A title line, and one line a trace."""
    table = [_TITLES, *(_cells(trace, dated=dated) for trace in traces)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells, trace in zip(table, (None, *traces), strict=True):
        colour = COLOURS.get(trace.status) if coloured and trace is not None else None
        yield "  ".join(_aligned(*each, colour) for each in zip(_TITLES, cells, widths, strict=True)).rstrip()


def _aligned(title: str, text: str, width: int, colour: int | None) -> str:
    aligned = text.rjust(width) if title in _RIGHT else text.ljust(width)
    return f"\x1b[{colour}m{aligned}\x1b[0m" if colour is not None and title == "STATUS" else aligned


def _cells(trace: TraceSummary, *, dated: bool) -> tuple[str, ...]:
    return (
        local(trace.start, dated=dated) if trace.start is not None else format.UNKNOWN,
        format.took(trace.duration_s),
        _status(trace),
        format.UNKNOWN if trace.cold is None else "cold" if trace.cold else "",
        safe(trace.id[:ID_SHOWN]),
        safe(request(trace.method, trace.url)),
        safe(trace.cause or ""),
    )


def _status(trace: TraceSummary) -> str:
    """`● ok 200`, `▲ fault 502`, `▶ in progress`."""
    if trace.in_progress and trace.status is TraceStatus.OK:
        return "▶ in progress"
    http = f" {trace.http_status}" if trace.http_status is not None else ""
    return f"{'●' if trace.status is TraceStatus.OK else '▲'} {trace.status.value}{http}"
