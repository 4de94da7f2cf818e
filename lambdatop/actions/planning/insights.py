"""The Lambda Insights extension on and off: its layer, the policy that the role needs, and what it costs."""

import re
from collections.abc import Iterator, Sequence

from lambdatop.actions.planning.configuration_steps import (
    configure,
    is_released,
    reaches_callers,
    release_field,
    released,
)
from lambdatop.actions.planning.form import OFF, ON, Field, Form, Values, switched
from lambdatop.actions.planning.monthly_cost import charged
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.warnings_ import configuring
from lambdatop.actions.settings.role_policy import RolePolicy
from lambdatop.model.changes.plan import Plan, Refusal, Step
from lambdatop.model.fleet.findings import Rule
from lambdatop.model.insights.how_to_attach import POLICY, VERSIONS_PAGE, layer_name, usd_per_month

MOST_LAYERS = 5
"""AWS: of one function."""
_LAYER = re.compile(r"arn:[\w-]+:lambda:([\w-]+):\d{12}:layer:LambdaInsightsExtension(-Arm64)?:\d+")


def plan_insights(
    subject: Subject, on: bool, layer_arn: str = "", release: str = "", *, with_policy: bool = True
) -> Plan | Refusal:
    """Plan to attach the extension's layer `layer_arn`, or to take it away; the other layers stay as they are.

    Published for the alias `release` if one is named; `with_policy` also attaches what the role is known to lack.
    """
    if subject.function.has_insights is on:
        return Refusal(
            f"Lambda Insights of {subject.name} is {_word(on)} already", already=is_released(subject, release)
        )
    impossible = _impossible(subject, on, layer_arn)
    if impossible is not None:
        return Refusal(impossible)
    steps = released(subject, release)
    if isinstance(steps, Refusal):
        return steps
    before = list(subject.function.layers)
    after = [*before, layer_arn] if on else [each for each in before if not _LAYER.fullmatch(each)]
    shown = (_listed(before), _listed(after))
    attached = tuple(_policy(subject)) if on and with_policy else ()
    return Plan(
        action="insights",
        title=f"{subject.name}: Lambda Insights {_word(not on)} → {_word(on)}",
        functions=(subject.name,),
        steps=(*attached, configure(subject, "layers", "Layers", before, after, shown), *steps),
        why=subject.finding(Rule.OUT_OF_MEMORY, Rule.NEAR_MEMORY, Rule.COLD_STARTS) if on else None,
        expect="memory, CPU, network and cold starts of every invocation, from the next cold start on"
        if on
        else "no more of its metrics; cold starts are a little shorter",
        warnings=(*_of_the_role(subject, on, attached=bool(attached)), *configuring(subject, "its layers", release)),
        cost=charged(subject, _usd(subject), on=on) if reaches_callers(subject, release) else None,
    )


def insights_form(subject: Subject) -> Form | Plan | Refusal:
    """Ask for the layer's version, and whether to release it to an alias; removing it needs few answers."""
    on, asked = not subject.function.has_insights, release_field(subject)
    if on:
        impossible = _impossible(subject, on, f"{layer_name(subject.function)}:1")
        if impossible is not None:
            return Refusal(impossible)
        lacking = (_policy_field(subject),) if any(_policy(subject)) else ()
        asked = (_layer_field(subject), *lacking, *asked)
    if not asked:
        return plan_insights(subject, on)
    return Form(action="insights", title=f"{subject.name}: Lambda Insights", fields=(_field(subject), *asked))


def insights_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered; without an answer it is switched over."""
    field = _field(subject)
    on = switched(field, {field.name: field.value, **values})
    if isinstance(on, Refusal):
        return on
    with_policy = switched(_policy_field(subject), {"policy": ON, **values})
    if isinstance(with_policy, Refusal):
        return with_policy
    layer = values.get("layer", "").strip() or subject.controls.insights_layer_arn or ""
    return plan_insights(subject, on, layer, values.get("publish", "").strip(), with_policy=with_policy)


def insights_together(subjects: Sequence[Subject], values: Values) -> Values:
    """For several at once: on where it is off, only if it is on everywhere off; each its own layer if they differ."""
    everywhere = all(subject.function.has_insights for subject in subjects)
    alike = len({layer_name(subject.function) for subject in subjects}) == 1
    answers = {"insights": OFF if everywhere else ON, **values}
    return answers if alike else {**answers, "layer": ""}


def _impossible(subject: Subject, on: bool, layer_arn: str) -> str | None:
    function = subject.function
    if function.runtime is None:
        return f"{subject.name} is a container image: the extension is built into the image, not attached as a layer"
    if not on:
        return None
    if len(function.layers) >= MOST_LAYERS:
        return f"{subject.name} has {len(function.layers)} layers, and AWS allows {MOST_LAYERS}: take one away first"
    if not layer_arn:
        return f"which layer? Take the ARN for {function.region}, {function.architecture} from {VERSIONS_PAGE}"
    found = _LAYER.fullmatch(layer_arn)
    if found is None or found[1] != function.region or bool(found[2]) is not (function.architecture == "arm64"):
        return f"the layer is {layer_name(function)} with a version number, for the versions see {VERSIONS_PAGE}"
    return None


def _policy(subject: Subject) -> Iterator[Step]:
    """AWS: without this policy the extension may not write; attached only where it is known to be missing."""
    policies, role = subject.controls.role_policies, _role(subject)
    if policies is not None and POLICY not in policies and role:
        yield Step(
            setting=RolePolicy(role, POLICY),
            before=None,
            after={"PolicyArn": POLICY},
            label=f"policy of role {role}",
            shown_before="not attached",
            shown_after=POLICY.rpartition("/")[2],
        )


def _of_the_role(subject: Subject, on: bool, *, attached: bool) -> Iterator[str]:
    policies, role = subject.controls.role_policies, _role(subject)
    if not on:
        yield f"the policy {POLICY.rpartition('/')[2]} stays on its role: other functions may need it"
    elif policies is None:
        yield f"its role {role or '(unknown)'} needs the policy {POLICY}: whether it has it could not be read"
    elif attached:
        yield f"every function of role {role} may then write Insights' logs"
    elif POLICY not in policies:
        yield f"its role {role} lacks the policy {POLICY}: nothing is measured until somebody attaches it"


def _role(subject: Subject) -> str:
    return (subject.controls.role_arn or "").rpartition("/")[2]


def _field(subject: Subject) -> Field:
    return Field(
        name="insights",
        label="Lambda Insights",
        kind="toggle",
        value=OFF if subject.function.has_insights else ON,
        hint=f"now {_word(subject.function.has_insights)}",
    )


def _policy_field(subject: Subject) -> Field:
    return Field(
        name="policy",
        label="policy",
        kind="toggle",
        value=ON,
        hint=f"attach to role {_role(subject)} what it lacks; needs iam:AttachRolePolicy",
    )


def _layer_field(subject: Subject) -> Field:
    newest = subject.controls.insights_layer_arn
    return Field(
        name="layer",
        label="layer",
        kind="text",
        value=newest or f"{layer_name(subject.function)}:",
        hint="the newest of the Region" if newest else f"its version is on {VERSIONS_PAGE}",
    )


def _usd(subject: Subject) -> float | None:
    return usd_per_month(subject.function, subject.row.invocations_per_min if subject.row else None)


def _listed(layers: list[str]) -> str:
    names = [":".join(each.split(":")[-2:]) for each in layers]
    return ", ".join(names) if names else "none"


def _word(on: bool) -> str:
    return "on" if on else "off"
