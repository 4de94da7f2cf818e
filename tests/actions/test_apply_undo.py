"""Whatever is wished of whatever kind: applied and then undone, everything is as it was."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lambdatop.actions.journal.journal import Journal
from lambdatop.actions.journal.undo import plan_undo
from lambdatop.actions.settings.alarm import AlarmActions, AlarmStateForced, MetricAlarm, definition
from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.actions.settings.concurrency import PROVISIONED, RESERVED, ProvisionedConcurrency, ReservedConcurrency
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.actions.settings.event_source import EventSourceMapping
from lambdatop.actions.settings.retention import DAYS, LogRetention
from lambdatop.actions.settings.role_policy import RolePolicy
from lambdatop.aws.gate import Gate
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import Facts, Plan, Refusal, Result, Setting
from tests.actions.applying import (
    ALARM,
    DEFINITION,
    INSIGHTS,
    NAME,
    WHO,
    applied,
    change,
    facts,
    only,
    plan,
    told,
    undone,
)
from tests.clocks import HandClock

PIECES: dict[str, st.SearchStrategy[Any]] = {
    "MemorySize": st.integers(128, 10_240),
    "Timeout": st.integers(1, 900),
    "EphemeralStorage": st.builds(lambda size: {"Size": size}, st.integers(512, 10_240)),
    "TracingConfig": st.sampled_from([{"Mode": "Active"}, {"Mode": "PassThrough"}]),
    "Description": st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=40),
    "Layers": st.lists(st.builds("arn:aws:lambda:eu-west-1:1:layer:a:{}".format, st.integers(1, 99)), max_size=5),
    "LoggingConfig": st.builds(
        lambda system: {
            "LogFormat": "JSON",
            "LogGroup": f"/aws/lambda/{NAME}",
            "ApplicationLogLevel": "DEBUG",
            "SystemLogLevel": system,
        },
        st.sampled_from(["DEBUG", "INFO", "WARN"]),
    ),
}
WISHES = st.sets(st.sampled_from(sorted(PIECES)), min_size=1).flatmap(
    lambda names: st.fixed_dictionaries({name: PIECES[name] for name in sorted(names)})
)
ALARMS = st.none() | st.fixed_dictionaries(
    {
        "Threshold": st.floats(-1e9, 1e9).map(lambda value: round(value, 3)),
        "EvaluationPeriods": st.integers(5, 20),
        "DatapointsToAlarm": st.integers(1, 5),
        "TreatMissingData": st.sampled_from(["breaching", "notBreaching", "ignore", "missing"]),
        "ActionsEnabled": st.booleans(),
    },
    optional={"AlarmActions": st.just(["arn:aws:sns:eu-west-1:123456789012:oncall"]), "AlarmDescription": st.just("")},
).map(lambda wish: definition({**DEFINITION, **wish}))

Kind = tuple[Callable[[Emulator], Setting], st.SearchStrategy[Any]]


def mapping(account: Emulator) -> Setting:
    return EventSourceMapping(next(iter(account.account().mappings)))


KINDS: dict[str, Kind] = {
    "reserved": (
        lambda _: ReservedConcurrency(NAME),
        st.none() | st.builds(lambda count: {RESERVED: count}, st.integers(0, 500)),
    ),
    "provisioned": (
        lambda _: ProvisionedConcurrency(NAME, "live"),
        st.none() | st.builds(lambda count: {PROVISIONED: count}, st.integers(1, 300)),
    ),
    "alias": (
        lambda _: AliasTarget(NAME, "live"),
        st.builds(
            target, st.just("7"), st.just({}) | st.builds(lambda share: {"8": share}, st.floats(0, 1)), st.text("ab ")
        ),
    ),
    "new alias": (lambda _: AliasTarget(NAME, "canary"), st.none() | st.builds(target, st.sampled_from(["7", "8"]))),
    "event source": (mapping, st.builds(lambda on: {"Enabled": on}, st.booleans())),
    "alarm": (lambda _: MetricAlarm("checkout-api p90"), ALARMS),
    "new alarm": (lambda _: MetricAlarm(ALARM), ALARMS),
    "alarm actions": (
        lambda _: AlarmActions("checkout-api errors"),
        st.builds(lambda on: {"ActionsEnabled": on}, st.booleans()),
    ),
    "alarm state": (
        lambda _: AlarmStateForced("checkout-api errors"),
        st.builds(lambda state: {"StateValue": state}, st.sampled_from(["OK", "ALARM"])),
    ),
    "retention": (
        lambda _: LogRetention(f"/aws/lambda/{NAME}"),
        st.none() | st.builds(lambda days: {"retentionInDays": days}, st.sampled_from(DAYS)),
    ),
    "policy": (
        lambda _: RolePolicy(NAME, INSIGHTS),
        st.none() | st.just({"PolicyArn": INSIGHTS}),
    ),
}
ONE_ACCOUNT = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example leaves it as it was: that is the claim


async def there_and_back(aws: Gate, clock: HandClock, setting: Setting, after: Facts | None) -> None:
    clock.move(61 - clock.monotonic() % 60)  # alarms are judged at the end of a minute
    before = await facts(aws, setting)
    if before == after:
        return
    journal = Journal()

    there = await applied(aws, clock, plan(await change(aws, setting, after)), journal)
    assert told(there) == [(Result.APPLIED, True)], only(there).error
    assert await facts(aws, setting) == after
    (entry,) = journal.entries()
    back = await undone(aws, clock, entry.receipt, journal)

    assert told(back) == [(Result.APPLIED, True)], only(back).error
    assert await facts(aws, setting) == before
    assert entry.receipt == there
    assert [each.receipt.plan.undoes for each in journal.entries()] == [None, there.id]


@ONE_ACCOUNT
@given(wish=WISHES)
async def test_a_function_is_configured_and_as_it_was(
    aws: Gate, account: Emulator, clock: HandClock, wish: dict[str, Any]
) -> None:
    whole = dict(account.account().function(NAME).config)

    await there_and_back(aws, clock, Configuration(NAME, tuple(wish)), wish)

    now = account.account().function(NAME).config
    changed = {name for name, value in now.items() if (whole.get(name) or None) != (value or None)}
    assert changed <= {"RevisionId", "LastModified"}


@ONE_ACCOUNT
@given(data=st.data(), kind=st.sampled_from(sorted(KINDS)))
async def test_every_other_setting_is_changed_and_as_it_was(
    aws: Gate, account: Emulator, clock: HandClock, data: st.DataObject, kind: str
) -> None:
    made, wishes = KINDS[kind]

    await there_and_back(aws, clock, made(account), data.draw(wishes))


async def test_undo_refuses_if_the_state_is_no_longer_what_the_change_left(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    reserved = ReservedConcurrency(NAME)
    receipt = await applied(aws, clock, plan(await change(aws, reserved, {RESERVED: 11})))
    account.account().function(NAME).reserved = 12

    outcome = only(await undone(aws, clock, receipt))

    assert (outcome.result, outcome.theirs) == (Result.DRIFTED, {RESERVED: 12})
    assert await facts(aws, reserved) == {RESERVED: 12}


async def test_undoing_the_undoing_is_the_change_again(aws: Gate, account: Emulator, clock: HandClock) -> None:
    memory = Configuration(NAME, ("MemorySize",))
    there = await applied(aws, clock, plan(await change(aws, memory, {"MemorySize": 999})))
    back = await undone(aws, clock, there)

    again = await undone(aws, clock, back)

    assert [each.plan.title for each in (there, back, again)] == ["a change", "undo: a change", "redo: a change"]
    assert await facts(aws, memory) == {"MemorySize": 999}


async def test_what_was_done_elsewhere_or_changed_nothing_is_not_undone(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    reserved = ReservedConcurrency(NAME)
    done = await applied(aws, clock, plan(await change(aws, reserved, {RESERVED: 21})))
    refused = await applied(aws, clock, plan(await change(aws, reserved, {RESERVED: 5000})))
    elsewhere = type(WHO)(account="210987654321", arn="", region="eu-west-1")

    assert plan_undo(done, elsewhere) == Refusal("it was made in account 123456789012, eu-west-1")
    assert plan_undo(refused, WHO) == Refusal("it changed nothing")
    assert isinstance(plan_undo(done, WHO), Plan)


async def test_a_change_of_which_nobody_knows_is_undone_if_it_took_effect(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    reserved, memory = ReservedConcurrency(NAME), Configuration(NAME, ("MemorySize",))
    steps = [await change(aws, memory, {"MemorySize": 3001}), await change(aws, reserved, {RESERVED: 17})]
    for took_effect in (True, False):
        done = await applied(aws, clock, plan(*steps))
        unseen = replace(done, outcomes=(done.outcomes[0], replace(done.outcomes[1], result=Result.UNKNOWN)))
        if not took_effect:
            account.account().function(NAME).reserved = (steps[1].before or {}).get(RESERVED)
        journal = Journal()

        back = await undone(aws, clock, unseen, journal)

        first = Result.APPLIED if took_effect else Result.DRIFTED
        assert [outcome.result for outcome in back.outcomes] == [first, Result.APPLIED]
        assert [await facts(aws, memory), await facts(aws, reserved)] == [each.before for each in steps]
        assert plan_undo(unseen, WHO, journal.entries()) == Refusal("it has been undone already")
