"""The questions of an action on several functions: nothing is proposed that is good for one of them alone."""

from collections.abc import Mapping
from typing import Any

import pytest

from lambdatop.actions.catalogue import Field, Form, form_many, plan_many
from lambdatop.actions.planning.subject import Subject
from tests.actions.subjects import alias, event_source, planned, provisioned, refused, subject, version
from tests.model.factories import function, metrics, sample

LAYER = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:64"


def sized(name: str, mb: int, used_mb: int) -> Subject:
    return subject(function(name=name, memory_mb=mb), reports=sample(used_mb=used_mb))


def of(name: str, **settings: Any) -> Subject:
    return subject(function(name=name), **settings)


def asked(action: str, *many: Subject) -> Mapping[str, Field]:
    form = form_many(action, many)
    assert isinstance(form, Form)
    assert form.title.startswith(f"{len(many)} functions: ")
    return {field.name: field for field in form.fields}


def test_where_sizes_differ_none_is_proposed_and_it_is_said_from_what_to_what() -> None:
    many = [sized("a", 128, 100), sized("b", 1024, 900), sized("c", 512, 50)]

    field = asked("memory", *many)["memory"]

    assert (field.value, field.hint) == ("", "now 128 – 1,024 MB, 3 functions")
    assert refused(plan_many("memory", many, {"memory": field.value})) == ("memory: 128 to 10,240 MB")


def test_the_size_that_all_have_is_said_once() -> None:
    field = asked("memory", sized("a", 512, 100), sized("b", 512, 400))["memory"]

    assert field.hint == "now 512 MB, 2 functions"


def test_what_all_propose_is_proposed() -> None:
    field = asked("memory", sized("a", 1024, 600), sized("b", 1024, 600))["memory"]

    assert (field.value, field.hint) == ("832", "now 1,024 MB; used 600 MB at most")


def test_nothing_is_removed_because_nothing_is_proposed() -> None:
    many = [of("a", reserved=50), subject(function(name="b"), measured=metrics(throttles=40.0), reserved=10), of("c")]

    field = asked("reserved", *many)["reserved"]

    assert (field.value, field.hint) == (
        "?",
        "now none – 50, 3 functions; 4 ran at once at most; empty reserves nothing",
    )
    assert "not ?" in refused(plan_many("reserved", many, {"reserved": field.value}))


def test_what_means_something_else_for_each_is_not_asked() -> None:
    paused = of("b", event_sources=(event_source("e2", state="Disabled"), event_source("e3", state="Disabled")))

    fields = asked("event_source", of("a", event_sources=(event_source("e1"),)), paused)

    assert {name: field.value for name, field in fields.items()} == {"enabled": "off"}


def test_what_one_has_already_is_switched_on_for_the_others() -> None:
    on = subject(function(name="a"), aliases=(alias(),), versions=(version(42),))
    off = subject(function(name="b"), aliases=(alias(),), versions=(version(42),))

    assert asked("tracing", on, off)["tracing"].value == "on"


@pytest.mark.parametrize(
    ("action", "name", "many"),
    [
        ("retention", "days", (of("a", retention_days=14), of("b", retention_days=90))),
        (
            "provisioned",
            "qualifier",
            (
                of("a", aliases=(alias(),), versions=(version(42),), provisioned=(provisioned(),)),
                of("b", aliases=(alias("beta"),), versions=(version(42),)),
            ),
        ),
    ],
)
def test_of_choices_that_differ_none_is_chosen(action: str, name: str, many: tuple[Subject, ...]) -> None:
    field = asked(action, *many)[name]

    assert field.value not in {option.value for option in field.options}
    assert "not" not in refused(plan_many(action, many, {name: field.value})).partition(":")[0]


def test_who_has_nothing_to_be_asked_does_not_hinder_the_others() -> None:
    with_alias = of("a", aliases=(alias(),), versions=(version(42),))

    assert asked("publish", of("b"), with_alias)["publish"].value in ("", "live")
    assert (
        planned(form_many("publish", (of("b", versions=(version(1),)), of("c", versions=(version(1),))))).typed == "2"
    )
