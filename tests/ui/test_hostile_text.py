"""Whatever an account's texts contain, the program lives and the terminal receives nothing of it but printable text."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambdatop.config import Config
from lambdatop.emulator.account import Account
from lambdatop.emulator.gateway import load_everything
from lambdatop.emulator.operations import OPERATIONS, AwsError
from lambdatop.emulator.server import Emulator
from lambdatop.ui.panes.traces import TracesPane
from lambdatop.ui.screens.fleet import FleetScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.screens.trace import TraceScreen
from tests.terminals import Terminal, terminal
from tests.ui.conftest import FUNCTIONS
from tests.ui.driving import driving

driven = pytest.mark.asyncio(loop_scope="module")

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
TERMINALS_OWN = re.compile(rb"\x1b\[[0-9;?<>=$]*[A-Za-z]|\x1b\]22;[a-z-]+\x07")
"""What Textual sends: control sequences with parameters and a letter, and the shape of the mouse pointer."""

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
    first = answer["Functions"][0]
    for text in CORPUS:
        answer["Functions"].append({**first, "FunctionName": text, "FunctionArn": text, "Description": text})
    for function, text in zip(answer["Functions"][:FUNCTIONS], texts(), strict=False):
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


def _spoiling(handler: Handler, spoil: Callable[[dict[str, Any]], None]) -> Handler:
    def answer(account: Account, params: dict[str, Any]) -> Any:
        if SIGNAL in params.get("FilterExpression", ""):  # the emulator would look through all traffic for such a name
            return {"TraceSummaries": [], "TracesProcessedCount": 0, "ApproximateTime": account.clock()}
        answered = handler(account, params)
        spoil(answered)
        return answered

    return answer


def _refusing(account: Account, params: dict[str, Any]) -> Any:
    raise AwsError("ValidationException", "".join(CORPUS))


@pytest.fixture
def hostile(account: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Every emulated account's texts replaced, and one operation that is refused in such words."""
    load_everything()
    for name, spoil in SPOILT.items():
        monkeypatch.setitem(OPERATIONS, name, _spoiling(OPERATIONS[name], spoil))
    monkeypatch.setitem(OPERATIONS, "lambda.GetAccountSettings", _refusing)
    return account


@driven
async def test_no_screen_shows_anything_but_printable_text(hostile: Emulator) -> None:
    async with driving(hostile.url) as driver:
        await driver.until(lambda: driver.app.state.log and driver.app.state.fleet.alarms and driver.app.state.traces)
        await driver.sees(SIGNAL)
        for keys in ("G", "y", "z", "escape", "enter", "l", "w", "g", "w", "escape", "x", "escape", "escape"):
            await driver.press(keys)
            assert not FORBIDDEN.search(driver.text().replace("\n", ""))
        await driver.on_screen(FleetScreen)
        await driver.press("colon", *SIGNAL.lower())
        await driver.sees(f"{SIGNAL} ")

        assert not FORBIDDEN.search(driver.text().replace("\n", ""))


@driven
@pytest.mark.parametrize("size", [(150, 42), (80, 24), (30, 8)])
async def test_the_screens_of_alarms_show_nothing_else_either(hostile: Emulator, size: tuple[int, int]) -> None:
    async with driving(hostile.url, size=size) as driver:
        await driver.until(lambda: driver.app.state.fleet.complete and driver.app.state.fleet.alarms)
        await driver.press("a")
        await driver.until(lambda: driver.app.state.alarm_basis.topics)
        for keys in ("j", "j", "tab", "tab", "tab", "j", "escape", "A"):
            await driver.press(keys)
            assert not FORBIDDEN.search(driver.text().replace("\n", ""))
        await driver.until(lambda: driver.app.state.alarm_basis.history)
        for keys in ("j", "e", "escape", "slash", "x", "escape"):
            await driver.press(keys)
            assert not FORBIDDEN.search(driver.text().replace("\n", ""))


@driven
@pytest.mark.parametrize("size", [(80, 24), (30, 8)])
async def test_small_screens_survive_it_too(hostile: Emulator, size: tuple[int, int]) -> None:
    async with driving(hostile.url, size=size, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("l")  # what is not in view is not asked for
        await driver.until(lambda: driver.app.state.log)
        await driver.press("w", "g")

        assert not FORBIDDEN.search(driver.text().replace("\n", ""))


@driven
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_no_pane_or_screen_of_traces_shows_it_either(hostile: Emulator, size: tuple[int, int]) -> None:
    async with driving(hostile.url, size=size, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("x")
        await driver.until(lambda: driver.app.state.traces and driver.one(TracesPane).has_focus_within)
        await driver.press("enter")
        await driver.on_screen(TraceScreen)
        await driver.until(lambda: driver.app.state.trace)
        for key in ("b", "e", "e", "o", "down", "enter", "w", "y", "escape", "space", "n", "escape"):
            await driver.press(key)
            assert not FORBIDDEN.search(driver.text().replace("\n", ""))
        await driver.on_screen(FunctionScreen)
        await driver.press("d")
        await driver.until(lambda: driver.app.state.downstream and driver.app.state.downstream.edges)
        await driver.sees(f"{SIGNAL} ")

        assert not FORBIDDEN.search(driver.text().replace("\n", ""))


@driven
@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_no_pane_of_insights_or_cold_starts_shows_it_either(hostile: Emulator, size: tuple[int, int]) -> None:
    async with driving(hostile.url, size=size, config=Config(function="image-resize")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("n")
        await driver.until(lambda: driver.app.state.insights and driver.app.state.insights.records)
        await driver.sees("CPU %")
        assert not FORBIDDEN.search(driver.text().replace("\n", ""))
    async with driving(hostile.url, size=size, config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.press("S")
        await driver.until(lambda: driver.app.state.starts and driver.app.state.starts.versions)
        await driver.sees("VERSION", "% cold")

        assert not FORBIDDEN.search(driver.text().replace("\n", ""))


def drive(opened: Terminal) -> None:
    """Through every screen that shows texts of the account, and out."""
    opened.sees(SIGNAL)
    opened.sees("─ log · checkout-api")
    opened.press("\r")
    opened.sees("timeout 15 s")
    opened.press("l")
    opened.until(lambda: opened.text().count(SIGNAL) > 5)
    opened.press("w")
    opened.press("g")
    opened.press("l")
    opened.press("x")
    opened.sees("tower")
    opened.press("qq")
    opened.sees("FUNCTION")
    opened.press("G")
    opened.press("?")
    opened.sees("· help")
    opened.press("qq")


@driven
@pytest.mark.usefixtures("hostile")
async def test_a_real_terminal_receives_no_sequence_that_is_not_the_programs_own() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_REGION": "eu-west-1"}
    async with Emulator(functions=FUNCTIONS) as emulator:
        with terminal("--endpoint-url", emulator.url, environment=environment, width=150, height=42) as opened:
            await asyncio.to_thread(drive, opened)
            status = await asyncio.to_thread(opened.ended)
            received = bytes(opened.received)

    assert status == 0
    assert TERMINALS_OWN.sub(b"", received).count(b"\x1b") == 0
    assert not FORBIDDEN.search(TERMINALS_OWN.sub(b"", received).decode().replace("\n", "").replace("\r", ""))


def test_the_corpus_would_be_noticed() -> None:
    raw = "".join(CORPUS).encode()

    assert TERMINALS_OWN.sub(b"", raw).count(b"\x1b")
    assert all(FORBIDDEN.search(text) for text in CORPUS[:10])
