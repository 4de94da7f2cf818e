"""A confirmed plan against the emulated account, over a real socket: applied, settled, refused, told."""

from lambdatop.actions.apply import apply
from lambdatop.actions.journal import Journal
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.emulator.server import Emulator
from lambdatop.model.plan import Facts, Plan, Receipt, Result, Setting, Step
from lambdatop.state import PlanEnded
from tests.clocks import HandClock

NAME = "image-resize"


def step(setting: Setting, before: Facts | None, after: Facts | None, item: str = "") -> Step:
    return Step(
        setting=setting,
        before=before,
        after=after,
        label=setting.kind,
        shown_before=str(before),
        shown_after=str(after),
        item=item,
    )


def plan(*steps: Step) -> Plan:
    return Plan(action="test", title="a change", functions=(NAME,), steps=steps)


async def applied(aws: Gate, clock: Clock, wanted: Plan, journal: Journal | None = None) -> Receipt:
    async for update in apply(aws, clock, wanted, journal or Journal()):
        last = update
    assert isinstance(last, PlanEnded)
    return last.receipt


async def test_memory_is_changed_and_settles(aws: Gate, account: Emulator, clock: HandClock) -> None:
    memory = account.account().function(NAME).config["MemorySize"]
    change = step(Configuration(NAME, ("MemorySize",)), {"MemorySize": memory}, {"MemorySize": memory + 64})

    receipt = await applied(aws, clock, plan(change))

    assert [(each.result, each.settled, each.error) for each in receipt.outcomes] == [(Result.APPLIED, True, None)]
    assert account.account().function(NAME).config["MemorySize"] == memory + 64
    assert receipt.caller == "arn:aws:sts::123456789012:assumed-role/oncall/demo"
