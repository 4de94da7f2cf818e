"""The listing of functions: told as it comes, and read whatever its optional members hold."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatop.aws.gate import Gate
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.sources.fleet.inventory import decode_function, decode_time, functions
from lambdatop.sources.poll import polled
from lambdatop.updates import FunctionsListed, SourceFailed
from tests.clocks import HandClock
from tests.gates import gate_to
from tests.odd import answers
from tests.speaker import speaking


async def listings(aws: Gate, clock: HandClock) -> list[FunctionsListed]:
    return [update async for update in functions(aws, clock) if isinstance(update, FunctionsListed)]


async def test_every_function_is_listed_once(aws: Gate, account: Emulator, clock: HandClock) -> None:
    told = await listings(aws, clock)

    assert [each.name for each in told[-1].functions] == sorted(account.account().functions)
    assert [each.complete for each in told] == [False, True]
    assert len(told[0].functions) == 50


async def test_a_large_account_is_told_after_the_first_second_and_fourth_page(clock: HandClock) -> None:
    async with Emulator(functions=420, clock=clock.monotonic) as emulator, gate_to(emulator.url, clock) as aws:
        told = await listings(aws, clock)

    assert [len(each.functions) for each in told] == [50, 100, 200, 400, 420]
    assert [each.complete for each in told] == [False] * 4 + [True]


async def test_an_empty_account_is_told_as_complete(clock: HandClock) -> None:
    async with Emulator(functions=0, clock=clock.monotonic) as emulator, gate_to(emulator.url, clock) as aws:
        emulator.account().functions.clear()
        told = await listings(aws, clock)

    assert [(each.functions, each.complete) for each in told] == [((), True)]


async def test_what_was_listed_before_trouble_stands(aws: Gate, account: Emulator, clock: HandClock) -> None:
    told: list[FunctionsListed] = []

    async def until_trouble() -> None:
        async for update in functions(aws, clock):
            assert isinstance(update, FunctionsListed)
            told.append(update)
            account.faults["lambda.ListFunctions"] = Fault.denied()

    with pytest.raises(Exception, match="needs lambda:ListFunctions"):
        await until_trouble()
    assert [each.complete for each in told] == [False]


@pytest.mark.parametrize(
    ("odd", "member"),
    [
        ('"MemorySize": "abc"', "MemorySize"),
        ('"Layers": "x"', "Layers"),
        ('"Layers": [7]', "Layers"),
        ('"VpcConfig": []', "VpcConfig"),
        ('"LastModified": 5', "LastModified"),
        ('"EphemeralStorage": {"Size": "big"}', "Size"),
        ('"LoggingConfig": "x"', "LoggingConfig"),
    ],
)
async def test_an_odd_function_is_left_out_and_told_and_the_others_are_there(
    odd: str, member: str, clock: HandClock
) -> None:
    body = f'{{"Functions": [{{"FunctionName": "bad", {odd}}}, {{"FunctionName": "good", "Environment": null}}]}}'

    async with speaking(body.encode()) as speaker, gate_to(speaker.url, clock) as aws:
        asking = polled("functions", clock, lambda: 60, lambda: functions(aws, clock))
        told = [await anext(asking), await anext(asking)]

    listed, failed = told
    assert isinstance(listed, FunctionsListed)
    assert isinstance(failed, SourceFailed)
    assert (listed.complete, [each.name for each in listed.functions]) == (True, ["good"])
    assert failed.error == f"ListFunctions: {member} of bad is not as AWS has it; it is left out"


async def test_a_list_without_end_is_never_told_as_complete(clock: HandClock) -> None:
    body = b'{"Functions": [{"FunctionName": "a"}], "NextMarker": "again"}'

    async with speaking(body) as speaker, gate_to(speaker.url, clock) as aws:
        asking = polled("functions", clock, lambda: 60, lambda: functions(aws, clock))
        one, other, failed = [await anext(asking) for _ in range(3)]

    assert isinstance(one, FunctionsListed)
    assert isinstance(other, FunctionsListed)
    assert isinstance(failed, SourceFailed)
    assert (one.complete, other.complete) == (False, False)
    assert "pages without end" in failed.error


def test_a_function_is_decoded_as_aws_describes_it() -> None:
    raw = {
        "FunctionName": "orders",
        "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:orders",
        "Runtime": "python3.13",
        "Architectures": ["arm64"],
        "MemorySize": 512,
        "Timeout": 30,
        "LastModified": "2026-10-01T12:00:00.000+0000",
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/shop/orders"},
        "TracingConfig": {"Mode": "Active"},
        "Layers": [{"Arn": "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53"}],
        "Environment": {"Variables": {"TOKEN": "canary"}},
    }

    function = decode_function(raw)

    assert (function.architecture, function.memory_mb, function.timeout_s) == ("arm64", 512, 30)
    assert function.last_modified == datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert (function.log_group, function.log_format, function.shares_log_group) == ("/shop/orders", "JSON", True)
    assert (function.tracing, function.has_insights) == (True, True)
    assert "canary" not in repr(function)


def test_a_container_image_has_no_runtime() -> None:
    function = decode_function({"FunctionName": "img", "PackageType": "Image"})

    assert (function.runtime, function.architecture, function.log_group) == (None, "x86_64", "/aws/lambda/img")


@settings(deadline=None, max_examples=100)
@given(answers("lambda", "FunctionConfiguration"), st.text(max_size=8))
def test_any_well_typed_function_is_decoded(raw: dict[str, Any], name: str) -> None:
    assert decode_function({**raw, "FunctionName": name}).name == name


@pytest.mark.parametrize("text", ["", "yesterday", "2026-10-01", "2026-10-01T12:00:00", 7, None, "9999999999"])
def test_what_is_no_time_is_unknown(text: object) -> None:
    assert decode_time(text) is None
