"""X-Ray's filter expressions, compiled to a test of one trace.

Source of the rules: X-Ray developer guide, Use filter expressions. Edges, groups and root causes are not emulated.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from lambdatop.emulator.errors import ServiceError

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z_][\w.:-]*(?:\[[^\]]+\])?)
      | (?P<symbol>!=|<=|>=|[=<>!(){},:])
    )""",
    re.VERBOSE,
)
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_TEXTUAL: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda value, part: part in value,
    "beginswith": str.startswith,
    "endswith": str.endswith,
}
_FLAGS = ("ok", "error", "fault", "throttle", "partial")
_NUMBERS = ("responsetime", "duration", "http.status")
_STRINGS = ("http.url", "http.method", "http.clientip", "http.useragent", "name", "type", "account.id", "user")


class FilteredTrace(Struct, frozen=True):
    """What an expression may ask of a trace, or of one service in it, under the keywords' names."""

    facts: Mapping[str, Any]
    annotations: Mapping[str, Any]
    services: tuple["FilteredTrace", ...] = ()


Test = Callable[[FilteredTrace], bool]


class TraceFilter(Struct, frozen=True):
    """A compiled expression; a trace that passes holds one of `services`, where the expression says so."""

    test: Test
    services: frozenset[str] | None


def compile_filter(expression: str) -> TraceFilter:
    """Compile an expression; raises `InvalidRequestException`. An empty one passes everything."""
    if not expression.strip():
        return TraceFilter(lambda subject: True, None)
    reader = _ExpressionReader(_tokens(expression))
    compiled = reader.any_of()
    if reader.peek() is not None:
        raise _invalid(f"unexpected {reader.peek()!r}")
    return compiled


def _invalid(why: str) -> ServiceError:
    return ServiceError("InvalidRequestException", f"Invalid filter expression: {why}")


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _invalid(f"cannot read {text[at : at + 20].strip()!r}")
        tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
        at = found.end()
    return tokens


class _ExpressionReader:
    """Recursive descent; AND binds stronger than OR, and words are case-insensitive."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> str | None:
        """The next token, words in lower case; None at the end."""
        if self._at >= len(self._tokens):
            return None
        kind, text = self._tokens[self._at]
        return text.lower() if kind == "word" else text

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _invalid("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, symbol: str) -> None:
        if self._next()[1] != symbol:
            raise _invalid(f"{symbol!r} is missing")

    def any_of(self) -> TraceFilter:
        filters = [self._all_of()]
        while self.peek() == "or":
            self._next()
            filters.append(self._all_of())
        if len(filters) == 1:
            return filters[0]
        named = [each.services for each in filters]
        together = None if None in named else frozenset().union(*(names for names in named if names is not None))
        return TraceFilter(lambda subject: any(each.test(subject) for each in filters), together)

    def _all_of(self) -> TraceFilter:
        filters = [self._one()]
        while self.peek() == "and":
            self._next()
            filters.append(self._one())
        if len(filters) == 1:
            return filters[0]
        named = next((each.services for each in filters if each.services is not None), None)
        return TraceFilter(lambda subject: all(each.test(subject) for each in filters), named)

    def _one(self) -> TraceFilter:
        match self.peek():
            case "!" | "not":
                self._next()
                inner = self._one().test
                return TraceFilter(lambda subject: not inner(subject), None)
            case "(":
                self._next()
                filtered = self.any_of()
                self._expect(")")
                return filtered
            case "service":
                self._next()
                return self._service()
            case _:
                return TraceFilter(self._comparison(), None)

    def _service(self) -> TraceFilter:
        """`service("name") { … }` or `service(id(name: "…", type: "…")) { … }`, both optional."""
        wanted = self._identity() if self.peek() == "(" else {}
        inner: Test | None = None
        if self.peek() == "{":
            self._next()
            inner = self.any_of().test
            self._expect("}")

        def test(subject: FilteredTrace) -> bool:
            return any(
                all(service.facts.get(key) == value for key, value in wanted.items())
                and (inner is None or inner(service))
                for service in subject.services
            )

        return TraceFilter(test, frozenset({wanted["name"]}) if "name" in wanted else None)

    def _identity(self) -> dict[str, str]:
        self._expect("(")
        identity: dict[str, str] = {}
        if self.peek() == "id":
            self._next()
            identity = self._members()
        elif self.peek() != ")":
            identity["name"] = self._string()
        self._expect(")")
        return identity

    def _members(self) -> dict[str, str]:
        self._expect("(")
        members: dict[str, str] = {}
        while self.peek() != ")":
            if members:
                self._expect(",")
            key = self._next()[1].lower().removesuffix(":")
            if self.peek() == ":":
                self._next()
            members[key] = self._string()
        self._expect(")")
        return members

    def _string(self) -> str:
        kind, text = self._next()
        if kind != "string":
            raise _invalid(f"{text!r} is not a string")
        return re.sub(r"\\(.)", r"\1", text[1:-1])

    def _comparison(self) -> Test:
        kind, word = self._next()
        keyword = word.lower()
        if kind != "word":
            raise _invalid(f"{word!r} is not a keyword")
        if keyword.startswith("annotation"):
            return self._annotation(word)
        if keyword not in (*_FLAGS, *_NUMBERS, *_STRINGS):
            raise _invalid(f"unknown keyword {word!r}")
        if keyword in _FLAGS and self.peek() not in _ORDER:
            return lambda subject: bool(subject.facts.get(keyword))
        compare = self._compare(keyword)
        return lambda subject: compare(subject.facts.get(keyword))

    def _annotation(self, word: str) -> Test:
        """`annotation.key` or `annotation[key]`, alone or compared."""
        key = word[len("annotation") :].lstrip(".[").rstrip("]")
        if not key:
            raise _invalid("annotation needs a key")
        if self.peek() not in (*_ORDER, *_TEXTUAL):
            return lambda subject: key in subject.annotations
        compare = self._compare(word)
        return lambda subject: compare(subject.annotations.get(key))

    def _compare(self, keyword: str) -> Callable[[Any], bool]:
        sign = self.peek()
        if sign in _ORDER:
            compare = _ORDER[sign]
        elif sign in _TEXTUAL:
            compare = _TEXTUAL[sign]
        else:
            raise _invalid(f"{keyword} needs an operator")
        self._next()
        operand = self._operand()
        kinds = (int, float) if isinstance(operand, float) else type(operand)

        def test(value: Any) -> bool:
            return isinstance(value, kinds) and compare(value, operand)

        return test

    def _operand(self) -> str | float | bool:
        if self._at < len(self._tokens) and self._tokens[self._at][0] == "string":
            return self._string()
        kind, text = self._next()
        if kind == "number":
            return float(text)
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise _invalid(f"{text!r} is not a value")
