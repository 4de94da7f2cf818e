"""Two who change the same thing at the same time: nobody's change is lost, and each knows what became of his own."""

import asyncio

from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.aws.gate import Gate
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import Facts, Receipt, Result
from tests.actions.applying import NAME, applied, facts, only, plan, step
from tests.clocks import HandClock
from tests.gates import gate_to

RACES = 1000
"""Increments in all, by both."""


async def test_two_clients_counting_in_one_alias_lose_nothing(account: Emulator, clock: HandClock) -> None:
    counter = AliasTarget(NAME, "live")
    alias = account.account().function(NAME).aliases["live"]
    alias.description = "0"

    async with gate_to(account.url, clock) as one, gate_to(account.url, clock) as other:
        beaten = await asyncio.gather(*(counted(aws, clock, counter, RACES // 2) for aws in (one, other)))

    assert alias.description == str(RACES)
    assert sum(beaten) > 0  # they did get in each other's way


async def counted(aws: Gate, clock: HandClock, counter: AliasTarget, times: int) -> int:
    """Add one so many times, to what was seen last; how often the other was faster."""
    beaten, seen = 0, await facts(aws, counter)
    while times:
        assert seen is not None
        after: Facts = target(seen["FunctionVersion"], description=str(int(seen["Description"]) + 1))
        outcome = only(await applied(aws, clock, plan(step(counter, seen, after))))
        if outcome.result is Result.APPLIED:
            times -= 1
            seen = outcome.theirs or after
        else:
            assert outcome.result is Result.DRIFTED
            beaten += 1
            seen = outcome.theirs
    return beaten


async def test_two_clients_growing_one_function_lose_nothing(account: Emulator, clock: HandClock) -> None:
    memory = Configuration(NAME, ("MemorySize",))
    start = account.account().function(NAME).config["MemorySize"]

    async def grow(aws: Gate, times: int) -> list[Receipt]:
        receipts: list[Receipt] = []
        while sum(only(each).result is Result.APPLIED for each in receipts) < times:
            before = await facts(aws, memory)
            assert before is not None
            more = step(memory, before, {"MemorySize": before["MemorySize"] + 1})
            receipts.append(await applied(aws, clock, plan(more)))
        return receipts

    async with gate_to(account.url, clock) as one, gate_to(account.url, clock) as other:
        receipts = [each for half in await asyncio.gather(grow(one, 25), grow(other, 25)) for each in half]

    assert account.account().function(NAME).config["MemorySize"] == start + 50
    assert {only(each).result for each in receipts} == {Result.APPLIED, Result.DRIFTED}
