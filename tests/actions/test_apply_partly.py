"""A plan of several calls of which one fails: the journal on the disk tells the truth, and its undo works."""

import itertools
from pathlib import Path

import pytest
from msgspec.structs import replace

from lambdatop.actions.applying.replan import again
from lambdatop.actions.journal.journal import Journal, JournalEntry
from lambdatop.actions.journal.undo import plan_undo
from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.actions.settings.concurrency import PROVISIONED, RESERVED, ProvisionedConcurrency, ReservedConcurrency
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.actions.settings.version import PublishedVersion
from lambdatop.aws.gate import Gate
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import PUBLISHED, Cost, Facts, Plan, Refusal, Result, Setting
from tests.actions.applying import NAME, WHO, applied, change, facts, plan, told, undone
from tests.clocks import HandClock

SIZES = itertools.count(2000)
"""A new one each time: what is published already is not published again."""
SETTINGS: list[Setting] = [
    Configuration(NAME, ("MemorySize",)),
    PublishedVersion(NAME),
    AliasTarget(NAME, "live"),
    ReservedConcurrency(NAME),
    ProvisionedConcurrency(NAME, "live"),
]
CALLS = [
    "lambda.UpdateFunctionConfiguration",
    "lambda.PublishVersion",
    "lambda.UpdateAlias",
    "lambda.PutFunctionConcurrency",
    "lambda.PutProvisionedConcurrencyConfig",
]


async def release(aws: Gate) -> Plan:
    """Five calls: more memory, published, the callers moved to it, concurrency reserved and provisioned."""
    wishes: list[Facts] = [
        {"MemorySize": next(SIZES)},
        {"Version": PUBLISHED},
        target(PUBLISHED),
        {RESERVED: 20},
        {PROVISIONED: 3},
    ]
    return plan(*[await change(aws, *each) for each in zip(SETTINGS, wishes, strict=True)])


async def everything(aws: Gate) -> list[Facts | None]:
    return [await facts(aws, setting) for setting in SETTINGS]


def read(path: Path) -> JournalEntry:
    """The last entry, as another process reads it."""
    return Journal(path).entries()[-1]


@pytest.mark.parametrize("k", range(len(CALLS)))
@pytest.mark.parametrize(
    "fault",
    [Fault.denied(), Fault.cut(), Fault.reset(), Fault.failed_after(), Fault.limit()],
    ids=lambda fault: str(fault.kind),
)
async def test_each_call_that_fails_leaves_the_truth_and_a_way_back(
    k: int, fault: Fault, aws: Gate, account: Emulator, clock: HandClock, tmp_path: Path
) -> None:
    path = tmp_path / "journal.jsonl"
    before = await everything(aws)
    wanted = await release(aws)
    account.faults[CALLS[k]] = fault

    receipt = await applied(aws, clock, wanted, Journal(path))

    account.faults.clear()
    took_effect = fault.kind in ("reset", "failed_after")
    done = len(CALLS) if took_effect else k
    failed = [] if took_effect else [Result.NOT_APPLIED]
    assert [outcome.result for outcome in receipt.outcomes] == [Result.APPLIED] * done + failed
    assert [account.calls[call] for call in CALLS[done + len(failed) :]] == [0] * (len(CALLS) - done - len(failed))
    now = await everything(aws)
    assert now[done:] == before[done:]
    assert [outcome.step.after for outcome in receipt.outcomes[:done]] == now[:done]
    entry = read(path)
    assert (entry.receipt, entry.finished) == (receipt, True)
    if any(outcome.step.setting.reversible for outcome in receipt.outcomes[:done]):
        back = await undone(aws, clock, entry.receipt, Journal(path))
        assert {*told(back)} == {(Result.APPLIED, True)}
        assert read(path).receipt.plan.undoes == receipt.id
    after = await everything(aws)
    assert [now for now, setting in zip(after, SETTINGS, strict=True) if setting.reversible] == [
        then for then, setting in zip(before, SETTINGS, strict=True) if setting.reversible
    ]


async def test_an_undo_that_stops_in_the_middle_can_be_finished(aws: Gate, account: Emulator, clock: HandClock) -> None:
    before = await everything(aws)
    journal, dearer = Journal(), Cost(before_usd=1.0, after_usd=3.0)
    receipt = await applied(aws, clock, replace(await release(aws), cost=dearer), journal)
    account.faults["lambda.UpdateAlias"] = Fault.denied()

    back = await undone(aws, clock, receipt, journal)

    account.faults.clear()
    assert told(back) == [(Result.APPLIED, True), (Result.APPLIED, True), (Result.NOT_APPLIED, True)]
    rest = await undone(aws, clock, receipt, journal)
    assert told(rest) == [(Result.APPLIED, True)] * 2
    assert back.plan.cost == Cost(before_usd=3.0, after_usd=1.0)
    assert rest.plan.cost is None, "what is left of it costs something else"
    assert (await everything(aws))[2:] == before[2:]
    assert plan_undo(receipt, WHO, journal.entries()) == Refusal("it has been undone already")


async def test_what_was_left_goes_on_with_the_version_that_was_published(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    before, wanted = await everything(aws), await release(aws)
    live = account.account().function(NAME).aliases["live"]
    was, live.version = live.version, "7"

    receipt = await applied(aws, clock, wanted)
    assert told(receipt)[-1] == (Result.DRIFTED, True)
    rest = again(receipt)
    assert rest is not None
    published = receipt.outcomes[1].step.after
    assert published is not None
    assert rest.steps[0].after == target(published["Version"])

    done = await applied(aws, clock, rest)
    assert done.applied
    for each in (done, receipt):
        assert {*told(await undone(aws, clock, each))} == {(Result.APPLIED, True)}
    live.version = was
    assert (await everything(aws))[2:] == before[2:]  # the account is the next test's too
