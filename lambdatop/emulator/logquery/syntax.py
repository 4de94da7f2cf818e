"""What a Logs Insights query consists of, once read: commands, and the expressions in them."""

import re
from collections.abc import Iterator

from msgspec import Struct

Value = str | float | None
"""What a field holds; None if a record does not have it."""


class Constant(Struct, frozen=True):
    """A number or a string."""

    value: str | float


class FieldReference(Struct, frozen=True):
    """`@duration`, or a member of a JSON record by its dotted path."""

    name: str


class Unary(Struct, frozen=True):
    """`-x` or `not x`."""

    operator: str
    operand: "Expression"


class Binary(Struct, frozen=True):
    """Arithmetic, a comparison, `and` or `or`."""

    operator: str
    left: "Expression"
    right: "Expression"


class Match(Struct, frozen=True):
    """`x like "part"`, `x like /regex/` and `x =~ /regex/`."""

    operand: "Expression"
    pattern: re.Pattern[str]


class OneOf(Struct, frozen=True):
    """`x in [a, b]`."""

    operand: "Expression"
    among: tuple["Expression", ...]


class Apply(Struct, frozen=True):
    """A function of one record's values."""

    name: str
    arguments: tuple["Expression", ...]


class Bin(Struct, frozen=True):
    """`bin(5m)`: the record's time, rounded down."""

    period_ms: int


class Aggregate(Struct, frozen=True, kw_only=True):
    """A function of many records' values."""

    text: str
    """As it was written: what its column is called."""
    function: str
    argument: "Expression | None" = None
    """None stands for `*`."""
    percent: float = 0.0


Expression = Constant | FieldReference | Unary | Binary | Match | OneOf | Apply | Bin | Aggregate


class Named(Struct, frozen=True):
    """An expression and what its column is called."""

    name: str
    expression: Expression


class Fields(Struct, frozen=True):
    """Show these, and make new columns of those that are computed."""

    items: tuple[Named, ...]


class FilterCommand(Struct, frozen=True):
    """Keep the records for which this holds."""

    test: Expression


class Stats(Struct, frozen=True):
    """One row for every combination of `by`."""

    items: tuple[Named, ...]
    by: tuple[Named, ...]


class SortCommand(Struct, frozen=True):
    """By these, each with whether it is descending."""

    keys: tuple[tuple[Expression, bool], ...]


class Limit(Struct, frozen=True):
    """Keep so many rows."""

    count: int


Command = Fields | FilterCommand | Stats | SortCommand | Limit


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
