"""When functions were deployed, as the account tells it: with few calls, of many versions, and where it is refused."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.emulator.simulation.stories import TRUTH
from lambdatop.model.changes.marks import Change
from lambdatop.model.function import Function
from lambdatop.sources.fleet.inventory import functions
from lambdatop.sources.function import controls_decode as decoded
from lambdatop.sources.function.deployments import Deployments, decode_published
from lambdatop.updates import ChangesFound, FunctionsListed
from tests.clocks import HandClock
from tests.model.factories import NOW
from tests.odd import answers
from tests.sources.conftest import NotingGate

NAME = "checkout-api"


async def listed(aws: Gate, clock: HandClock, name: str = NAME) -> Function:
    listing = [update async for update in functions(aws, clock) if isinstance(update, FunctionsListed)]
    return next(function for function in listing[-1].functions if function.name == name)


async def found(deployments: Deployments, aws: Gate, clock: HandClock, function: Function) -> list[Change]:
    updates = [update async for update in deployments.read(aws, clock, function)]
    assert isinstance(updates[-1], ChangesFound)
    return list(updates[-1].changes)


async def test_the_planted_deployment_is_found_where_its_errors_began(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    began = NOW - timedelta(seconds=TRUTH[NAME].ago_s or 0)

    told = await found(Deployments(NAME), aws, clock, await listed(aws, clock))

    assert [change.label for change in told] == ["v40", "v41", "live → 42"]
    assert abs(told[-1].at - began) <= timedelta(seconds=1)


async def test_a_function_without_versions_has_its_last_modification(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    function = await listed(aws, clock, "image-resize")

    told = await found(Deployments(function.name), aws, clock, function)

    assert [(change.at, change.label) for change in told] == [(function.last_modified, "changed")]


async def test_one_call_of_each_api_a_minute_however_often_it_is_read(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    deployments, function = Deployments(NAME), await listed(aws, clock)
    account.calls.clear()
    for _ in range(6):
        await found(deployments, aws, clock, function)
        clock.move(20)

    assert account.calls["lambda.ListVersionsByFunction"] == account.calls["lambda.ListAliases"] == 2


async def test_an_alias_moved_meanwhile_is_told_when_it_was_seen(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    deployments, function = Deployments(NAME), await listed(aws, clock)
    before = await found(deployments, aws, clock, function)
    clock.move(60)
    await aws.call("lambda", "UpdateAlias", FunctionName=NAME, Name="live", FunctionVersion="41")
    try:
        after = await found(deployments, aws, clock, function)
    finally:
        await aws.call("lambda", "UpdateAlias", FunctionName=NAME, Name="live", FunctionVersion="42")

    assert [(change.at, change.label) for change in after if change not in before] == [(clock.now(), "live → 41")]


async def test_many_versions_are_read_once_and_then_only_what_is_new(
    aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    versions = account.account().functions["catalog-api"].versions
    kept, published = dict(versions), next(iter(versions.values()))
    deployments, function = Deployments("catalog-api"), await listed(aws, clock, "catalog-api")
    try:
        versions |= {str(number): published | {"Version": str(number)} for number in range(100, 220)}
        await found(deployments, aws, clock, function)
        clock.move(60)
        versions["300"] = published | {"Version": "300"}
        told = await found(deployments, aws, clock, function)
    finally:
        versions.clear()
        versions |= kept

    assert "v300" in [change.label for change in told]
    assert [each.get("Marker") for each in aws.asked_of("ListVersionsByFunction")] == [None, "50", "100", "100"]


@pytest.mark.parametrize("refused", ["lambda.ListVersionsByFunction", "lambda.ListAliases"])
async def test_what_is_refused_leaves_the_rest(
    aws: NotingGate, account: Emulator, clock: HandClock, refused: str
) -> None:
    function = await listed(aws, clock)
    account.faults[refused] = Fault.denied()
    reading = Deployments(NAME).read(aws, clock, function)
    told = await anext(reading)

    assert isinstance(told, ChangesFound)
    assert [change.label for change in told.changes] == (
        ["v40", "v41", "v42"] if refused.endswith("Aliases") else ["changed"]
    )
    with pytest.raises(AwsError, match=refused.replace(".", ":")):
        await anext(reading)


@given(answers("lambda", "ListVersionsByFunctionResponse"), answers("lambda", "ListAliasesResponse"))
def test_odd_answers_are_read_as_far_as_they_can_be(versions: dict[str, Any], aliases: dict[str, Any]) -> None:
    decode_published(versions.get("Versions", ()))
    decoded.aliases(aliases.get("Aliases", ()))
