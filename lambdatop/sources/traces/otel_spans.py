"""Traces by their spans, where Transaction Search keeps them: in the log group `aws/spans`, one span an event."""

from lambdatop.aws.errors import NotFound
from lambdatop.aws.gate import Gate
from lambdatop.model.metrics import Window
from lambdatop.model.traces.otel_spans import decode_span, merged
from lambdatop.model.traces.summary import TraceSummary
from lambdatop.sources.logs.log_group import epoch_ms

LOG_GROUP = "aws/spans"
PAGE_SPANS = 500
PAGES = 8
"""The most that are read at a time: the spans of the whole account share the log group."""


async def spans(aws: Gate, function: str, window: Window, most: int) -> tuple[TraceSummary, ...]:
    """About `most` of the newest traces in the window, from the function's spans; none without the log group."""
    pages = aws.pages(
        "logs",
        "FilterLogEvents",
        logGroupName=LOG_GROUP,
        filterPattern=f'"\\"{function}\\""',  # the name as a whole string of the JSON
        startTime=epoch_ms(window.start),
        endTime=epoch_ms(window.end),
        limit=PAGE_SPANS,
        startFromHead=False,
    )
    found: dict[str, TraceSummary] = {}
    read = 0
    try:
        async for page in pages:
            read += 1
            messages = (str(event.get("message") or "") for event in page["events"])
            told = (decode_span(message, function) for message in messages)
            found = merged([*found.values(), *(each for each in told if each is not None)])
            if len(found) >= most or read == PAGES:
                break
    except NotFound:
        return ()
    return tuple(found.values())
