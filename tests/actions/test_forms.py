"""Every action by its form: what it proposes can be planned or is refused, in range, and taken back by its inverse."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lambdatop.actions.catalogue import ACTIONS, Form, form_of, plan_many, plan_of
from lambdatop.actions.planning.form import Choice, Field, chosen, listed, switched, whole, whole_or_none, written
from lambdatop.actions.planning.subject import Former, Subject
from lambdatop.actions.settings.event_source import EventSourceMapping
from lambdatop.model.changes.aws_cli import command_line
from lambdatop.model.changes.plan import Facts, Plan, Refusal
from lambdatop.model.controls import Limits
from tests.actions.subjects import (
    QUEUE,
    STREAM,
    alias,
    event_source,
    planned,
    provisioned,
    refused,
    subject,
    usage,
    version,
)
from tests.model.factories import function, metrics, sample

NAMES = [action.name for action in ACTIONS]
LAYER = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53"


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    """Functions in every state, settings unread at will."""
    of = function(
        memory_mb=draw(st.integers(128, 10_240)),
        timeout_s=draw(st.integers(1, 900)),
        runtime=draw(st.sampled_from(["python3.13", None])),
        architecture=draw(st.sampled_from(["x86_64", "arm64"])),
    )
    numbers = draw(st.lists(st.integers(1, 60), unique=True, max_size=4).map(sorted))
    on = st.sampled_from([*map(str, numbers), "$LATEST"])
    weights = st.dictionaries(st.sampled_from([str(n) for n in numbers] or ["7"]), st.floats(0.01, 0.9), max_size=1)
    aliases = [
        alias(name, draw(on), weights=draw(weights)) for name in draw(st.sampled_from([(), ("live",), ("a", "b")]))
    ]
    qualifiers = draw(st.lists(st.sampled_from([*(a.name for a in aliases), *map(str, numbers), "gone"]), unique=True))
    return subject(
        of,
        seen=draw(st.booleans()),
        measured=metrics(p99_ms=draw(st.none() | st.floats(0.1, 9e5)), throttles=draw(st.sampled_from([0.0, 40.0]))),
        reports=sample(ooms=draw(st.integers(0, 1)), used_mb=draw(st.none() | st.integers(0, 12_000))),
        usage=draw(st.none() | st.just(usage())),
        former=draw(
            st.none()
            | st.builds(
                Former,
                st.none() | st.integers(1, 2000),
                st.dictionaries(st.sampled_from(["live", "a", "gone", "7"]), st.integers(1, 50), max_size=2),
            )
        ),
        aliases=draw(st.sampled_from([tuple(aliases), None])),
        versions=draw(st.sampled_from([tuple(version(n) for n in numbers), None])),
        provisioned=draw(st.sampled_from([tuple(provisioned(q, draw(st.integers(1, 50))) for q in qualifiers), None])),
        event_sources=draw(
            st.sampled_from([(), (event_source(),), (event_source(), event_source("e2", STREAM, "Disabled")), None])
        ),
        reserved=draw(st.none() | st.integers(0, 900)),
        reserved_known=draw(st.booleans()),
        limits=draw(st.none() | st.builds(Limits, total=st.just(1000), unreserved=st.integers(0, 1000))),
        tags=draw(st.sampled_from([None, {}, {"aws:cloudformation:stack-name": "media"}])),
        log_group_exists=draw(st.sampled_from([True, False, None])),
        retention_days=draw(st.sampled_from([None, 14])),
        insights_layer_arn=draw(st.sampled_from([None, LAYER])),
        role_policies=draw(st.sampled_from([None, ()])),
        tenant_isolation=draw(st.booleans()),
        update_status=draw(st.sampled_from(["Successful", "InProgress", "Failed", None])),
    )


values = st.dictionaries(
    st.sampled_from(
        [
            *("memory", "timeout", "publish", "qualifier", "count", "reserved", "brake", "alias", "version", "percent"),
            *("source", "enabled", "tracing", "insights", "layer", "format", "application", "system", "days"),
        ]
    ),
    st.sampled_from(["", "on", "off", "live", "1", "42", "128", "100000", "-1", "JSON", "WARN", "never", "all", LAYER])
    | st.text(max_size=12),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(subjects(), st.sampled_from(NAMES))
def test_what_a_form_proposes_is_a_plan_or_refused(of: Subject, action: str) -> None:
    form = form_of(action, of)

    if isinstance(form, Form):
        assert form.action == action
        answer = plan_of(action, of, form.proposed)
        assert isinstance(answer, Plan | Refusal)
    else:
        assert isinstance(form, Plan | Refusal)


@settings(max_examples=300, deadline=None)
@given(subjects(), st.sampled_from(NAMES), values)
def test_whatever_is_answered_is_a_plan_in_range_or_refused_in_a_line(
    of: Subject, action: str, answers: Mapping[str, str]
) -> None:
    answer = plan_of(action, of, answers)

    if isinstance(answer, Refusal):
        assert answer.reason
        assert "\n" not in answer.reason
        return
    assert answer.action == action
    assert answer.steps
    for step in answer.steps:
        assert step.before != step.after
        assert command_line(step.call)
        _assert_in_range(step.after or {}, of.controls.limits)


def _assert_in_range(facts: Facts, limits: Limits | None) -> None:
    most = limits.total if limits else 10**9
    ranges = {"MemorySize": (128, 10_240), "Timeout": (1, 900)}
    ranges |= {"ReservedConcurrentExecutions": (0, 2 * most), "ProvisionedConcurrentExecutions": (1, 2 * most)}
    for name, (low, high) in ranges.items():
        assert low <= facts.get(name, low) <= high
    for share in facts.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}).values():
        assert 0 < share < 1
    assert len(facts.get("Layers", ())) <= 5


@settings(max_examples=200, deadline=None)
@given(subjects(), st.sampled_from(NAMES))
def test_a_plan_and_its_inverse_lead_back(of: Subject, action: str) -> None:
    form = form_of(action, of)
    answer = plan_of(action, of, form.proposed) if isinstance(form, Form) else form
    if isinstance(answer, Refusal):
        return

    world: dict[Any, Facts | None] = {}
    inverses = []
    for step in answer.steps:
        assert world.get(step.setting, step.before) == step.before
        world[step.setting] = step.after
        inverses.append(step.inverse)
    for inverse in reversed([each for each in inverses if each is not None]):
        assert world[inverse.setting] == inverse.before
        world[inverse.setting] = inverse.after
    originals = {step.setting: step.before for step in reversed(answer.steps) if step.setting.reversible}
    assert {setting: world[setting] for setting in originals} == originals


@settings(max_examples=100, deadline=None)
@given(st.lists(subjects(), min_size=2, max_size=4), st.sampled_from(NAMES), values)
def test_several_at_once_are_one_plan_whose_count_is_typed(
    many: list[Subject], action: str, answers: Mapping[str, str]
) -> None:
    answer = plan_many(action, many, answers)

    if isinstance(answer, Plan):
        assert answer.typed == str(len(answer.functions))
        assert all(step.item for step in answer.steps)


def test_the_actions_are_named_once_and_say_it_in_a_word() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(name.isidentifier() for name in NAMES)


def test_several_functions_have_their_costs_added_and_the_refused_listed() -> None:
    many = [subject(function(name=name, memory_mb=mb)) for name, mb in (("a", 1024), ("b", 1024), ("c", 2048))]

    plan = planned(plan_many("memory", many, {"memory": "2048"}))

    assert plan.title == "2 functions: memory 1,024 → 2,048 MB"
    assert (plan.functions, plan.typed) == (("a", "b"), "2")
    assert [(step.label, step.item) for step in plan.steps] == [("a memory", "a"), ("b memory", "b")]
    assert plan.warnings[0].startswith("left out: c has 2,048 MB of memory already")
    assert plan.cost is not None
    # Twice what test_plan_memory computes for one.
    assert plan.cost.before_usd == pytest.approx(2 * 4.46400, abs=1e-4)
    assert plan.cost.after_usd == pytest.approx(2 * 8.06401, abs=1e-4)


def test_every_function_that_a_warning_is_about_is_named() -> None:
    full = [subject(function(name=name), reports=sample(used_mb=900)) for name in "abcdefg"]
    roomy = subject(function(name="h"), reports=sample(used_mb=100))

    plan = planned(plan_many("memory", [*full, roomy], {"memory": "512"}))

    assert plan.hurts
    assert plan.warnings[0] == (
        "a, b, c, d, e, f and g: less than the 900 MB that were used: invocations will be killed"
    )


def test_functions_of_different_sizes_are_titled_by_what_they_get() -> None:
    many = [subject(function(name="a", memory_mb=512)), subject(function(name="b", memory_mb=1024))]

    assert planned(plan_many("memory", many, {"memory": "2048"})).title == "2 functions: memory → 2,048 MB"


def test_a_cost_unknown_for_one_is_unknown_for_all() -> None:
    many = [subject(function(name="a")), subject(function(name="b"), seen=False)]

    plan = planned(plan_many("memory", many, {"memory": "2048"}))

    assert plan.cost is not None
    assert plan.cost.delta_usd is None


def test_if_none_can_have_it_all_the_reasons_are_told() -> None:
    many = [subject(function(name="a")), subject(function(name="b", memory_mb=512))]

    assert refused(plan_many("rollback", many, {})) == (
        "a has no alias: its callers use $LATEST, or a version by its number; "
        "b has no alias: its callers use $LATEST, or a version by its number"
    )
    assert refused(plan_many("memory", [], {})) == "memory: no function is chosen"


def test_the_brake_on_several_stops_those_that_run_and_releases_only_if_none_does() -> None:
    running = subject(function(name="a"))
    stopped, other = (subject(function(name=name), reserved=0, former=Former(9)) for name in ("b", "c"))

    assert planned(plan_many("brake", [running, stopped], {})).functions == ("a",)
    released = planned(plan_many("brake", [stopped, other], {}))
    assert released.functions == ("b", "c")
    assert not released.hurts


def test_event_sources_of_several_functions_are_all_of_theirs() -> None:
    many = [
        subject(function(name="a"), event_sources=(event_source("e1"), event_source("e2", STREAM))),
        subject(function(name="b"), event_sources=(event_source("e3", QUEUE, "Disabled"), event_source("e4"))),
    ]

    plan = planned(plan_many("event_source", many, {}))

    assert [(step.item, step.setting) for step in plan.steps] == [
        ("a", EventSourceMapping("e1")),
        ("a", EventSourceMapping("e2")),
        ("b", EventSourceMapping("e4")),
    ]


def test_all_event_sources_are_meant_also_where_there_is_one_only() -> None:
    many = [subject(function(name=name), event_sources=(event_source(f"e-{name}"),)) for name in ("a", "b")]

    plan = planned(plan_many("event_source", many, {}))

    assert [step.setting for step in plan.steps] == [EventSourceMapping("e-a"), EventSourceMapping("e-b")]


def test_nothing_is_removed_because_nothing_was_answered() -> None:
    had = subject(aliases=(alias(),), provisioned=(provisioned(),), reserved=50)

    for action in ("provisioned", "reserved", "memory", "timeout", "weights", "retention", "logging"):
        assert refused(plan_of(action, had, {}))


def test_what_several_share_is_changed_once() -> None:
    many = [subject(replace(function(name=name), log_group="/shop")) for name in ("a", "b")]

    (step,) = planned(plan_many("retention", many, {"days": "14"})).steps

    assert (step.label, step.item, step.also) == ("a retention of /shop", "a", ("b",))


def test_who_needs_what_is_shared_is_known() -> None:
    shop, own = "arn:aws:iam::123456789012:role/shop", "arn:aws:iam::123456789012:role/own"
    many = [
        subject(function(name=name), role_arn=role, role_policies=(), insights_layer_arn=LAYER)
        for name, role in (("a", shop), ("b", own), ("c", shop))
    ]

    plan = planned(plan_many("insights", many, {"insights": "on"}))

    assert [(step.item, step.setting.kind, step.also) for step in plan.steps] == [
        ("a", "role policy", ("c",)),
        ("a", "configuration", ()),
        ("b", "role policy", ()),
        ("b", "configuration", ()),
        ("c", "configuration", ()),
    ]


def test_a_refusal_that_quotes_is_harmless() -> None:
    answer = plan_of("provisioned", subject(), {"qualifier": "x\n\x1b[31m", "count": "1"})

    assert refused(answer) == "checkout-api has no x↵; possible: live"


CHOICE = Field(name="x", label="alias", kind="choice", value="a", options=(Choice("a", "A"), Choice("b", "B")))
NUMBER = Field(name="x", label="count", kind="number", value="1", minimum=1, maximum=1500, unit="MB")
OPTIONAL = Field(name="x", label="count", kind="number", value="1", minimum=1, maximum=1500, optional=True)
TOGGLE = Field(name="x", label="tracing", kind="toggle", value="on")
TEXT = Field(name="x", label="layer", kind="text", value="")


def test_a_bad_answer_is_refused_with_what_is_possible() -> None:
    assert refused(chosen(CHOICE, {"x": "c"})) == "alias: a or b, not c"
    assert refused(chosen(CHOICE, {})) == "alias: a or b"
    assert refused(whole(NUMBER, {"x": "1501"})) == "count: 1 to 1,500 MB, not 1501"
    assert refused(whole_or_none(OPTIONAL, {"x": "much"})) == "count: 1 to 1,500, or nothing, not much"
    assert refused(whole_or_none(OPTIONAL, {})) == "count: 1 to 1,500, or nothing"
    assert refused(switched(TOGGLE, {"x": "maybe"})) == "tracing: on or off, not maybe"
    assert refused(written(TEXT, {"x": " "})) == "layer: a text"


def test_a_good_answer_is_read() -> None:
    assert chosen(CHOICE, {"x": " b "}) == "b"
    assert whole(NUMBER, {"x": "1,500 MB"}) == 1500
    assert whole_or_none(OPTIONAL, {"x": " "}) is None
    assert switched(TOGGLE, {"x": "OFF"}) is False
    assert written(TEXT, {"x": " arn "}) == "arn"


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [listed(list("abc"[:n])) for n in range(4)] == ["none", "a", "a or b", "a, b or c"]
