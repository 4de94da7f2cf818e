"""The log events of a group in order, made as they are asked for: a busy function writes 20,000 a minute.

Nothing of them is stored. Every event follows from an invocation, and when it was ingested from its timestamp and
stream, so that two requests see the same past. Late ones are there too: they turn up behind what has been read already.
What somebody wrote into the group by name is merged in.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from lambdatop.emulator.contents.written import Position, WrittenEvent
from lambdatop.emulator.function import INSIGHTS_GROUP
from lambdatop.emulator.invocation import EmulatedInvocation
from lambdatop.emulator.logs.insights_records import record
from lambdatop.emulator.logs.lines import Line, lines, manner_of
from lambdatop.emulator.logs.provisioned_init import prepared

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account
    from lambdatop.emulator.function import EmulatedFunction

_MARGIN_S = 16.0
"""How much longer than its timeout an invocation may take, with its init."""
_AFTER_END_MS = 1000
"""How long after its end the last line about an invocation may come."""
_STEPS_S = (5, 3600)
_FEW, _MANY = 500, 3000
"""Events of one stretch: with fewer the next is longer, with more it is shorter."""

_BATCH_MS = 1600
_BATCH_DELAY_MS = 250
_LATE_SLOT_MS = 60_000
_LATE_MS = 8_800
_LATE_ONE_IN = 24


class EventStretch(Struct, frozen=True):
    """The visible events with timestamps in [start, end) milliseconds, in the order asked for."""

    start: int
    end: int
    events: list[WrittenEvent]
    examined: int
    """Invocations and events that had to be looked at: what a page's budget is spent on."""


Wanted = Callable[[str], bool]
"""Of a stream's name."""


def stretches(
    account: "Account", group: str, start_ms: int, end_ms: int, *, newest_first: bool, wanted: Wanted | None = None
) -> Iterator[EventStretch]:
    """A group's events in [start_ms, end_ms), cut into stretches that grow where little is written.

    `wanted` chooses streams before their lines are rendered.
    """
    step_ms = _STEPS_S[0] * 2000
    at = end_ms if newest_first else start_ms
    while at > start_ms if newest_first else at < end_ms:
        start, end = (max(start_ms, at - step_ms), at) if newest_first else (at, min(end_ms, at + step_ms))
        stretch = _stretch(account, group, start, end, wanted, newest_first=newest_first)
        yield stretch
        at = start if newest_first else end
        if stretch.examined < _FEW:
            step_ms = min(step_ms * 2, _STEPS_S[1] * 1000)
        elif stretch.examined > _MANY:
            step_ms = max(step_ms // 2, _STEPS_S[0] * 1000)


def _stretch(
    account: "Account", group: str, start: int, end: int, wanted: Wanted | None, *, newest_first: bool
) -> EventStretch:
    now_ms = int(account.clock() * 1000)
    events: list[WrittenEvent] = []
    examined = 0
    for name in account.log_groups().get(group, ()):
        function = account.function(name)
        tell = _teller(function, group)
        for invocation in account.invocations(name, start / 1000 - reach_s(function), end / 1000):
            examined += invocation.start * 1000 >= start
            stream = name if group == INSIGHTS_GROUP else invocation.stream
            if invocation.end * 1000 + _AFTER_END_MS < start or (wanted and not wanted(stream)):
                continue
            events += _events(stream, invocation.start, tell(invocation), (start, end, now_ms))
        for stream, told in prepared(function, start, end) if group != INSIGHTS_GROUP else ():
            if wanted is None or wanted(stream):
                events += _events(stream, told[0][0] / 1000, told, (start, end, now_ms))
    if (written := account.written.get(group)) is not None:
        events += (event for event in written.within(start, end, now_ms) if wanted is None or wanted(event.stream))
    events.sort(reverse=newest_first)
    return EventStretch(start, end, events, examined + len(events))


def _events(stream: str, started: float, told: list[Line], window: tuple[int, int, int]) -> Iterator[WrittenEvent]:
    """What can be seen of the lines written into a stream by what started then; start, end and now in milliseconds."""
    start, end, now_ms = window
    key, started_us = zlib.crc32(stream.encode()), int(started * 1_000_000)
    for index, (at, message) in enumerate(told):
        timestamp = int(at)
        if start <= timestamp < end and (seen := ingested(timestamp, key)) <= now_ms:
            yield WrittenEvent(Position(timestamp, key, started_us, index), seen, stream, message)


def reach_s(function: "EmulatedFunction") -> float:
    """How long before its last line an invocation may have begun, seconds."""
    return float(function.config["Timeout"] + _MARGIN_S)


def _teller(function: "EmulatedFunction", group: str) -> Callable[[EmulatedInvocation], list[Line]]:
    """What an invocation writes into the group: its own lines, or what Lambda Insights says of it."""
    if group != INSIGHTS_GROUP:
        manner = manner_of(function.config)
        return lambda invocation: lines(invocation, manner)

    def tell(invocation: EmulatedInvocation) -> list[Line]:
        told = record(function, invocation)
        return [told] if told else []

    return tell


def ingested(timestamp: int, stream_key: int) -> int:
    """When an event became visible: 0.3 to 1.9 s later, now and then up to 9 s; never out of a stream's own order.

    Events leave in batches, and in some minutes a stream's first seconds are held back; both only ever move the
    events before a moment to that moment, so the order within a stream holds.
    """
    phase = stream_key % _BATCH_MS
    sent = ((timestamp + phase) // _BATCH_MS + 1) * _BATCH_MS - phase + _BATCH_DELAY_MS
    shift = stream_key % _LATE_SLOT_MS
    slot, passed = divmod(timestamp + shift, _LATE_SLOT_MS)
    if passed < _LATE_MS and (slot * 2_654_435_761 ^ stream_key) % _LATE_ONE_IN == 0:
        return max(sent, timestamp - passed + _LATE_MS + _BATCH_DELAY_MS)
    return sent
