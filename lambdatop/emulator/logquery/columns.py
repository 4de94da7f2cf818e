"""Records as columns that are made when they are asked for, and expressions worked out over whole columns.

As on AWS, a field that a record does not have makes every comparison with it false and every result of it missing.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import TypeVar, cast

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
    Value,
)
from lambdatop.emulator.logquery.written import Moment, written

R = TypeVar("R")

_NUMERIC = frozenset({float, int, Moment, type(None)})

Column = Sequence[Value]


class Batch:
    """Some records. `make` makes the column of a field for the records of some indices; others may be added."""

    def __init__(
        self,
        make: Callable[[str, Sequence[int]], Column],
        indices: Sequence[int],
        columns: Mapping[str, Column] | None = None,
    ) -> None:
        self._make = make
        self._indices = indices
        self._columns: dict[str, Column] = dict(columns or {})

    def __len__(self) -> int:
        return len(self._indices)

    def column(self, name: str) -> Column:
        """A field's value in every record."""
        if name not in self._columns:
            self._columns[name] = self._make(name, self._indices)
        return self._columns[name]

    def where(self, holds: Sequence[bool]) -> "Batch":
        """The records for which it holds."""
        kept = {name: list(compress(column, holds)) for name, column in self._columns.items()}
        return Batch(self._make, list(compress(self._indices, holds)), kept)

    def at(self, places: Sequence[int]) -> "Batch":
        """The records at these places, in their order."""
        moved = {name: [column[place] for place in places] for name, column in self._columns.items()}
        return Batch(self._make, [self._indices[place] for place in places], moved)

    def with_column(self, name: str, column: Column) -> "Batch":
        """The same records with one more column, or another of that name."""
        return Batch(self._make, self._indices, {**self._columns, name: column})


def batch_of(records: Sequence[R], getter: Callable[[str], Callable[[R], Value]]) -> Batch:
    """A batch of records; `getter` gives what reads a field of one of them."""

    def make(name: str, indices: Sequence[int]) -> Column:
        read = getter(name)
        return [read(records[index]) for index in indices]

    return Batch(make, range(len(records)))


def table(columns: Mapping[str, Column], length: int) -> Batch:
    """A batch of nothing but columns."""
    return Batch(lambda name, indices: [None] * len(indices), range(length), columns)


def values(expression: Expression, batch: Batch) -> Column:
    """The expression's value for every record; truth is 1 and 0."""
    match expression:
        case Constant(value=value):
            return [value] * len(batch)
        case FieldReference(name=name) | Aggregate(text=name):
            return batch.column(name)
        case Bin(period_ms=period):
            return [Moment(number // period * period) for number in map(_whole, batch.column("@timestamp"))]
        case Unary(operator="-", operand=operand):
            return [None if number is None else -number for number in numbers_of(values(operand, batch))]
        case Binary(operator=sign, left=left, right=right) if sign in _ARITHMETIC:
            return _worked_out(_ARITHMETIC[sign], values(left, batch), values(right, batch))
        case Apply(name="ispresent", arguments=(argument,)):
            return [float(value is not None) for value in values(argument, batch)]
        case Apply(name=name, arguments=arguments):
            function = _FUNCTIONS[name]
            return [function(each) for each in zip(*(values(one, batch) for one in arguments), strict=True)]
        case _:
            return [float(truth) for truth in truths(expression, batch)]


def truths(expression: Expression, batch: Batch) -> list[bool]:
    """Whether the expression holds, for every record."""
    match expression:
        case Binary(operator="and", left=left, right=right):
            return list(map(operator.and_, truths(left, batch), truths(right, batch)))
        case Binary(operator="or", left=left, right=right):
            return list(map(operator.or_, truths(left, batch), truths(right, batch)))
        case Unary(operator="not", operand=operand):
            return [not truth for truth in truths(operand, batch)]
        case Binary(operator=sign, left=left, right=right) if sign in _COMPARISONS:
            test = _COMPARISONS[sign]
            pairs = zip(values(left, batch), values(right, batch), strict=True)
            return [a is not None and b is not None and _compared(test, a, b) for a, b in pairs]
        case Match(operand=operand, pattern=pattern):
            found = values(operand, batch)
            return [value is not None and pattern.search(written(value)) is not None for value in found]
        case OneOf(operand=operand, among=among):
            tests = [truths(Binary("=", operand, each), batch) for each in among]
            return [any(each) for each in zip(*tests, strict=True)]
        case _:
            return [bool(number_of(value)) for value in values(expression, batch)]


def number_of(value: Value) -> float | None:
    """A value as a number, if it is one or reads like one."""
    if value is None or isinstance(value, float | int):
        return value
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _whole(value: Value) -> int:
    return int(number_of(value) or 0)


def numbers_of(column: Column) -> Sequence[float | None]:
    """A column as numbers; most are numbers already."""
    if _NUMERIC.issuperset(map(type, column)):
        return cast("Sequence[float | None]", column)
    return list(map(number_of, column))


def _worked_out(work: Callable[[float, float], float], left: Column, right: Column) -> Column:
    pairs = list(zip(numbers_of(left), numbers_of(right), strict=True))
    try:
        return [None if a is None or b is None else work(a, b) for a, b in pairs]
    except (ZeroDivisionError, OverflowError, ValueError):
        return [_tried(work, a, b) for a, b in pairs]


def _tried(work: Callable[[float, float], float], a: float | None, b: float | None) -> float | None:
    try:
        return None if a is None or b is None else work(a, b)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None


def _compared(test: Callable[[float | str, float | str], bool], a: float | str, b: float | str) -> bool:
    """As numbers if both read like numbers, else as texts."""
    if isinstance(a, str) or isinstance(b, str):
        if isinstance(a, str) and isinstance(b, str):
            return test(a, b)
        one, other = number_of(a), number_of(b)
        return one is not None and other is not None and test(one, other)
    return test(a, b)


_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": math.fmod,
}
_COMPARISONS: Mapping[str, Callable[[float | str, float | str], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _of_numbers(work: Callable[[Sequence[float]], float]) -> Callable[[Sequence[Value]], Value]:
    """A function of several numbers, of those that are there."""

    def apply(arguments: Sequence[Value]) -> Value:
        numbers = [number for value in arguments if (number := number_of(value)) is not None]
        return work(numbers) if numbers else None

    return apply


def _substr(arguments: Sequence[Value]) -> Value:
    """The text from a place on, as far as a length goes: `substr(text, start, length)`, counted from 0."""
    text, start, *length = arguments
    first, size = number_of(start), number_of(length[0]) if length else math.inf
    if text is None or first is None or size is None:
        return None
    return written(text)[max(0, int(first)) :][: None if size == math.inf else max(0, int(size))]


_FUNCTIONS: Mapping[str, Callable[[Sequence[Value]], Value]] = {
    "abs": _of_numbers(lambda numbers: abs(numbers[0])),
    "ceil": _of_numbers(lambda numbers: math.ceil(numbers[0])),
    "floor": _of_numbers(lambda numbers: math.floor(numbers[0])),
    "greatest": _of_numbers(max),
    "least": _of_numbers(min),
    "coalesce": lambda arguments: next((value for value in arguments if value is not None), None),
    "strlen": lambda arguments: None if arguments[0] is None else len(written(arguments[0])),
    "substr": _substr,
}
