"""A confirmed plan against the emulated account, over a real socket: applied, settled, refused, and truthfully told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from lambdatop.actions.applying.apply import apply
from lambdatop.actions.journal.journal import Journal
from lambdatop.actions.settings.alarm import MetricAlarm, definition
from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.actions.settings.concurrency import PROVISIONED, RESERVED, ProvisionedConcurrency, ReservedConcurrency
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.actions.settings.event_source import EventSourceMapping
from lambdatop.actions.settings.role_policy import RolePolicy
from lambdatop.actions.settings.version import PublishedVersion
from lambdatop.aws.gate import Gate
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import PUBLISHED, Facts, Plan, Result, Setting
from lambdatop.updates import PlanAdvanced, PlanEnded
from tests.actions.applying import (
    ALARM,
    DEFINITION,
    INSIGHTS,
    NAME,
    WHO,
    applied,
    cases,
    change,
    facts,
    only,
    plan,
    step,
    told,
    undone,
)
from tests.clocks import HandClock
from tests.gates import gate_to

MEMORY = Configuration(NAME, ("MemorySize",))
DONE = (Result.APPLIED, True)


async def test_memory_is_changed_and_settles(aws: Gate, account: Emulator, clock: HandClock) -> None:
    before = account.account().function(NAME).config["MemorySize"]

    updates = [
        each async for each in apply(aws, clock, plan(await change(aws, MEMORY, {"MemorySize": 640})), Journal())
    ]

    *on_the_way, ended = updates
    assert isinstance(ended, PlanEnded)
    assert told(ended.receipt) == [DONE]
    assert account.account().function(NAME).config["MemorySize"] == 640 != before
    assert ended.receipt.caller == "arn:aws:sts::123456789012:assumed-role/oncall/demo"
    words = [each.progress.doing for each in on_the_way if isinstance(each, PlanAdvanced)]
    assert words[:2] == ["reading what is there", "sending"]
    assert "settling: The function is being updated." in words


async def test_every_kind_of_change_settles_and_can_be_undone(account: Emulator, aws: Gate, clock: HandClock) -> None:
    await applied(aws, clock, plan(step(MetricAlarm(ALARM), None, definition(DEFINITION))))
    for name, case in cases(account).items():
        before = await facts(aws, case.setting)

        receipt = await applied(aws, clock, plan(await change(aws, case.setting, case.after)))

        assert (name, told(receipt), only(receipt).error) == (name, [DONE], None)
        if case.setting.reversible:
            back = await undone(aws, clock, receipt)
            assert (name, told(back), only(back).error) == (name, [DONE], None)
            assert await facts(aws, case.setting) == before


async def test_what_is_no_longer_as_it_was_is_not_touched(aws: Gate, account: Emulator, clock: HandClock) -> None:
    change_seen = await change(aws, MEMORY, {"MemorySize": 2048})
    account.account().function(NAME).configure(clock.monotonic() - 60, MemorySize=777)

    outcome = only(await applied(aws, clock, plan(change_seen)))

    assert (outcome.result, outcome.theirs) == (Result.DRIFTED, {"MemorySize": 777})
    assert outcome.error == "nothing was sent: it was changed meanwhile"
    assert account.calls["lambda.UpdateFunctionConfiguration"] == 0


async def test_what_somebody_else_has_done_already_is_told_as_such(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    seen = await change(aws, MEMORY, {"MemorySize": 900})
    account.account().function(NAME).configure(clock.monotonic() - 60, MemorySize=900)

    outcome = only(await applied(aws, clock, plan(seen)))

    assert (outcome.result, outcome.error) == (Result.DRIFTED, "nothing was sent: it is already so")


async def test_an_update_in_progress_is_waited_out(aws: Gate, account: Emulator, clock: HandClock) -> None:
    account.account().function(NAME).configure(clock.monotonic(), Timeout=21)

    receipt = await applied(aws, clock, plan(await change(aws, MEMORY, {"MemorySize": 1000})))

    assert told(receipt) == [DONE]
    assert account.calls["lambda.UpdateFunctionConfiguration"] == 1
    assert sum(clock.slept) < 10


async def test_a_conflict_is_waited_out_and_sent_again_since_it_was_refused(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    versions = PublishedVersion(NAME)  # its reading does not tell that an update is in progress
    account.account().function(NAME).configure(clock.monotonic(), Description=f"at {clock.monotonic()}")

    receipt = await applied(aws, clock, plan(await change(aws, versions, {"Version": PUBLISHED})))

    assert told(receipt) == [DONE]
    assert account.calls["lambda.PublishVersion"] > 1


async def test_a_throttled_write_is_sent_again_since_it_was_refused(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    seen = await change(aws, MEMORY, {"MemorySize": 1001})
    account.faults["lambda.UpdateFunctionConfiguration"] = Fault.throttled(times=2)

    receipt = await applied(aws, clock, plan(seen))

    assert told(receipt) == [DONE]
    assert account.calls["lambda.UpdateFunctionConfiguration"] == 3


async def test_throttling_without_end_is_given_up(aws: Gate, account: Emulator, clock: HandClock) -> None:
    seen = await change(aws, MEMORY, {"MemorySize": 1002})
    account.faults["lambda.UpdateFunctionConfiguration"] = Fault.throttled()

    outcome = only(await applied(aws, clock, plan(seen)))

    assert outcome.result is Result.NOT_APPLIED
    assert outcome.error == "lambda UpdateFunctionConfiguration is throttled by AWS"
    assert await facts(aws, MEMORY) == seen.before


@asynccontextmanager
async def meddling(account: Emulator, clock: HandClock, **members: object) -> AsyncIterator[Gate]:
    """A gate behind which somebody changes the function right before each of the first two updates is sent."""
    left = [2]

    class Meddled(Gate):
        async def call(self, service: str, operation: str, **params: object) -> dict[str, object]:
            if operation == "UpdateFunctionConfiguration" and left[0]:
                left[0] -= 1
                account.account().function(NAME).configure(clock.monotonic() - 60, **members)
            return await super().call(service, operation, **params)

    async with gate_to(account.url, clock) as plain:
        yield Meddled(plain.connection, clock)


async def test_a_stale_revision_is_read_again_if_only_something_else_changed(
    account: Emulator, clock: HandClock
) -> None:
    async with meddling(account, clock, Timeout=22) as aws:
        receipt = await applied(aws, clock, plan(await change(aws, MEMORY, {"MemorySize": 1003})))
        await aws.close()

    assert told(receipt) == [DONE]
    config = account.account().function(NAME).config
    assert (config["MemorySize"], config["Timeout"]) == (1003, 22)


async def test_a_stale_revision_is_drift_if_the_setting_itself_changed(account: Emulator, clock: HandClock) -> None:
    async with meddling(account, clock, MemorySize=555) as aws:
        outcome = only(await applied(aws, clock, plan(await change(aws, MEMORY, {"MemorySize": 1004}))))
        await aws.close()

    assert (outcome.result, outcome.theirs) == (Result.DRIFTED, {"MemorySize": 555})
    assert account.account().function(NAME).config["MemorySize"] == 555


async def test_a_missing_permission_names_the_action(aws: Gate, account: Emulator, clock: HandClock) -> None:
    seen = await change(aws, MEMORY, {"MemorySize": 1005})
    account.faults["lambda.UpdateFunctionConfiguration"] = Fault.denied()

    outcome = only(await applied(aws, clock, plan(seen)))

    assert outcome.result is Result.NOT_APPLIED
    assert outcome.error == f"needs lambda:UpdateFunctionConfiguration on {account.account().arn(NAME)}"


async def test_what_may_not_be_read_is_not_written(aws: Gate, account: Emulator, clock: HandClock) -> None:
    seen = await change(aws, MEMORY, {"MemorySize": 1006})
    account.faults["lambda.GetFunctionConfiguration"] = Fault.denied()

    outcome = only(await applied(aws, clock, plan(seen)))

    assert outcome.result is Result.NOT_APPLIED
    assert outcome.error == f"needs lambda:GetFunctionConfiguration on {account.account().arn(NAME)}"
    assert account.calls["lambda.UpdateFunctionConfiguration"] == 0


async def test_out_of_range_and_over_the_quota_are_told_in_awss_words(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    beyond: list[tuple[Setting, Facts, str]] = [
        (MEMORY, {"MemorySize": 20_000}, "less than or equal to 10240"),
        (ReservedConcurrency(NAME), {RESERVED: 950}, "below its minimum value of"),
        (ProvisionedConcurrency(NAME, "live"), {PROVISIONED: 5000}, "available concurrency"),
        (ProvisionedConcurrency(NAME, "nobody"), {PROVISIONED: 1}, "Function not found"),
    ]
    for setting, after, words in beyond:
        outcome = only(await applied(aws, clock, plan(await change(aws, setting, after))))

        assert outcome.result is Result.NOT_APPLIED
        assert words in (outcome.error or "")


async def test_a_function_that_is_gone_meanwhile_is_told(aws: Gate, account: Emulator, clock: HandClock) -> None:
    memory, reserved = Configuration("geo-lookup", ("MemorySize",)), ReservedConcurrency("geo-lookup")
    account.account().functions["geo-lookup"] = account.account().function(NAME)  # of another name in AWS's eyes
    seen = [await change(aws, memory, {"MemorySize": 1007}), await change(aws, reserved, {RESERVED: 3})]
    del account.account().functions["geo-lookup"]

    errors = [only(await applied(aws, clock, plan(each))).error for each in seen]

    gone = f"Function not found: {account.account().arn('geo-lookup')}"
    assert errors == [f"nothing was sent: it was changed meanwhile: {gone}", gone]


async def test_an_update_that_fails_to_settle_says_why(aws: Gate, account: Emulator, clock: HandClock) -> None:
    seen = await change(aws, MEMORY, {"MemorySize": 1008})
    account.account().function(NAME).fails = "The KMS key is disabled."

    outcome = only(await applied(aws, clock, plan(seen)))

    account.account().function(NAME).fails = None
    assert (outcome.result, outcome.settled) == (Result.APPLIED, False)
    assert outcome.error == "it was taken, and then failed: The KMS key is disabled."


async def test_provisioned_concurrency_that_fails_says_why_and_can_be_undone(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    setting = ProvisionedConcurrency(NAME, "live")
    seen = await change(aws, setting, {PROVISIONED: 2})
    account.account().function(NAME).fails = "FUNCTION_ERROR_INIT_FAILURE"

    receipt = await applied(aws, clock, plan(seen))
    back = await undone(aws, clock, receipt)

    account.account().function(NAME).fails = None
    assert only(receipt).error == "it was taken, and then failed: FUNCTION_ERROR_INIT_FAILURE"
    assert told(back) == [DONE]
    assert await facts(aws, setting) is None


async def test_what_is_behind_a_failed_step_is_not_tried(aws: Gate, account: Emulator, clock: HandClock) -> None:
    reserved = ReservedConcurrency(NAME)
    steps = [await change(aws, MEMORY, {"MemorySize": 20_000}), await change(aws, reserved, {RESERVED: 4})]

    receipt = await applied(aws, clock, plan(*steps))

    assert told(receipt) == [(Result.NOT_APPLIED, True)]
    assert not receipt.changed
    assert account.calls["lambda.PutFunctionConcurrency"] == 0


async def test_a_failed_step_stops_only_the_steps_of_its_own_item(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    here, there = ReservedConcurrency(NAME), ReservedConcurrency("catalog-api")
    steps = [
        await change(aws, Configuration(NAME, ("Timeout",)), {"Timeout": 901}, NAME),
        await change(aws, here, {RESERVED: 4}, NAME),
        await change(aws, there, {RESERVED: 40}, "catalog-api"),
    ]

    receipt = await applied(aws, clock, plan(*steps))

    assert told(receipt) == [(Result.NOT_APPLIED, True), DONE]
    assert not receipt.applied
    assert (await facts(aws, here), await facts(aws, there)) == (None, {RESERVED: 40})
    assert told(await undone(aws, clock, receipt)) == [DONE]


POLICY = RolePolicy(NAME, INSIGHTS)
ITEMS = (NAME, "catalog-api", "stock-sync")


async def sharing(aws: Gate) -> Plan:
    """The timeouts of three functions, of which the first two share a policy that they need before."""
    attach = replace(await change(aws, POLICY, {"PolicyArn": INSIGHTS}, ITEMS[0]), also=(ITEMS[1],))
    timeouts = [await change(aws, Configuration(name, ("Timeout",)), {"Timeout": 78}, name) for name in ITEMS]
    return plan(attach, *timeouts)


async def test_without_what_they_share_nothing_is_done_to_those_that_need_it(
    aws: Gate, account: Emulator, clock: HandClock, tmp_path: Path
) -> None:
    account.faults["iam.AttachRolePolicy"] = Fault.denied()
    journal = Journal(tmp_path / "journal.jsonl")

    receipt = await applied(aws, clock, await sharing(aws), journal)

    refused, needing, other = receipt.outcomes
    assert (refused.step.item, refused.result) == (ITEMS[0], Result.NOT_APPLIED)
    assert (needing.step.item, needing.result) == (ITEMS[1], Result.NOT_APPLIED)
    assert needing.error == f"nothing was sent: it needs {POLICY.kind}, which was not done"
    assert (other.step.item, other.result) == (ITEMS[2], Result.APPLIED)
    assert account.calls["lambda.UpdateFunctionConfiguration"] == 1
    (entry,) = journal.entries()
    assert entry.receipt == receipt
    account.faults.clear()
    assert told(await undone(aws, clock, receipt)) == [DONE]


async def test_what_they_share_is_done_once_and_before_what_needs_it(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    receipt = await applied(aws, clock, await sharing(aws))

    assert told(receipt) == [DONE] * 4
    assert account.calls["iam.AttachRolePolicy"] == 1
    assert told(await undone(aws, clock, receipt)) == [DONE] * 4


async def test_a_published_version_is_known_to_the_steps_behind_it(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    newest = await facts(aws, PublishedVersion(NAME))
    alias = AliasTarget(NAME, "fresh")
    steps = [
        await change(aws, Configuration(NAME, ("Description",)), {"Description": "something new"}),
        await change(aws, PublishedVersion(NAME), {"Version": PUBLISHED}),
        await change(aws, alias, target(PUBLISHED)),
        step(ProvisionedConcurrency(NAME, "fresh"), None, {PROVISIONED: 1}),
    ]

    receipt = await applied(aws, clock, plan(*steps))

    number = str(int(str((newest or {})["Version"])) + 1)
    assert told(receipt) == [DONE] * 4
    assert await facts(aws, alias) == target(number)
    back = await undone(aws, clock, receipt)
    assert told(back) == [DONE] * 3
    assert await facts(aws, alias) is None
    assert receipt.outcomes[1].step.shown_after == f"version {number}"
    assert back.plan.warnings == (f"version {number} stays: AWS has no call that takes it back",)


async def test_an_event_source_on_its_way_is_waited_for(aws: Gate, account: Emulator, clock: HandClock) -> None:
    uuid = next(iter(account.account().mappings))
    setting = EventSourceMapping(uuid)

    receipt = await applied(aws, clock, plan(await change(aws, setting, {"Enabled": False})))

    assert told(receipt) == [DONE]
    assert account.account().mappings[uuid].state(clock.monotonic()) == "Disabled"
    assert told(await undone(aws, clock, receipt)) == [DONE]


async def test_a_read_only_gate_changes_nothing(account: Emulator, clock: HandClock) -> None:
    async with gate_to(account.url, clock, read_only=True) as aws:
        outcome = only(await applied(aws, clock, plan(await change(aws, MEMORY, {"MemorySize": 1009}))))

    assert outcome.result is Result.NOT_APPLIED
    assert outcome.error == "UpdateFunctionConfiguration is a write, and this is read-only mode"


async def test_without_a_network_nothing_is_sent(clock: HandClock) -> None:
    async with gate_to("http://127.0.0.1:9", clock) as aws:
        updates = [each async for each in apply(aws, clock, plan(step(MEMORY, None, None)), Journal())]

    (ended,) = updates
    assert isinstance(ended, PlanEnded)
    assert only(ended.receipt).result is Result.NOT_APPLIED
    assert "cannot reach http://127.0.0.1:9" in (only(ended.receipt).error or "")


async def test_leaving_in_the_middle_leaves_a_journal_that_tells_so(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    seen = await change(aws, MEMORY, {"MemorySize": 1010})
    journal = Journal()
    account.faults["lambda.UpdateFunctionConfiguration"] = Fault.silent()

    async def work() -> None:
        async for _ in apply(aws, clock, plan(seen), journal):
            pass

    task = asyncio.create_task(work())
    while account.calls["lambda.UpdateFunctionConfiguration"] == 0:  # noqa: ASYNC110  the account is in a thread
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    (entry,) = journal.entries()
    assert not entry.finished
    assert only(entry.receipt).result is Result.UNKNOWN


async def test_several_functions_settle_at_the_same_time(aws: Gate, account: Emulator, clock: HandClock) -> None:
    names = [*account.account().functions][:12]
    steps = [await change(aws, Configuration(name, ("Timeout",)), {"Timeout": 77}, name) for name in names]
    account.faults["lambda.UpdateFunctionConfiguration"] = Fault.denied(times=1)
    clock.slept.clear()

    receipt = await applied(aws, clock, plan(*steps))

    assert [outcome.step.item for outcome in receipt.outcomes] == names
    assert told(receipt) == [(Result.NOT_APPLIED, True)] + [DONE] * 11
    assert account.calls["lambda.UpdateFunctionConfiguration"] == 12
    assert sum(clock.slept) < 11  # one after another they would take twice as long
    assert {*told(await undone(aws, clock, receipt))} == {DONE}


async def test_nothing_is_sent_once_the_credentials_are_of_another_account(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    wanted, shown, journal = plan(await change(aws, MEMORY, {"MemorySize": 2048})), "999999999999", Journal()

    ended = [each async for each in apply(aws, clock, wanted, journal, replace(WHO, account=shown))][-1]

    assert isinstance(ended, PlanEnded)
    assert only(ended.receipt).error == (
        "the credentials are of account 123456789012 now, not of 999999999999; nothing was sent"
    )
    assert account.calls["lambda.UpdateFunctionConfiguration"] == 0
    assert journal.entries() == ()
