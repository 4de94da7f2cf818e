"""What must not be changed by a slip of the finger: a plan for it wants the function's name typed, and of several both
that and their number."""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence

from msgspec.structs import replace

from lambdatop.actions.several import typed_with
from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.model.changes.plan import Plan
from lambdatop.model.controls import Controls

ControlsOf = Callable[[Gate, str], Awaitable[Controls]]
"""Reads the settings of a function; raises AwsError."""


async def guarded(aws: Gate, plan: Plan, patterns: Sequence[str], account: str, controls_of: ControlsOf) -> Plan:
    """The plan with the name to be typed of the first of its functions that is protected, or cannot be read.

    What demands a name already is left as it is; a number of functions is not enough. Raises nothing, and reads nothing
    without patterns.
    """
    if not patterns or plan.typed not in (None, str(len(plan.functions))):
        return plan
    for name in plan.functions:
        try:
            wanted = protect(plan, patterns, account, await controls_of(aws, name))
        except AwsError:
            wanted = replace(plan, typed=typed_with(plan.typed, [name]))
        if wanted is not plan:
            return wanted
    return plan


def protect(plan: Plan, patterns: Sequence[str], account: str, *functions: Controls) -> Plan:
    """The plan with the names to be typed of those of its functions in which a pattern finds anything; else as it is.

    A pattern is a regular expression that is searched for in the account's number, the function's name, each alias and
    each tag as `key=value`. What is no regular expression is searched for as it stands. A function whose aliases or
    tags could not be read counts as protected as soon as anything is.
    """
    changed = (each for each in functions if each.function.name in plan.functions)
    names = [each.function.name for each in changed if _is_protected(patterns, account, each)]
    return replace(plan, typed=typed_with(plan.typed, names)) if names else plan


def _is_protected(patterns: Sequence[str], account: str, controls: Controls) -> bool:
    marks = tuple(_marks(account, controls))
    found = any(_expression(pattern).search(mark) for pattern in patterns for mark in marks)
    return found or (bool(patterns) and (controls.aliases is None or controls.tags is None))


def _marks(account: str, controls: Controls) -> Iterator[str]:
    yield account
    yield controls.function.name
    yield from (alias.name for alias in controls.aliases or ())
    yield from (f"{key}={value}" for key, value in (controls.tags or {}).items())


def _expression(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error:
        return re.compile(re.escape(pattern))
