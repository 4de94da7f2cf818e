"""Timeout: in range, from what p99 says, with what a queue must allow, and never cheaper or dearer on paper."""

import pytest

from lambdatop.actions.catalogue import Form, form_of, plan_of
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.timeout import plan_timeout, suggested_s
from lambdatop.model.changes.aws_cli import command_line
from tests.actions.subjects import STREAM, event_source, only_step, planned, refused, subject
from tests.model.factories import function, metrics, sample


def slow(p99_ms: float | None, *, timeout_s: int = 30) -> Subject:
    return subject(function(timeout_s=timeout_s), measured=metrics(p99_ms=p99_ms))


def test_the_step_is_one_member_of_the_configuration() -> None:
    plan = planned(plan_timeout(slow(4000), 60))

    assert plan.title == "checkout-api: timeout 30 → 60 s"
    step = only_step(plan)
    assert (step.before, step.after) == ({"Timeout": 30}, {"Timeout": 60})
    assert (
        command_line(step.call) == "aws lambda update-function-configuration --function-name checkout-api --timeout 60"
    )
    assert plan.cost is not None
    assert plan.cost.delta_usd == 0


@pytest.mark.parametrize("seconds", [0, -1, 901, 5400])
def test_what_is_out_of_range_is_refused_with_the_range(seconds: int) -> None:
    assert refused(plan_timeout(slow(4000), seconds)) == f"timeout: 1 to 900 s, not {seconds:,}"


def test_the_present_timeout_is_refused() -> None:
    assert refused(plan_timeout(slow(4000), 30)).startswith("checkout-api has a timeout of 30 s already")


@pytest.mark.parametrize(
    ("seconds", "hurts", "warning"),
    [
        (3, True, "p99 is 4.00 s: more than 1 of 100 invocations will time out"),
        (5, False, "p99 is 4.00 s: little room for a bad day"),
        (10, False, None),
    ],
)
def test_below_p99_it_hurts(seconds: int, hurts: bool, warning: str | None) -> None:
    plan = planned(plan_timeout(slow(4000), seconds))

    assert plan.hurts is hurts
    assert next((each for each in plan.warnings if "p99" in each), None) == warning


def test_a_longer_timeout_than_the_queues_visibility_is_warned_of() -> None:
    fed = subject(function(timeout_s=30), event_sources=(event_source(), event_source("e2", STREAM)), aliases=())

    assert planned(plan_timeout(fed, 60)).warnings == (
        "queue orders: its visibility timeout must be 60 s at least, and should be 360 s",
    )
    assert not any("visibility" in warning for warning in planned(plan_timeout(fed, 20)).warnings)


@pytest.mark.parametrize(
    ("of", "seconds"),
    [
        (slow(4000), 12),
        (slow(29_500), 60),
        (slow(None), 30),
        (slow(10.0), 1),
        (subject(function(timeout_s=30), reports=sample(timeouts=5)), 60),
        (slow(899_000, timeout_s=900), 900),
        (subject(seen=False), 3),
    ],
)
def test_three_times_the_p99_is_proposed_or_twice_the_timeout_where_that_cuts_off(of: Subject, seconds: int) -> None:
    assert suggested_s(of) == seconds


def test_the_form_says_what_p99_is() -> None:
    form = form_of("timeout", slow(4000))

    assert isinstance(form, Form)
    assert (form.fields[0].value, form.fields[0].hint) == ("12", "now 30 s; p99 4.00 s")
    assert only_step(plan_of("timeout", slow(4000), {"timeout": "45 s"})).after == {"Timeout": 45}
