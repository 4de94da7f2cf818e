"""Alarms: what is made, changed, silenced, tested and deleted, what it costs, and what is refused."""

from typing import Any

import pytest
from msgspec.structs import replace

from lambdatop.actions.alarms.change import (
    plan_alarm_actions,
    plan_alarm_delete,
    plan_alarm_edit,
    plan_alarm_test,
)
from lambdatop.actions.alarms.checks import around
from lambdatop.actions.alarms.create import Wish, plan_alarm_create, plan_alarm_set
from lambdatop.actions.catalogue import plan_many, plan_of
from lambdatop.model.alarms.alarm import Alarm, AlarmKind, AlarmState, Topics
from lambdatop.model.alarms.definition import Definition
from lambdatop.model.alarms.suggestions import Ceilings, What, suggestions
from lambdatop.model.changes.plan import Refusal
from lambdatop.model.metrics import Series
from tests.actions.subjects import only_step, planned, refused, subject
from tests.model.factories import NOW, function

ONCALL = "arn:aws:sns:eu-west-1:123456789012:oncall"
CHECKOUT = function()
SET = [each for each in suggestions(CHECKOUT, {}, Ceilings(account=1000)) if each.what.recommended]
ERRORS = next(each for each in SET if each.what is What.ERRORS)


def alarm(name: str = "lambdatop-checkout-api-errors", **members: Any) -> Alarm:
    settings = {**ERRORS.definition.members(), "AlarmActions": [ONCALL], "ActionsEnabled": True}
    usual = Alarm(
        name=name,
        state=AlarmState.OK,
        function_name="checkout-api",
        metric="Errors",
        reason="",
        updated=NOW,
        settings=settings,
    )
    return replace(usual, **members)


def above(threshold: float) -> Definition:
    return replace(ERRORS.definition, threshold=threshold)


def test_a_new_alarm_is_one_call_that_names_everything() -> None:
    plan = planned(plan_alarm_create(CHECKOUT, Wish(suggestion=ERRORS, topic=ONCALL), ()))

    step = only_step(plan)
    assert plan.title == "checkout-api: alarm on sum of Errors > 0 in 3 of 3 minutes"
    assert step.before is None
    assert step.shown_after == "sum of Errors > 0 in 3 of 3 minutes, tells oncall"
    params = step.call.params
    assert (step.call.operation, params["AlarmName"]) == ("PutMetricAlarm", "lambdatop-checkout-api-errors")
    assert params["AlarmActions"] == params["OKActions"] == [ONCALL]
    assert params["Dimensions"] == [{"Name": "FunctionName", "Value": "checkout-api"}]
    assert params["TreatMissingData"] == "notBreaching"
    assert step.inverse is not None
    assert step.inverse.call.operation == "DeleteAlarms"


def test_it_costs_ten_cents_a_month() -> None:
    cost = planned(plan_alarm_create(CHECKOUT, Wish(suggestion=ERRORS), ())).cost

    assert cost is not None
    assert (cost.before_usd, cost.after_usd, cost.estimated) == (0.0, 0.10, False)


def test_one_that_tells_nobody_says_so() -> None:
    assert "tells nobody" in " ".join(planned(plan_alarm_create(CHECKOUT, Wish(suggestion=ERRORS), ())).warnings)


def test_what_lambdatop_made_before_is_replaced_and_costs_nothing_more() -> None:
    changed = replace(ERRORS, definition=above(5))

    plan = planned(plan_alarm_create(CHECKOUT, Wish(suggestion=changed, topic=ONCALL), [alarm()]))

    assert plan.title == "checkout-api: alarm on errors: threshold 0 → 5"
    assert only_step(plan).before is not None
    assert plan.cost is not None
    assert plan.cost.delta_usd == 0
    assert plan.typed is None


def test_one_that_is_so_already_is_not_sent_again() -> None:
    wish = Wish(suggestion=ERRORS, topic=ONCALL)
    there = alarm(settings=only_step(plan_alarm_create(CHECKOUT, wish, ())).after)

    again = refused(plan_alarm_create(CHECKOUT, wish, [there]))

    assert again == f"{there.name} is so already: sum of Errors > 0 in 3 of 3 minutes, tells oncall"


def test_another_alarm_on_the_same_metric_is_told() -> None:
    plan = planned(plan_alarm_create(CHECKOUT, Wish(suggestion=ERRORS, topic=ONCALL), [alarm("theirs")]))

    assert plan.warnings == ("theirs watches its Errors already",)


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("oncall", "an SNS topic is named arn:aws:sns:eu-west-1:ACCOUNT:NAME"),
        ("arn:aws:sns:us-east-1:123456789012:oncall", "an alarm in eu-west-1 tells topics in eu-west-1 only"),
        ("arn:aws:sqs:eu-west-1:123456789012:oncall", "an SNS topic is named"),
    ],
)
def test_what_is_no_topic_of_the_region_is_refused(topic: str, said: str) -> None:
    assert said in refused(plan_alarm_create(CHECKOUT, Wish(suggestion=ERRORS, topic=topic), ()))


TOPICS = Topics(arns=(ONCALL, ONCALL.replace("oncall", "billing")))
THEIRS = "arn:aws:sns:eu-west-1:999999999999:oncall"


def test_a_topic_that_does_not_exist_is_refused_with_the_one_that_may_be_meant() -> None:
    answers = {"which": "errors", "topic": "oncal"}
    nothing_like_it = {"which": "set", "topic": "pager"}
    seen = replace(subject(), topics=TOPICS)

    assert refused(plan_of("alarm", seen, answers)).endswith("no SNS topic oncal in eu-west-1; did you mean oncall?")
    assert refused(plan_of("alarm", seen, nothing_like_it)).endswith("; there is oncall and billing")
    assert planned(plan_of("alarm", seen, {"which": "errors", "topic": "oncall"})).warnings == ()
    edited = plan_alarm_edit(alarm(), above(5), where=around(CHECKOUT, TOPICS), topics=[f"{ONCALL}2"])
    assert "there is no SNS topic oncall2" in refused(edited)


@pytest.mark.parametrize(
    ("topics", "topic", "said"),
    [
        (Topics(refused="needs sns:ListTopics", complete=False), ONCALL, "not known: needs sns:ListTopics"),
        (Topics(arns=("arn:1",), complete=False), ONCALL, "not known: not all topics were listed"),
        (TOPICS, THEIRS, "not known: it is one of account 999999999999"),
    ],
)
def test_a_topic_of_which_that_is_not_known_is_warned_of(topics: Topics, topic: str, said: str) -> None:
    made = plan_alarm_create(CHECKOUT, Wish(suggestion=ERRORS, topic=topic), (), topics)
    edited = plan_alarm_edit(alarm(), above(5), where=around(CHECKOUT, topics), topics=[topic])

    assert planned(made).warnings == planned(edited).warnings == (f"whether there is a topic oncall is {said}",)


@pytest.mark.parametrize(
    ("which", "threshold", "said"),
    [
        ("duration", "0", "Duration is always > 0 ms: such an alarm would never end"),
        ("errors", "-1", "Errors is always > -1: such an alarm would never end"),
        ("throttles", "0", "Throttles is always ≥ 0: such an alarm would never end"),
    ],
)
def test_a_threshold_that_is_always_crossed_is_refused(which: str, threshold: str, said: str) -> None:
    assert said in refused(plan_of("alarm", subject(), {"which": which, "threshold": threshold}))


def test_a_threshold_beyond_the_timeout_is_warned_of() -> None:
    never = "Duration is never > 3,000 ms, the timeout is 3 s: such an alarm never rings"
    duration = next(each for each in SET if each.what is What.DURATION).definition
    there = alarm("lambdatop-checkout-api-duration", settings=duration.members())

    made = planned(plan_of("alarm", subject(), {"which": "duration", "threshold": "3 s"}))
    edited = planned(plan_alarm_edit(there, replace(duration, threshold=3_000.0), where=around(CHECKOUT)))

    assert never in made.warnings
    assert never in edited.warnings
    assert "never rings" not in " ".join(
        planned(plan_of("alarm", subject(), {"which": "duration", "threshold": "2.9 s"})).warnings
    )


def test_impossible_datapoints_are_refused() -> None:
    impossible = replace(ERRORS, definition=replace(ERRORS.definition, datapoints=9))

    assert "1 to 3 of the 3" in refused(plan_alarm_create(CHECKOUT, Wish(suggestion=impossible), ()))


def test_the_whole_set_leaves_out_what_is_watched() -> None:
    wishes = [Wish(suggestion=each) for each in SET]

    plan = planned(plan_alarm_set(CHECKOUT, wishes, [alarm("theirs")], ONCALL))

    assert plan.title == "checkout-api: 3 recommended alarms"
    assert [step.item for step in plan.steps] == [
        "lambdatop-checkout-api-throttles",
        "lambdatop-checkout-api-duration",
        "lambdatop-checkout-api-concurrency",
    ]
    assert plan.warnings == ("errors: theirs watches it already",)
    assert plan.cost is not None
    assert plan.cost.after_usd == pytest.approx(0.30)


def test_there_is_no_set_where_nothing_is_lacking() -> None:
    there = [alarm(str(each.what), metric=each.definition.watched.metric) for each in SET]

    assert "everything that is recommended" in refused(plan_alarm_set(CHECKOUT, [Wish(suggestion=SET[0])], there))


def test_an_edit_keeps_what_it_does_not_change() -> None:
    settings = {**alarm().settings, "AlarmDescription": "call Ada", "Unit": "Count", "OKActions": ["arn:x"]}
    plan = planned(plan_alarm_edit(alarm(settings=settings), above(5)))

    after = only_step(plan).after
    assert after is not None
    assert (after["Threshold"], after["AlarmDescription"], after["Unit"]) == (5, "call Ada", "Count")
    assert (after["AlarmActions"], after["OKActions"]) == ([ONCALL], ["arn:x"])
    assert plan.title == "lambdatop-checkout-api-errors: threshold 0 → 5"


def test_an_edit_says_what_becomes_of_what() -> None:
    wanted = replace(above(5), datapoints=2)

    both = planned(plan_alarm_edit(alarm(), wanted, topics=[]))

    assert both.title.endswith(": threshold 0 → 5, 3 of 3 minutes → 2 of 3 minutes, tells oncall → tells nobody")
    assert only_step(both).shown_before == "sum of Errors > 0 in 3 of 3 minutes, tells oncall"


def test_another_statistic_takes_the_place_of_the_old_one() -> None:
    watched = replace(ERRORS.definition.watched, stat="p99")

    after = only_step(plan_alarm_edit(alarm(), replace(ERRORS.definition, watched=watched))).after

    assert after is not None
    assert "Statistic" not in after


@pytest.mark.parametrize("change", [lambda it: plan_alarm_edit(it, above(5)), plan_alarm_delete])
def test_a_foreign_alarm_needs_its_name_typed(change: Any) -> None:
    assert planned(change(alarm("checkout errors"))).typed == "checkout errors"
    assert planned(change(alarm())).typed is None


@pytest.mark.parametrize("wish", ["40", "delete"])
def test_a_foreign_alarm_among_several_functions_needs_its_name_typed_with_their_number(wish: str) -> None:
    watched = subject(alarms=(alarm("checkout errors"),))
    many = [watched, subject(function(name="b"), alarms=(alarm("b errors"),))]

    plan = planned(plan_many("alarm", many, {"which": "checkout errors", "threshold": wish}))

    assert plan.typed == "1 with checkout errors"


def test_an_alarm_on_several_functions_costs_and_is_named_once() -> None:
    shared = alarm("shop errors", function_name="a")
    many = [subject(function(name=name), alarms=(shared,)) for name in ("a", "b")]

    plan = planned(plan_many("alarm", many, {"which": "shop errors", "threshold": "delete"}))

    assert (len(plan.steps), plan.typed) == (1, "2 with shop errors")
    assert plan.cost is not None
    assert plan.cost.delta_usd == pytest.approx(-0.10)


def test_an_edit_that_changes_nothing_is_refused() -> None:
    assert "is so already" in refused(plan_alarm_edit(alarm(), above(0)))


def test_math_and_composites_are_shown_only() -> None:
    math, composite = alarm(kind=AlarmKind.MATH), alarm(kind=AlarmKind.COMPOSITE)

    assert "shown here, not edited" in refused(plan_alarm_edit(math, above(5)))
    for answer in (plan_alarm_delete(composite), plan_alarm_test(composite)):
        assert "composite" in refused(answer)
    assert "composite" in refused(plan_alarm_actions([composite], enabled=False))


def test_a_deletion_costs_less_hurts_and_can_be_taken_back() -> None:
    plan = planned(plan_alarm_delete(alarm()))

    step = only_step(plan)
    assert plan.hurts
    assert step.call.params == {"AlarmNames": ["lambdatop-checkout-api-errors"]}
    assert step.inverse is not None
    assert step.inverse.call.params["Threshold"] == 0
    assert plan.cost is not None
    assert plan.cost.delta_usd == pytest.approx(-0.10)


def test_actions_are_turned_off_and_on() -> None:
    off = planned(plan_alarm_actions([alarm(), alarm("b")], enabled=False))

    assert [step.call.operation for step in off.steps] == ["DisableAlarmActions"] * 2
    assert off.title == "lambdatop-checkout-api-errors, b: actions off"
    assert off.functions == ("checkout-api",)
    assert "on already" in refused(plan_alarm_actions([alarm()], enabled=True))


def test_a_test_says_who_will_be_told() -> None:
    plan = planned(plan_alarm_test(alarm()))

    assert only_step(plan).call.params["StateValue"] == "ALARM"
    assert plan.hurts
    assert "oncall will be told" in plan.warnings[0]
    assert plan.expect == "it returns by itself at its next evaluation, within 1 min"
    assert isinstance(plan_alarm_test(alarm(state=AlarmState.ALARM)), Refusal)


def test_a_test_of_a_silent_alarm_hurts_nobody() -> None:
    silent = alarm(settings={**alarm().settings, "ActionsEnabled": False})

    plan = planned(plan_alarm_test(silent))

    assert not plan.hurts
    assert plan.warnings == ("its actions are off: nobody will be told",)


def test_the_form_takes_what_is_suggested_where_nothing_is_typed() -> None:
    plan = planned(plan_of("alarm", subject(), {"which": "errors"}))

    assert plan.title == "checkout-api: alarm on sum of Errors > 0 in 3 of 3 minutes"


def test_the_form_reads_threshold_datapoints_and_topic() -> None:
    answers = {"which": "duration", "threshold": "1.5 s", "datapoints": "2 of 3", "topic": ONCALL}

    step = only_step(plan_of("alarm", subject(), answers))

    assert step.shown_after == "p90 of Duration > 1,500 ms in 2 of 3 minutes, tells oncall"


def test_the_form_tells_what_would_have_been_in_the_words_of_the_dialog() -> None:
    series = Series(start=1_793_000_040, period_s=60, values=(0.0, 9.0, 9.0, 9.0, 0.0, 9.0, 9.0, 9.0))
    seen = replace(subject(), alarm_past={ERRORS.definition.watched: series})

    expected = planned(plan_of("alarm", seen, {"which": "errors", "threshold": "5"})).expect

    assert expected is not None
    assert expected.startswith("would have fired 2 times in 8 min, and would be in ALARM now, since ")


def test_a_topic_may_be_told_by_its_name() -> None:
    step = only_step(plan_of("alarm", subject(), {"which": "errors", "topic": "oncall"}))

    assert step.call.params["AlarmActions"] == [ONCALL]


def test_the_form_makes_the_whole_set() -> None:
    assert len(planned(plan_of("alarm", subject(), {"which": "set"})).steps) == 4


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"which": "memory"}, "errors, throttles"),
        ({"which": "errors", "threshold": "many"}, "a number such as 0"),
        ({"which": "errors", "datapoints": "all"}, "2 of 3"),
        ({"which": "errors", "datapoints": "4 of 3"}, "1 to 3 of the 3"),
        ({"which": "errors", "topic": "on call"}, "an SNS topic is named"),
    ],
)
def test_the_form_says_what_can_be_answered(answers: dict[str, str], said: str) -> None:
    assert said in refused(plan_of("alarm", subject(), answers))
