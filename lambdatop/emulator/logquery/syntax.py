"""What a Logs Insights query consists of, once read: commands, and the expressions in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Value = str | float | None
"""What a field holds; None if a record does not have it."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A number or a string."""

    value: str | float


@dataclass(frozen=True, slots=True)
class Field:
    """`@duration`, or a member of a JSON record by its dotted path."""

    name: str


@dataclass(frozen=True, slots=True)
class Unary:
    """`-x` or `not x`."""

    operator: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, a comparison, `and` or `or`."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Match:
    """`x like "part"`, `x like /regex/` and `x =~ /regex/`."""

    operand: "Expression"
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class OneOf:
    """`x in [a, b]`."""

    operand: "Expression"
    among: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of one record's values."""

    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """`bin(5m)`: the record's time, rounded down."""

    period_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """A function of many records' values."""

    text: str
    """As it was written: what its column is called."""
    function: str
    argument: "Expression | None" = None
    """None stands for `*`."""
    percent: float = 0.0


Expression = Constant | Field | Unary | Binary | Match | OneOf | Apply | Bin | Aggregate


@dataclass(frozen=True, slots=True)
class Named:
    """An expression and what its column is called."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Fields:
    """Show these, and make new columns of those that are computed."""

    items: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Keep the records for which this holds."""

    test: Expression


@dataclass(frozen=True, slots=True)
class Stats:
    """One row for every combination of `by`."""

    items: tuple[Named, ...]
    by: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """By these, each with whether it is descending."""

    keys: tuple[tuple[Expression, bool], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """Keep so many rows."""

    count: int


Command = Fields | Filter | Stats | Sort | Limit


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression and everything within it; what is within an aggregate is the aggregate's own."""
    yield expression
    match expression:
        case Unary(operand=operand) | Match(operand=operand):
            yield from parts(operand)
        case Binary(left=left, right=right):
            yield from parts(left)
            yield from parts(right)
        case OneOf(operand=operand, among=several):
            for each in (operand, *several):
                yield from parts(each)
        case Apply(arguments=several):
            for each in several:
                yield from parts(each)
        case _:
            pass
