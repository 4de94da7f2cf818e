"""Changes carried out and taken back on both servers alike, as far as moto knows the settings."""

import json
from collections.abc import Mapping
from typing import Any

from lambdatop.actions.applying.apply import apply
from lambdatop.actions.applying.read_setting import read
from lambdatop.actions.journal.journal import Journal
from lambdatop.actions.journal.undo import plan_undo
from lambdatop.actions.settings.alarm import AlarmActions, AlarmStateForced, MetricAlarm, definition
from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.actions.settings.concurrency import RESERVED, ReservedConcurrency
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.actions.settings.event_source import EventSourceMapping
from lambdatop.actions.settings.role_policy import RolePolicy
from lambdatop.actions.settings.version import PublishedVersion
from lambdatop.aws.gate import Gate
from lambdatop.model.changes.plan import PUBLISHED, Facts, Plan, Reading, Receipt, Result, Setting, Step
from lambdatop.updates import PlanEnded
from tests.clocks import HandClock
from tests.contract.servers import NAME, Server, create_function
from tests.contract.test_agreement import ALARM


async def facts(aws: Gate, setting: Setting) -> Facts | None:
    reading = await read(aws, setting, setting.reading())
    assert isinstance(reading, Reading)
    return reading.facts


async def carried_out(server: Server, wanted: Plan) -> Receipt:
    async for update in apply(server.gate, Waiting(server), wanted, Journal()):
        last = update
    assert isinstance(last, PlanEnded)
    assert {outcome.result for outcome in last.receipt.outcomes} == {Result.APPLIED}, last.receipt.outcomes
    assert all(outcome.settled and outcome.error is None for outcome in last.receipt.outcomes)
    return last.receipt


class Waiting(HandClock):
    """Waits on the server's own time."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server

    async def sleep(self, seconds: float) -> None:
        self.server.wait_a_minute()
        await super().sleep(seconds)


def plan(*steps: tuple[Setting, Facts | None, Facts | None]) -> Plan:
    return Plan(
        action="test",
        title="a change",
        functions=(NAME,),
        steps=tuple(
            Step(setting=setting, before=before, after=after, label="", shown_before="", shown_after="")
            for setting, before, after in steps
        ),
    )


async def there_and_back(server: Server, setting: Setting, after: Facts | None) -> None:
    """Apply, look, undo, look."""
    before = await facts(server.gate, setting)

    receipt = await carried_out(server, plan((setting, before, after)))

    changed = await facts(server.gate, setting)
    assert changed == after
    back = plan_undo(receipt)
    assert isinstance(back, Plan)
    await carried_out(server, back)
    assert await facts(server.gate, setting) == before


async def test_memory_and_timeout_there_and_back(server: Server) -> None:
    await create_function(server)
    server.wait_a_minute()

    await there_and_back(server, Configuration(NAME, ("MemorySize", "Timeout")), {"MemorySize": 512, "Timeout": 20})


async def test_reserved_concurrency_there_and_back(server: Server) -> None:
    await create_function(server)
    await server.gate.call("lambda", "PutFunctionConcurrency", FunctionName=NAME, ReservedConcurrentExecutions=7)

    await there_and_back(server, ReservedConcurrency(NAME), {RESERVED: 0})


async def test_a_version_is_published_and_an_alias_moved_to_it_and_back(server: Server) -> None:
    await create_function(server)
    server.wait_a_minute()
    alias, versions, memory = AliasTarget(NAME, "live"), PublishedVersion(NAME), Configuration(NAME, ("MemorySize",))
    first = plan((versions, None, {"Version": PUBLISHED}), (alias, None, target(PUBLISHED)))
    await carried_out(server, first)
    server.wait_a_minute()

    second = await carried_out(
        server,
        plan(
            (memory, {"MemorySize": 256}, {"MemorySize": 300}),
            (versions, {"Version": "1"}, {"Version": PUBLISHED}),
            (alias, target("1"), target(PUBLISHED)),
        ),
    )

    assert await facts(server.gate, alias) == target("2")
    back = plan_undo(second)
    assert isinstance(back, Plan)
    await carried_out(server, back)
    assert (await facts(server.gate, alias), await facts(server.gate, memory)) == (target("1"), {"MemorySize": 256})


async def test_an_alarm_is_created_replaced_silenced_tested_and_deleted(server: Server) -> None:
    settings: Mapping[str, Any] = {name: value for name, value in ALARM.items() if name != "AlarmName"}
    whole, stricter = definition(settings), definition({**settings, "Threshold": 3, "AlarmDescription": "stricter"})
    alarm, actions = MetricAlarm("contract"), AlarmActions("contract")
    state = AlarmStateForced("contract")

    await carried_out(server, plan((alarm, None, whole)))
    await there_and_back(server, alarm, stricter)
    await there_and_back(server, actions, {"ActionsEnabled": False})
    await there_and_back(server, state, {"StateValue": "ALARM"})
    await there_and_back(server, alarm, None)

    assert await facts(server.gate, alarm) == whole


async def test_a_policy_is_attached_to_a_role_and_detached(server: Server) -> None:
    role = "checkout-api"
    policy = RolePolicy(role, "arn:aws:iam::123456789012:policy/contract")
    if server.name == "moto":
        await server.gate.call("iam", "CreateRole", RoleName=role, AssumeRolePolicyDocument="{}", Path="/")
        allow = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        await server.gate.call("iam", "CreatePolicy", PolicyName="contract", PolicyDocument=document)

    await there_and_back(server, policy, {"PolicyArn": policy.policy_arn})


async def test_what_does_not_exist_reads_as_none(server: Server) -> None:
    await create_function(server)
    nothing: list[Setting] = [
        AliasTarget(NAME, "none"),
        MetricAlarm("none"),
        Configuration("none", ("MemorySize",)),
        EventSourceMapping("00000000-0000-4000-8000-000000000000"),
    ]

    assert [await facts(server.gate, setting) for setting in nothing] == [None] * len(nothing)
