"""What became of one alarm: its changes of state with their reasons, of its settings, and what its actions did."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from lambdatop.aws.gate import Gate
from lambdatop.model.alarms.alarm import AlarmState
from lambdatop.model.alarms.history import AlarmHistory, Event, HistoryItem
from lambdatop.sources.metric_data import moment
from lambdatop.updates import AlarmHistoryRead, Update

PER_PAGE: Final = 50
MOST: Final = 300
"""AWS keeps 30 days; an alarm that flaps fills them with thousands of items."""


async def alarm_history(aws: Gate, name: str) -> AsyncIterator[Update]:
    """Yield the newest items page by page (AWS: 100 a page, 20 calls/s)."""
    items: list[HistoryItem] = []
    pages = aws.pages(
        "cloudwatch",
        "DescribeAlarmHistory",
        AlarmName=name,
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        ScanBy="TimestampDescending",
        MaxRecords=PER_PAGE,
    )
    async for page in pages:
        items += map(decode_item, page.get("AlarmHistoryItems") or ())
        complete = not page.get("NextToken")
        yield AlarmHistoryRead(AlarmHistory(name=name, items=tuple(items[:MOST]), complete=complete))
        if len(items) >= MOST:
            return


def decode_item(raw: Mapping[str, Any]) -> HistoryItem:
    """One item. Its data is JSON in a text, and may be anything."""
    state, reason = _new_state(raw.get("HistoryData"))
    return HistoryItem(
        at=moment(raw.get("Timestamp")),
        event=next((event for event in Event if event == raw.get("HistoryItemType")), None),
        summary=str(raw.get("HistorySummary") or ""),
        state=state,
        reason=reason,
    )


def _new_state(data: object) -> tuple[AlarmState | None, str]:
    try:
        told = json.loads(data) if isinstance(data, str) else None
    except (ValueError, RecursionError):
        told = None
    new = told.get("newState") if isinstance(told, dict) else None
    if not isinstance(new, dict):
        return None, ""
    state = next((state for state in AlarmState if state == new.get("stateValue")), None)
    return state, str(new.get("stateReason") or "")
