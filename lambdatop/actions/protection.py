"""What must not be changed by a slip of the finger: a plan for it wants the function's name typed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lambdatop.model.controls import Controls
from lambdatop.model.plan import Plan


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
