"""Which functions the settings protect from a slip of the finger: a plan for one wants its name typed."""

import re
from collections.abc import Iterator, Sequence

from lambdatop.model.controls import Controls


def is_protected(patterns: Sequence[str], controls: Controls) -> bool:
    """True if a pattern is found in the account's number, the function's name, an alias or a tag as `key=value`.

    A pattern is a regular expression; what is none is searched for as it is written. A function whose aliases or tags
    could not be read counts as protected as soon as there is a pattern.
    """
    marks = tuple(_marks(controls))
    found = any(_expression(pattern).search(mark) for pattern in patterns for mark in marks)
    return found or (bool(patterns) and (controls.aliases is None or controls.tags is None))


def _marks(controls: Controls) -> Iterator[str]:
    yield controls.function.account
    yield controls.function.name
    yield from (alias.name for alias in controls.aliases or ())
    yield from (f"{key}={value}" for key, value in (controls.tags or {}).items())


def _expression(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error:
        return re.compile(re.escape(pattern))
