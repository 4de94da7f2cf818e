"""The log groups and streams of the emulated account: Lambda's own, and those created by name.

Source of the rules: the service's model and user guide, and what AWS answers about the
Infrequent Access class (aws/karpenter-provider-aws#9567).
"""

import zlib
from typing import TYPE_CHECKING, Any

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.logs.scan import stretches
from lambdatop.emulator.operations import Answer, Params, operation
from lambdatop.emulator.simulation.fleet import WITHOUT_RETENTION

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account
    from lambdatop.emulator.function import EmulatedFunction

RETENTION_DAYS = 14
"""What groups begin with, and how far back events go."""
DAY_MS = 86_400_000
_STREAMS_BUDGET = 12_000
_STREAMS_SPAN_MS = 3 * 3_600_000
_FUTURE_MS = 2 * 3_600_000
_FOR_EVER = frozenset(f"/aws/lambda/{name}" for name in WITHOUT_RETENTION)
_IN_USE = ("per_minute", "per_day", "at_minutes")


def log_groups(account: "Account") -> dict[str, tuple[str, ...]]:
    """The groups that exist: Lambda makes one when a function first runs, so the never-called have none."""
    groups = account.log_groups()
    return {
        **{
            group: names
            for group, names in groups.items()
            if any(_is_called(account.functions[name]) or name in account.by_hand for name in names)
        },
        **{group: groups.get(group, ()) for group in account.written},
    }


def _is_called(function: "EmulatedFunction") -> bool:
    return any(getattr(function.profile.traffic, rate) for rate in _IN_USE)


def group_of(account: "Account", identifier: str) -> str:
    """The log group of a name or ARN; raises `ResourceNotFoundException`."""
    name = identifier.rpartition(":log-group:")[2].removesuffix(":*")
    if name not in log_groups(account):
        raise ServiceError("ResourceNotFoundException", "The specified log group does not exist.")
    return name


def readable_group(account: "Account", identifier: str, operation: str) -> str:
    """The log group of a name or ARN; raises `InvalidOperationException` if only Logs Insights can read it."""
    name = group_of(account, identifier)
    if (log_class := class_of(account, name)) != "STANDARD":
        raise ServiceError(
            "InvalidOperationException",
            f"The log group {name} is of log-group-class {log_class}. {operation} is not supported for this log class.",
        )
    return name


def class_of(account: "Account", group: str) -> str:
    """The log class of a group."""
    written = account.written.get(group)
    return written.log_class if written else "STANDARD"


def group_arn(account: "Account", group: str) -> str:
    """The ARN as Live Tail and `logGroupArn` write it, without `:*`."""
    return f"arn:aws:logs:{account.region}:{account.id}:log-group:{group}"


def named_group(account: "Account", params: Params) -> str:
    """The log group that a request names in one of two ways."""
    name, identifier = params.get("logGroupName"), params.get("logGroupIdentifier")
    if (name is None) == (identifier is None):
        raise ServiceError(
            "InvalidParameterException", "Exactly one of logGroupName and logGroupIdentifier is required"
        )
    return group_of(account, name or identifier or "")


@operation("logs.DescribeLogGroups")
def describe_log_groups(account: "Account", params: Params) -> Answer:
    """By name, 50 a page."""
    prefix, part = params.get("logGroupNamePrefix"), params.get("logGroupNamePattern")
    if prefix is not None and part is not None:
        raise ServiceError("InvalidParameterException", "LogGroup name prefix and LogGroup name pattern are exclusive")
    wanted = {identifier.rpartition(":log-group:")[2] for identifier in params.get("logGroupIdentifiers", ())}
    log_class = params.get("logGroupClass")
    names = [
        name
        for name in sorted(log_groups(account))
        if name.startswith(prefix or "")
        and (part or "").lower() in name.lower()
        and (not wanted or name in wanted)
        and log_class in (None, class_of(account, name))
    ]
    names, token = _paged(names, params)
    return {"logGroups": [_described_group(account, name) for name in names], **token}


def _described_group(account: "Account", name: str) -> Answer:
    number, written = zlib.crc32(name.encode()), account.written.get(name)
    arn = group_arn(account, name)
    days = account.retention.get(name, None if name in _FOR_EVER else RETENTION_DAYS)
    return {
        "logGroupName": name,
        **({} if days is None else {"retentionInDays": days}),
        "creationTime": written.created_ms if written else int(account.started * 1000) - (30 + number % 700) * DAY_MS,
        "metricFilterCount": 0,
        "arn": f"{arn}:*",
        "storedBytes": number * 7,
        "logGroupClass": class_of(account, name),
        "logGroupArn": arn,
    }


def _paged(items: list[Any], params: Params) -> tuple[list[Any], dict[str, str]]:
    """A page of a list that is known as a whole, and the token for the next one."""
    limit, token = params.get("limit", 50), params.get("nextToken", "0")
    if not 1 <= limit <= 50:
        raise ServiceError("InvalidParameterException", f"limit must be between 1 and 50, not {limit}")
    if not token.isdigit() or int(token) > len(items):
        raise ServiceError("InvalidParameterException", "The specified nextToken is invalid.")
    end = int(token) + limit
    return items[int(token) : end], {"nextToken": str(end)} if end < len(items) else {}


@operation("logs.DescribeLogStreams")
def describe_log_streams(account: "Account", params: Params) -> Answer:
    """The streams written lately (at most the last three hours), by name or by last event."""
    group = named_group(account, params)
    prefix, by_time = params.get("logStreamNamePrefix", ""), params.get("orderBy") == "LastEventTime"
    if prefix and by_time:
        raise ServiceError("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.")
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
    if (written := account.written.get(group)) is not None:
        spans = {name: (created, created) for name, created in written.streams.items()} | spans
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


@operation("logs.CreateLogGroup")
def create_log_group(account: "Account", params: Params) -> Answer:
    """Of either class."""
    name = params["logGroupName"]
    if name in log_groups(account):
        raise ServiceError("ResourceAlreadyExistsException", "The specified log group already exists")
    account.create_log_group(name, params.get("logGroupClass", "STANDARD"))
    return {}


@operation("logs.CreateLogStream")
def create_log_stream(account: "Account", params: Params) -> Answer:
    """In a group that was created by name, or in one of Lambda's own."""
    written = account.create_log_group(group_of(account, params["logGroupName"]))
    if params["logStreamName"] in written.streams:
        raise ServiceError("ResourceAlreadyExistsException", "The specified log stream already exists")
    written.streams[params["logStreamName"]] = int(account.clock() * 1000)
    return {}


@operation("logs.PutLogEvents")
def put_log_events(account: "Account", params: Params) -> Answer:
    """Visible at once. AWS: in order of time, none older than the retention or more than two hours ahead."""
    written = account.create_log_group(group_of(account, params["logGroupName"]))
    stream, events = params["logStreamName"], params["logEvents"]
    if stream not in written.streams:
        raise ServiceError("ResourceNotFoundException", "The specified log stream does not exist.")
    times = [event["timestamp"] for event in events]
    if times != sorted(times):
        message = "Log events in a single PutLogEvents request must be in chronological order."
        raise ServiceError("InvalidParameterException", message)
    now = int(account.clock() * 1000)
    expired = sum(at < now - RETENTION_DAYS * DAY_MS for at in times)
    kept = sum(at <= now + _FUTURE_MS for at in times)
    for event in events[expired:kept]:
        written.add(stream, event["timestamp"], event["message"], now)
    refused = {"expiredLogEventEndIndex": expired} if expired else {}
    refused |= {"tooNewLogEventStartIndex": kept} if kept < len(events) else {}
    return {"nextSequenceToken": f"{len(written.events):056d}"} | (
        {"rejectedLogEventsInfo": refused} if refused else {}
    )
