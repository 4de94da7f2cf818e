"""An alarm from its plan to its end on the emulated account: made, gone off, silenced, tested, edited, deleted."""

import pytest
from msgspec.structs import replace

from lambdatop.actions.alarms.change import (
    plan_alarm_actions,
    plan_alarm_delete,
    plan_alarm_edit,
    plan_alarm_test,
)
from lambdatop.actions.alarms.create import Wish, plan_alarm_create, plan_alarm_set
from lambdatop.aws.gate import Gate
from lambdatop.model.alarms.alarm import Alarm, AlarmState
from lambdatop.model.alarms.suggestions import Ceilings, Suggestion, What, suggestions, watched
from lambdatop.model.changes.plan import Result
from lambdatop.model.function import Function
from lambdatop.sources.alarms.history import alarm_history
from lambdatop.sources.alarms.listing import alarms
from lambdatop.sources.alarms.past import alarm_past
from lambdatop.sources.alarms.topics import topics
from lambdatop.state import State, reduce
from lambdatop.updates import AlarmHistoryRead, AlarmsListed, TopicsListed
from tests.actions.applying import applied
from tests.actions.subjects import planned
from tests.clocks import HandClock
from tests.model.factories import function

CHECKOUT = function()
"""The demo's bad deployment fails one call in twenty."""


async def listed(aws: Gate, clock: HandClock) -> dict[str, Alarm]:
    async for update in alarms(aws, clock):
        assert isinstance(update, AlarmsListed)
        return {alarm.name: alarm for alarm in update.alarms}
    raise AssertionError


async def topic(aws: Gate) -> str:
    (update,) = [each async for each in topics(aws)]
    assert isinstance(update, TopicsListed)
    assert (update.topics.refused, update.topics.complete) == (None, True)
    return next(arn for arn in update.topics.arns if arn.endswith(":oncall"))


async def suggested(aws: Gate, clock: HandClock, of: Function, what: What) -> Suggestion:
    state = State()
    async for update in alarm_past(aws, clock, [watched(of, what)]):
        state = reduce(state, update)
    return next(each for each in suggestions(of, state.alarm_basis.past) if each.what is what)


async def made(aws: Gate, clock: HandClock, what: What = What.ERRORS) -> Alarm:
    """An alarm of the recommended set as it stands just after it was made."""
    wish = Wish(suggestion=await suggested(aws, clock, CHECKOUT, what), topic=await topic(aws))
    there = await listed(aws, clock)
    if wish.suggestion.name in there:
        await applied(aws, clock, planned(plan_alarm_delete(there[wish.suggestion.name])))
    receipt = await applied(aws, clock, planned(plan_alarm_create(CHECKOUT, wish, ())))
    assert receipt.applied
    return (await listed(aws, clock))[wish.suggestion.name]


async def test_an_errors_alarm_goes_off_within_its_periods_and_history_tells(aws: Gate, clock: HandClock) -> None:
    alarm = await made(aws, clock)
    assert alarm.state is AlarmState.INSUFFICIENT_DATA

    clock.move(60)
    ringing = (await listed(aws, clock))[alarm.name]

    assert ringing.state is AlarmState.ALARM
    (*_, last) = [each async for each in alarm_history(aws, alarm.name)]
    assert isinstance(last, AlarmHistoryRead)
    told = [item.summary for item in last.history.items[:3]]
    assert told[0].startswith("Successfully executed action arn:aws:sns:eu-west-1:123456789012:oncall")
    assert told[1] == "Alarm updated from INSUFFICIENT_DATA to ALARM"
    assert "created" in told[2]


async def test_a_new_alarm_is_tested_though_it_has_got_data_meanwhile(aws: Gate, clock: HandClock) -> None:
    alarm = await made(aws, clock)
    plan = planned(plan_alarm_test(alarm))
    await aws.call("cloudwatch", "SetAlarmState", AlarmName=alarm.name, StateValue="OK", StateReason="it has data")

    receipt = await applied(aws, clock, plan)

    assert (alarm.state, receipt.applied) == (AlarmState.INSUFFICIENT_DATA, True)


async def test_what_was_made_is_read_as_it_was_planned(aws: Gate, clock: HandClock) -> None:
    alarm = await made(aws, clock, What.DURATION)

    assert alarm.definition == (await suggested(aws, clock, CHECKOUT, What.DURATION)).definition
    assert alarm.ours
    assert [arn.rpartition(":")[2] for arn in alarm.actions] == ["oncall"]


async def test_an_edit_is_applied_and_taken_back(aws: Gate, clock: HandClock) -> None:
    alarm = await made(aws, clock)
    assert alarm.definition is not None
    wanted = replace(alarm.definition, threshold=400.0, datapoints=2)

    receipt = await applied(aws, clock, planned(plan_alarm_edit(alarm, wanted)))

    changed = (await listed(aws, clock))[alarm.name]
    assert receipt.applied
    assert changed.definition == wanted
    back = replace(receipt.plan, steps=receipt.inverse)
    assert (await applied(aws, clock, back)).applied
    assert (await listed(aws, clock))[alarm.name].settings == alarm.settings


async def test_a_deletion_is_taken_back_as_it_was(aws: Gate, clock: HandClock) -> None:
    alarm = await made(aws, clock)

    receipt = await applied(aws, clock, planned(plan_alarm_delete(alarm)))

    assert alarm.name not in await listed(aws, clock)
    await applied(aws, clock, replace(receipt.plan, steps=receipt.inverse))
    assert (await listed(aws, clock))[alarm.name].settings == alarm.settings


async def test_one_that_somebody_changed_meanwhile_is_not_overwritten(aws: Gate, clock: HandClock) -> None:
    alarm = await made(aws, clock)
    assert alarm.definition is not None
    theirs = planned(plan_alarm_edit(alarm, replace(alarm.definition, threshold=7.0)))
    ours = planned(plan_alarm_edit(alarm, replace(alarm.definition, threshold=8.0)))

    await applied(aws, clock, theirs)
    receipt = await applied(aws, clock, ours)

    assert [outcome.result for outcome in receipt.outcomes] == [Result.DRIFTED]
    changed = (await listed(aws, clock))[alarm.name].definition
    assert changed is not None
    assert changed.threshold == 7.0


async def test_silence_and_its_end(aws: Gate, clock: HandClock) -> None:
    alarm = await made(aws, clock)

    await applied(aws, clock, planned(plan_alarm_actions([alarm], enabled=False)))
    silent = (await listed(aws, clock))[alarm.name]
    await applied(aws, clock, planned(plan_alarm_actions([silent], enabled=True)))

    assert not silent.actions_enabled
    assert (await listed(aws, clock))[alarm.name].actions_enabled


async def test_a_test_lets_it_go_off_and_the_next_evaluation_sets_it_right(aws: Gate, clock: HandClock) -> None:
    clock.move(-(clock.monotonic() % 60))
    alarm = await made(aws, clock, What.THROTTLES)

    receipt = await applied(aws, clock, planned(plan_alarm_test(alarm)))

    assert receipt.outcomes[0].result is Result.APPLIED
    assert (await listed(aws, clock))[alarm.name].state is AlarmState.ALARM
    clock.move(60)
    assert (await listed(aws, clock))[alarm.name].state is AlarmState.OK


async def test_the_whole_set_is_made_at_once(aws: Gate, clock: HandClock) -> None:
    catalog = function(name="catalog-api")
    recommended = suggestions(catalog, {}, Ceilings(account=1000))
    wishes = [Wish(suggestion=each) for each in recommended if each.what.recommended]

    receipt = await applied(aws, clock, planned(plan_alarm_set(catalog, wishes, (), await topic(aws))))

    assert receipt.applied
    there = [alarm for alarm in (await listed(aws, clock)).values() if alarm.function_name == "catalog-api"]
    assert sorted(alarm.name for alarm in there) == sorted(wish.suggestion.name for wish in wishes)
    assert all(alarm.actions for alarm in there)


async def test_who_may_not_list_topics_is_told_so(aws: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    from lambdatop.emulator.errors import ServiceError
    from lambdatop.emulator.operations import OPERATIONS

    def refuse(*_: object) -> None:
        raise ServiceError("AuthorizationError", "User: x is not authorized to perform: sns:ListTopics", 403)

    monkeypatch.setitem(OPERATIONS, "sns.ListTopics", refuse)

    (update,) = [each async for each in topics(aws)]

    assert isinstance(update, TopicsListed)
    assert "sns:ListTopics" in str(update.topics.refused)
    assert update.topics.arns == ()
