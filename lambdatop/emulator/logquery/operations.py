"""Logs Insights: queries are started, asked for their results while they run, stopped and listed.

Source of the rules: the service's model and user guide.
"""

from typing import TYPE_CHECKING, cast
from uuid import uuid4

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.logquery.lexer import malformed
from lambdatop.emulator.logquery.query import RunningQuery
from lambdatop.emulator.logs.groups import DAY_MS, RETENTION_DAYS, group_of
from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_MAX_RUNNING = 100
_MAX_GROUPS = 50
_MAX_ROWS = 10_000
_MAX_LIMIT = 100_000
_KEPT = 200
_NAMED = ("logGroupName", "logGroupNames", "logGroupIdentifiers")


@operation("logs.StartQuery")
def start_query(account: "Account", params: Params) -> Answer:
    """Begin a query; times are seconds, `endTime` inclusive. AWS: 100 at a time, 50 groups, 10,000 rows."""
    if params.get("queryLanguage", "CWLI") != "CWLI":
        raise ServiceError("InvalidParameterException", f"queries in {params['queryLanguage']} are not emulated")
    groups, limit = _groups(account, params), params.get("limit", _MAX_ROWS)
    if not 1 <= limit <= _MAX_LIMIT:
        raise ServiceError("InvalidParameterException", f"limit must be between 1 and {_MAX_LIMIT}, not {limit}")
    if sum(not each.ended for each in account.queries.values()) >= _MAX_RUNNING:
        raise ServiceError("LimitExceededException", "Account maximum query concurrency limit of [100] reached.")
    identity = str(uuid4())
    account.queries[identity] = RunningQuery(account, params["queryString"], groups, _window(account, params), limit)
    for former in [each for each, query in account.queries.items() if query.ended][:-_KEPT]:
        del account.queries[former]
    return {"queryId": identity}


def _groups(account: "Account", params: Params) -> list[str]:
    named = [params[member] for member in _NAMED if member in params]
    if len(named) != 1:
        raise ServiceError("InvalidParameterException", f"Exactly one of {', '.join(_NAMED)} is required")
    identifiers = [named[0]] if isinstance(named[0], str) else named[0]
    if not 1 <= len(identifiers) <= _MAX_GROUPS:
        raise ServiceError("InvalidParameterException", f"1 to {_MAX_GROUPS} log groups, not {len(identifiers)}")
    return list(dict.fromkeys(group_of(account, identifier) for identifier in identifiers))


def _window(account: "Account", params: Params) -> tuple[int, int]:
    """[start, end) in milliseconds, as far back as events are kept."""
    start, end = params["startTime"] * 1000, params["endTime"] * 1000 + 1000
    kept = int(account.clock() * 1000) - RETENTION_DAYS * DAY_MS
    if start >= end:
        raise ServiceError("InvalidParameterException", "startTime must not be later than endTime")
    if end <= kept:
        raise malformed(
            "Query's end date and time is either before the log groups creation time or exceeds the log groups log "
            "retention settings",
            params["queryString"],
            0,
            len(params["queryString"]),
        )
    return max(start, kept), min(end, int(account.clock() * 1000) + DAY_MS)


@operation("logs.GetQueryResults")
def get_query_results(account: "Account", params: Params) -> Answer:
    """What was found so far, 10,000 rows a page; asking lets the query go on for a turn."""
    query = _query(account, params)
    query.work()
    rows = query.rows()
    token, size = params.get("nextToken", "0"), min(params.get("maxItems") or _MAX_ROWS, _MAX_ROWS)
    if not token.isdigit():
        raise ServiceError("InvalidParameterException", "The specified nextToken is invalid.")
    first, last = int(token), int(token) + size
    answer: Answer = {
        "queryLanguage": "CWLI",
        "results": [[{"field": field, "value": value} for field, value in row] for row in rows[first:last]],
        "statistics": {
            "recordsMatched": float(query.matched),
            "recordsScanned": float(query.records),
            "estimatedRecordsSkipped": 0.0,
            "bytesScanned": float(query.bytes),
            "estimatedBytesSkipped": 0.0,
            "logGroupsScanned": float(len(query.groups)),
        },
        "status": query.status,
    }
    return answer | ({"nextToken": str(last)} if query.ended and last < len(rows) else {})


def _queries(account: "Account") -> dict[str, RunningQuery]:
    """What was registered here; the account knows only that it is worked on."""
    return cast(dict[str, RunningQuery], account.queries)


def _query(account: "Account", params: Params) -> RunningQuery:
    found = _queries(account).get(params["queryId"])
    if found is None:
        raise ServiceError("ResourceNotFoundException", "The specified query does not exist.")
    return found


@operation("logs.StopQuery")
def stop_query(account: "Account", params: Params) -> Answer:
    """Cancel a query. AWS: it is an error if it has ended."""
    query = _query(account, params)
    if query.ended:
        raise ServiceError("InvalidParameterException", "The specified query is not running.")
    query.cancel()
    return {"success": True}


@operation("logs.DescribeQueries")
def describe_queries(account: "Account", params: Params) -> Answer:
    """The queries of late, the newest first."""
    group, status = params.get("logGroupName"), params.get("status")
    found = [
        (identity, query)
        for identity, query in reversed(_queries(account).items())
        if (group is None or group in query.groups) and status in (None, query.status)
    ]
    return {
        "queries": [
            {
                "queryLanguage": "CWLI",
                "queryId": identity,
                "queryString": query.text,
                "status": query.status,
                "createTime": int(query.created * 1000),
                "logGroupName": query.groups[0],
                "bytesScanned": float(query.bytes),
            }
            for identity, query in found[: params.get("maxResults", 1000)]
        ]
    }
