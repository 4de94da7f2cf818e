"""The log events of the emulated account, read page by page as in AWS.

Source of the rules: the service's model and user guide. Pages end at a limit, at
1 MB or when enough was looked at, so that empty pages with a token occur as in AWS.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lambdatop.emulator.contents.written import Position, WrittenEvent
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.logs.filter_patterns import compile_pattern
from lambdatop.emulator.logs.groups import DAY_MS, RETENTION_DAYS, named_group, readable_group
from lambdatop.emulator.logs.page_tokens import PageTokenPosition, place_of, token_of
from lambdatop.emulator.logs.scan import EventStretch, Wanted, stretches
from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_MAX_EVENTS = 10_000
_MAX_BYTES = 1_048_576
_EVENT_OVERHEAD = 26
_BUDGET = 25_000
"""Invocations and events that one page may cost."""
_BACKWARDS_SINCE = 1_704_067_200_000
"""AWS: newest first only from 2024-01-01 on."""


@operation("logs.FilterLogEvents")
def filter_log_events(account: "Account", params: Params) -> Answer:
    """Events of all streams by time; `startTime` and `endTime` are inclusive milliseconds."""
    group = readable_group(account, named_group(account, params), "FilterLogEvents")
    wanted = _wanted_streams(params)
    matches = compile_pattern(params.get("filterPattern", ""))
    start, end = _window(account, group, params)
    newest_first = not params.get("startFromHead", True)
    if newest_first and params.get("startTime", 0) < _BACKWARDS_SINCE:
        raise ServiceError(
            "InvalidParameterException", "startFromHead=false requires startTime on or after Jan 1, 2024"
        )
    place = PageTokenPosition(newest_first=newest_first)
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
    group = readable_group(account, named_group(account, params), "GetLogEvents")
    stream = params["logStreamName"]
    start, end = _window(account, group, params)
    start = max(start, _opened(account, group, stream))
    question = [group, stream]
    token = params.get("nextToken")
    place = (
        place_of(token, question) if token else PageTokenPosition(newest_first=not params.get("startFromHead", False))
    )
    page = _Page(params.get("limit", _MAX_EVENTS))
    for stretch in _from_place(account, group, start, end, place, lambda name: name == stream):
        page.read(_after(stretch, place), stretch, place)
        if page.next is not None:
            break
    if not page.events and page.next is None:
        return {"events": [], **_both_tokens(place, place, question, start, end)}
    events = page.events[::-1] if place.newest_first else page.events
    reached = page.next or PageTokenPosition(newest_first=place.newest_first, after=page.events[-1].position)
    first = PageTokenPosition(newest_first=True, after=events[0].position) if events else reached
    last = PageTokenPosition(newest_first=False, after=events[-1].position) if events else reached
    tokens = _both_tokens(*((reached, last) if place.newest_first else (first, reached)), question, start, end)
    return {"events": [_plain(event) for event in events], **tokens}


def _opened(account: "Account", group: str, stream: str) -> int:
    """The first millisecond of the day in a stream's name: it holds nothing older, unless it was created by name."""
    if (written := account.written.get(group)) is not None and stream in written.streams:
        return 0
    try:
        day = datetime.strptime(stream[:10], "%Y/%m/%d").replace(tzinfo=UTC)
    except ValueError as unnamed:
        raise ServiceError("ResourceNotFoundException", "The specified log stream does not exist.") from unnamed
    return int(day.timestamp() * 1000)


def _both_tokens(
    backward: PageTokenPosition, forward: PageTokenPosition, question: list[Any], start: int, end: int
) -> dict[str, str]:
    before = Position(start, 0, 0, 0) if backward.after is None else backward.after
    behind = Position(end, 0, 0, 0) if forward.after is None else forward.after
    return {
        "nextBackwardToken": token_of(PageTokenPosition(newest_first=True, after=before), question),
        "nextForwardToken": token_of(PageTokenPosition(newest_first=False, after=behind), question),
    }


def _wanted_streams(params: Params) -> Wanted | None:
    names, prefix = params.get("logStreamNames"), params.get("logStreamNamePrefix")
    if names and prefix:
        raise ServiceError("InvalidParameterException", "logStreamNames and logStreamNamePrefix are exclusive")
    if names:
        chosen = frozenset(names)
        return lambda stream: stream in chosen
    if prefix:
        return lambda stream: stream.startswith(prefix)
    return None


def _window(account: "Account", group: str, params: Params) -> tuple[int, int]:
    """[start, end) in milliseconds: what was asked for, as far as it is kept and has happened or is dated ahead."""
    now = int(account.clock() * 1000)
    written = account.written.get(group)
    last = max(now, written.newest_ms if written else 0)
    start, end = params.get("startTime", 0), params.get("endTime", last)
    limit = params.get("limit", 1)
    if start > end:
        raise ServiceError("InvalidParameterException", "startTime must be earlier than endTime")
    if not 1 <= limit <= _MAX_EVENTS:
        raise ServiceError("InvalidParameterException", f"limit must be between 1 and {_MAX_EVENTS}, not {limit}")
    return max(start, now - RETENTION_DAYS * DAY_MS), min(end, last) + 1


def _from_place(
    account: "Account", group: str, start: int, end: int, place: PageTokenPosition, wanted: Wanted | None
) -> Iterator[EventStretch]:
    """The stretches from where the last page ended."""
    if place.after is not None and place.newest_first:
        end = min(end, place.after.timestamp + 1)
    elif place.after is not None:
        start = max(start, place.after.timestamp)
    return stretches(account, group, start, end, newest_first=place.newest_first, wanted=wanted)


def _after(stretch: EventStretch, place: PageTokenPosition) -> Iterator[WrittenEvent]:
    return (event for event in stretch.events if place.is_before(event.position))


class _Page:
    """The events of one answer, and where the next one starts; `next` stays None if this is the last."""

    def __init__(self, limit: int) -> None:
        self.events: list[WrittenEvent] = []
        self.next: PageTokenPosition | None = None
        self._limit = limit
        self._bytes = 0
        self._examined = 0

    def read(self, events: Iterator[WrittenEvent], stretch: EventStretch, place: PageTokenPosition) -> None:
        """Take what fits of a stretch's events."""
        for event in events:
            self._bytes += len(event.message.encode()) + _EVENT_OVERHEAD
            if len(self.events) >= self._limit or self._bytes > _MAX_BYTES:
                self.next = PageTokenPosition(newest_first=place.newest_first, after=self.events[-1].position)
                return
            self.events.append(event)
        self._examined += stretch.examined
        if self._examined > _BUDGET:
            edge = Position(stretch.start, 0, 0, 0) if place.newest_first else Position(stretch.end, 0, 0, 0)
            self.next = PageTokenPosition(newest_first=place.newest_first, after=edge)


def _filtered(event: WrittenEvent) -> Answer:
    return {"logStreamName": event.stream, **_plain(event), "eventId": event.id}


def _plain(event: WrittenEvent) -> Answer:
    return {"timestamp": event.position.timestamp, "message": event.message, "ingestionTime": event.ingested}
