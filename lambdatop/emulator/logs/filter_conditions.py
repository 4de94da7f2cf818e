"""The conditions inside a Logs filter pattern's braces or brackets: comparisons joined by `&&` and `||`.

One grammar serves both: `{ $.level = "ERROR" && ($.ms > 3 || $.user NOT EXISTS) }` picks from JSON,
`[ip, status = 4* && status != 404, ...]` from the words of a line. Source of the rules: Filter pattern syntax, AWS.
"""

import operator
import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from typing import Any

from msgspec import Struct

from lambdatop.emulator.errors import ServiceError

Test = Callable[[Any], bool]
Reach = Callable[[Any], list[Any]]
"""From a record to the values that a selector picks in it: none if it picks nothing, several through `[*]`."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:\\.|[^"\\])*")
      | (?P<regex>%(?:\\.|[^%\\])+%)
      | (?P<selector>\$(?:\.[\w@:-]+|\[(?:\d+|\*|'[^']*'|"[^"]*")\])+)
      | (?P<symbol>&&|\|\||!=|<=|>=|[=<>()])
      | (?P<word>[^\s()=!<>&|"%,\[\]{}$]+)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(r"""\.([\w@:-]+)|\[(\d+|\*)\]|\['([^']*)'\]|\["([^"]*)"\]""")
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


class ConditionToken(Struct, frozen=True):
    kind: str
    text: str


def invalid(why: str) -> ServiceError:
    """The error for a pattern that cannot be read."""
    return ServiceError("InvalidParameterException", f"Invalid filter pattern: {why}")


def condition(text: str, *, bare: bool = False) -> Test:
    """Compile a condition to a test of a record: a JSON value or, with `bare` names as selectors, a dict of words."""
    reader = _ConditionReader(_tokens(text), "word" if bare else "selector")
    test = reader.any_of()
    if reader.peek() is not None:
        raise invalid(f"unexpected {reader.next().text!r}")
    return test


def regular_expression(text: str) -> re.Pattern[str]:
    """A pattern between percent signs."""
    try:
        return re.compile(text)
    except re.error as error:
        raise invalid(f"%{text}%: {error}") from error


def unquoted(text: str) -> str:
    """The contents of a double-quoted string."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _tokens(text: str) -> list[ConditionToken]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise invalid(f"cannot read {text[at : at + 20].strip()!r}")
        tokens.append(ConditionToken(str(found.lastgroup), found[str(found.lastgroup)]))
        at = found.end()
    return tokens


class _ConditionReader:
    """Recursive descent over the tokens; `&&` binds stronger than `||`."""

    def __init__(self, tokens: list[ConditionToken], selector_kind: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._selector_kind = selector_kind

    def peek(self) -> str | None:
        return self._tokens[self._at].text if self._at < len(self._tokens) else None

    def next(self) -> ConditionToken:
        if self._at >= len(self._tokens):
            raise invalid("it ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def any_of(self) -> Test:
        return _joined(any, self._series("||", self._all_of))

    def _all_of(self) -> Test:
        return _joined(all, self._series("&&", self._one))

    def _series(self, symbol: str, part: Callable[[], Test]) -> list[Test]:
        tests = [part()]
        while self.peek() == symbol:
            self.next()
            tests.append(part())
        return tests

    def _one(self) -> Test:
        if self.peek() != "(":
            return self._comparison()
        self.next()
        inner = self.any_of()
        if self.next().text != ")":
            raise invalid("a parenthesis is not closed")
        return inner

    def _comparison(self) -> Test:
        selector = self.next()
        if selector.kind != self._selector_kind:
            raise invalid(f"{selector.text!r} is not a field")
        reach = _reach(selector.text) if selector.kind == "selector" else _word_of(selector.text)
        match self.next().text:
            case "IS":
                return _is(reach, self.next().text)
            case "NOT" if self.next().text == "EXISTS":
                return lambda record: not reach(record)
            case "=" | "!=" as sign:
                return _equality(reach, self._operand(), negated=sign == "!=")
            case "<" | ">" | "<=" | ">=" as sign:
                return _ordering(reach, sign, self._operand())
            case unknown:
                raise invalid(f"unknown operator {unknown!r}")

    def _operand(self) -> ConditionToken:
        token = self.next()
        if token.kind not in ("string", "regex", "word"):
            raise invalid(f"{token.text!r} is not a value")
        return token


def _joined(quantifier: Callable[[Iterable[bool]], bool], tests: list[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda record: quantifier(test(record) for test in tests)


def _word_of(name: str) -> Reach:
    return lambda record: [record[name]] if name in record else []


def _reach(selector: str) -> Reach:
    steps = [dotted or index or single or double for dotted, index, single, double in _STEP.findall(selector)]
    indexed = [bool(index) for _, index, _, _ in _STEP.findall(selector)]

    def reach(record: Any) -> list[Any]:
        values = [record]
        for step, is_index in zip(steps, indexed, strict=True):
            values = [child for value in values for child in _children(value, step, is_index=is_index)]
        return values

    return reach


def _children(value: Any, step: str, *, is_index: bool) -> list[Any]:
    if not is_index:
        return [value[step]] if isinstance(value, dict) and step in value else []
    if not isinstance(value, list):
        return []
    return value if step == "*" else value[int(step) : int(step) + 1]


def _is(reach: Reach, what: str) -> Test:
    if what not in ("NULL", "TRUE", "FALSE"):
        raise invalid(f"IS {what} is none of IS NULL, IS TRUE and IS FALSE")
    wanted = {"NULL": None, "TRUE": True, "FALSE": False}[what]
    return lambda record: any(value is wanted for value in reach(record))


def _equality(reach: Reach, operand: ConditionToken, *, negated: bool) -> Test:
    """`!=` too needs the field to be there (`NOT EXISTS` is for the other case)."""
    same = _sameness(operand)
    return lambda record: any(same(value) is not negated for value in reach(record))


def _sameness(operand: ConditionToken) -> Callable[[Any], bool]:
    number = _number(operand.text) if operand.kind == "word" else None
    if number is not None:
        return lambda value: _number(value) == number
    if operand.kind == "regex":
        expression = regular_expression(operand.text[1:-1])
        return lambda value: (text := _text(value)) is not None and expression.search(text) is not None
    wanted = unquoted(operand.text) if operand.kind == "string" else operand.text
    if "*" not in wanted:
        return lambda value: _text(value) == wanted
    wild = re.compile(translate(wanted.replace("[", "[[]").replace("?", "[?]")))
    return lambda value: (text := _text(value)) is not None and wild.match(text) is not None


def _ordering(reach: Reach, sign: str, operand: ConditionToken) -> Test:
    limit = _number(operand.text) if operand.kind == "word" else None
    if limit is None:
        raise invalid(f"{sign} compares numbers, and {operand.text} is none")
    compare = _ORDER[sign]

    def test(record: Any) -> bool:
        numbers = (_number(value) for value in reach(record))
        return any(number is not None and compare(number, limit) for number in numbers)

    return test


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    """A leaf as text, as a pattern sees it; None for objects, arrays and null."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case _:
            return None
