"""Plans from reading to undoing on the emulated account and on moto: what one of them only imagined would show."""

from collections.abc import Mapping

import pytest

from lambdatop.actions.applying.apply import apply
from lambdatop.actions.catalogue import plan_of
from lambdatop.actions.journal.journal import Journal
from lambdatop.actions.journal.undo import plan_undo
from lambdatop.actions.planning.form import Values
from lambdatop.actions.planning.subject import Subject
from lambdatop.clock import SystemClock
from lambdatop.model.changes.plan import Plan, Receipt, Refusal
from lambdatop.sources.function.controls import read_controls
from lambdatop.updates import PlanEnded
from tests.contract.servers import NAME, Server, create_function


async def subject_of(server: Server) -> Subject:
    server.wait_a_minute()
    return Subject(controls=await read_controls(server.gate, NAME), row=None, now=SystemClock().now())


async def applied(server: Server, plan: Plan | Refusal) -> Receipt:
    assert isinstance(plan, Plan), plan
    async for update in apply(server.gate, SystemClock(), plan, Journal()):
        last = update
    assert isinstance(last, PlanEnded)
    assert last.receipt.applied, [(each.step.label, each.error) for each in last.receipt.outcomes]
    server.wait_a_minute()
    return last.receipt


@pytest.mark.parametrize(
    ("action", "answers"),
    [("memory", {"memory": "512"}), ("timeout", {"timeout": "30"})],
)
async def test_a_change_of_the_configuration_is_applied_and_undone_alike(
    server: Server, action: str, answers: Values
) -> None:
    await create_function(server)
    before = await subject_of(server)

    receipt = await applied(server, plan_of(action, before, answers))
    changed = await subject_of(server)
    await applied(server, plan_undo(receipt))

    after = await subject_of(server)
    assert settings(changed) != settings(before)
    assert settings(after) == settings(before)


async def test_an_alias_is_made_for_a_version_and_rolled_back_alike(server: Server) -> None:
    await create_function(server)
    for timeout_s in (11, 10):
        server.wait_a_minute()
        await server.gate.call("lambda", "UpdateFunctionConfiguration", FunctionName=NAME, Timeout=timeout_s)
        server.wait_a_minute()
        await server.gate.call("lambda", "PublishVersion", FunctionName=NAME)
    await server.gate.call("lambda", "CreateAlias", FunctionName=NAME, Name="live", FunctionVersion="2")

    back = await applied(server, plan_of("rollback", await subject_of(server), {}))
    assert await on(server) == ("1", {})
    await applied(server, plan_undo(back))
    assert await on(server) == ("2", {})
    split = plan_of("weights", await subject_of(server), {"version": "1", "percent": "25"})
    shared = await applied(server, split)
    assert await on(server) == ("2", {"1": 0.25})
    await applied(server, plan_undo(shared))
    assert await on(server) == ("2", {})


async def test_a_change_published_for_an_alias_is_what_it_gets_alike(server: Server) -> None:
    await create_function(server)
    server.wait_a_minute()
    await server.gate.call("lambda", "PublishVersion", FunctionName=NAME)
    await server.gate.call("lambda", "CreateAlias", FunctionName=NAME, Name="live", FunctionVersion="1")

    plan = plan_of("memory", await subject_of(server), {"memory": "512", "publish": "live"})
    receipt = await applied(server, plan)

    assert await on(server) == ("2", {})
    published = await server.gate.call("lambda", "GetFunctionConfiguration", FunctionName=f"{NAME}:live")
    assert published["MemorySize"] == 512
    await applied(server, plan_undo(receipt))
    assert await on(server) == ("1", {})


def settings(subject: Subject) -> tuple[int, int]:
    return subject.function.memory_mb, subject.function.timeout_s


async def on(server: Server) -> tuple[str, Mapping[str, float]]:
    (alias,) = (await subject_of(server)).controls.aliases or ()
    return alias.version, alias.weights
