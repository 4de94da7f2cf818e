"""Aliases: back to the version before, a share of the callers elsewhere, and a version published for one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from lambdatop.actions.catalogue import Form, form_of, plan_of
from lambdatop.actions.planning.alias import plan_rollback, plan_weights
from lambdatop.actions.planning.memory import plan_memory
from lambdatop.actions.planning.publish import plan_publish
from lambdatop.actions.planning.subject import RolledBack, Subject
from lambdatop.actions.planning.timeout import plan_timeout
from lambdatop.actions.settings.alias import target
from lambdatop.actions.settings.version import PublishedVersion
from lambdatop.model.changes.aws_cli import command_line
from lambdatop.model.changes.plan import PUBLISHED, Plan
from lambdatop.model.controls import DIGEST, Alias
from lambdatop.model.fleet.findings import Rule
from lambdatop.model.function import Function
from lambdatop.model.metrics import FunctionMetrics
from tests.actions.subjects import alias, only_step, planned, provisioned, refused, subject, version
from tests.model.factories import NOW, function, metrics

VERSIONS = (version(7), version(40), version(41), version(42))


def on(*aliases: Alias, of: Function | None = None, **settings: Any) -> Subject:
    return subject(of, **{"aliases": aliases or (alias(),), "versions": VERSIONS, **settings})


def test_back_to_the_version_before() -> None:
    plan = form_of("rollback", on(alias(description="what callers use")))

    assert isinstance(plan, Plan)
    assert plan.title == "checkout-api: alias live version 42 → 41"
    step = only_step(plan)
    assert (step.before, step.after) == (
        target("42", description="what callers use"),
        target("41", description="what callers use"),
    )
    assert plan.expect == "all callers of live get version 41 of 2026-10-28 at once"
    assert plan.hurts
    assert plan.warnings == (
        "what that version lacks is gone for callers: fixes, settings, changes of data that it does not know",
        "$LATEST stays as it is: the next deployment publishes it again",
    )


def test_the_errors_are_why() -> None:
    failing = on(measured=metrics(errors=[0.0] * 30 + [40.0] * 30))

    assert str(planned(plan_rollback(failing, "live")).why).startswith("errors 40 %")


@pytest.mark.parametrize(
    ("pointing", "back"),
    [
        (alias(version="41"), "40"),
        (alias(version="40"), "7"),
        (alias(version="42", weights={"41": 0.1}), "41"),
        (alias(version="40", weights={"42": 0.1}), "40"),
        (alias(version="$LATEST"), "42"),
        (alias(version="39"), "7"),
    ],
)
def test_of_two_by_weight_the_older_is_gone_back_to(pointing: Alias, back: str) -> None:
    assert only_step(plan_rollback(on(pointing), "live")).after == target(back)


@pytest.mark.parametrize(
    ("of", "name", "reason"),
    [
        (
            on(alias(version="7")),
            "live",
            "alias live is on version 7, and no older version of checkout-api is published",
        ),
        (on(), "beta", "checkout-api has no alias beta; there is live"),
        (subject(), "live", "checkout-api has no alias: its callers use $LATEST, or a version by its number"),
        (on(aliases=None), "live", "checkout-api: its aliases could not be read; needs lambda:ListAliases"),
        (
            on(versions=None),
            "live",
            "checkout-api: its versions could not be read; needs lambda:ListVersionsByFunction",
        ),
    ],
)
def test_where_there_is_nothing_to_go_back_to_it_is_refused(of: Subject, name: str, reason: str) -> None:
    assert refused(plan_rollback(of, name)) == reason


def left(minutes: float) -> Mapping[str, RolledBack]:
    """That `live` was rolled back so long ago."""
    return {"live": RolledBack(at=NOW - timedelta(minutes=minutes), before="version 42", version="41")}


FAILING = [0.0] * 30 + [40.0] * 25
"""For 25 minutes, up to five minutes ago."""


@pytest.mark.parametrize("measured", [None, metrics(), metrics(errors=[*FAILING, *[0.0] * 5])])
def test_what_the_version_that_was_left_did_is_no_reason_to_go_further(measured: FunctionMetrics | None) -> None:
    again = on(alias(version="41"), measured=measured, rolled_back=left(5), seen=measured is not None)

    assert refused(form_of("rollback", again)) == (
        "alias live was rolled back at 2026-11-03 14:27 UTC, version 42 → 41, and what is found may be of before that: "
        "wait for new figures, or shift the alias to a version that you name"
    )
    assert only_step(plan_weights(again, "live", "40", 100)).after == target("40")


def test_errors_that_ended_with_the_version_are_not_a_reason_later_either() -> None:
    """With so little traffic they are told for as long as the trend goes back."""
    few = metrics(invocations=2.0, errors=[*[0.0] * 20, *[2.0] * 10, *[0.0] * 30])
    again = on(alias(version="41"), measured=few, rolled_back=left(30))

    assert again.finding(Rule.ERRORS_RISING)
    assert refused(plan_rollback(again, "live")).startswith("alias live was rolled back at 2026-11-03 14:02 UTC")


@pytest.mark.parametrize(
    "again",
    [
        on(alias(version="41"), measured=metrics(errors=[*FAILING, *[40.0] * 5]), rolled_back=left(23)),
        on(alias(version="41"), measured=metrics(errors=[*FAILING, *[40.0] * 5]), rolled_back=left(40)),
        on(alias(version="41"), rolled_back=left(60 * 24 * 90)),
        on(alias(version="41"), rolled_back={"beta": left(5)["live"]}),
    ],
    ids=["goes on", "began later", "long ago", "another alias"],
)
def test_what_the_version_itself_does_is_a_reason(again: Subject) -> None:
    assert only_step(plan_rollback(again, "live")).after == target("40")


def test_a_version_that_was_deployed_since_may_be_rolled_back() -> None:
    assert only_step(plan_rollback(on(rolled_back=left(5)), "live")).after == target("41")


def test_the_version_that_callers_were_rolled_back_from_is_passed_over() -> None:
    earlier = RolledBack(at=NOW - timedelta(hours=2), before="version 41", version="40")
    since_then = planned(plan_rollback(on(rolled_back={"live": earlier}), "live"))

    assert only_step(since_then).after == target("40")
    assert since_then.warnings[0] == (
        "version 41 is passed over: callers were rolled back from it to 40 at 2026-11-03 12:32 UTC"
    )


def test_of_several_aliases_one_is_asked_for() -> None:
    form = form_of("rollback", on(alias("beta", "41"), alias("live", "42")))

    assert isinstance(form, Form)
    assert [option.label for option in form.fields[0].options] == ["beta, version 41", "live, version 42"]
    assert only_step(plan_of("rollback", on(alias("beta", "41"), alias()), {"alias": "live"})).label == "alias live"


def test_provisioned_concurrency_of_the_alias_is_made_anew() -> None:
    plan = planned(plan_rollback(on(provisioned=(provisioned(),)), "live"))

    assert "provisioned concurrency of live is made ready anew: cold starts until then" in plan.warnings


@pytest.mark.parametrize(
    ("pointing", "wanted", "percent", "after", "title"),
    [
        (alias(), "41", 10, target("42", {"41": 0.1}), "version 42 → 42 · 10 % 41"),
        (alias(), "41", 100, target("41"), "version 42 → 41"),
        (alias(weights={"41": 0.1}), "41", 0, target("42"), "version 42 · 10 % 41 → 42"),
        (alias(weights={"41": 0.1}), "41", 50, target("42", {"41": 0.5}), "version 42 · 10 % 41 → 42 · 50 % 41"),
        (alias(weights={"41": 0.1}), "42", 100, target("42"), "version 42 · 10 % 41 → 42"),
    ],
)
def test_callers_are_split_by_weight(pointing: Alias, wanted: str, percent: int, after: object, title: str) -> None:
    plan = planned(plan_weights(on(pointing), "live", wanted, percent))

    assert only_step(plan).after == after
    assert plan.title == f"checkout-api: alias live {title}"


@pytest.mark.parametrize(
    ("pointing", "wanted", "percent", "reason"),
    [
        (alias(), "41", 101, "share: 0 to 100 %, not 101"),
        (alias(), "43", 10, "checkout-api has no published version 43; the newest is 42"),
        (alias(), "$LATEST", 10, "checkout-api has no published version $LATEST; the newest is 42"),
        (alias(), "42", 10, "alias live is on version 42 itself: name the other version, and its share"),
        (alias(), "41", 0, "alias live is on version 42 already"),
        (alias(version="$LATEST"), "41", 10, "alias live is on $LATEST: AWS splits only between published versions"),
    ],
)
def test_a_split_that_aws_would_refuse_is_refused(pointing: Alias, wanted: str, percent: int, reason: str) -> None:
    assert refused(plan_weights(on(pointing), "live", wanted, percent)) == reason


def test_a_version_is_described_unless_by_the_functions_own_words() -> None:
    of = replace(function(), description="checkout")
    versions = (version(41, description="fixes the cart"), version(42, description="checkout"))

    plan = planned(plan_rollback(on(of=of, versions=versions), "live"))
    form = form_of("weights", on(of=of, versions=versions))

    assert plan.expect == "all callers of live get version 41 of 2026-10-28 (fixes the cart) at once"
    assert isinstance(form, Form)
    assert [option.label for option in form.fields[1].options] == ["42", "41 (fixes the cart)"]
    assert form.fields[1].value == "41"


def test_a_tenth_to_the_newest_version_is_proposed() -> None:
    form = form_of("weights", on(alias(version="41")))

    assert isinstance(form, Form)
    assert form.proposed == {"alias": "live", "version": "42", "percent": "10"}
    assert only_step(plan_of("weights", on(alias(version="41")), form.proposed)).after == target("41", {"42": 0.1})


def test_a_change_is_brought_to_the_callers_of_an_alias() -> None:
    plan = planned(plan_memory(on(code_sha256="code-42"), 1536, "live"))

    assert [step.label for step in plan.steps] == ["memory", "version", "alias live"]
    assert plan.steps[1].setting == PublishedVersion("checkout-api", "code-42")
    assert (plan.steps[1].before, plan.steps[1].after) == ({"Version": "42"}, {"Version": PUBLISHED})
    assert (plan.steps[2].before, plan.steps[2].after) == (target("42"), target(PUBLISHED))
    assert plan.warnings == ("a published version stays when this is undone; the alias goes back",)


def test_code_that_callers_do_not_have_yet_is_warned_of_and_not_proposed() -> None:
    newer = on(code_sha256="code-43")
    form = form_of("memory", newer)

    assert planned(plan_memory(newer, 1536, "live")).warnings[0] == (
        "releases everything that is in $LATEST: its code is not known to be that of version 42, which live is on"
    )
    assert isinstance(form, Form)
    assert form.proposed["publish"] == ""
    same = form_of("memory", on(code_sha256="code-42"))
    assert isinstance(same, Form)
    assert same.proposed["publish"] == "live"


def test_what_else_was_changed_meanwhile_is_told_and_publishing_not_proposed() -> None:
    was = {"MemorySize": "512", "Timeout": "3", "Environment": f"{DIGEST}aa", "Handler": "a.b"}
    now = {"MemorySize": "777", "Timeout": "3", "Environment": f"{DIGEST}bb", "Layers": f"{DIGEST}cc", "Handler": "a.b"}
    newer = on(code_sha256="code-42", settings=now, versions=(version(41), version(42, settings=was)))
    form = form_of("timeout", newer)

    assert planned(plan_timeout(newer, 20, "live")).warnings[0] == (
        "releases what else was changed in $LATEST since version 42: MemorySize 512 → 777, Environment, Layers"
    )
    assert isinstance(form, Form)
    assert form.proposed["publish"] == ""


def test_a_split_alias_is_not_moved_on_the_side() -> None:
    assert refused(plan_memory(on(alias(weights={"41": 0.1})), 1536, "live")) == (
        "alias live is split between version 42 · 10 % 41: end that first"
    )
    assert refused(plan_memory(on(), 1536, "beta")) == "checkout-api has no alias beta; there is live"


def test_a_version_is_published_by_itself_or_for_an_alias() -> None:
    alone = form_of("publish", subject(versions=(version(7),)))
    assert isinstance(alone, Plan)
    assert alone.title == "checkout-api: publish a version"
    assert command_line(only_step(alone).call) == (
        "VERSION=$(aws lambda publish-version --function-name checkout-api --code-sha256 code-42"
        " --query Version --output text)"
    )
    assert only_step(alone).inverse is None
    assert alone.warnings[0] == "a published version stays: there is no call that takes it back"

    moved = planned(plan_publish(on(), "live"))
    assert moved.title == "checkout-api: publish a version, alias live to it"
    assert [step.label for step in moved.steps] == ["version", "alias live"]
    assert refused(plan_publish(subject(versions=None))).endswith("needs lambda:ListVersionsByFunction")
