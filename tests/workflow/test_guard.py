"""Every plan passes the guard: a protected function needs its name typed, and read-only mode allows no change.

No way leads around it: what is shown is a Guarded, which is made in one place alone.
"""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_type_hints

import pytest
from msgspec.structs import replace

import lambdatop
from lambdatop.actions.alarms.change import plan_alarm_delete
from lambdatop.actions.catalogue import plan_many
from lambdatop.actions.planning.memory import plan_memory
from lambdatop.actions.several import typed_with
from lambdatop.cli.change.confirm import carried_out
from lambdatop.clock import FrozenClock
from lambdatop.config import Config
from lambdatop.model.changes.plan import Plan
from lambdatop.model.controls import Controls
from lambdatop.ui.messages import PlanConfirmed
from lambdatop.ui.screens.plan import PlanScreen
from lambdatop.workflow.guard import READ_ONLY, Guarded, guard
from tests.actions.subjects import alias, planned, subject
from tests.actions.test_plan_alarm import alarm
from tests.clocks import HandClock
from tests.gates import gate_to
from tests.model.factories import NOW, function

NOWHERE = "http://127.0.0.1:9"
"""Nothing answers here: what would be read is refused."""


async def typed(plan: Plan, patterns: Sequence[str], *known: Controls) -> str | None:
    async with gate_to(NOWHERE, HandClock()) as aws:
        return (await guard(aws, Config(protected=tuple(patterns)), plan, known)).typed


@pytest.mark.parametrize(
    ("patterns", "demanded"),
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
async def test_any_mark_protects(patterns: Sequence[str], demanded: str | None) -> None:
    of = subject(aliases=(alias(),), tags={"stage": "prod"})

    assert await typed(planned(plan_memory(of, 1536)), patterns, of.controls) == demanded


def several(*names: str) -> tuple[Plan, list[Controls]]:
    many = [subject(function(name=name)) for name in names]
    return planned(plan_many("memory", many, {"memory": "1536"})), [each.controls for each in many]


@pytest.mark.parametrize(
    ("pattern", "demanded"),
    [
        ("nothing", "5"),
        ("prod-a", "5 with prod-a"),
        ("prod-[ab]", "5 with prod-a and prod-b"),
        ("", "5 with prod-a, prod-b, prod-c and 2 more"),
    ],
)
async def test_of_several_both_their_number_and_the_protected_names_are_typed(pattern: str, demanded: str) -> None:
    plan, functions = several("prod-a", "prod-b", "prod-c", "d", "e")

    assert await typed(plan, (pattern,), *functions) == demanded


async def test_a_protected_function_that_is_left_out_need_not_be_typed() -> None:
    left_out, other = subject(function(name="prod-a", memory_mb=1536)), subject(function(name="b"))
    plan = planned(plan_many("memory", [left_out, other], {"memory": "1536"}))

    assert await typed(plan, ("prod",), left_out.controls, other.controls) == "1"


async def test_a_plan_that_is_guarded_again_demands_the_same() -> None:
    plan, functions = several("a", "prod-b")

    demanded = await typed(plan, ("prod",), *functions)

    assert demanded == "2 with prod-b"
    assert await typed(plan, ("prod",), *functions) == demanded


@pytest.mark.parametrize("names", [["prod-b"], ["prod-a", "prod-b"]])
async def test_what_a_plan_from_an_older_journal_demands_is_not_demanded_twice(names: Sequence[str]) -> None:
    plan, functions = several("prod-a", "prod-b")
    noted = typed_with("2", names)

    assert await typed(replace(plan, typed=noted), (names[0] if len(names) == 1 else "prod",), *functions) == noted


async def test_the_name_of_a_foreign_alarm_and_of_its_protected_function_are_both_typed() -> None:
    watched = subject(alarms=(alarm("checkout errors"),))
    plan = planned(plan_alarm_delete(alarm("checkout errors")))

    assert await typed(plan, ("checkout",), watched.controls) == "checkout errors with checkout-api"


@pytest.mark.parametrize("wish", ["40", "delete"])
async def test_a_foreign_alarm_among_several_protected_functions_needs_all_its_names(wish: str) -> None:
    watched = subject(alarms=(alarm("checkout errors"),))
    many = [watched, subject(function(name="b"), alarms=(alarm("b errors"),))]
    plan = planned(plan_many("alarm", many, {"which": "checkout errors", "threshold": wish}))

    assert await typed(plan, ("checkout",), watched.controls) == "1 with checkout errors with checkout-api"


async def test_what_is_no_expression_is_searched_for_as_it_stands() -> None:
    of = subject(tags={"owner": "team [core"})

    assert await typed(planned(plan_memory(of, 1536)), ("[core",), of.controls) == "checkout-api"


async def test_unread_marks_protect_where_anything_is_protected() -> None:
    of = subject(aliases=None)

    assert await typed(planned(plan_memory(of, 1536)), ("live",), of.controls) == "checkout-api"
    assert await typed(planned(plan_memory(of, 1536)), (), of.controls) is None


async def test_a_function_that_cannot_be_read_is_protected_where_anything_is() -> None:
    plan = planned(plan_memory(subject(), 1536))

    assert await typed(plan, ("nothing",)) == "checkout-api"
    assert await typed(plan, ()) is None


@pytest.mark.parametrize(("of_config", "of_gate"), [(True, False), (False, True), (False, False)])
async def test_in_read_only_mode_a_plan_may_be_shown_but_not_applied(of_config: bool, of_gate: bool) -> None:
    plan = planned(plan_memory(subject(), 1536))

    async with gate_to(NOWHERE, HandClock(), read_only=of_gate) as aws:
        guarded = await guard(aws, Config(read_only=of_config), plan)

    assert guarded.plan is plan
    assert guarded.refused == (READ_ONLY if of_config or of_gate else None)


def test_both_front_ends_show_and_confirm_nothing_but_what_was_guarded() -> None:
    assert get_type_hints(PlanScreen.__init__)["guarded"] is Guarded
    assert get_type_hints(carried_out)["guarded"] is Guarded
    assert PlanConfirmed.__init__.__annotations__["guarded"] == "Guarded"
    with pytest.raises(AttributeError):
        PlanScreen(planned(plan_memory(subject(), 1536)), FrozenClock(NOW), "")  # type: ignore[arg-type]


def test_one_place_makes_what_was_guarded_and_asks_what_is_protected() -> None:
    assert [*_calling("Guarded")] == ["workflow/guard.py"]
    assert [*_calling("is_protected")] == ["workflow/guard.py"]


def test_each_front_end_has_one_place_that_shows_a_plan() -> None:
    assert [*_calling("PlanScreen")] == ["ui/app_parts/changes.py"]
    assert [*_calling("plan_lines")] == ["cli/change/confirm.py"]


def _calling(name: str) -> Iterator[str]:
    """The modules that call what has this name."""
    root = Path(lambdatop.__file__).parent
    for path in sorted(root.rglob("*.py")):
        calls = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
        if any(isinstance(called, ast.Name) and called.id == name for called in calls):
            yield path.relative_to(root).as_posix()
