"""One X-Ray segment document: from JSON text to drafts that can still be moved about, and from a draft to a Segment.

Anyone may write traces, so nothing in a document is taken for granted: what has not the form that AWS documents is
unknown, and the rest is still shown. Nothing here recurses: how deep a document nests is its sender's choice.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from lambdatop.model.traces.segments import Segment, SegmentException, SegmentKind
from lambdatop.model.traces.summary import TraceStatus

Raw = Mapping[str, object]

UNNAMED: Final = "unnamed"
_LATEST_S: Final = 253_402_300_799.0
"""The end of the year 9999: anything beyond is not a time."""
_NOTHING: Final[Raw] = {}
_ORIGINS: Final = {"AWS::Lambda": SegmentKind.SERVICE, "AWS::Lambda::Function": SegmentKind.FUNCTION}
_LAMBDAS_OWN: Final = {
    "Init": SegmentKind.INIT,
    "Initialization": SegmentKind.INIT,
    "Restore": SegmentKind.INIT,
    "Invocation": SegmentKind.INVOCATION,
    "Overhead": SegmentKind.OVERHEAD,
    "Dwell Time": SegmentKind.OVERHEAD,
}
"""What Lambda itself hangs directly under its two segments."""
_RESOURCES: Final = (
    "table_name",
    "bucket_name",
    "queue_url",
    "queue_name",
    "topic_arn",
    "function_name",
    "stream_name",
    "state_machine_arn",
)
_SECRET: Final = re.compile(r"^([\w+.:-]*://)?.*@", re.DOTALL)
_HTTP_SECRET: Final = re.compile(r"^(https?://)[^/?#]*@", re.IGNORECASE)


class Draft(Struct, eq=False, kw_only=True):
    """A segment or subsegment from its document, not yet placed in the tree. Times: epoch seconds."""

    raw: Raw
    id: str
    """Empty where the document has none."""
    name: str
    parent_id: str | None
    whole: bool
    """True for a segment, False for a subsegment."""
    start_s: float | None
    end_s: float | None
    in_progress: bool
    parent: "Draft | None" = None
    children: list["Draft"] = field(default_factory=list)
    kind: SegmentKind = SegmentKind.PART
    adopted: bool = False


def read(text: str) -> Raw | None:
    """The object that a document holds; None if it is not JSON, not an object, or nested too deeply to be read."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def drafts(document: Raw) -> Iterator[tuple[Draft, Draft | None]]:
    """What a document holds, each with the draft that it is nested in; that one always comes before."""
    waiting: list[tuple[Raw, Draft | None]] = [(document, None)]
    while waiting:
        raw, around = waiting.pop()
        draft = _draft(raw, around)
        yield draft, around
        waiting += [(each, draft) for each in _items(raw.get("subsegments")) if isinstance(each, dict)]


def _draft(raw: Raw, around: Draft | None) -> Draft:
    end_s = moment(raw.get("end_time"))
    return Draft(
        raw=raw,
        id=_text(raw.get("id")) or "",
        name=_text(raw.get("name")) or UNNAMED,
        parent_id=_text(raw.get("parent_id")),
        whole=around is None and raw.get("type") != "subsegment",
        start_s=moment(raw.get("start_time")),
        end_s=end_s,
        in_progress=raw.get("in_progress") is True and end_s is None,
    )


def kind_of(draft: Draft) -> SegmentKind:
    """The kind of a draft, once its parent is known."""
    if draft.whole:
        return _ORIGINS.get(_text(draft.raw.get("origin")) or "", SegmentKind.PART)
    if draft.raw.get("namespace") in ("aws", "remote"):
        return SegmentKind.CALL
    if draft.parent is None or draft.parent.kind in (SegmentKind.SERVICE, SegmentKind.FUNCTION):
        return _LAMBDAS_OWN.get(draft.name, SegmentKind.PART)
    return SegmentKind.PART


def exceptions_of(raw: Raw) -> Iterator[tuple[str, Raw]]:
    """The exceptions that a document spells out, by id, so that others can refer to them."""
    for exception in _items(_object(raw.get("cause")).get("exceptions")):
        if isinstance(exception, dict) and (identifier := _text(exception.get("id"))):
            yield identifier, exception


def segment_of(
    draft: Draft, span: tuple[float, float | None], exceptions: Raw, children: tuple[Segment, ...]
) -> Segment:
    """The finished segment. `span` is its bar, `exceptions` are the whole trace's by id."""
    raw = draft.raw
    aws, http = _object(raw.get("aws")), _object(raw.get("http"))
    request = _object(http.get("request"))
    http_status = _whole_number(_object(http.get("response")).get("status"))
    start_s, end_s = span
    return Segment(
        id=draft.id,
        name=draft.name,
        kind=draft.kind,
        start_s=start_s,
        end_s=end_s,
        status=_status(raw, http_status),
        in_progress=draft.in_progress,
        origin=_text(raw.get("origin")),
        namespace=_text(raw.get("namespace")),
        operation=_text(aws.get("operation")),
        resource=_resource(aws) if draft.kind is SegmentKind.CALL else None,
        method=_text(request.get("method")),
        url=_url(request, _object(raw.get("sql"))),
        http_status=http_status,
        retries=_whole_number(aws.get("retries")),
        request_id=_text(aws.get("request_id")),
        log_groups=_log_groups(aws),
        failures=_failures(raw.get("cause"), exceptions),
        annotations=_annotations(_object(raw.get("annotations"))),
        children=children,
        adopted=draft.adopted,
        inferred=raw.get("inferred") is True,
        lasted_s=_lasted_s(draft, start_s),
    )


def _lasted_s(draft: Draft, start_s: float) -> float | None:
    if draft.start_s is None or draft.end_s is None or draft.start_s >= start_s:
        return None
    return max(0.0, draft.end_s - draft.start_s)


def moment(value: object) -> float | None:
    """Epoch seconds, from a number or its text; None for what no clock can show."""
    number = _number(value)
    return number if number is not None and 0 <= number <= _LATEST_S else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _whole_number(value: object) -> int | None:
    number = _number(value)
    return None if number is None or not 0 <= number < 2**31 else int(number)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _object(value: object) -> Raw:
    return value if isinstance(value, dict) else _NOTHING


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _status(raw: Raw, http_status: int | None) -> TraceStatus:
    """The marks, the worst first as in a trace's summary; without one what the HTTP status says."""
    for status in (TraceStatus.THROTTLE, TraceStatus.FAULT, TraceStatus.ERROR):
        if raw.get(status.value) is True:
            return status
    if http_status is None or http_status < 400:
        return TraceStatus.OK
    if http_status == 429:
        return TraceStatus.THROTTLE
    return TraceStatus.FAULT if http_status >= 500 else TraceStatus.ERROR


def _resource(aws: Raw) -> str | None:
    """What a call was about, the last part of a URL or an ARN."""
    named = (_text(aws.get(member)) for member in _RESOURCES)
    listed = (_text(each) for each in _items(aws.get("resource_names")))
    found = next((each for each in (*named, *listed) if each), None)
    if found is None or not found.startswith(("arn:", "http")):
        return found
    return re.split(r"[/:]", found.rstrip("/:"))[-1] or found


def _url(request: Raw, sql: Raw) -> str | None:
    """The requested address, without user and password, and for a database without its parameters."""
    if url := _text(request.get("url")):
        return _HTTP_SECRET.sub(r"\1", url)
    if url := _text(sql.get("url")):
        return _SECRET.sub(r"\1", re.split(r"[?;]", url, maxsplit=1)[0])
    return None


def _log_groups(aws: Raw) -> tuple[str, ...]:
    groups = (_text(_object(each).get("log_group")) for each in _items(aws.get("cloudwatch_logs")))
    return tuple(group for group in groups if group)


def _failures(cause: object, exceptions: Raw) -> tuple[SegmentException, ...]:
    """AWS: a cause is an object, or the id of an exception that another part of the trace spells out."""
    if isinstance(cause, str):
        return tuple(_failure(each) for each in (exceptions.get(cause),) if isinstance(each, dict))
    told = _object(cause)
    listed = tuple(_failure(each) for each in _items(told.get("exceptions")) if isinstance(each, dict))
    return listed or ((_failure(told),) if _text(told.get("message")) or _text(told.get("type")) else ())


def _failure(exception: Raw) -> SegmentException:
    frames = (_frame(each) for each in _items(exception.get("stack")) if isinstance(each, dict))
    return SegmentException(
        type=_text(exception.get("type")),
        message=_text(exception.get("message")),
        stack=tuple(frame for frame in frames if frame),
        remote=exception.get("remote") is True,
    )


def _frame(frame: Raw) -> str:
    line = _whole_number(frame.get("line"))
    place = ":".join(part for part in (_text(frame.get("path")), None if line is None else str(line)) if part)
    label = _text(frame.get("label"))
    return f"{label} ({place})" if label and place else label or place


def _annotations(raw: Raw) -> dict[str, str | float | bool]:
    return {key: value for key, each in raw.items() if (value := _annotation(each)) is not None}


def _annotation(value: object) -> str | float | bool | None:
    return value if isinstance(value, str | bool) else _number(value)
