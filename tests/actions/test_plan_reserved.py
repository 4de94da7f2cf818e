"""Reserved concurrency and the brake: what AWS allows, what is throttled by it, and the way back."""

from collections.abc import Mapping
from typing import Any

import pytest

from lambdatop.actions.catalogue import Form, form_of, plan_of
from lambdatop.actions.planning.reserved import plan_brake, plan_reserved
from lambdatop.actions.planning.subject import Former, Subject
from lambdatop.model.changes.aws_cli import command_line
from lambdatop.model.changes.plan import Plan
from lambdatop.model.controls import Limits
from tests.actions.subjects import alias, event_source, only_step, planned, provisioned, refused, subject, version
from tests.model.factories import metrics

RESERVED = "ReservedConcurrentExecutions"
UNREAD = "checkout-api: what is reserved could not be read; needs lambda:GetFunctionConcurrency"


def left(unreserved: int, reserved: int | None = None, former: Former | None = None) -> Subject:
    return subject(limits=Limits(total=1000, unreserved=unreserved), reserved=reserved, former=former)


def test_the_step_reserves_and_the_title_says_from_what_to_what() -> None:
    plan = planned(plan_reserved(left(1000), 50))

    assert plan.title == "checkout-api: reserved concurrency none → 50"
    step = only_step(plan)
    assert (step.before, step.after) == (None, {RESERVED: 50})
    assert command_line(step.call) == (
        "aws lambda put-function-concurrency --function-name checkout-api --reserved-concurrent-executions 50"
    )
    assert plan.cost is None
    assert plan.expect == "never more than 50 at once (4 ran at once at most), and always room for them"
    assert plan.warnings == ("the other functions share the 950 that stay unreserved",)
    assert not plan.hurts


@pytest.mark.parametrize(
    ("of", "count", "reason"),
    [
        (left(1000), 901, "reserved concurrency: 0 to 900, as 100 must stay unreserved; not 901"),
        (left(150, 50), 101, "reserved concurrency: 0 to 100, as 100 must stay unreserved; not 101"),
        (left(100), 1, "reserved concurrency: 0 to 0, as 100 must stay unreserved; not 1"),
        (left(1000), -1, "reserved concurrency: 0 to 900, as 100 must stay unreserved; not -1"),
        (left(1000, 50), 50, "checkout-api has 50 reserved already; 0 to 950 are possible"),
        (left(1000), None, "checkout-api has none reserved already; 0 to 900 are possible"),
        (
            subject(provisioned=(provisioned(requested=10),)),
            5,
            "reserved concurrency: 10 or more, as so many are provisioned; not 5",
        ),
        (subject(reserved_known=False), 5, UNREAD),
    ],
)
def test_what_aws_would_refuse_is_refused_with_what_is_possible(of: Subject, count: int | None, reason: str) -> None:
    assert refused(plan_reserved(of, count)) == reason


def test_why_it_could_not_be_read_is_told_in_the_errors_own_words() -> None:
    throttled = "lambda GetFunctionConcurrency is throttled by AWS"

    assert refused(plan_brake(subject(reserved_known=False, refused=("needs lambda:ListTags", throttled)))) == (
        f"checkout-api: what is reserved could not be read; {throttled}"
    )


def test_zero_is_always_possible_and_stops_it() -> None:
    plan = planned(plan_reserved(left(100), 0))

    assert plan.hurts
    assert plan.expect == "no invocation starts any more; those that run now finish"


def test_less_than_ran_at_once_is_throttled() -> None:
    plan = planned(plan_reserved(left(1000), 3))

    assert plan.hurts
    assert plan.warnings[0] == "4 ran at once: what is above 3 is throttled"


def test_reserving_nothing_lets_a_runaway_take_everything() -> None:
    plan = planned(plan_reserved(left(900, 100), None))

    assert only_step(plan).call.operation == "DeleteFunctionConcurrency"
    assert plan.warnings == ("a runaway may take everything that is unreserved, and throttle the others",)


def test_proposed_is_what_the_throttled_traffic_needs() -> None:
    # 100 a minute pass and 25 are throttled: 50 x 1.25 x 1.1 = 68.75, rounded up to fives.
    throttled = subject(reserved=50, measured=metrics(invocations=100.0, throttles=25.0))

    form = form_of("reserved", throttled)

    assert isinstance(form, Form)
    assert (form.fields[0].value, form.fields[0].maximum) == ("70", 950)
    assert form.fields[0].hint == "now 50; 4 ran at once at most; empty reserves nothing"


def test_without_throttles_the_peak_and_a_half_is_proposed() -> None:
    form = form_of("reserved", left(1000))

    assert isinstance(form, Form)
    assert form.proposed == {"reserved": "6"}


def test_an_empty_answer_reserves_nothing() -> None:
    assert only_step(plan_of("reserved", left(900, 100), {"reserved": " "})).after is None


def test_the_brake_is_reserved_concurrency_0_and_there_is_nothing_to_ask() -> None:
    plan = form_of("brake", left(950, 50))

    assert isinstance(plan, Plan)
    assert plan.title == "checkout-api: brake, reserved concurrency 50 → 0"
    assert (only_step(plan).before, only_step(plan).after) == ({RESERVED: 50}, {RESERVED: 0})
    assert plan.hurts
    assert plan.cost is not None
    assert plan.cost.after_usd == 0


def test_the_brake_takes_provisioned_concurrency_away_first() -> None:
    plan = planned(plan_brake(subject(provisioned=(provisioned(requested=7, autoscaled=True),), reserved=10)))

    assert [step.call.operation for step in plan.steps] == [
        "DeleteProvisionedConcurrencyConfig",
        "PutFunctionConcurrency",
    ]
    assert "Application Auto Scaling may provision it again" in plan.warnings
    assert "its provisioned concurrency goes first, as AWS reserves no less; the brake again brings back both" in (
        plan.warnings
    )


def test_the_brake_of_a_consumer_says_what_its_queue_does() -> None:
    assert any(
        "queues and streams wait" in each
        for each in planned(plan_brake(subject(event_sources=(event_source(),)))).warnings
    )


@pytest.mark.parametrize("plan", [plan_brake(subject()), plan_reserved(subject(), 0)])
def test_what_stops_it_says_that_asynchronous_events_are_not_kept_till_it_runs_again(plan: Plan) -> None:
    assert plan.warnings[0] == (
        "who calls it gets 429 and has to try again; asynchronous events go to its dead-letter queue or on-failure "
        "destination without a retry, and are lost where it has neither"
    )


def test_more_than_there_is_says_why_it_cannot_be() -> None:
    assert refused(plan_of("reserved", left(1000), {"reserved": "5000"})) == (
        "reserved concurrency: 0 to 900, as 100 must stay unreserved; not 5,000"
    )


@pytest.mark.parametrize(("former", "after"), [(Former(50), {RESERVED: 50}), (Former(None), None)])
def test_released_it_has_what_it_had(former: Former, after: object) -> None:
    plan = planned(plan_brake(left(1000, 0, former)))

    assert (only_step(plan).before, only_step(plan).after) == ({RESERVED: 0}, after)
    assert not plan.hurts
    assert plan.warnings == ()


def test_where_it_is_not_known_what_it_had_the_plan_says_so_and_cancel_is_the_default() -> None:
    plan = planned(plan_brake(left(1000, 0)))

    assert only_step(plan).after is None
    assert plan.hurts
    assert plan.warnings == (
        "what it had before is not known, as the journal here has not pulled this brake: nothing is reserved for it "
        "then, and a runaway may throttle the others; to reserve a number, set reserved concurrency instead",
    )


def test_what_it_had_may_no_longer_fit() -> None:
    assert refused(plan_brake(left(120, 0, Former(50)))) == (
        "50 no longer fit: 20 can be reserved for checkout-api; set another number"
    )


def test_released_it_gets_back_what_was_provisioned_once_there_is_room_for_it() -> None:
    stopped = subject(aliases=(alias(),), versions=(version(42),), reserved=0, former=Former(50, {"live": 7}))

    plan = planned(plan_brake(stopped))

    assert [(step.label, step.before, step.after) for step in plan.steps] == [
        ("reserved concurrency", {RESERVED: 0}, {RESERVED: 50}),
        ("provisioned concurrency of live", None, {"ProvisionedConcurrentExecutions": 7}),
    ]
    assert plan.cost is not None
    assert plan.cost.before_usd == 0
    running = planned(plan_brake(subject(provisioned=(provisioned(requested=7),))))
    assert running.cost is not None
    assert plan.cost.after_usd == running.cost.before_usd


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"provisioned": (provisioned(requested=3),)},
            "live had 7 provisioned before; somebody has provisioned 3 since",
        ),
        (
            {"aliases": ()},
            "the 7 that live had provisioned do not come back: checkout-api has no live any more",
        ),
        (
            {"versions": (version(42, snap_start=True),)},
            "the 7 that live had provisioned do not come back: "
            "version 42 has SnapStart, which excludes provisioned concurrency",
        ),
    ],
)
def test_what_cannot_be_provisioned_again_is_told(settings: Mapping[str, Any], told: str) -> None:
    usual: Mapping[str, Any] = {"aliases": (alias(),), "versions": (version(42),)}

    plan = planned(plan_brake(subject(reserved=0, former=Former(50, {"live": 7}), **{**usual, **settings})))

    assert only_step(plan).after == {RESERVED: 50}
    assert plan.warnings == (told,)


def test_the_brake_is_not_pulled_twice_nor_released_twice() -> None:
    assert refused(plan_brake(left(1000, 0), pull=True)) == "checkout-api is stopped already"
    assert refused(plan_brake(left(1000), pull=False)) == "checkout-api is not stopped: its brake is not pulled"
    assert refused(plan_brake(subject(reserved_known=False))) == UNREAD


def test_the_former_value_comes_with_the_subject() -> None:
    stopped = subject(reserved=0, former=Former(50))

    assert only_step(form_of("brake", stopped)).after == {RESERVED: 50}
    assert only_step(plan_of("brake", stopped, {"brake": "off"})).after == {RESERVED: 50}
    assert refused(plan_of("brake", stopped, {"brake": "on"})) == "checkout-api is stopped already"
