"""Samples of the functions' newest REPORT lines: FilterLogEvents, which is free but rationed."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct, field

from lambdatop.aws.errors import AccessDenied, NotFound
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.logs.report import parse_report, summarise
from lambdatop.sources.logs.log_group import writes
from lambdatop.updates import ReportsSampled, Update

SAMPLE_LINES = 200
SAMPLE_REACH = timedelta(minutes=15)
SAMPLE_AGAIN_S = 120.0
SAMPLE_PAUSE_S = 0.25
"""Between two samples: half of the 5 to 25 calls a second that an account may make belong to the tail and to others."""


class ReportSampler(Struct):
    """A sample of the newest REPORT lines of the rows on the screen: memory, cold starts, timeouts, kills."""

    sampled_at: dict[str, float] = field(default_factory=dict)

    async def sample(self, aws: Gate, clock: Clock, wanted: Callable[[], Sequence[Function]]) -> AsyncIterator[Update]:
        """Make one pass over the functions whose sample is missing or old, at a gentle rate, one call each.

        Raises the AwsError of the first refusal once the others have been read; anything else at once.
        """
        refused: AccessDenied | None = None
        for function in wanted():
            if clock.monotonic() - self.sampled_at.get(function.name, -SAMPLE_AGAIN_S) < SAMPLE_AGAIN_S:
                continue
            try:
                sampled = await sample_reports(aws, clock, function)
            except AccessDenied as error:
                refused = refused or error
            else:
                yield sampled
            self.sampled_at[function.name] = clock.monotonic()
            await clock.sleep(SAMPLE_PAUSE_S)
        if refused is not None:
            raise refused


async def sample_reports(aws: Gate, clock: Clock, function: Function) -> ReportsSampled:
    """The newest REPORT lines of one function, summarised; no log group or no line gives no sample."""
    now = clock.now()
    try:
        answer = await aws.call(
            "logs",
            "FilterLogEvents",
            logGroupName=function.log_group,
            filterPattern=report_pattern(function),
            startTime=int((now - SAMPLE_REACH).timestamp() * 1000),
            limit=SAMPLE_LINES,
            startFromHead=False,
        )
    except NotFound:
        return ReportsSampled(function.name, None, now)
    reports = [
        (datetime.fromtimestamp(event["timestamp"] / 1000, UTC), report)
        for event in answer["events"]
        if writes(function, str(event.get("logStreamName") or "")) and (report := parse_report(event["message"]))
    ]
    return ReportsSampled(function.name, summarise(reports), now)


def report_pattern(function: Function) -> str:
    """The filter pattern that finds the function's REPORT lines."""
    return '{ $.type = "platform.report" }' if function.log_format == "JSON" else '"REPORT RequestId"'
