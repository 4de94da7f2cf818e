"""What must not be changed by a slip of the finger: a plan for it wants the function's name typed."""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.model.controls import Controls
from lambdatop.model.plan import Plan

ControlsOf = Callable[[Gate, str], Awaitable[Controls]]
"""Reads the settings of a function; raises AwsError."""


async def guarded(aws: Gate, plan: Plan, patterns: Sequence[str], account: str, controls_of: ControlsOf) -> Plan:
    """The plan with the name to be typed of the first of its functions that is protected, or cannot be read.

    What demands to have something typed already is left as it is. Raises nothing, and reads nothing without patterns.
    """
    for name in plan.functions if patterns and plan.typed is None else ():
        try:
            plan = protect(plan, patterns, account, await controls_of(aws, name))
        except AwsError:
            plan = replace(plan, typed=name)
        if plan.typed is not None:
            break
    return plan


def protect(plan: Plan, patterns: Sequence[str], account: str, controls: Controls) -> Plan:
    """The plan with the function's name to be typed, if one of the patterns finds anything; else the plan as it is.

    A pattern is a regular expression that is searched for in the account's number, the function's name, each alias and
    each tag as `key=value`. What is no regular expression is searched for as it stands. A function whose aliases or
    tags could not be read counts as protected as soon as anything is.
    """
    marks = tuple(_marks(account, controls))
    found = any(_expression(pattern).search(mark) for pattern in patterns for mark in marks)
    unread = bool(patterns) and (controls.aliases is None or controls.tags is None)
    return replace(plan, typed=controls.function.name) if found or unread else plan


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
