"""Where one can get to from a log line, and to which line from elsewhere."""

from bisect import bisect_left
from datetime import datetime

from lambdatop.model.function import Function
from lambdatop.model.logs.filter import request_at
from lambdatop.model.logs.kept_lines import Lines
from lambdatop.model.logs.levels import LineKind
from lambdatop.model.logs.line import read
from lambdatop.model.traces.why_no_traces import why_no_trace
from lambdatop.ui.messages import TraceOpened


def trace_of(lines: Lines, number: int, function: Function | None) -> TraceOpened | str:
    """The trace of the request that a line belongs to, as its REPORT line names it; or why there is none."""
    request = request_at(lines, number)
    if request is None:
        return "this line names no request, nor does one before it in its stream"
    for line in lines.between(number, lines.end):
        parsed = read(line.message)
        if parsed.kind is LineKind.REPORT and parsed.request_id == request.request_id:
            trace_id = parsed.report.trace_id if parsed.report is not None else None
            return TraceOpened(trace_id) if trace_id else why_no_trace(function, ended=True)
    return why_no_trace(function, ended=False)


def line_at(lines: Lines, at: datetime) -> int | None:
    """The number of the first line written then or later, the last one's if all are older; None if there are none."""
    if lines.end == lines.first:
        return None
    times = [line.timestamp for line in lines]
    return min(lines.first + bisect_left(times, at), lines.end - 1)
