"""CloudWatch Logs of the emulated account: groups, streams and events, read page by page as in AWS.

Source of the rules: the service's model and user guide (shared/aws-facts.md, section 3). Pages end at a limit, at
1 MB or when enough was looked at, so that empty pages with a token occur as in AWS.
"""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdatop.emulator.logscan import Event, Position, Stretch, Wanted, stretches
from lambdatop.emulator.operations import Answer, AwsError, Params, operation
from lambdatop.emulator.patterns import compile_pattern
from lambdatop.emulator.tokens import Place, place_of, token_of

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account
    from lambdatop.emulator.function import EmulatedFunction

RETENTION_DAYS = 14
_DAY_MS = 86_400_000
_MAX_EVENTS = 10_000
_MAX_BYTES = 1_048_576
_EVENT_OVERHEAD = 26
_BUDGET = 25_000
"""Invocations and events that one page may cost."""
_BACKWARDS_SINCE = 1_704_067_200_000
"""AWS: newest first only from 2024-01-01 on."""
_STREAMS_BUDGET = 12_000
_STREAMS_SPAN_MS = 3 * 3_600_000
_IN_USE = ("per_minute", "per_day", "at_minutes")


def log_groups(account: "Account") -> dict[str, tuple[str, ...]]:
    """The groups that exist: Lambda makes one when a function first runs, so the never-called have none."""
    return {
        group: names
        for group, names in account.log_groups().items()
        if any(_is_called(account.functions[name]) for name in names)
    }


def _is_called(function: "EmulatedFunction") -> bool:
    return any(getattr(function.profile.traffic, rate) for rate in _IN_USE)


def group_of(account: "Account", identifier: str) -> str:
    """The log group of a name or ARN; raises `ResourceNotFoundException`."""
    name = identifier.rpartition(":log-group:")[2].removesuffix(":*")
    if name not in log_groups(account):
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    return name


def group_arn(account: "Account", group: str) -> str:
    """The ARN as Live Tail and `logGroupArn` write it, without `:*`."""
    return f"arn:aws:logs:{account.region}:{account.id}:log-group:{group}"


def _group(account: "Account", params: Params) -> str:
    name, identifier = params.get("logGroupName"), params.get("logGroupIdentifier")
    if (name is None) == (identifier is None):
        raise AwsError("InvalidParameterException", "Exactly one of logGroupName and logGroupIdentifier is required")
    return group_of(account, name or identifier or "")


@operation("logs.DescribeLogGroups")
def describe_log_groups(account: "Account", params: Params) -> Answer:
    """By name, 50 a page."""
    prefix, part = params.get("logGroupNamePrefix"), params.get("logGroupNamePattern")
    if prefix is not None and part is not None:
        raise AwsError("InvalidParameterException", "LogGroup name prefix and LogGroup name pattern are exclusive")
    wanted = {identifier.rpartition(":log-group:")[2] for identifier in params.get("logGroupIdentifiers", ())}
    if params.get("logGroupClass", "STANDARD") != "STANDARD":
        return {"logGroups": []}
    names = [
        name
        for name in sorted(log_groups(account))
        if name.startswith(prefix or "") and (part or "").lower() in name.lower() and (not wanted or name in wanted)
    ]
    names, token = _paged(names, params)
    return {"logGroups": [_described_group(account, name) for name in names], **token}


def _described_group(account: "Account", name: str) -> Answer:
    number = zlib.crc32(name.encode())
    arn = group_arn(account, name)
    return {
        "logGroupName": name,
        "creationTime": int(account.started * 1000) - (30 + number % 700) * _DAY_MS,
        "retentionInDays": RETENTION_DAYS,
        "metricFilterCount": 0,
        "arn": f"{arn}:*",
        "storedBytes": number * 7,
        "logGroupClass": "STANDARD",
        "logGroupArn": arn,
    }


def _paged(items: list[Any], params: Params) -> tuple[list[Any], dict[str, str]]:
    """A page of a list that is known as a whole, and the token for the next one."""
    limit, token = params.get("limit", 50), params.get("nextToken", "0")
    if not 1 <= limit <= 50:
        raise AwsError("InvalidParameterException", f"limit must be between 1 and 50, not {limit}")
    if not token.isdigit() or int(token) > len(items):
        raise AwsError("InvalidParameterException", "The specified nextToken is invalid.")
    end = int(token) + limit
    return items[int(token) : end], {"nextToken": str(end)} if end < len(items) else {}


@operation("logs.DescribeLogStreams")
def describe_log_streams(account: "Account", params: Params) -> Answer:
    """The streams written lately (at most the last three hours), by name or by last event."""
    group = _group(account, params)
    prefix, by_time = params.get("logStreamNamePrefix", ""), params.get("orderBy") == "LastEventTime"
    if prefix and by_time:
        raise AwsError("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.")
    spans = {name: span for name, span in _stream_spans(account, group).items() if name.startswith(prefix)}
    ordered = sorted(spans, key=lambda name: (spans[name][1] if by_time else 0, name))
    names, token = _paged(ordered[::-1] if params.get("descending") else ordered, params)
    return {"logStreams": [_described_stream(account, group, name, *spans[name]) for name in names], **token}


def _stream_spans(account: "Account", group: str) -> dict[str, tuple[int, int]]:
    """Each recent stream's first and last timestamps, milliseconds."""
    now = int(account.clock() * 1000)
    spans: dict[str, tuple[int, int]] = {}
    examined = 0
    for stretch in stretches(account, group, now - _STREAMS_SPAN_MS, now, newest_first=True):
        for event in stretch.events:
            at = event.position.timestamp
            spans[event.stream] = at, spans.get(event.stream, (at, at))[1]
        examined += stretch.examined
        if examined > _STREAMS_BUDGET:
            break
    return spans


def _described_stream(account: "Account", group: str, name: str, first: int, last: int) -> Answer:
    return {
        "logStreamName": name,
        "creationTime": first,
        "firstEventTimestamp": first,
        "lastEventTimestamp": last,
        "lastIngestionTime": min(last + 1000, int(account.clock() * 1000)),
        "uploadSequenceToken": f"{zlib.crc32(name.encode()):056d}",
        "arn": f"{group_arn(account, group)}:log-stream:{name}",
        "storedBytes": 0,
    }


@operation("logs.FilterLogEvents")
def filter_log_events(account: "Account", params: Params) -> Answer:
    """Events of all streams by time; `startTime` and `endTime` are inclusive milliseconds."""
    group = _group(account, params)
    wanted = _wanted_streams(params)
    matches = compile_pattern(params.get("filterPattern", ""))
    start, end = _window(account, params)
    newest_first = not params.get("startFromHead", True)
    if newest_first and params.get("startTime", 0) < _BACKWARDS_SINCE:
        raise AwsError("InvalidParameterException", "startFromHead=false requires startTime on or after Jan 1, 2024")
    place = Place(newest_first=newest_first)
    question = [group, start if "startTime" in params else 0, params.get("filterPattern", ""), params.get("endTime")]
    if token := params.get("nextToken"):
        place = place_of(token, question)
    page = _Page(params.get("limit", _MAX_EVENTS))
    for stretch in _from_place(account, group, start, end, place, wanted):
        page.read((event for event in _after(stretch, place) if matches(event.message)), stretch, place)
        if page.next is not None:
            break
    answer: Answer = {"events": [_filtered(event) for event in page.events], "searchedLogStreams": []}
    if page.next is not None:
        answer["nextToken"] = token_of(page.next, question)
    return answer


@operation("logs.GetLogEvents")
def get_log_events(account: "Account", params: Params) -> Answer:
    """Events of one stream; the end is where a token comes back unchanged."""
    group = _group(account, params)
    stream = params["logStreamName"]
    start, end = _window(account, params)
    start = max(start, _opened(stream))
    question = [group, stream]
    token = params.get("nextToken")
    place = place_of(token, question) if token else Place(newest_first=not params.get("startFromHead", False))
    page = _Page(params.get("limit", _MAX_EVENTS))
    for stretch in _from_place(account, group, start, end, place, lambda invocation: invocation.stream == stream):
        page.read(_after(stretch, place), stretch, place)
        if page.next is not None:
            break
    if not page.events and page.next is None:
        return {"events": [], **_both_tokens(place, place, question, start, end)}
    events = page.events[::-1] if place.newest_first else page.events
    reached = page.next or Place(newest_first=place.newest_first, after=page.events[-1].position)
    first = Place(newest_first=True, after=events[0].position) if events else reached
    last = Place(newest_first=False, after=events[-1].position) if events else reached
    tokens = _both_tokens(*((reached, last) if place.newest_first else (first, reached)), question, start, end)
    return {"events": [_plain(event) for event in events], **tokens}


def _opened(stream: str) -> int:
    """The first millisecond of the day in a stream's name: it holds nothing older."""
    try:
        day = datetime.strptime(stream[:10], "%Y/%m/%d").replace(tzinfo=UTC)
    except ValueError as unnamed:
        raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.") from unnamed
    return int(day.timestamp() * 1000)


def _both_tokens(backward: Place, forward: Place, question: list[Any], start: int, end: int) -> dict[str, str]:
    before = Position(start, 0, 0, 0) if backward.after is None else backward.after
    behind = Position(end, 0, 0, 0) if forward.after is None else forward.after
    return {
        "nextBackwardToken": token_of(Place(newest_first=True, after=before), question),
        "nextForwardToken": token_of(Place(newest_first=False, after=behind), question),
    }


def _wanted_streams(params: Params) -> Wanted | None:
    names, prefix = params.get("logStreamNames"), params.get("logStreamNamePrefix")
    if names and prefix:
        raise AwsError("InvalidParameterException", "logStreamNames and logStreamNamePrefix are exclusive")
    if names:
        chosen = frozenset(names)
        return lambda invocation: invocation.stream in chosen
    if prefix:
        return lambda invocation: invocation.stream.startswith(prefix)
    return None


def _window(account: "Account", params: Params) -> tuple[int, int]:
    """[start, end) in milliseconds: what was asked for, as far as it is kept and has happened."""
    now = int(account.clock() * 1000)
    start, end = params.get("startTime", 0), params.get("endTime", now)
    limit = params.get("limit", 1)
    if start > end:
        raise AwsError("InvalidParameterException", "startTime must be earlier than endTime")
    if not 1 <= limit <= _MAX_EVENTS:
        raise AwsError("InvalidParameterException", f"limit must be between 1 and {_MAX_EVENTS}, not {limit}")
    return max(start, now - RETENTION_DAYS * _DAY_MS), min(end, now) + 1


def _from_place(
    account: "Account", group: str, start: int, end: int, place: Place, wanted: Wanted | None
) -> Iterator[Stretch]:
    """The stretches from where the last page ended."""
    if place.after is not None and place.newest_first:
        end = min(end, place.after.timestamp + 1)
    elif place.after is not None:
        start = max(start, place.after.timestamp)
    return stretches(account, group, start, end, newest_first=place.newest_first, wanted=wanted)


def _after(stretch: Stretch, place: Place) -> Iterator[Event]:
    return (event for event in stretch.events if place.is_before(event.position))


class _Page:
    """The events of one answer, and where the next one starts; `next` stays None if this is the last."""

    def __init__(self, limit: int) -> None:
        self.events: list[Event] = []
        self.next: Place | None = None
        self._limit = limit
        self._bytes = 0
        self._examined = 0

    def read(self, events: Iterator[Event], stretch: Stretch, place: Place) -> None:
        """Take what fits of a stretch's events."""
        for event in events:
            self._bytes += len(event.message.encode()) + _EVENT_OVERHEAD
            if len(self.events) >= self._limit or self._bytes > _MAX_BYTES:
                self.next = Place(newest_first=place.newest_first, after=self.events[-1].position)
                return
            self.events.append(event)
        self._examined += stretch.examined
        if self._examined > _BUDGET:
            edge = Position(stretch.start, 0, 0, 0) if place.newest_first else Position(stretch.end, 0, 0, 0)
            self.next = Place(newest_first=place.newest_first, after=edge)


def _filtered(event: Event) -> Answer:
    return {"logStreamName": event.stream, **_plain(event), "eventId": event.id}


def _plain(event: Event) -> Answer:
    return {"timestamp": event.position.timestamp, "message": event.message, "ingestionTime": event.ingested}
