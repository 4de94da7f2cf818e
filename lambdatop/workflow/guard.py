"""The one gate between a plan and whoever is asked about it.

What is shown and confirmed, on the screen and on the command line, is a Guarded, and only `guard` makes one: so no way
to a plan, an undo, a plan made again or a change of an alarm, can forget that a function is protected or that nothing
may be changed.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from lambdatop.actions.several import typed_with
from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.config import Config
from lambdatop.model.changes.plan import Plan
from lambdatop.model.controls import Controls
from lambdatop.sources.function.controls import read_controls
from lambdatop.workflow.protection import is_protected

READ_ONLY: Final = "read-only mode: nothing is changed"
_BETWEEN_NAMES = re.compile(r" with | and |, ")


class Guarded(Struct, frozen=True, kw_only=True):
    """A plan that may be shown, and under what conditions it may be applied. Made by `guard` alone."""

    plan: Plan
    typed: str | None
    """What must be typed to apply it: what the plan itself demands, and the names of protected functions."""
    refused: str | None
    """Why it may be shown, but not applied; None if it may be."""


async def guard(aws: Gate, config: Config, plan: Plan, known: Iterable[Controls] = ()) -> Guarded:
    """The plan with what the settings demand of it. Raises nothing.

    `known` are settings of its functions that were read just now; those of the others are read here, and one that
    cannot be read counts as protected as soon as anything is.
    """
    names = await _protected(aws, config.protected, plan, {each.function.name: each for each in known})
    demanded = _BETWEEN_NAMES.split(plan.typed or "")  # a plan from a journal may name them already
    typed = typed_with(plan.typed, [name for name in names if name not in demanded])
    read_only = config.read_only or aws.connection.read_only
    return Guarded(plan=plan, typed=typed, refused=READ_ONLY if read_only else None)


async def _protected(aws: Gate, patterns: Sequence[str], plan: Plan, known: dict[str, Controls]) -> list[str]:
    """The names of those of its functions that are protected, in its order; reads nothing without patterns."""
    if not patterns:
        return []
    return [name for name in plan.functions if await _is_protected(aws, patterns, name, known.get(name))]


async def _is_protected(aws: Gate, patterns: Sequence[str], name: str, known: Controls | None) -> bool:
    try:
        return is_protected(patterns, known if known is not None else await read_controls(aws, name))
    except AwsError:
        return True
