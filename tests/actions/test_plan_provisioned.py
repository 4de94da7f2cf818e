"""Provisioned concurrency: for whom it is possible, how many, what it costs, and the way there if there is no alias."""

from typing import Any

import pytest
from msgspec.structs import replace

from lambdatop.actions.catalogue import Form, form_of, plan_of
from lambdatop.actions.planning.provisioned import plan_provisioned
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.actions.settings.concurrency import ProvisionedConcurrency
from lambdatop.actions.settings.version import PublishedVersion
from lambdatop.model.changes.plan import PUBLISHED, Setting
from lambdatop.model.controls import Limits
from tests.actions.subjects import alias, only_step, planned, provisioned, refused, subject, version
from tests.model.factories import function

PROVISIONED = "ProvisionedConcurrentExecutions"


def aliased(of: Any = None, **settings: Any) -> Subject:
    return subject(of, **{"aliases": (alias(),), "versions": (version(41), version(42)), **settings})


def test_the_step_is_for_the_alias() -> None:
    plan = planned(plan_provisioned(aliased(), "live", 20))

    assert plan.title == "checkout-api: provisioned concurrency of live none → 20"
    step = only_step(plan)
    assert (step.setting, step.before, step.after) == (
        ProvisionedConcurrency("checkout-api", "live"),
        None,
        {PROVISIONED: 20},
    )
    assert plan.expect == "ready within minutes: no cold start for up to 20 at once; 4 ran at once at most"
    assert not plan.hurts


def test_the_cost_is_that_of_keeping_them_and_the_durations_get_cheaper() -> None:
    # 20 x 1 GB x 2,592,000 s x $0.0000046460 = $240.8486 for keeping; all of the 216,000 GB-s a month (300 s/h x 720)
    # are $0.0000108407 instead of $0.0000166667: $1.2584 less.
    plan = planned(plan_provisioned(aliased(), "live", 20))

    assert plan.cost is not None
    assert plan.cost.before_usd == pytest.approx(4.46400, abs=1e-4)
    assert plan.cost.delta_usd == pytest.approx(240.8486 - 1.2584, abs=1e-3)


def test_fewer_than_run_at_once_spill_over() -> None:
    # 2 of the 4 that run at once: half of the durations get cheaper, $0.6292; 2 x 2,592,000 x $0.0000046460 = $24.0849.
    plan = planned(plan_provisioned(aliased(), "live", 2))

    assert plan.warnings[0] == "4 ran at once: what is above 2 starts cold, at the usual price"
    assert plan.cost is not None
    assert plan.cost.delta_usd == pytest.approx(24.0849 - 0.6292, abs=1e-3)


def test_removing_it_hurts_and_saves() -> None:
    plan = planned(plan_provisioned(aliased(provisioned=(provisioned(requested=10),)), "live", None))

    assert only_step(plan).call.operation == "DeleteProvisionedConcurrencyConfig"
    assert plan.hurts
    assert plan.cost is not None
    assert (plan.cost.delta_usd or 0) < -100


@pytest.mark.parametrize(
    ("of", "qualifier", "count", "reason"),
    [
        (aliased(), "$LATEST", 5, "checkout-api has no $LATEST; possible: live, 41 or 42"),
        (aliased(), "beta", 5, "checkout-api has no beta; possible: live, 41 or 42"),
        (subject(), "$LATEST", 5, "checkout-api has no $LATEST; possible: live"),
        (aliased(), "live", 0, "provisioned concurrency: 1 to 900, as 100 must stay unreserved; not 0"),
        (aliased(), "live", 901, "provisioned concurrency: 1 to 900, as 100 must stay unreserved; not 901"),
        (aliased(reserved=30), "live", 31, "provisioned concurrency: 1 to 30, as 30 are reserved for it; not 31"),
        (
            aliased(reserved=30, provisioned=(provisioned("41", 20),)),
            "live",
            11,
            "provisioned concurrency: 1 to 10, as 30 are reserved for it; not 11",
        ),
        (
            aliased(reserved=0),
            "live",
            1,
            "no provisioned concurrency is possible for checkout-api: 0 are reserved for it",
        ),
        (
            aliased(limits=Limits(total=1000, unreserved=100)),
            "live",
            1,
            "no provisioned concurrency is possible for checkout-api: 100 must stay unreserved",
        ),
        (
            aliased(provisioned=(provisioned(requested=5),)),
            "live",
            5,
            "live of checkout-api has 5 provisioned already; 1 to 900 are possible",
        ),
        (
            aliased(aliases=(alias("live", "$LATEST"),)),
            "live",
            5,
            "alias live is on $LATEST, and only a published version can have any: publish one for it first",
        ),
        (aliased(), "live", None, "live of checkout-api has no provisioned concurrency to remove"),
        (
            aliased(tenant_isolation=True),
            "live",
            5,
            "checkout-api isolates its tenants, which excludes provisioned concurrency",
        ),
        (
            aliased(versions=(version(42, snap_start=True),)),
            "live",
            5,
            "version 42 has SnapStart, which excludes provisioned concurrency",
        ),
        (
            aliased(provisioned=(provisioned("42", 5),)),
            "live",
            5,
            "version 42 has provisioned concurrency already, as 42: change or remove that",
        ),
        (
            aliased(aliases=(alias(weights={"41": 0.1}),)),
            "live",
            5,
            "alias live is split between versions: AWS changes its provisioned concurrency only after that",
        ),
        (
            aliased(provisioned=None),
            "live",
            5,
            "checkout-api: what is provisioned could not be read; needs lambda:ListProvisionedConcurrencyConfigs",
        ),
        (
            aliased(aliases=None),
            "live",
            5,
            "checkout-api: whom it could be for could not be read; needs lambda:ListAliases",
        ),
    ],
)
def test_what_aws_would_refuse_is_refused(of: Subject, qualifier: str, count: int | None, reason: str) -> None:
    assert refused(plan_provisioned(of, qualifier, count)) == reason


def test_beside_an_alias_that_follows_latest_a_new_one_is_offered() -> None:
    of = subject(aliases=(alias("dev", "$LATEST"),))
    form = form_of("provisioned", of)

    assert isinstance(form, Form)
    assert [option.value for option in form.fields[0].options] == ["live"]
    assert len(planned(plan_of("provisioned", of, form.proposed)).steps) == 3


def test_autoscaling_will_set_its_own_number_again() -> None:
    scaled = aliased(provisioned=(provisioned(requested=5, autoscaled=True),))

    assert "Application Auto Scaling manages live: it will set its own number again" in (
        planned(plan_provisioned(scaled, "live", 10)).warnings
    )


def test_without_an_alias_a_version_and_an_alias_come_first() -> None:
    plan = planned(plan_provisioned(subject(), "live", 5))

    expected: list[Setting] = [
        PublishedVersion("checkout-api", "code-42"),
        AliasTarget("checkout-api", "live"),
        ProvisionedConcurrency("checkout-api", "live"),
    ]
    assert [step.setting for step in plan.steps] == expected
    assert [step.before for step in plan.steps] == [None, None, None]
    assert [step.after for step in plan.steps] == [{"Version": PUBLISHED}, target(PUBLISHED), {PROVISIONED: 5}]
    assert plan.warnings[0] == (
        "only callers of checkout-api:live gain from it: those of $LATEST must be changed to call that"
    )


def test_a_new_alias_only_costs_since_nobody_calls_it_yet() -> None:
    # 20 x 2,592,000 s x $0.0000046460 = $240.8486.
    plan = planned(plan_provisioned(subject(), "live", 20))

    assert plan.cost is not None
    assert plan.cost.delta_usd == pytest.approx(240.8486, abs=1e-3)


def test_a_version_by_its_number_makes_no_call_of_an_alias_cheaper() -> None:
    # 10 x 2,592,000 s x $0.0000046460 = $120.4243.
    plan = planned(plan_provisioned(subject(versions=(version(40), version(42)), aliases=(alias(),)), "40", 10))

    assert plan.cost is not None
    assert plan.cost.delta_usd == pytest.approx(120.4243, abs=1e-3)
    assert plan.warnings[0] == (
        "only who calls checkout-api:40 by that number gains from it; the cost is as if nobody did"
    )


def test_with_versions_but_no_alias_one_of_them_can_have_it() -> None:
    plan = planned(plan_provisioned(subject(versions=(version(7),)), "7", 5))

    assert only_step(plan).setting == ProvisionedConcurrency("checkout-api", "7")


def test_the_form_asks_for_whom_and_proposes_the_peak_and_a_tenth() -> None:
    form = form_of("provisioned", aliased())

    assert isinstance(form, Form)
    assert form.proposed == {"qualifier": "live", "count": "5"}
    assert [option.value for option in form.fields[0].options] == ["live", "42", "41"]
    assert form.fields[1].hint == "4 ran at once at most; empty removes it"


def test_the_form_offers_an_alias_where_there_is_none() -> None:
    form = form_of("provisioned", subject())

    assert isinstance(form, Form)
    assert form.fields[0].options[0].label == "a new alias live, on a new version"


def test_snapstart_is_refused_before_anything_is_asked() -> None:
    snapped = replace(function(), snap_start=True)

    assert "SnapStart" in refused(form_of("provisioned", subject(snapped)))


def test_where_none_is_possible_it_says_why() -> None:
    full = Limits(total=100, unreserved=100)
    why = "no provisioned concurrency is possible for checkout-api: 100 must stay unreserved"
    had = aliased(limits=full, provisioned=(provisioned(requested=5),))
    form = form_of("provisioned", had)

    assert refused(form_of("provisioned", aliased(limits=full))) == why
    assert refused(plan_of("provisioned", aliased(limits=full), {"qualifier": "live", "count": "5"})) == why
    assert isinstance(form, Form)
    assert form.fields[1].hint == "none is possible, 100 must stay unreserved; empty removes it"
    assert form.fields[1].possible == "nothing"
    assert only_step(plan_of("provisioned", had, {"qualifier": "live", "count": ""})).after is None


def test_more_than_there_is_says_why_it_cannot_be() -> None:
    assert refused(plan_of("provisioned", aliased(), {"qualifier": "live", "count": "5000"})) == (
        "provisioned concurrency: 1 to 900, as 100 must stay unreserved; not 5,000"
    )


def test_an_empty_count_removes() -> None:
    had = aliased(provisioned=(provisioned(requested=5),))

    assert only_step(plan_of("provisioned", had, {"qualifier": "live", "count": ""})).after is None


def test_what_is_provisioned_for_another_alias_bounds_only_that() -> None:
    two = aliased(
        aliases=(alias("a", "41"), alias("b", "42")),
        reserved=100,
        provisioned=(provisioned("a", 10), provisioned("b", 50)),
    )

    assert only_step(plan_of("provisioned", two, {"qualifier": "b", "count": "90"})).after == {PROVISIONED: 90}


def test_a_version_of_another_size_than_latest_costs_in_proportion() -> None:
    small = version(42, settings={"MemorySize": "512"})
    half = planned(plan_provisioned(aliased(versions=(version(41), small)), "live", 20))
    whole = planned(plan_provisioned(aliased(), "live", 20))

    assert half.cost is not None
    assert whole.cost is not None
    assert half.cost.delta_usd == pytest.approx((whole.cost.delta_usd or 0) / 2)
