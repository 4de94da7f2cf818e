"""The alarms on Lambda metrics, by function. AWS has no filter by namespace, so all are listed and ours are kept."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from lambdatop.aws.errors import AccessDenied
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.alarms.alarm import Alarm, AlarmKind, AlarmState
from lambdatop.model.alarms.definition import INSIGHTS, LAMBDA, settings
from lambdatop.sources.metric_data import moment
from lambdatop.updates import AlarmsListed, Update

_CHILD = re.compile(r"""(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s][^)]*?))\s*\)""")
_IN_ARN = ":alarm:"


async def alarms(aws: Gate, clock: Clock) -> AsyncIterator[Update]:
    """Every alarm on a metric of Lambda or Lambda Insights, also inside metric math, and the composites over them.

    AWS: 100 a page, 9 calls/s; only metric alarms unless other types are requested.
    """
    try:
        found = await _listed(aws, "MetricAlarm", "CompositeAlarm")
    except AccessDenied:  # AWS: composites need the right to all alarms, metric alarms do with less
        found = await _listed(aws, "MetricAlarm")
    yield AlarmsListed(tuple(found), clock.now())


async def _listed(aws: Gate, *kinds: str) -> list[Alarm]:
    found: list[Alarm] = []
    composites: list[Mapping[str, Any]] = []
    async for page in aws.pages("cloudwatch", "DescribeAlarms", AlarmTypes=list(kinds), MaxRecords=100):
        for raw in page["MetricAlarms"]:
            found.extend(decode_alarm(raw))
        composites += page.get("CompositeAlarms") or ()
    return [*found, *decode_composites(composites, found)]


def decode_alarm(raw: Mapping[str, Any]) -> Iterator[Alarm]:
    """The alarm once for each function it watches; nothing if it watches no Lambda metric."""
    first: dict[str | None, str] = {}
    for metric in _metrics(raw):
        if metric.get("Namespace") in (LAMBDA, INSIGHTS):
            first.setdefault(_function(metric), str(metric.get("MetricName")))
    single = bool(raw.get("MetricName")) and not raw.get("ThresholdMetricId")
    named = tuple(function for function in first if function is not None)
    for function, metric_name in first.items():
        yield Alarm(
            name=str(raw.get("AlarmName")),
            state=_state(raw.get("StateValue")),
            function_name=function,
            metric=metric_name,
            reason=str(raw.get("StateReason") or ""),
            updated=moment(raw.get("StateTransitionedTimestamp") or raw.get("StateUpdatedTimestamp")),
            kind=AlarmKind.METRIC if single else AlarmKind.MATH,
            settings=settings(raw),
            rule="; ".join(_expressions(raw)),
            concerns=named if len(first) > 1 else (),
        )


def decode_composites(raw: Iterable[Mapping[str, Any]], alarms: Iterable[Alarm]) -> Iterator[Alarm]:
    """The composite alarms over any of these alarms, also through other composites, with the functions concerned."""
    by_name = {str(each.get("AlarmName")): each for each in raw}
    children = {name: _children(str(each.get("AlarmRule") or "")) for name, each in by_name.items()}
    watched: dict[str, dict[str, None]] = {}
    for alarm in alarms:
        watched.setdefault(alarm.name, {}).update(dict.fromkeys(alarm.functions))
    for name, each in by_name.items():
        below = _below(name, children)
        if below & watched.keys():
            yield Alarm(
                name=name,
                state=_state(each.get("StateValue")),
                function_name=None,
                metric="",
                reason=str(each.get("StateReason") or ""),
                updated=moment(each.get("StateTransitionedTimestamp") or each.get("StateUpdatedTimestamp")),
                kind=AlarmKind.COMPOSITE,
                settings=settings(each),
                rule=str(each.get("AlarmRule") or ""),
                concerns=tuple(dict.fromkeys(f for child in watched if child in below for f in watched[child])),
            )


def _children(rule: str) -> frozenset[str]:
    """The alarms that a rule names: `ALARM("a") AND NOT OK(arn:aws:cloudwatch:…:alarm:b)`."""
    names = (quoted or single or bare for quoted, single, bare in _CHILD.findall(rule))
    return frozenset(name.partition(_IN_ARN)[2] if name.startswith("arn:") else name for name in names)


def _below(name: str, children: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Every alarm that this one depends on."""
    found: set[str] = set()
    todo = {name}
    while todo:
        todo = {child for each in todo for child in children.get(each, ())} - found
        found |= todo
    return frozenset(found)


def _metrics(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if raw.get("MetricName"):
        yield raw
    for query in raw.get("Metrics") or ():
        stat = query.get("MetricStat")
        if stat:
            yield stat.get("Metric") or {}


def _function(metric: Mapping[str, Any]) -> str | None:
    wanted = "FunctionName" if metric.get("Namespace") == LAMBDA else "function_name"
    return next((each.get("Value") for each in metric.get("Dimensions") or () if each.get("Name") == wanted), None)


def _expressions(raw: Mapping[str, Any]) -> Iterator[str]:
    for query in raw.get("Metrics") or ():
        if query.get("Expression"):
            yield str(query["Expression"])


def _state(raw: object) -> AlarmState:
    return next((state for state in AlarmState if state == raw), AlarmState.INSUFFICIENT_DATA)
