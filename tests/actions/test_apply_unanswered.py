"""A write whose answer is lost: exactly one effect, or none, and the truth about it, for every kind of change."""

from collections.abc import AsyncIterator

import pytest

from lambdatop.actions.settings.alarm import MetricAlarm, definition
from lambdatop.actions.settings.concurrency import RESERVED, ReservedConcurrency
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.aws.gate import Gate
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import Result
from tests.actions.applying import (
    ALARM,
    CASES,
    DEFINITION,
    NAME,
    applied,
    cases,
    change,
    facts,
    only,
    plan,
    told,
    undone,
)
from tests.clocks import HandClock
from tests.gates import gate_to

DEADLINE_S = 1.0
"""Of the call that is not answered, and of the others, which have to be answered within it."""

LOST = [Fault.reset(), Fault.failed_after(), Fault.silent(), Fault.html(), Fault.cut(), Fault.unavailable()]
TOOK_EFFECT = ("reset", "failed_after", "silent", "html")


@pytest.fixture
async def aws(account: Emulator, clock: HandClock) -> AsyncIterator[Gate]:
    """A gate that does not wait long for an answer."""
    async with gate_to(account.url, clock) as gate:
        for service, operation, params in (
            ("lambda", "GetFunctionConfiguration", {"FunctionName": NAME}),
            ("cloudwatch", "DescribeAlarms", {}),
            ("logs", "DescribeLogGroups", {"limit": 1}),
            ("iam", "ListAttachedRolePolicies", {"RoleName": NAME}),
        ):
            await gate.call(service, operation, **params)  # its clients are made: that takes longer
        yield gate


def test_there_are_as_many_cases_as_said(account: Emulator) -> None:
    assert len(cases(account)) == CASES


@pytest.mark.parametrize("number", range(CASES))
async def test_a_write_without_an_answer_is_told_as_it_is(
    number: int, aws: Gate, account: Emulator, clock: HandClock
) -> None:
    await applied(aws, clock, plan(await change(aws, MetricAlarm(ALARM), definition(DEFINITION))))
    case = [*cases(account).values()][number]
    latest = account.account().function("payment-capture")
    for fault in LOST:
        latest.configure(clock.monotonic(), Timeout=latest.config["Timeout"] + 1)  # worth a version, each time
        clock.move(61 - clock.monotonic() % 60)
        before = await facts(aws, case.setting)
        seen = await change(aws, case.setting, case.after)
        account.calls.clear()
        account.faults[case.call] = fault
        aws.deadline_s = DEADLINE_S if fault.kind == "silent" else 15.0

        receipt = await applied(aws, clock, plan(seen))

        aws.deadline_s = 15.0
        account.faults.clear()
        after = await facts(aws, case.setting)
        assert (fault.kind, account.calls[case.call]) == (fault.kind, 1)
        assert (fault.kind, only(receipt).result is Result.APPLIED) == (fault.kind, after != before)
        if fault.kind in TOOK_EFFECT:
            assert (fault.kind, told(receipt)) == (fault.kind, [(Result.APPLIED, True)])
            if case.setting.reversible:
                assert told(await undone(aws, clock, receipt)) == [(Result.APPLIED, True)]
                assert await facts(aws, case.setting) == before
        else:
            assert (fault.kind, told(receipt)) == (fault.kind, [(Result.NOT_APPLIED, True)])
            assert (only(receipt).error or "").endswith("; it took no effect")


async def test_an_outage_after_the_write_is_waited_out(aws: Gate, account: Emulator, clock: HandClock) -> None:
    reserved = ReservedConcurrency(NAME)
    seen = await change(aws, reserved, {RESERVED: 31})
    account.faults["lambda.PutFunctionConcurrency"] = Fault.reset()
    await aws.call("lambda", "GetFunctionConcurrency", FunctionName=NAME)
    outage = OutageAfter(aws, account, "PutFunctionConcurrency", fails=6)

    receipt = await applied(outage, clock, plan(seen))

    assert told(receipt) == [(Result.APPLIED, True)]
    assert account.calls["lambda.PutFunctionConcurrency"] == 1
    await undone(aws, clock, receipt)


async def test_an_outage_without_end_leaves_it_unknown(aws: Gate, account: Emulator, clock: HandClock) -> None:
    seen = await change(aws, ReservedConcurrency(NAME), {RESERVED: 32})
    account.faults["lambda.PutFunctionConcurrency"] = Fault.reset()
    outage = OutageAfter(aws, account, "PutFunctionConcurrency", fails=10_000)

    outcome = only(await applied(outage, clock, plan(seen)))

    assert outcome.result is Result.UNKNOWN
    assert "it cannot be read" in (outcome.error or "")
    assert sum(clock.slept) < 90
    account.account().function(NAME).reserved = None


async def test_what_is_neither_as_it_was_nor_as_planned_is_unknown(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    memory = Configuration(NAME, ("MemorySize",))
    seen = await change(aws, memory, {"MemorySize": 1111})
    account.faults["lambda.UpdateFunctionConfiguration"] = Fault.cut()

    class Meddled(OutageAfter):
        def meddle(self) -> None:
            self.account.account().function(NAME).configure(clock.monotonic(), MemorySize=2222)

    outcome = only(await applied(Meddled(aws, account, "UpdateFunctionConfiguration", fails=1), clock, plan(seen)))

    assert (outcome.result, outcome.theirs) == (Result.UNKNOWN, {"MemorySize": 2222})
    clock.move(60)


class OutageAfter(Gate):
    """A gate that breaks down once an operation was sent: the next reads find nobody."""

    def __init__(self, aws: Gate, account: Emulator, operation: str, *, fails: int) -> None:
        super().__init__(aws.connection, aws.clock)
        self._clients = aws._clients
        self.account = account
        self._operation = operation
        self._left = fails
        self._down = False

    def meddle(self) -> None:
        """Something else happens meanwhile."""

    async def call(self, service: str, operation: str, **params: object) -> dict[str, object]:
        if operation == self._operation:
            self._down = True
        elif self._down and self._left:
            self._left -= 1
            self.meddle()
            self.account.faults[f"{service}.{operation}"] = Fault.denied(times=1)
        return await super().call(service, operation, **params)
