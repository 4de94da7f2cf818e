"""Live Tail: log events pushed as they are ingested, once a second, over an event stream.

Source of the rules: StartLiveTail's model and limits: ten log groups, 500 events an update, sampled above.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lambdatop.emulator.contents.written import WrittenEvent
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.logs import event_stream as eventstream
from lambdatop.emulator.logs.filter_patterns import Matcher, compile_pattern
from lambdatop.emulator.logs.groups import group_arn, readable_group
from lambdatop.emulator.logs.scan import Wanted, stretches
from lambdatop.emulator.operations import Answer, Params, stream

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_MAX_GROUPS = 10
_MAX_EVENTS = 500
_LATEST_MS = 12_000
"""No line of an invocation is ingested later than that after its timestamp."""
_SESSION_S = 3 * 3600


@stream("logs.StartLiveTail")
async def start_live_tail(account: "Account", params: Params, every_s: float) -> AsyncIterator[bytes]:
    """The frames of a session: the initial response, `sessionStart`, and an update every `every_s` seconds.

    Raises AwsError before the first frame if the request is refused. After three hours of the account's clock the
    session ends with SessionTimeoutException.
    """
    groups = _groups(account, params)
    wanted = _wanted(params)
    matches = compile_pattern(params.get("logEventFilterPattern", ""))
    yield eventstream.event("initial-response", {})
    yield eventstream.event("sessionStart", _session(params))
    started = seen = account.clock()
    while account.clock() < started + _SESSION_S:
        await asyncio.sleep(every_s)
        now = account.clock()
        yield eventstream.event("sessionUpdate", _update(account, groups, seen, now, wanted, matches))
        seen = now
    yield eventstream.exception("SessionTimeoutException", "Live Tail session timed out")


def _groups(account: "Account", params: Params) -> list[str]:
    identifiers = params["logGroupIdentifiers"]
    if not 1 <= len(identifiers) <= _MAX_GROUPS:
        raise ServiceError("InvalidParameterException", f"1 to {_MAX_GROUPS} log groups, not {len(identifiers)}")
    for identifier in identifiers:
        if not identifier.startswith("arn:") or identifier.endswith(":*"):
            raise ServiceError("InvalidParameterException", f"{identifier} is not a log group's ARN without :*")
    return [readable_group(account, identifier, "StartLiveTail") for identifier in identifiers]


def _wanted(params: Params) -> Wanted | None:
    names, prefixes = params.get("logStreamNames"), params.get("logStreamNamePrefixes")
    if (names or prefixes) and (len(params["logGroupIdentifiers"]) > 1 or (names and prefixes)):
        raise ServiceError("InvalidParameterException", "streams may be named for one log group, and in one way only")
    if not names and not prefixes:
        return None
    chosen, starts = frozenset(names or ()), tuple(prefixes or ())

    return lambda stream: stream in chosen or stream.startswith(starts)


def _session(params: Params) -> Answer:
    return {
        "requestId": str(uuid4()),
        "sessionId": str(uuid4()),
        "logGroupIdentifiers": params["logGroupIdentifiers"],
        "logStreamNames": params.get("logStreamNames", []),
        "logStreamNamePrefixes": params.get("logStreamNamePrefixes", []),
        "logEventFilterPattern": params.get("logEventFilterPattern", ""),
    }


def _update(
    account: "Account", groups: list[str], since: float, now: float, wanted: Wanted | None, matches: Matcher
) -> Answer:
    """What was ingested in (since, now], by time; evenly thinned out if it is too much."""
    found = [
        (event, group)
        for group in groups
        for event in _ingested(account, group, int(since * 1000), int(now * 1000), wanted)
        if matches(event.message)
    ]
    found.sort()
    sampled = len(found) > _MAX_EVENTS
    if sampled:
        found = [found[index * len(found) // _MAX_EVENTS] for index in range(_MAX_EVENTS)]
    return {
        "sessionMetadata": {"sampled": sampled},
        "sessionResults": [_result(account, event, group) for event, group in found],
    }


def _ingested(account: "Account", group: str, since: int, now: int, wanted: Wanted | None) -> list[WrittenEvent]:
    found = {
        event
        for stretch in stretches(account, group, since - _LATEST_MS, now, newest_first=False, wanted=wanted)
        for event in stretch.events
        if since < event.ingested <= now
    }
    if (written := account.written.get(group)) is not None:  # those may be as late as they like
        found.update(event for event in written.arrived(since, now) if wanted is None or wanted(event.stream))
    return list(found)


def _result(account: "Account", event: WrittenEvent, group: str) -> dict[str, Any]:
    return {
        "logStreamName": event.stream,
        "logGroupIdentifier": group_arn(account, group),
        "message": event.message,
        "timestamp": event.position.timestamp,
        "ingestionTime": event.ingested,
    }
