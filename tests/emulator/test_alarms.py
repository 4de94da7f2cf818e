"""Alarms: evaluated by the period, in AWS's words, with a history."""

import json
from typing import Any

import pytest

from lambdatop.emulator.contents.alarm_book import judge
from lambdatop.emulator.contents.composite import Composite
from lambdatop.emulator.contents.composite import rings as ringing
from lambdatop.emulator.errors import ServiceError
from tests.emulator.simulated import NOON, Simulated

ERRORS: dict[str, Any] = {
    "AlarmName": "mine",
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "FunctionName", "Value": "checkout-api"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 3,
    "Threshold": 100.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def described(demo: Simulated, name: str) -> dict[str, Any]:
    [alarm] = demo.call("cloudwatch.DescribeAlarms", AlarmNames=[name])["MetricAlarms"]
    found: dict[str, Any] = alarm
    return found


def test_the_demo_rings_for_the_bad_deployment() -> None:
    demo = Simulated()

    alarm = described(demo, "checkout-api errors")

    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"].startswith("Threshold Crossed: 3 out of the last 3 datapoints [")
    assert (
        "were greater than the threshold (50.0) (minimum 3 datapoints for OK -> ALARM transition)."
        in (alarm["StateReason"])
    )
    assert NOON - 13 * 60 < alarm["StateUpdatedTimestamp"] <= NOON - 9 * 60


def test_a_new_alarm_has_no_data_until_it_is_evaluated() -> None:
    demo = Simulated(at=NOON + 10)

    demo.call("cloudwatch.PutMetricAlarm", **ERRORS)
    new = described(demo, "mine")
    demo.clock.pass_(60)

    assert (new["StateValue"], new["StateReason"]) == ("INSUFFICIENT_DATA", "Unchecked: Initial alarm creation")
    assert described(demo, "mine")["StateValue"] == "ALARM"


def test_an_alarm_ends_when_the_alias_is_rolled_back() -> None:
    demo = Simulated()

    demo.call("lambda.UpdateAlias", FunctionName="checkout-api", Name="live", FunctionVersion="41")
    demo.clock.pass_(240)

    assert described(demo, "checkout-api errors")["StateValue"] == "OK"
    items = demo.call("cloudwatch.DescribeAlarmHistory", AlarmName="checkout-api errors")["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in items[:2]] == [
        "Alarm updated from ALARM to OK",
        "Successfully executed action arn:aws:sns:eu-west-1:123456789012:oncall",
    ]
    assert json.loads(items[0]["HistoryData"])["newState"]["stateValue"] == "OK"


def test_replacing_an_alarm_keeps_its_state_and_nothing_else() -> None:
    demo = Simulated()
    demo.call("cloudwatch.PutMetricAlarm", **ERRORS, AlarmDescription="old")
    demo.clock.pass_(60)
    demo.call("cloudwatch.DescribeAlarms")

    demo.call("cloudwatch.PutMetricAlarm", **ERRORS)

    alarm = described(demo, "mine")
    assert alarm["StateValue"] == "ALARM"
    assert "AlarmDescription" not in alarm


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [("missing", "INSUFFICIENT_DATA"), ("notBreaching", "OK"), ("breaching", "ALARM"), ("ignore", None)],
)
def test_missing_data_is_treated_as_asked(treatment: str, expected: str | None) -> None:
    verdict = judge(ERRORS | {"TreatMissingData": treatment}, [None, None, None], "OK", [0, 60, 120])

    assert (verdict[0] if verdict else None) == expected


def test_two_of_three_are_enough_if_so_asked() -> None:
    settings = ERRORS | {"DatapointsToAlarm": 2}

    verdict = judge(settings, [120.0, 5.0, 130.0], "OK", [0, 60, 120])

    assert verdict
    assert verdict[0] == "ALARM"
    assert verdict[1].startswith("Threshold Crossed: 2 out of the last 3 datapoints [130")


def test_a_state_set_by_hand_lasts_until_the_next_evaluation() -> None:
    demo = Simulated()

    demo.call("cloudwatch.SetAlarmState", AlarmName="checkout-api errors", StateValue="OK", StateReason="silence")
    by_hand = described(demo, "checkout-api errors")
    demo.clock.pass_(60)

    assert (by_hand["StateValue"], by_hand["StateReason"]) == ("OK", "silence")
    assert described(demo, "checkout-api errors")["StateValue"] == "ALARM"


def test_alarms_are_found_by_metric_state_and_prefix() -> None:
    demo = Simulated()
    metric = {name: ERRORS[name] for name in ("Namespace", "MetricName", "Dimensions")}

    on_metric = demo.call("cloudwatch.DescribeAlarmsForMetric", **metric)["MetricAlarms"]
    ringing = demo.call("cloudwatch.DescribeAlarms", StateValue="ALARM")["MetricAlarms"]
    prefixed = demo.call("cloudwatch.DescribeAlarms", AlarmNamePrefix="checkout-api")["MetricAlarms"]

    assert [alarm["AlarmName"] for alarm in on_metric] == ["checkout-api errors"]
    assert [alarm["AlarmName"] for alarm in ringing] == ["checkout-api errors"]
    assert len(prefixed) == 2


def test_deleting_goes_on_past_unknown_names() -> None:
    demo = Simulated()

    demo.call("cloudwatch.DeleteAlarms", AlarmNames=["nothing", "checkout-api p90"])

    assert demo.call("cloudwatch.DescribeAlarms", AlarmNames=["checkout-api p90"])["MetricAlarms"] == []


def test_actions_are_switched_off_and_on() -> None:
    demo = Simulated()
    names = ["checkout-api errors"]

    demo.call("cloudwatch.DisableAlarmActions", AlarmNames=names)
    off = described(demo, names[0])["ActionsEnabled"]
    demo.call("cloudwatch.EnableAlarmActions", AlarmNames=names)

    assert off is False
    assert described(demo, names[0])["ActionsEnabled"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"Period": 45},
        {"ComparisonOperator": "Above"},
        {"TreatMissingData": "never"},
        {"DatapointsToAlarm": 4},
        {"ExtendedStatistic": "p90"},
        {"Period": 600, "EvaluationPeriods": 200},
    ],
)
def test_an_impossible_alarm_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ServiceError):
        Simulated().call("cloudwatch.PutMetricAlarm", **ERRORS | change)


def test_an_alarm_may_watch_an_expression() -> None:
    demo = Simulated()

    def watched(identity: str, metric: str) -> dict[str, Any]:
        described = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": ERRORS["Dimensions"]}
        return {
            "Id": identity,
            "MetricStat": {"Metric": described, "Period": 60, "Stat": "Sum"},
            "ReturnData": False,
        }

    demo.call(
        "cloudwatch.PutMetricAlarm",
        AlarmName="rate",
        EvaluationPeriods=2,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
        Metrics=[watched("e", "Errors"), watched("i", "Invocations"), {"Id": "r", "Expression": "100 * e / i"}],
    )
    demo.clock.pass_(60)

    assert described(demo, "rate")["StateValue"] == "ALARM"


def test_a_composite_alarm_is_what_its_rule_says_and_is_told_only_if_asked() -> None:
    demo = Simulated()

    usual = demo.call("cloudwatch.DescribeAlarms")
    asked = demo.call("cloudwatch.DescribeAlarms", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    demo.account.alarms.transition(demo.account.alarms.alarms["checkout-api errors"], "OK", "over", None, demo.clock())
    calm = demo.call("cloudwatch.DescribeAlarms", AlarmTypes=["CompositeAlarm"])

    assert usual["CompositeAlarms"] == []
    assert [(each["AlarmName"], each["StateValue"]) for each in asked["CompositeAlarms"]] == [
        ("shop cannot sell", "ALARM")
    ]
    assert len(asked["MetricAlarms"]) == len(usual["MetricAlarms"])
    assert calm["MetricAlarms"] == []
    assert calm["CompositeAlarms"][0]["StateValue"] == "OK"


@pytest.mark.parametrize(
    ("rule", "rings"),
    [
        ('ALARM("a")', True),
        ('ALARM("b")', False),
        ('ALARM("b") OR ALARM("a") AND OK("b")', True),
        ('(ALARM("b") OR ALARM("a")) AND NOT OK("b")', False),
        ('NOT (ALARM("b") AND ALARM("a"))', True),
        ('INSUFFICIENT_DATA("nobody")', False),
        ("", False),
    ],
)
def test_a_rule_is_read_with_its_precedence(rule: str, rings: bool) -> None:
    demo = Simulated()
    for name, state in (("a", "ALARM"), ("b", "OK")):
        demo.call("cloudwatch.PutMetricAlarm", **ERRORS | {"AlarmName": name})
        demo.call("cloudwatch.SetAlarmState", AlarmName=name, StateValue=state, StateReason="for a test")

    states = {name: str(alarm.state) for name, alarm in demo.account.alarms.alarms.items()}

    assert ringing(Composite("c", rule), states) is rings
