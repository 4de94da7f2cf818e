"""Reads the expressions of a query, from `or`, which binds least, to single values."""

import re
from collections.abc import Callable, Mapping

from lambdatop.emulator.logquery.lexer import QueryToken, Reader
from lambdatop.emulator.logquery.syntax import (
    Aggregate,
    Apply,
    Bin,
    Binary,
    Constant,
    Expression,
    FieldReference,
    Match,
    OneOf,
    Unary,
    parts,
)

FUNCTIONS: Mapping[str, range] = {
    "abs": range(1, 2),
    "ceil": range(1, 2),
    "floor": range(1, 2),
    "greatest": range(1, 10),
    "least": range(1, 10),
    "coalesce": range(1, 10),
    "ispresent": range(1, 2),
    "strlen": range(1, 2),
    "substr": range(2, 4),
}
"""The functions of one record's values, and how many arguments they take."""

_AGGREGATES = frozenset({"count", "count_distinct", "sum", "avg", "min", "max", "pct"})
_COMPARISONS = ("=", "==", "!=", "<", "<=", ">", ">=")
_TRUTHS = {"true": 1.0, "false": 0.0}
_PERIOD = re.compile(r"(\d+)(\w+)")
_PERIODS_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DEEPEST = 60
"""AWS refuses what is nested too deeply; so does this, before Python would."""


def expression(reader: Reader, depth: int = 0) -> Expression:
    """The expression that begins here; raises `MalformedQueryException`."""
    if depth > _DEEPEST:
        raise reader.refused("too deeply nested", reader.next)
    return _left_to_right(reader, ("or",), lambda: _left_to_right(reader, ("and",), lambda: _negation(reader, depth)))


def _left_to_right(reader: Reader, operators: tuple[str, ...], read: Callable[[], Expression]) -> Expression:
    found = read()
    while token := reader.accept(*operators):
        found = Binary(token.word, found, read())
    return found


def _negation(reader: Reader, depth: int) -> Expression:
    negated = False
    while reader.accept("not"):
        negated = not negated
    found = _comparison(reader, depth)
    return Unary("not", found) if negated else found


def _comparison(reader: Reader, depth: int) -> Expression:
    left = _sum(reader, depth)
    if token := reader.accept(*_COMPARISONS):
        return Binary("=" if token.word == "==" else token.word, left, _sum(reader, depth))
    negated = reader.accept("not")
    if reader.accept("like", "=~"):
        found: Expression = Match(left, _pattern(reader))
    elif reader.accept("in"):
        reader.expect("[")
        found = OneOf(left, reader.several(lambda inner: _sum(inner, depth + 1)))
        reader.expect("]")
    elif negated:
        raise reader.unexpected(reader.next)
    else:
        return left
    return Unary("not", found) if negated else found


def _pattern(reader: Reader) -> re.Pattern[str]:
    """A regular expression, or a string that has to be a part of the value."""
    token = reader.take()
    if token.kind == "string":
        return re.compile(re.escape(_unquoted(token)))
    if token.kind != "regex":
        raise reader.unexpected(token)
    try:
        return re.compile(token.text.replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!"))
    except (re.error, OverflowError, RecursionError) as wrong:
        raise reader.refused(f"invalid regular expression ({wrong})", token) from wrong


def _sum(reader: Reader, depth: int) -> Expression:
    return _left_to_right(
        reader, ("+", "-"), lambda: _left_to_right(reader, ("*", "/", "%"), lambda: _signed(reader, depth))
    )


def _signed(reader: Reader, depth: int) -> Expression:
    negative = False
    while reader.accept("-"):
        negative = not negative
    found = _single(reader, depth)
    return Unary("-", found) if negative else found


def _single(reader: Reader, depth: int) -> Expression:
    """A value, a field, a call, or an expression in parentheses."""
    token = reader.take()
    match token.kind:
        case "number":
            return Constant(float(token.text))
        case "string":
            return Constant(_unquoted(token))
        case "name" if reader.next.word == "(" and token.word:
            return _call(reader, token, depth + 1)
        case "name" if token.word in _TRUTHS:
            return Constant(_TRUTHS[token.word])
        case "name":
            return FieldReference(token.text.strip("`"))
        case "sign" if token.text == "(":
            inner = expression(reader, depth + 1)
            reader.expect(")")
            return inner
        case _:
            raise reader.unexpected(token)


def _call(reader: Reader, name: QueryToken, depth: int) -> Expression:
    reader.expect("(")
    if name.word == "bin":
        found: Expression = _bin(reader)
    elif name.word in _AGGREGATES:
        return _aggregate(reader, name, depth)
    elif name.word in FUNCTIONS:
        arguments = reader.several(lambda inner: expression(inner, depth))
        if len(arguments) not in FUNCTIONS[name.word]:
            raise reader.refused(f"invalid number of arguments for {name.text}", name)
        found = Apply(name.word, arguments)
    else:
        raise reader.refused(f"unknown function {name.text}", name)
    reader.expect(")")
    return found


def _bin(reader: Reader) -> Bin:
    token = reader.take()
    period = _PERIOD.fullmatch(token.text) if token.kind == "period" else None
    if period is None or not int(period[1]):
        raise reader.unexpected(token)
    return Bin(int(period[1]) * _PERIODS_MS[period[2]])


def _aggregate(reader: Reader, name: QueryToken, depth: int) -> Aggregate:
    argument: Expression | None = None
    percent = 0.0
    if not (name.word == "count" and (reader.accept("*") or reader.next.word == ")")):
        token = reader.next
        argument = expression(reader, depth)
        if any(isinstance(each, Aggregate) for each in parts(argument)):
            raise reader.refused("aggregation functions cannot be nested", token)
    if name.word == "pct":
        reader.expect(",")
        token = reader.take()
        if token.kind != "number" or float(token.text) > 100:
            raise reader.unexpected(token)
        percent = float(token.text)
    reader.expect(")")
    return Aggregate(text=reader.text_since(name.start), function=name.word, argument=argument, percent=percent)


def _unquoted(token: QueryToken) -> str:
    return _ESCAPED.sub(r"\1", token.text[1:-1])
