"""The gate over a real socket: what is asked, how often, and what a read-only one refuses."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import botocore.session
import pytest

from lambdatop.aws.errors import BadAnswer, ReadOnly, Unreachable
from lambdatop.aws.gate import Answer, Gate, is_write
from lambdatop.aws.meter import price_usd
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from tests.clocks import HandClock
from tests.gates import gate_to
from tests.speaker import speaking

_CHANGING = (
    *("Add", "Associate", "Cancel", "Checkpoint", "Create", "Decode", "Delete", "Disable", "Disassociate", "Enable"),
    *("Invoke", "Publish", "Put", "Remove", "Send", "Set", "Start", "Stop", "Tag", "Test", "Untag", "Update"),
)
_HARMLESS = ("StartLiveTail", "StartQuery", "StopQuery", "CancelTraceRetrieval", "StartTraceRetrieval")
"""They begin like a change, and only read."""
_GROUP_ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:"


def operations() -> list[str]:
    session = botocore.session.get_session()
    services = ("lambda", "cloudwatch", "logs", "xray", "resourcegroupstaggingapi")
    return [name for service in services for name in session.get_service_model(service).operation_names]


def _results(event: Answer) -> Sequence[Answer]:
    update: Answer = event.get("sessionUpdate", {})
    return tuple(update.get("sessionResults", ()))


async def test_a_call_answers_as_aws_does(gate: Gate) -> None:
    assert gate.region is None

    answer = await gate.call("sts", "GetCallerIdentity")

    assert answer["Account"] == "123456789012"
    assert gate.region == "eu-west-1"


async def test_pages_follow_every_token(gate: Gate, emulator: Emulator) -> None:
    pages = [page async for page in gate.pages("lambda", "ListFunctions", MaxItems=7)]

    listed = [each["FunctionName"] for page in pages for each in page["Functions"]]
    assert sorted(listed) == sorted(emulator.account().functions)
    assert len(pages) == emulator.calls["lambda.ListFunctions"] == 9


async def test_a_token_that_comes_back_ends_the_pages_of_a_log() -> None:
    async with speaking(b'{"events": [], "nextToken": "again"}') as speaker, gate_to(speaker.url) as gate:
        read = [page async for page in gate.pages("logs", "FilterLogEvents", logGroupName="x")]

        assert len(read) == speaker.asked == 2


async def test_a_token_that_comes_back_is_no_end_of_a_list() -> None:
    async with speaking(b'{"Functions": [], "NextMarker": "again"}') as speaker, gate_to(speaker.url) as gate:
        with pytest.raises(BadAnswer, match=r"to ListFunctions \(pages without end\)"):
            [page async for page in gate.pages("lambda", "ListFunctions")]

        assert speaker.asked == 2


async def test_a_stream_tells_what_is_logged_until_it_is_left() -> None:
    clock = HandClock()
    async with (
        Emulator(functions=60, lint=True, clock=clock.monotonic, tail_every_s=0.01) as emulator,
        gate_to(emulator.url) as gate,
    ):
        group = _GROUP_ARN + "/aws/lambda/sms-gateway"

        async with aclosing(gate.stream("logs", "StartLiveTail", logGroupIdentifiers=[group])) as events:
            first = await anext(events)
            clock.move(60)
            told = await anext(event async for event in events if _results(event))

        assert first["sessionStart"]["logGroupIdentifiers"] == [group]
        assert {each["logGroupIdentifier"] for each in _results(told)} == {group}
        assert not emulator.problems


async def test_a_call_that_takes_too_long_is_given_up(emulator: Emulator) -> None:
    async with gate_to(emulator.url) as gate:
        await gate.call("sts", "GetCallerIdentity")
        emulator.faults["sts.GetCallerIdentity"] = Fault.delayed(3600)
        gate.deadline_s = 0.05

        with pytest.raises(Unreachable, match="sts GetCallerIdentity: no answer in time from http"):
            await gate.call("sts", "GetCallerIdentity")


async def test_no_password_of_an_endpoint_is_told(emulator: Emulator) -> None:
    async with gate_to(emulator.url.replace("//", "//somebody:secret@")) as gate:
        with pytest.raises(Unreachable) as told:  # it cannot work: the request is signed in the same header
            await gate.call("sts", "GetCallerIdentity")

        assert gate.endpoint_url == emulator.url
        assert emulator.url in str(told.value)
        assert "secret" not in str(told.value)


async def test_a_write_is_sent_once_even_if_the_connection_breaks(gate: Gate, emulator: Emulator) -> None:
    name = next(iter(emulator.account().functions))
    writes: dict[str, Answer] = {
        "PutFunctionConcurrency": {"FunctionName": name, "ReservedConcurrentExecutions": 1},
        "DeleteFunctionConcurrency": {"FunctionName": name},  # aiohttp repeats PUT and DELETE unless told not to
        "PublishVersion": {"FunctionName": name},
    }
    for operation, params in writes.items():
        emulator.faults[f"lambda.{operation}"] = Fault.reset()

        with pytest.raises(Unreachable):
            await gate.call("lambda", operation, **params)

    assert {operation: emulator.calls[f"lambda.{operation}"] for operation in writes} == dict.fromkeys(writes, 1)


async def test_a_write_that_aws_throttles_is_not_sent_again(gate: Gate, emulator: Emulator) -> None:
    emulator.faults["lambda.*"] = Fault.throttled()

    with pytest.raises(Exception, match="throttled"):
        await gate.call("lambda", "PutFunctionConcurrency", FunctionName="any", ReservedConcurrentExecutions=0)

    assert emulator.calls["lambda.PutFunctionConcurrency"] == 1


def test_every_operation_that_may_change_something_counts_as_a_write() -> None:
    changing = [name for name in operations() if name.startswith(_CHANGING) and name not in _HARMLESS]

    assert len(changing) > 150
    assert [name for name in changing if not is_write(name)] == []


def test_every_other_operation_is_a_read_that_read_only_mode_lets_pass() -> None:
    reading = [name for name in operations() if not name.startswith(_CHANGING) or name in _HARMLESS]

    assert len(reading) > 130
    assert [name for name in reading if is_write(name)] == []


async def test_a_read_only_gate_refuses_writes_before_anything_is_sent(emulator: Emulator) -> None:
    async with gate_to(emulator.url, read_only=True) as gate:
        for name in filter(is_write, operations()):
            with pytest.raises(ReadOnly, match=f"{name} is a write, and this is read-only mode"):
                await gate.call("lambda", name)

        with pytest.raises(ReadOnly):
            await anext(aiter(gate.stream("lambda", "InvokeWithResponseStream", FunctionName="any")))
        await gate.call("sts", "GetCallerIdentity")

    assert emulator.calls == {"sts.GetCallerIdentity": 1}


async def test_calls_made_at_once_are_all_answered(gate: Gate, emulator: Emulator) -> None:
    answers = await asyncio.gather(*(gate.call("sts", "GetCallerIdentity") for _ in range(20)))

    assert len(answers) == emulator.calls["sts.GetCallerIdentity"] == 20


async def test_the_meter_counts_calls_and_what_they_cost(emulator: Emulator) -> None:
    clock = HandClock()
    async with gate_to(emulator.url, clock) as gate:
        query = {
            "Id": "a",
            "MetricStat": {"Metric": {"Namespace": "AWS/Lambda", "MetricName": "Errors"}, "Period": 60, "Stat": "Sum"},
        }
        span = {"StartTime": clock.monotonic() - 600, "EndTime": clock.monotonic()}
        await gate.call("cloudwatch", "GetMetricData", MetricDataQueries=[query, {**query, "Id": "b"}], **span)
        await gate.call("cloudwatch", "ListMetrics", Namespace="AWS/Lambda")
        await gate.call("sts", "GetCallerIdentity")

        assert gate.meter.calls == {
            "cloudwatch:GetMetricData": 1,
            "cloudwatch:ListMetrics": 1,
            "sts:GetCallerIdentity": 1,
        }
        assert gate.meter.cost_usd == pytest.approx(3e-5)
        assert gate.usd_per_hour() == pytest.approx(60 * 3e-5)
        clock.move(300)
        assert gate.usd_per_hour() == pytest.approx(12 * 3e-5)
        clock.move(301)
        assert gate.usd_per_hour() == 0


async def test_a_refused_call_is_counted(gate: Gate, emulator: Emulator) -> None:
    emulator.faults["cloudwatch.ListMetrics"] = Fault.denied()

    with pytest.raises(Exception, match="needs cloudwatch:ListMetrics"):
        await gate.call("cloudwatch", "ListMetrics")

    assert gate.meter.calls == {"cloudwatch:ListMetrics": 1}


@pytest.mark.parametrize(
    ("operation", "params", "answer", "usd"),
    [
        ("cloudwatch:GetMetricData", {"MetricDataQueries": [{}] * 500}, {}, 0.005),
        ("cloudwatch:DescribeAlarms", {}, {}, 0.00001),
        ("xray:GetTraceSummaries", {}, {"TraceSummaries": [{}] * 100}, 0.00005),
        ("xray:GetTraceSummaries", {}, {"TraceSummaries": [{}], "TracesProcessedCount": 400}, 0.0002),
        ("xray:BatchGetTraces", {}, {"Traces": [{}] * 2}, 0.000001),
        ("logs:FilterLogEvents", {}, {"events": [{}]}, 0.0),
        ("lambda:ListFunctions", {}, {}, 0.0),
    ],
)
def test_prices_are_the_list_prices(
    operation: str, params: dict[str, object], answer: dict[str, object], usd: float
) -> None:
    service, _, name = operation.partition(":")

    assert price_usd(service, name, params, answer) == pytest.approx(usd)
