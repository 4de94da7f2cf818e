"""The alarms on Lambda metrics, by function. AWS has no filter by namespace, so all are listed and ours are kept."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.alarms import Alarm, AlarmState
from lambdatop.sources.metrics import moment
from lambdatop.state import AlarmsListed, Update


async def alarms(aws: Gate, clock: Clock) -> AsyncIterator[Update]:
    """Every metric alarm of namespace AWS/Lambda, also those inside metric math (AWS: 100 a page, 9 calls/s)."""
    found: list[Alarm] = []
    async for page in aws.pages("cloudwatch", "DescribeAlarms", AlarmTypes=["MetricAlarm"], MaxRecords=100):
        for raw in page["MetricAlarms"]:
            found.extend(decode_alarm(raw))
    yield AlarmsListed(tuple(found), clock.now())


def decode_alarm(raw: Mapping[str, Any]) -> Iterator[Alarm]:
    """The alarm once for each function it watches; nothing if it watches no Lambda metric."""
    seen: set[str | None] = set()
    for metric in _metrics(raw):
        if metric.get("Namespace") != "AWS/Lambda":
            continue
        names = [d["Value"] for d in metric.get("Dimensions") or () if d.get("Name") == "FunctionName"]
        function = names[0] if names else None
        if function not in seen:
            seen.add(function)
            yield Alarm(
                name=str(raw.get("AlarmName")),
                state=_state(raw.get("StateValue")),
                function_name=function,
                metric=str(metric.get("MetricName")),
                reason=str(raw.get("StateReason") or ""),
                updated=moment(raw.get("StateUpdatedTimestamp")),
            )


def _metrics(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if raw.get("MetricName"):
        yield raw
    for query in raw.get("Metrics") or ():
        stat = query.get("MetricStat")
        if stat:
            yield stat.get("Metric") or {}


def _state(raw: object) -> AlarmState:
    return next((state for state in AlarmState if state == raw), AlarmState.INSUFFICIENT_DATA)
