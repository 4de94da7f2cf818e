"""Event sources: one is switched over, several are asked for, and what waits meanwhile is told."""

import pytest

from lambdatop.actions.catalogue import Form, form_of, plan_of
from lambdatop.actions.planning.event_source import plan_event_source
from lambdatop.actions.settings.event_source import EventSourceMapping
from lambdatop.model.changes.aws_cli import command_line
from lambdatop.model.changes.plan import Plan
from tests.actions.subjects import STREAM, event_source, only_step, planned, refused, subject

TWO = (event_source(), event_source("e2", STREAM, "Disabled", qualifier="live"))


def test_a_single_one_is_paused_at_once() -> None:
    plan = form_of("event_source", subject(event_sources=(event_source(),)))

    assert isinstance(plan, Plan)
    assert plan.title == "checkout-api: event source orders enabled → paused"
    step = only_step(plan)
    assert (step.setting, step.before, step.after) == (
        EventSourceMapping("e1"),
        {"Enabled": True},
        {"Enabled": False},
    )
    assert command_line(step.call) == "aws lambda update-event-source-mapping --uuid e1 --no-enabled"
    assert plan.hurts
    assert plan.warnings == ("messages wait in the queue until its retention period ends (AWS: 4 days unless set)",)


def test_resuming_brings_what_has_waited() -> None:
    plan = planned(plan_event_source(subject(event_sources=TWO), "e2", True))

    assert plan.title == "checkout-api: event source clicks paused → enabled"
    assert plan.expect == "it goes on where it stopped; what has waited comes at once"
    assert not plan.hurts


def test_a_paused_stream_lets_its_records_expire() -> None:
    plan = planned(plan_event_source(subject(event_sources=(event_source(arn=STREAM),)), "e1", False))

    assert plan.warnings == (
        "records wait in the stream until they expire (AWS: 24 hours unless set); iterator age rises meanwhile",
    )


def test_of_several_one_is_asked_for() -> None:
    form = form_of("event_source", subject(event_sources=TWO))

    assert isinstance(form, Form)
    assert [option.label for option in form.fields[0].options] == [
        "orders, enabled",
        "clicks, disabled, for live",
        "all of them",
    ]
    assert form.proposed == {"source": "e1", "enabled": "off"}


def test_all_are_those_that_are_not_so_already() -> None:
    both = subject(event_sources=TWO)

    assert only_step(plan_of("event_source", both, {"source": "all", "enabled": "off"})).setting == EventSourceMapping(
        "e1"
    )
    assert only_step(plan_of("event_source", both, {"source": "all", "enabled": "on"})).setting == EventSourceMapping(
        "e2"
    )


def test_one_may_be_called_by_its_name_if_no_other_has_it() -> None:
    named = {"source": "orders", "enabled": "off"}
    twice = subject(event_sources=(event_source("e1"), event_source("e2")))

    assert only_step(plan_of("event_source", subject(event_sources=TWO), named)).setting == EventSourceMapping("e1")
    assert refused(plan_of("event_source", twice, named)) == "event source: e1, e2 or all, not orders"


def test_one_on_its_way_is_warned_of() -> None:
    plan = planned(plan_event_source(subject(event_sources=(event_source(state="Enabling"),)), "e1", False))

    assert plan.warnings[0] == "orders is enabling: AWS refuses another change until it is through"


@pytest.mark.parametrize(
    ("sources", "uuid", "enabled", "reason"),
    [
        ((), "e1", False, "checkout-api has no event source: what calls it directly is stopped by the brake"),
        (None, "e1", False, "checkout-api: its event sources could not be read; needs lambda:ListEventSourceMappings"),
        (TWO, "e9", False, "checkout-api has no event source e9; there is orders and clicks"),
        (TWO, "e1", True, "orders of checkout-api is enabled already"),
    ],
)
def test_what_is_not_there_or_so_already_is_refused(sources: object, uuid: str, enabled: bool, reason: str) -> None:
    assert refused(plan_event_source(subject(event_sources=sources), uuid, enabled)) == reason
