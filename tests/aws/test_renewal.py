"""A login that is renewed while the program runs is taken up without a restart, and cuts nothing short."""

import asyncio
import re
from contextlib import aclosing

import pytest

from lambdatop.aws.errors import CredentialsError
from lambdatop.aws.gate import Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import SystemClock
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from tests.gates import gate_to
from tests.speaker import speaking

EXPIRED = b'{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}'


async def test_a_renewed_login_is_taken_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOLD")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "old")
    async with speaking(EXPIRED, status=403) as speaker:
        gate = Gate(Connection(region="eu-west-1", endpoint_url=lambda: speaker.url), SystemClock())
        with pytest.raises(CredentialsError):
            await gate.call("lambda", "ListFunctions")

        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDNEW")
        with pytest.raises(CredentialsError):
            await gate.call("lambda", "ListFunctions")
        await gate.close()

    assert [re.findall(r"Credential=(\w+)/", each) for each in speaker.signed] == [["AKIDOLD"], ["AKIDNEW"]]


async def test_a_call_under_way_is_answered_though_the_login_is_renewed_meanwhile(emulator: Emulator) -> None:
    emulator.faults["lambda.Invoke"] = Fault.delayed(2.0)
    emulator.faults["lambda.ListFunctions"] = Fault.expired()
    async with gate_to(emulator.url) as gate:
        invoked = asyncio.create_task(gate.call("lambda", "Invoke", FunctionName="checkout-api", Payload=b"{}"))
        while not emulator.calls["lambda.Invoke"]:
            with pytest.raises(CredentialsError):
                await gate.call("lambda", "ListFunctions")
        with pytest.raises(CredentialsError):
            await gate.call("lambda", "ListFunctions")

        assert not invoked.done()
        assert (await invoked)["StatusCode"] == 200


async def test_a_live_tail_goes_on_though_the_login_is_renewed_meanwhile(emulator: Emulator) -> None:
    group = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/checkout-api"
    emulator.faults["lambda.ListFunctions"] = Fault.expired(times=1)
    async with gate_to(emulator.url) as gate:
        tail = gate.stream("logs", "StartLiveTail", logGroupIdentifiers=[group])
        async with aclosing(tail):
            assert "sessionStart" in await anext(tail)
            with pytest.raises(CredentialsError):
                await gate.call("lambda", "ListFunctions")

            assert "sessionUpdate" in await anext(tail)


async def test_who_is_refused_with_an_old_login_does_not_throw_the_new_one_away(emulator: Emulator) -> None:
    emulator.faults["lambda.ListFunctions"] = Fault.expired()
    async with gate_to(emulator.url) as gate:
        first = gate._clients.login
        await asyncio.gather(*(gate.call("lambda", "ListFunctions") for _ in range(3)), return_exceptions=True)
        second = gate._clients.login
        await gate._clients.renew(first)

        assert second is not first
        assert gate._clients.login is second
