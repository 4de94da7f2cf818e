"""Reads a Logs Insights query: its commands, one after another.

Source of the rules: CloudWatch Logs user guide, Logs Insights query syntax. What is not emulated is refused, naming
the place, as AWS refuses what it does not know.
"""

from collections.abc import Callable

from lambdatop.emulator.logquery.expressions import expression
from lambdatop.emulator.logquery.lexer import Reader
from lambdatop.emulator.logquery.syntax import (
    Aggregate,
    Command,
    Expression,
    FieldReference,
    Fields,
    FilterCommand,
    Limit,
    Named,
    SortCommand,
    Stats,
    parts,
)

_MAX_ROWS = 100_000
_NOT_A_NAME = ("by", "asc", "desc")


def parse_query(query: str) -> tuple[Command, ...]:
    """The commands of a query; raises `MalformedQueryException`."""
    reader = Reader(query)
    found: list[Command] = []
    while True:
        token = reader.next
        command = _command(reader)
        if problem := _misplaced(found, command):
            raise reader.refused(problem, token)
        found.append(command)
        if reader.next.kind == "end":
            return tuple(found)
        reader.expect("|")


def _misplaced(before: list[Command], command: Command) -> str | None:
    """Why a command cannot be run where it stands, if so."""
    aggregated = any(isinstance(each, Stats) for each in before)
    ordered = any(isinstance(each, SortCommand | Limit) for each in before)
    if isinstance(command, Stats) and (aggregated or ordered):
        return "stats after stats, sort or limit is not emulated"
    if isinstance(command, FilterCommand | Fields | SortCommand) and ordered and not aggregated:
        return "filter, fields or sort after sort or limit is not emulated"
    return None


def _command(reader: Reader) -> Command:
    token = reader.take()
    match token.word:
        case "fields":
            return Fields(reader.several(_item))
        case "filter":
            return FilterCommand(_of_one_record(reader))
        case "stats":
            return _stats(reader)
        case "sort":
            return SortCommand(reader.several(_sort_key))
        case "limit":
            return Limit(_count(reader))
        case _:
            raise reader.unexpected(token)


def _of_one_record(reader: Reader) -> Expression:
    """An expression without aggregates."""
    token = reader.next
    found = expression(reader)
    if any(isinstance(each, Aggregate) for each in parts(found)):
        raise reader.refused("aggregation functions belong to stats", token)
    return found


def _item(reader: Reader) -> Named:
    return _named(reader, _of_one_record)


def _named(reader: Reader, read: Callable[[Reader], Expression]) -> Named:
    """An expression and its name: what it is called, `as` or not, or else how it was written."""
    start = reader.next.start
    found = read(reader)
    written = reader.text_since(start)
    renamed = reader.accept("as")
    token = reader.next
    if token.kind == "name" and token.word not in _NOT_A_NAME:
        return Named(reader.take().text.strip("`"), found)
    if renamed:
        raise reader.unexpected(token)
    return Named(found.name if isinstance(found, FieldReference) else written, found)


def _stats(reader: Reader) -> Stats:
    items: list[Named] = []
    while not items or reader.accept(","):
        token = reader.next
        items.append(_named(reader, expression))
        if not _aggregates(items[-1], items[:-1]):
            raise reader.refused("only aggregation functions are allowed in stats, and what they were named", token)
    return Stats(tuple(items), reader.several(_item) if reader.accept("by") else ())


def _aggregates(item: Named, before: list[Named]) -> bool:
    """True if every field in it is in an aggregate, or is the name of an earlier one."""
    known = {each.name for each in before}
    inside = list(parts(item.expression))
    fields = [each for each in inside if isinstance(each, FieldReference)]
    return all(field.name in known for field in fields) and (
        bool(fields) or any(isinstance(each, Aggregate) for each in inside)
    )


def _sort_key(reader: Reader) -> tuple[Expression, bool]:
    found = _of_one_record(reader)
    order = reader.accept("asc", "desc")
    return found, order is not None and order.word == "desc"


def _count(reader: Reader) -> int:
    token = reader.take()
    if token.kind != "number" or not token.text.isdigit() or not 1 <= int(token.text) <= _MAX_ROWS:
        raise reader.unexpected(token)
    return int(token.text)
