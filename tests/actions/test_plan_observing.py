"""Tracing, Insights, log format and retention: what each changes, costs and needs beyond itself."""

from typing import Any

import pytest
from msgspec.structs import replace

from lambdatop.actions.catalogue import Form, form_of, plan_many, plan_of
from lambdatop.actions.planning.insights import plan_insights
from lambdatop.actions.planning.log_format import plan_logging
from lambdatop.actions.planning.retention import plan_retention
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.tracing import plan_tracing
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.actions.settings.role_policy import RolePolicy
from lambdatop.model.changes.plan import Plan, Setting
from lambdatop.model.insights.how_to_attach import POLICY
from tests.actions.subjects import alias, only_step, planned, refused, subject
from tests.model.factories import function

LAYER = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53"
OTHER = "arn:aws:lambda:eu-west-1:123456789012:layer:shared:{}"


def layered(*arns: str, **members: Any) -> Any:
    return replace(function(**members), layers=arns)


def json_logs(application: str = "INFO", system: str = "INFO") -> Subject:
    return subject(replace(function(), log_format="JSON"), application_log_level=application, system_log_level=system)


def test_tracing_is_switched_over_at_once() -> None:
    plan = form_of("tracing", subject())

    assert isinstance(plan, Plan)
    assert plan.title == "checkout-api: X-Ray tracing off → on"
    step = only_step(plan)
    assert (step.before, step.after) == (
        {"TracingConfig": {"Mode": "PassThrough"}},
        {"TracingConfig": {"Mode": "Active"}},
    )


def test_traces_cost_by_how_many_are_sampled() -> None:
    # 100 a minute are 1.667/s: 1 + 5 % of 0.667 = 1.0333 traces/s, x 2,592,000 s x $0.000005 = $13.392.
    plan = planned(plan_tracing(subject(), True))

    assert plan.cost is not None
    assert plan.cost.delta_usd == pytest.approx(13.392)


def test_tracing_asks_where_there_is_an_alias() -> None:
    form = form_of("tracing", subject(aliases=(alias(),)))

    assert isinstance(form, Form)
    assert form.proposed == {"tracing": "on", "publish": ""}
    assert refused(plan_of("tracing", subject(), {"tracing": "off"})) == "tracing of checkout-api is off already"


def test_several_are_traced_where_one_is_not() -> None:
    traced = subject(replace(function(name="a"), tracing=True))

    assert planned(plan_many("tracing", [traced, subject(function(name="b"))], {})).functions == ("b",)
    assert planned(plan_many("tracing", [traced, traced], {})).title == "2 functions: X-Ray tracing on → off"


def test_the_layer_is_added_to_the_others() -> None:
    plan = planned(plan_insights(subject(layered(OTHER.format(1))), True, LAYER))

    step = only_step(plan)
    assert step.setting == Configuration("checkout-api", ("Layers",))
    assert (step.before, step.after) == ({"Layers": [OTHER.format(1)]}, {"Layers": [OTHER.format(1), LAYER]})
    assert (step.shown_before, step.shown_after) == ("shared:1", "shared:1, LambdaInsightsExtension:53")
    assert plan.warnings[0] == (f"its role checkout-api needs the policy {POLICY}: whether it has it could not be read")


def test_insights_cost_their_metrics_and_records() -> None:
    # 8 metrics at $0.30, and 100 x 43,200 records of 1,024 bytes are 4.1199 GB at $0.50.
    plan = planned(plan_insights(subject(), True, LAYER))

    assert plan.cost is not None
    assert plan.cost.delta_usd == pytest.approx(2.40 + 2.05994, abs=1e-4)


def test_a_missing_policy_is_attached_first() -> None:
    plan = planned(plan_insights(subject(role_policies=()), True, LAYER))

    expected: list[Setting] = [
        RolePolicy("checkout-api", POLICY),
        Configuration("checkout-api", ("Layers",)),
    ]
    assert [step.setting for step in plan.steps] == expected
    assert plan.warnings[0] == "every function of role checkout-api may then write Insights' logs"
    assert only_step(plan_insights(subject(role_policies=(POLICY,)), True, LAYER)).label == "layers"


def test_who_may_not_attach_the_policy_can_leave_it_to_others() -> None:
    lacking = subject(role_policies=(), insights_layer_arn=LAYER)
    form = form_of("insights", lacking)

    plan = planned(plan_of("insights", lacking, {"policy": "off"}))

    assert isinstance(form, Form)
    assert form.proposed == {"insights": "on", "layer": LAYER, "policy": "on"}
    assert only_step(plan).label == "layers"
    assert plan.warnings[0] == (
        f"its role checkout-api lacks the policy {POLICY}: nothing is measured until somebody attaches it"
    )


def test_the_policy_is_on_or_off_and_nothing_else() -> None:
    lacking = subject(role_policies=(), insights_layer_arn=LAYER)

    assert refused(plan_of("insights", lacking, {"insights": "on", "policy": "of"})) == "policy: on or off, not of"


def test_insights_are_taken_away_and_the_policy_stays() -> None:
    plan = form_of("insights", subject(layered(OTHER.format(1), LAYER), role_policies=(POLICY,)))

    assert isinstance(plan, Plan)
    assert only_step(plan).after == {"Layers": [OTHER.format(1)]}
    assert "stays on its role" in plan.warnings[0]


@pytest.mark.parametrize(
    ("of", "on", "layer", "reason"),
    [
        (
            subject(function(runtime=None)),
            True,
            LAYER,
            "checkout-api is a container image: the extension is built into the image",
        ),
        (subject(layered(*map(OTHER.format, range(5)))), True, LAYER, "checkout-api has 5 layers, and AWS allows 5"),
        (subject(), True, "", "which layer? Take the ARN for eu-west-1, x86_64 from docs.aws.amazon.com"),
        (
            subject(),
            True,
            LAYER.replace("eu-west-1", "us-east-1"),
            "the layer is arn:aws:lambda:eu-west-1:580247275435",
        ),
        (subject(function(architecture="arm64")), True, LAYER, "the layer is arn:aws:lambda:eu-west-1:580247275435"),
        (subject(), True, "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:", "the layer is"),
        (subject(), True, OTHER.format(1), "the layer is"),
        (subject(layered(LAYER)), True, LAYER, "Lambda Insights of checkout-api is on already"),
        (subject(), False, "", "Lambda Insights of checkout-api is off already"),
    ],
)
def test_a_layer_that_cannot_be_attached_is_refused(of: Subject, on: bool, layer: str, reason: str) -> None:
    assert refused(plan_insights(of, on, layer)).startswith(reason)


def test_the_form_proposes_the_layer_that_was_read_or_says_where_its_version_is() -> None:
    read, unread = form_of("insights", subject(insights_layer_arn=LAYER)), form_of("insights", subject())

    assert isinstance(read, Form)
    assert isinstance(unread, Form)
    assert read.proposed == {"insights": "on", "layer": LAYER}
    assert unread.fields[1].hint.startswith("its version is on docs.aws.amazon.com")
    assert "container image" in refused(form_of("insights", subject(function(runtime=None))))


def test_several_of_different_architectures_get_each_its_own_layer() -> None:
    arm = LAYER.replace("Extension", "Extension-Arm64")
    many = [
        subject(function(name="a"), insights_layer_arn=LAYER),
        subject(function(name="b", architecture="arm64"), insights_layer_arn=arm),
    ]

    plan = planned(plan_many("insights", many, {"layer": LAYER}))

    assert [step.after for step in plan.steps] == [{"Layers": [LAYER]}, {"Layers": [arm]}]


def test_json_gets_its_levels() -> None:
    plan = planned(plan_logging(subject(), "JSON", "WARN"))

    assert plan.title == "checkout-api: log Text → JSON WARN/INFO"
    step = only_step(plan)
    assert step.before == {"LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/checkout-api"}}
    assert step.after == {
        "LoggingConfig": {
            "LogFormat": "JSON",
            "ApplicationLogLevel": "WARN",
            "SystemLogLevel": "INFO",
            "LogGroup": "/aws/lambda/checkout-api",
        }
    }
    assert plan.warnings == ("metric filters, subscriptions and queries made for the other format no longer match",)


def test_a_system_level_that_hides_the_reports_is_warned_of() -> None:
    plan = planned(plan_logging(json_logs(), "JSON", "", "WARN"))

    assert plan.warnings == (
        "WARN hides the reports of what succeeded: memory, cold starts and billed time become unknown",
    )
    assert planned(plan_logging(json_logs(), "JSON", "DEBUG")).warnings == (
        "more is written, and what is written is paid for",
    )


def test_text_has_no_levels() -> None:
    after = only_step(plan_logging(json_logs("ERROR", "WARN"), "Text")).after

    assert after == {"LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/checkout-api"}}


@pytest.mark.parametrize(
    ("of", "answers", "reason"),
    [
        (subject(), ("Text",), "checkout-api logs as Text already"),
        (json_logs(), ("JSON", "INFO", "INFO"), "checkout-api logs as JSON INFO/INFO already"),
        (subject(), ("YAML",), "format: Text, JSON; not YAML"),
        (subject(), ("JSON", "LOUD"), "application level: TRACE, DEBUG, INFO, WARN, ERROR, FATAL; not LOUD"),
        (subject(), ("JSON", "INFO", "ERROR"), "system level: DEBUG, INFO, WARN; not ERROR"),
    ],
)
def test_a_log_that_aws_would_refuse_is_refused(of: Subject, answers: tuple[str, ...], reason: str) -> None:
    assert refused(plan_logging(of, *answers)) == reason


def test_a_shorter_retention_deletes_and_so_hurts() -> None:
    plan = planned(plan_retention(subject(), 30))

    assert plan.title == "checkout-api: log retention for ever → 30 days"
    assert (only_step(plan).before, only_step(plan).after) == (None, {"retentionInDays": 30})
    assert plan.hurts
    assert plan.warnings == ("events older than 30 days are deleted for good: undo only keeps what is left",)


def test_a_longer_retention_does_not() -> None:
    plan = planned(plan_retention(subject(retention_days=14), None))

    assert only_step(plan).call.operation == "DeleteRetentionPolicy"
    assert not plan.hurts
    assert plan.warnings == ()


@pytest.mark.parametrize(
    ("of", "days", "reason"),
    [
        (subject(), 31, "retention: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1,096"),
        (subject(retention_days=14), 14, "/aws/lambda/checkout-api keeps its events for 14 days already"),
        (subject(), None, "/aws/lambda/checkout-api keeps its events for ever already"),
        (subject(log_group_exists=False), 14, "checkout-api has no log group /aws/lambda/checkout-api yet"),
        (subject(log_group_exists=None), 14, "checkout-api: its log group could not be read; needs logs:"),
    ],
)
def test_a_retention_that_aws_would_refuse_is_refused(of: Subject, days: int | None, reason: str) -> None:
    assert refused(plan_retention(of, days)).startswith(reason)


def test_a_month_is_proposed_where_logs_are_kept_for_ever() -> None:
    form = form_of("retention", subject())

    assert isinstance(form, Form)
    assert form.proposed == {"days": "30"}
    assert only_step(plan_of("retention", subject(), {"days": "14 days"})).after == {"retentionInDays": 14}
    assert refused(plan_of("retention", subject(), {"days": "never"})).endswith("for ever already")


def test_a_shared_log_group_is_warned_of() -> None:
    shared = subject(replace(function(), log_group="/shop"))

    assert planned(plan_retention(shared, 14)).warnings[1].startswith("/shop is a log group of its own name")
