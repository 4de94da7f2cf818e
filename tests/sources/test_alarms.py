"""Alarms as they are read: whole definitions, composites by the functions they concern, history, and the past."""

import json
from typing import Any

import pytest
from hypothesis import given

from lambdatop.actions.alarms.change import plan_alarm_delete
from lambdatop.actions.settings.alarm import definition
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.operations import OPERATIONS
from lambdatop.emulator.server import Emulator
from lambdatop.model.alarms.alarm import AlarmKind, AlarmState
from lambdatop.model.alarms.definition import Watched
from lambdatop.model.alarms.history import Event
from lambdatop.model.alarms.suggestions import What, suggestions, watched
from lambdatop.sources.alarms.history import MOST, alarm_history, decode_item
from lambdatop.sources.alarms.listing import alarms, decode_alarm, decode_composites
from lambdatop.sources.alarms.past import alarm_past
from lambdatop.state import State, reduce
from lambdatop.updates import AlarmHistoryRead, AlarmPastMeasured, AlarmsListed
from tests.actions.subjects import planned
from tests.clocks import HandClock
from tests.model.factories import function
from tests.odd import answers
from tests.sources.conftest import NotingGate

MATH = {
    "AlarmName": "rate",
    "StateValue": "OK",
    "EvaluationPeriods": 1,
    "Threshold": 5.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "Metrics": [
        {"Id": "r", "Expression": "e / i"},
        *(
            {
                "Id": name[0].lower(),
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/Lambda",
                        "MetricName": name,
                        "Dimensions": [{"Name": "FunctionName", "Value": of}],
                    },
                    "Period": 60,
                    "Stat": "Sum",
                },
                "ReturnData": False,
            }
            for name, of in (("Errors", "a"), ("Invocations", "b"))
        ),
    ],
}


async def listed(aws: NotingGate, clock: HandClock) -> AlarmsListed:
    update = [each async for each in alarms(aws, clock)][-1]
    assert isinstance(update, AlarmsListed)
    return update


async def test_an_alarm_is_read_with_its_whole_definition(aws: NotingGate, clock: HandClock) -> None:
    update = await listed(aws, clock)

    p90 = next(alarm for alarm in update.alarms if alarm.name == "checkout-api p90")
    assert p90.definition is not None
    assert (p90.definition.watched.stat, p90.definition.threshold, p90.definition.periods) == ("p90", 1500.0, 15)
    assert p90.actions == ("arn:aws:sns:eu-west-1:123456789012:oncall",)
    assert definition(p90.settings)["ActionsEnabled"] is True
    assert not p90.ours


def test_metric_math_concerns_every_function_in_it_and_cannot_be_edited() -> None:
    first, second = decode_alarm(MATH)

    assert (first.function_name, second.function_name) == ("a", "b")
    assert (first.kind, first.definition, first.rule) == (AlarmKind.MATH, None, "e / i")
    assert first.functions == second.functions == ("a", "b")
    assert planned(plan_alarm_delete(first)).functions == ("a", "b")  # each of them may be protected


def test_an_alarm_of_lambda_insights_is_an_alarm_of_its_function() -> None:
    raw = {
        "AlarmName": "memory",
        "MetricName": "memory_utilization",
        "Namespace": "LambdaInsights",
        "Dimensions": [{"Name": "function_name", "Value": "a"}],
    }

    (alarm,) = decode_alarm(raw)

    assert alarm.function_name == "a"


def test_a_composite_names_the_functions_that_its_alarms_watch() -> None:
    rules = {
        "both": 'ALARM("rate") AND NOT OK(other)',
        "above": "ALARM(arn:aws:cloudwatch:eu-west-1:1:alarm:both)",
        "circle": "ALARM('circle') OR ALARM('rate')",
        "elsewhere": "ALARM(disk)",
    }
    raw = [{"AlarmName": name, "AlarmRule": rule, "StateValue": "ALARM"} for name, rule in rules.items()]

    found = {alarm.name: alarm for alarm in decode_composites(raw, list(decode_alarm(MATH)))}

    assert found.keys() == {"both", "above", "circle"}
    assert {alarm.functions for alarm in found.values()} == {("a", "b")}
    assert {alarm.function_name for alarm in found.values()} == {None}


async def test_who_may_not_see_composites_still_sees_metric_alarms(
    aws: NotingGate, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await listed(aws, clock)
    answer = OPERATIONS["cloudwatch.DescribeAlarms"]

    def choosy(account: Any, params: dict[str, Any]) -> Any:
        if "CompositeAlarm" in params["AlarmTypes"]:
            raise ServiceError("AccessDenied", "User: x is not authorized to perform: cloudwatch:DescribeAlarms", 403)
        return answer(account, params)

    monkeypatch.setitem(OPERATIONS, "cloudwatch.DescribeAlarms", choosy)

    narrowed = await listed(aws, clock)

    assert narrowed.alarms == tuple(alarm for alarm in whole.alarms if alarm.kind is not AlarmKind.COMPOSITE)
    assert len(narrowed.alarms) < len(whole.alarms)


@given(answers("cloudwatch", "MetricAlarm"), answers("cloudwatch", "CompositeAlarm"))
def test_odd_alarms_are_read_as_far_as_they_go(metric: dict[str, Any], composite: dict[str, Any]) -> None:
    found = list(decode_alarm(metric))

    for alarm in (*found, *decode_composites([composite, composite], found)):
        assert isinstance(alarm.name, str)
        assert alarm.definition is None or alarm.definition.periods >= 1


async def test_history_comes_newest_first_with_the_states_and_reasons(aws: NotingGate, clock: HandClock) -> None:
    await listed(aws, clock)  # has the account's alarms evaluated

    updates = [each async for each in alarm_history(aws, "checkout-api errors")]

    assert isinstance(updates[-1], AlarmHistoryRead)
    history = updates[-1].history
    assert history.complete
    moments = [item.at for item in history.items if item.at is not None]
    assert moments == sorted(moments, reverse=True)
    change = next(item for item in history.items if item.event is Event.STATE)
    assert change.state is AlarmState.ALARM
    assert change.reason.startswith("Threshold Crossed")
    assert history.items[-1].event is Event.CONFIGURATION


async def test_a_long_history_is_read_no_further_than_anybody_reads(
    aws: NotingGate, account: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(_: Any, params: dict[str, Any]) -> dict[str, Any]:
        item = {"AlarmName": "x", "Timestamp": 0.0, "HistoryItemType": "Action", "HistorySummary": "told"}
        return {
            "AlarmHistoryItems": [item] * params["MaxRecords"],
            "NextToken": str(int(params.get("NextToken", 0)) + 1),
        }

    monkeypatch.setitem(OPERATIONS, "cloudwatch.DescribeAlarmHistory", endless)

    updates = [each async for each in alarm_history(aws, "x")]

    assert isinstance(updates[-1], AlarmHistoryRead)
    assert (len(updates[-1].history.items), updates[-1].history.complete) == (MOST, False)


@given(answers("cloudwatch", "AlarmHistoryItem"))
def test_odd_items_are_items(raw: dict[str, Any]) -> None:
    assert isinstance(decode_item(raw).summary, str)


@pytest.mark.parametrize("data", ["", "{", "[]", '{"newState": 5}', '{"newState": {"stateValue": []}}', "[" * 100_000])
def test_what_is_no_change_of_state_has_none(data: str) -> None:
    item = decode_item({"HistoryItemType": "StateUpdate", "HistoryData": data})

    assert (item.event, item.state) == (Event.STATE, None)


def test_a_change_of_state_is_read_from_its_json() -> None:
    data = json.dumps({"newState": {"stateValue": "ALARM", "stateReason": "too many"}})

    item = decode_item({"HistoryItemType": "StateUpdate", "HistoryData": data})

    assert (item.state, item.reason) == (AlarmState.ALARM, "too many")


async def test_the_past_is_a_week_by_the_minute_and_makes_suggestions(aws: NotingGate, clock: HandClock) -> None:
    checkout = function()
    errors, durations = watched(checkout, What.ERRORS), watched(checkout, What.DURATION)
    state = State()

    async for update in alarm_past(aws, clock, (errors, durations)):
        state = reduce(state, update)

    past = state.alarm_basis.past
    assert {len(series.values) for series in past.values()} == {7 * 1440}
    assert all(series.end <= clock.monotonic() for series in past.values())
    asked = aws.asked_of("GetMetricData")
    assert [call["MetricDataQueries"][0]["MetricStat"]["Stat"] for call in asked] == ["Sum", "p90"]
    found = {each.what: each.definition for each in suggestions(checkout, past)}
    assert 0 < found[What.DURATION].threshold < 2_400


async def test_an_alarm_of_another_period_has_a_past_of_that(aws: NotingGate, clock: HandClock) -> None:
    hourly = Watched(
        namespace="AWS/Lambda",
        metric="Errors",
        dimensions=(("FunctionName", "checkout-api"),),
        stat="Sum",
        period_s=3600,
    )

    (update,) = [each async for each in alarm_past(aws, clock, (hourly,))]

    assert isinstance(update, AlarmPastMeasured)
    assert (len(update.series.values), update.series.start % 3600) == (7 * 24, 0)
