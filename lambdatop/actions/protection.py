"""What must not be changed by a slip of the finger: a plan for it wants the function's name typed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lambdatop.model.controls import Controls
from lambdatop.model.plan import Plan


def protect(plan: Plan, patterns: Sequence[str], account: str, controls: Controls) -> Plan:
    """The plan with the function's name to be typed, if one of the patterns finds anything; else the plan as it is.

    A pattern is a regular expression that is searched for in the account's number, the function's name, each alias and
    each tag as `key=value`. What is no regular expression is searched for as it stands.
    """
    marks = tuple(_marks(account, controls))
    if not any(_expression(pattern).search(mark) for pattern in patterns for mark in marks):
        return plan
    return replace(plan, typed=controls.function.name)


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
