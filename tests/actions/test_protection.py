"""A protected function needs its name typed, whatever mark of it a pattern finds."""

from collections.abc import Sequence

import pytest

from lambdatop.actions.plan_memory import plan_memory
from lambdatop.actions.protection import protect
from tests.actions.subjects import alias, planned, subject


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


def test_what_is_no_expression_is_searched_for_as_it_stands() -> None:
    of = subject(tags={"owner": "team [core"})

    assert protect(planned(plan_memory(of, 1536)), ("[core",), "123456789012", of.controls).typed == "checkout-api"


def test_unread_marks_protect_where_anything_is_protected() -> None:
    of = subject(aliases=None)

    assert protect(planned(plan_memory(of, 1536)), ("live",), "123456789012", of.controls).typed == "checkout-api"
    assert protect(planned(plan_memory(of, 1536)), (), "123456789012", of.controls).typed is None
