"""Composite alarms: a rule over other alarms' states, which is their own state. The account has them; none is made."""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

_TOKEN = re.compile(r'\s*(?:(?P<word>AND|OR|NOT|\(|\))|(?P<state>ALARM|OK|INSUFFICIENT_DATA)\("(?P<name>[^"]*)"\))')


class Composite(Struct, frozen=True):
    """One composite alarm. `rule` is AWS's AlarmRule: `ALARM("a") AND NOT OK("b")`."""

    name: str
    rule: str

    @property
    def children(self) -> tuple[str, ...]:
        return tuple(name for _, _, name in _tokens(self.rule) if name)


def rings(composite: Composite, states: Mapping[str, str]) -> bool:
    """True if the rule holds for these states of other alarms, by name."""
    return _RuleReader(composite.rule, states).either()


def _tokens(rule: str) -> Iterator[tuple[str, str, str]]:
    """A word alone, or a state and whose it shall be."""
    for match in _TOKEN.finditer(rule):
        yield match["word"] or "", match["state"] or "", match["name"] or ""


class _RuleReader:
    """`NOT` binds strongest, then `AND`, then `OR`."""

    def __init__(self, rule: str, states: Mapping[str, str]) -> None:
        self._left = list(_tokens(rule))
        self._states = states

    def either(self) -> bool:
        holds = self._both()
        while self._next("OR"):
            holds = self._both() or holds
        return holds

    def _both(self) -> bool:
        holds = self._one()
        while self._next("AND"):
            holds = self._one() and holds
        return holds

    def _one(self) -> bool:
        if self._next("NOT"):
            return not self._one()
        if self._next("("):
            holds = self.either()
            self._next(")")
            return holds
        _, state, name = self._left.pop(0) if self._left else ("", "", "")
        return self._states.get(name) == state

    def _next(self, word: str) -> bool:
        if self._left and self._left[0][0] == word:
            self._left.pop(0)
            return True
        return False
