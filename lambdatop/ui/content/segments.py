"""One segment of a trace in words: a line of what matters, and everything that is known about it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from lambdatop.model.text import safe
from lambdatop.model.traces.segments import Segment, SegmentException, Trace
from lambdatop.model.traces.waterfall_rows import Branch
from lambdatop.ui.widgets.timeline import STATUS_TONES, fails, failure, title, took
from lambdatop.words import format
from lambdatop.words.spans import Span

Line = Sequence[Span]

_LABEL = 12


def moment(at_s: float) -> datetime | None:
    """Epoch seconds as a time; None for what no calendar has."""
    try:
        return datetime.fromtimestamp(at_s, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def brief(branch: Branch, trace: Trace) -> list[Span]:
    """What a row may have no room for: `DynamoDB Query orders · 0.45 s · at 0.62 s · aws · ▲ 500 KeyError`."""
    segment = next(filter(fails, branch.segments), branch.segments[0])
    spans: list[Span] = [*title(branch, "strong"), (f" · {took(branch, trace.seconds)}", "plain")]
    spans.append((f" · at {format.took(max(0.0, segment.start_s - trace.start_s), trace.seconds)}", "dim"))
    if segment.namespace:
        spans.append((f" · {safe(segment.namespace)}", "dim"))
    if fails(segment):
        spans += [(" · ", "dim"), (f"▲ {failure(segment)}", STATUS_TONES[segment.status])]
        spans += [
            (f" · {safe(each.message)}", "plain")
            for each in segment.failures[:1]
            if each.message and each.message != each.type
        ]
    return spans


def facts(segment: Segment, trace: Trace) -> Iterator[Line]:
    """Everything known of a segment, a line each; exceptions last, with their stacks."""
    yield from _times(segment, trace)
    yield from _told("status", _status(segment))
    yield from _told(
        "kind", " · ".join(part for part in (segment.kind.value, segment.namespace, segment.origin) if part)
    )
    yield from _told("operation", segment.operation)
    yield from _told("resource", segment.resource)
    yield from _told("request", " ".join(part for part in (segment.method, segment.url) if part))
    yield from _told("HTTP status", segment.http_status)
    yield from _told("retries", segment.retries)
    yield from _told("request id", segment.request_id)
    yield from _told("segment id", segment.id)
    for group in segment.log_groups:
        yield from _told("log group", group)
    for name, value in segment.annotations.items():
        yield ((f"  {safe(name)} ", "dim"), (safe(_value(value)), "plain"))
    if segment.adopted:
        yield ((" the segment it belongs to was never delivered: it is shown where its time fits", "warn"),)
    for failed in segment.failures:
        yield ()
        yield from _failure(failed)


def _times(segment: Segment, trace: Trace) -> Iterator[Line]:
    yield _line("took", "running" if segment.in_progress else format.took(segment.seconds, trace.seconds))
    cut = " · it began before the trace" if segment.lasted_s is not None else ""
    yield _line("began", f"{_moment(segment.start_s, trace)}{cut}")
    if segment.end_s is not None:
        yield _line("ended", _moment(segment.end_s, trace))


def _moment(at_s: float, trace: Trace) -> str:
    into = format.took(max(0.0, at_s - trace.start_s), trace.seconds)
    return f"{format.clock(moment(at_s), millis=True)} · {into} into the trace"


def _status(segment: Segment) -> str:
    return f"▲ {segment.status.value}" if fails(segment) else segment.status.value


def _told(label: str, value: str | int | None) -> Iterator[Line]:
    if value not in (None, ""):
        yield _line(label, safe(str(value)))


def _line(label: str, text: str) -> Line:
    return ((f"{label:>{_LABEL}}  ", "dim"), (text, "plain"))


def _value(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:,}" if isinstance(value, float) else str(value)


def _failure(failed: SegmentException) -> Iterator[Line]:
    where = " (remote)" if failed.remote else ""
    says_more = failed.message and failed.message != failed.type
    message = f": {safe(failed.message or '', newlines=True)}" if says_more else ""
    yield (("▲ ", "bad"), (safe(failed.type or "exception"), "bad"), (where, "dim"), (message, "plain"))
    for frame in failed.stack:
        yield ((f"    at {safe(frame)}", "dim"),)
