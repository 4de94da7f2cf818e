"""Cold starts among the sampled traces: the last resort, as few functions note them there and none says how long."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from lambdatop.aws.gate import Gate
from lambdatop.model.invocations.cold_starts import ColdStartBasis, ColdStarts, Origin, Tally, counted
from lambdatop.model.traces.summary import TraceSummary
from lambdatop.sources.traces.recent import LONGEST_RANGE
from lambdatop.sources.traces.summaries import decode_summary, of_function

PAGES = 5
UNNAMED = "–"
"""A summary does not say which version ran."""


async def by_traces(aws: Gate, setting: ColdStartBasis, now: datetime) -> ColdStarts:
    """The traces of the window that say whether they were cold (Powertools' annotation ColdStart), newest first."""
    end = min(setting.window.end, now)
    found: list[TraceSummary] = []
    read = 0
    async for page in aws.pages(
        "xray",
        "GetTraceSummaries",
        StartTime=max(setting.window.start, end - LONGEST_RANGE + timedelta(seconds=1)),
        EndTime=end,
        FilterExpression=of_function(setting.function.name),
    ):
        read += 1
        found += map(decode_summary, page["TraceSummaries"])
        if read == PAGES:
            break
    tallies = _tallied(found, setting.period_s)
    read_periods = {tally.at for tally in tallies}
    return counted(tallies, setting, Origin.TRACES, read=read_periods, sampled=True)


def _tallied(traces: Iterable[TraceSummary], period_s: int) -> list[Tally]:
    """One tally for each trace that says whether it was cold."""
    return [
        Tally(
            at=int(trace.start.timestamp()) // period_s * period_s,
            version=UNNAMED,
            invocations=1,
            cold=int(trace.cold),
            inits_ms=(),
            used_mb=None,
        )
        for trace in traces
        if trace.start is not None and trace.cold is not None
    ]
