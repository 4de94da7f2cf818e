"""One Logs Insights query: started, awaited, stopped if no longer awaited. It is billed by the byte scanned."""

from collections.abc import Mapping
from datetime import datetime

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Answer, Gate
from lambdatop.clock import Clock
from lambdatop.model.cost.scan_price import ScanPrice, scan_price
from lambdatop.model.function import Function
from lambdatop.model.metrics import Window
from lambdatop.sources.metric_data import moment

MOST_ROWS = 10_000
"""AWS: rows in one answer."""
POLL_S = 1.0
_GOES_ON = ("Scheduled", "Running")

Row = Mapping[str, str]


class QueryFailed(AwsError):
    """AWS abandoned the query, or another caller stopped it."""


async def price_of(aws: Gate, function: Function, window: Window, now: datetime) -> ScanPrice | None:
    """What a query over the window of the function's log group will cost; None if the group cannot be found."""
    answer = await aws.call("logs", "DescribeLogGroups", logGroupNamePrefix=function.log_group, limit=50)
    group = next((each for each in answer["logGroups"] if each.get("logGroupName") == function.log_group), None)
    created = moment((group.get("creationTime") or 0) / 1000) if group else None
    if group is None or created is None:
        return None
    return scan_price(
        stored_bytes=group.get("storedBytes") or 0,
        created=created,
        retention_days=group.get("retentionInDays"),
        window=window,
        region=function.region,
        now=now,
    )


async def answered(aws: Gate, clock: Clock, group: str, text: str, window: Window) -> tuple[Row, ...]:
    """The rows of a query over one log group, by field. Raises AwsError; leaving it early stops the query."""
    begun = await aws.call(
        "logs",
        "StartQuery",
        logGroupName=group,
        startTime=int(window.start.timestamp()),
        endTime=int(window.end.timestamp()) - 1,  # AWS: inclusive
        queryString=text,
        limit=MOST_ROWS,
    )
    status = "Scheduled"
    try:
        while status in _GOES_ON:
            await clock.sleep(POLL_S)
            answer = await aws.call("logs", "GetQueryResults", queryId=begun["queryId"])
            status = answer["status"]
    finally:
        if status in _GOES_ON:
            await _stop(aws, begun["queryId"])
    if status != "Complete":
        raise QueryFailed(f"Logs Insights ended the query: {status}")
    return decode_rows(answer)


async def _stop(aws: Gate, query_id: str) -> None:
    """Stop it, and have the meter count what it has scanned until then."""
    try:
        await aws.call("logs", "StopQuery", queryId=query_id)
        await aws.call("logs", "GetQueryResults", queryId=query_id)
    except AwsError:
        pass  # it may have ended meanwhile; AWS ends it after an hour at the latest


def decode_rows(answer: Answer) -> tuple[Row, ...]:
    """The rows of an answer; a field without a value is not in its row."""
    rows = answer.get("results") or ()
    return tuple({str(cell.get("field")): str(cell.get("value")) for cell in row if "value" in cell} for row in rows)
