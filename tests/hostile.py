"""Texts that a terminal, a markup language or a layout could fall for, and an account that answers with them."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from lambdatop.emulator.account import Account

SIGNAL = "HOSTILE"
CORPUS = (
    f"{SIGNAL} \x1b]52;c;aGFja2Vk\x07 clipboard",
    f"{SIGNAL} \x1b]0;title\x07 title",
    f"{SIGNAL} \x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    f"{SIGNAL} \x1bP1$r0m\x1b\\ device control",
    f"{SIGNAL} \x1bc reset",
    f"{SIGNAL} \x1b[2J\x1b[H cleared",
    f"{SIGNAL} \x1b[31mred\x1b[0m \x1b[6n where am I",
    f"{SIGNAL} \x9b31m C1 \x9d52;c;aGFja2Vk\x9c \x90q\x9c",
    f"{SIGNAL} \u202egnp.exe \u2066isolated\u2069 \u061c",
    f"{SIGNAL} nul \x00 bell \x07 shift \x0e\x0f back \x08\x08 delete \x7f",
    f"{SIGNAL} [/] [/usr/bin/x] [red]red[/red] [@click=app.quit]press[/] [link='x']",
    f"{SIGNAL} \\[ \\] [ $text {{}} %s",
    f"{SIGNAL} zero\u200bwidth\u200d\ufeff\u2060 joined",
    f"{SIGNAL} tower {'e' + chr(0x301) * 400}",
    f"{SIGNAL} unterminated \x1b]52;c;aGFja2Vk",
    f"{SIGNAL} one\rtwo\r\nthree\u2028four\x85five\ttab",
    f"{SIGNAL} 検索サービス 👩‍👩‍👧‍👦 ꧁꧂",
)
LONG = f"{SIGNAL} long " + "[/x]\x1b]52;c;aGFj\x07" * 50_000
"""One megabyte, which AWS allows of an event."""
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

Handler = Callable[[Account, dict[str, Any]], Any]


def texts() -> Iterator[str]:
    """The corpus, over and over."""
    while True:
        yield from CORPUS


def _log(answer: dict[str, Any]) -> None:
    events = [event for event in answer["events"] if not event["message"].startswith("REPORT")]
    for event, text in zip(reversed(events), texts(), strict=False):
        record = json.loads(event["message"]) if '"cpu_total_time"' in event["message"] else None
        event["message"] = text if record is None else json.dumps(record | {"request_id": text})
    if events and '"cpu_total_time"' not in events[-1]["message"]:
        events[-1]["message"] = LONG


def _functions(answer: dict[str, Any]) -> None:
    real = tuple(answer["Functions"])
    for text in CORPUS:
        answer["Functions"].append({**real[0], "FunctionName": text, "FunctionArn": text, "Description": text})
    for function, text in zip(real, texts(), strict=False):
        function["Runtime"], function["Description"] = text, text


def _alarms(answer: dict[str, Any]) -> None:
    for alarm, text in zip(answer["MetricAlarms"], texts(), strict=False):
        alarm |= {"AlarmName": text[:255], "StateReason": text[:255], "StateValue": "ALARM"}


def _history(answer: dict[str, Any]) -> None:
    for item, text in zip(answer["AlarmHistoryItems"], texts(), strict=False):
        item |= {"HistorySummary": text, "HistoryData": text}


def _topics(answer: dict[str, Any]) -> None:
    answer["Topics"] = [{"TopicArn": text} for text in CORPUS]


def _traces(answer: dict[str, Any]) -> None:
    for trace, text in zip(answer["TraceSummaries"], texts(), strict=False):
        trace["Http"] = {"HttpURL": text[:500], "HttpMethod": text[:500]}
        entity = {"Name": "x", "Exceptions": [{"Name": text[:500]}]}
        trace["FaultRootCauses"] = [{"Services": [{"Name": "x", "EntityPath": [entity]}]}]


def _documents(answer: dict[str, Any]) -> None:
    for segment in (segment for trace in answer["Traces"] for segment in trace["Segments"]):
        document = json.loads(segment["Document"])
        _spoil_calls(document, texts())
        segment["Document"] = json.dumps(document)


def _spoil_calls(document: dict[str, Any], text: Iterator[str]) -> None:
    """Names of what is called, resources, exceptions and annotations; the function keeps its name."""
    document["annotations"] = {next(text): next(text), "ColdStart": next(text)}
    document["cause"] = {"exceptions": [{"id": "1", "type": next(text), "message": next(text), "stack": _stack(text)}]}
    for part in document.get("subsegments", ()):
        part |= {"name": next(text), "namespace": next(text), "fault": True}
        part["aws"] = {"operation": next(text), "table_name": next(text), "request_id": next(text)}
        part["http"] = {"request": {"method": next(text), "url": next(text)}}
        _spoil_calls(part, text)


def _stack(text: Iterator[str]) -> list[dict[str, Any]]:
    return [{"path": next(text), "line": 1, "label": next(text)} for _ in range(3)]


def _graph(answer: dict[str, Any]) -> None:
    for service, text in zip(answer["Services"], texts(), strict=False):
        if service.get("Type") != "AWS::Lambda::Function":
            service |= {"Name": text, "Type": text}


def _aliases(answer: dict[str, Any]) -> None:
    for alias, text in zip(answer["Aliases"], texts(), strict=False):
        alias["Name"] = text


SPOILT: dict[str, Callable[[dict[str, Any]], None]] = {
    "logs.FilterLogEvents": _log,
    "lambda.ListFunctions": _functions,
    "cloudwatch.DescribeAlarms": _alarms,
    "cloudwatch.DescribeAlarmHistory": _history,
    "sns.ListTopics": _topics,
    "xray.GetTraceSummaries": _traces,
    "xray.BatchGetTraces": _documents,
    "xray.GetServiceGraph": _graph,
    "lambda.ListAliases": _aliases,
}


def spoiling(handler: Handler, spoil: Callable[[dict[str, Any]], None]) -> Handler:
    def answer(account: Account, params: dict[str, Any]) -> Any:
        if SIGNAL in params.get("FilterExpression", ""):  # the emulator would look through all traffic for such a name
            return {"TraceSummaries": [], "TracesProcessedCount": 0, "ApproximateTime": account.clock()}
        answered = handler(account, params)
        spoil(answered)
        return answered

    return answer
