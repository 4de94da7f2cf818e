"""A protected function needs its name typed, whatever mark of it a pattern finds."""

from collections.abc import Sequence

import pytest

from lambdatop.actions.catalogue import plan_many
from lambdatop.actions.planning.memory import plan_memory
from lambdatop.aws.gate import Gate
from lambdatop.model.changes.plan import Plan
from lambdatop.model.controls import Controls
from lambdatop.workflow.protection import guarded, protect
from tests.actions.subjects import alias, planned, subject
from tests.clocks import HandClock
from tests.gates import gate_to
from tests.model.factories import function


@pytest.mark.parametrize(
    ("patterns", "typed"),
    [
        ((), None),
        (("staging",), None),
        (("^1234", "nothing"), "checkout-api"),
        (("^live$",), "checkout-api"),
        (("stage=prod",), "checkout-api"),
        (("^checkout-",), "checkout-api"),
        (("[",), None),
    ],
)
def test_any_mark_protects(patterns: Sequence[str], typed: str | None) -> None:
    of = subject(aliases=(alias(),), tags={"stage": "prod"})
    plan = planned(plan_memory(of, 1536))

    assert protect(plan, patterns, "123456789012", of.controls).typed == typed


def several(*names: str) -> tuple[Plan, list[Controls]]:
    many = [subject(function(name=name)) for name in names]
    return planned(plan_many("memory", many, {"memory": "1536"})), [each.controls for each in many]


@pytest.mark.parametrize(
    ("pattern", "typed"),
    [
        ("nothing", "5"),
        ("prod-a", "5 with prod-a"),
        ("prod-[ab]", "5 with prod-a and prod-b"),
        ("", "5 with prod-a, prod-b, prod-c and 2 more"),
    ],
)
def test_of_several_both_their_number_and_the_protected_names_are_typed(pattern: str, typed: str) -> None:
    plan, functions = several("prod-a", "prod-b", "prod-c", "d", "e")

    assert protect(plan, (pattern,), "123456789012", *functions).typed == typed


def test_a_protected_function_that_is_left_out_need_not_be_typed() -> None:
    left_out = subject(function(name="prod-a", memory_mb=1536))
    plan = planned(plan_many("memory", [left_out, subject(function(name="b"))], {"memory": "1536"}))

    assert protect(plan, ("prod",), "123456789012", left_out.controls).typed == "1"


async def test_a_number_alone_does_not_guard_an_undo_of_several() -> None:
    plan, functions = several("a", "prod-b")

    async def controls_of(aws: Gate, name: str) -> Controls:
        return next(each for each in functions if each.function.name == name)

    async with gate_to("http://127.0.0.1:9", HandClock()) as aws:
        wanted = await guarded(aws, plan, ("prod",), "123456789012", controls_of)
        assert wanted.typed == "2 with prod-b"
        assert await guarded(aws, wanted, ("prod",), "123456789012", controls_of) is wanted


def test_what_is_no_expression_is_searched_for_as_it_stands() -> None:
    of = subject(tags={"owner": "team [core"})

    assert protect(planned(plan_memory(of, 1536)), ("[core",), "123456789012", of.controls).typed == "checkout-api"


def test_unread_marks_protect_where_anything_is_protected() -> None:
    of = subject(aliases=None)

    assert protect(planned(plan_memory(of, 1536)), ("live",), "123456789012", of.controls).typed == "checkout-api"
    assert protect(planned(plan_memory(of, 1536)), (), "123456789012", of.controls).typed is None
