"""What becomes of the records: the commands of a query, fed batch by batch, with rows to show at any time."""

from collections.abc import Callable, Sequence
from typing import Protocol

from lambdatop.emulator.logquery.aggregates import Gathering, gathering
from lambdatop.emulator.logquery.columns import Batch, Column, number_of, table, truths, values
from lambdatop.emulator.logquery.syntax import (
    Aggregate,
    Bin,
    Command,
    FieldReference,
    Fields,
    FilterCommand,
    Limit,
    SortCommand,
    Stats,
    Value,
    parts,
)
from lambdatop.emulator.logquery.written import rounded, written

Row = list[tuple[str, str]]
"""Field and value, in the order shown; what a record does not have is left out."""

_BY_TIME = SortCommand(((FieldReference("@timestamp"), True),))
_SHOWN = ("@timestamp", "@message")
_SPARE = 4
"""Rows held for each that can be shown, before the worst are let go."""


class Pipeline(Protocol):
    """A query under way."""

    matched: int
    """Records that passed the filters."""

    def take(self, batch: Batch) -> None:
        """Let a batch go through the commands."""

    def rows(self) -> list[Row]:
        """What there is to show so far."""


def pipeline(commands: Sequence[Command], limit: int) -> Pipeline:
    """An empty one; `limit` is that of a query without its own."""
    at = next((at for at, each in enumerate(commands) if isinstance(each, Stats)), None)
    if at is None:
        return Records(commands, limit)
    stats = commands[at]
    assert isinstance(stats, Stats)
    return QueryTotals(commands[:at], stats, [*commands[at + 1 :], Limit(limit)])


def _passed(commands: Sequence[Command], batch: Batch) -> Batch:
    """The batch behind filters and computed fields."""
    for command in commands:
        match command:
            case FilterCommand(test=test):
                batch = batch.where(truths(test, batch))
            case Fields(items=items):
                for item in items:
                    if item.expression != FieldReference(item.name):
                        batch = batch.with_column(item.name, values(item.expression, batch))
            case _:
                pass
    return batch


def _shown(commands: Sequence[Command]) -> list[str]:
    return list(dict.fromkeys(item.name for each in commands if isinstance(each, Fields) for item in each.items))


def _order(sort: SortCommand, batch: Batch) -> list[int]:
    """The batch's places in the order of the keys, the missing last, numbers before texts."""
    places = list(range(len(batch)))
    for expression, descending in reversed(sort.keys):
        column = [_key(value) for value in values(expression, batch)]
        present = [place for place in places if column[place] is not None]
        present.sort(key=lambda place, column=column: column[place], reverse=descending)  # type: ignore[misc]
        places = present + [place for place in places if column[place] is None]
    return places


def _key(value: Value) -> tuple[bool, float, str] | None:
    if value is None:
        return None
    number = number_of(value)
    return (False, number, "") if number is not None else (True, 0.0, str(value))


class Records:
    """The records themselves: newest first unless sorted, at most as many as the limit says.

    They are held as batches, of which only what is compared and what is shown in the end is ever read.
    """

    def __init__(self, commands: Sequence[Command], limit: int) -> None:
        self.matched = 0
        self._head = [each for each in commands if isinstance(each, FilterCommand | Fields)]
        self._shown = [*(_shown(commands) or _SHOWN), "@ptr"]
        self._sort = next((each for each in commands if isinstance(each, SortCommand)), _BY_TIME)
        self._limit = next((each.count for each in commands if isinstance(each, Limit)), limit)
        self._held: list[Batch] = []

    def take(self, batch: Batch) -> None:
        """Hold what matches, and let go of what can no longer be shown."""
        passed = _passed(self._head, batch)
        self.matched += len(passed)
        if len(passed):
            self._held.append(passed)
        if sum(map(len, self._held)) > _SPARE * self._limit:
            best = set(self._best())
            kept = [
                held.where([(number, place) in best for place in range(len(held))])
                for number, held in enumerate(self._held)
            ]
            self._held = [held for held in kept if len(held)]

    def rows(self) -> list[Row]:
        """The best ones, in order."""
        best = self._best()
        places: dict[int, list[int]] = {}
        for number, place in best:
            places.setdefault(number, []).append(place)
        found: dict[tuple[int, int], Row] = {}
        for number, chosen in places.items():
            part = self._held[number].at(chosen)
            rows = _rows(part, [(name, written) for name in self._shown])
            found.update(zip([(number, place) for place in chosen], rows, strict=True))
        return [found[each] for each in best]

    def _best(self) -> list[tuple[int, int]]:
        """Batch and place of the rows to show, in order."""
        places = [(number, place) for number, held in enumerate(self._held) for place in range(len(held))]
        keys: dict[str, list[Value]] = {}
        for index, (expression, _) in enumerate(self._sort.keys):
            keys[str(index)] = [value for held in self._held for value in values(expression, held)]
        sort = SortCommand(tuple((FieldReference(str(index)), down) for index, (_, down) in enumerate(self._sort.keys)))
        return [places[place] for place in _order(sort, table(keys, len(places)))[: self._limit]]


class QueryTotals:
    """The rows of `stats`, and what the commands behind it make of them."""

    def __init__(self, head: Sequence[Command], stats: Stats, tail: Sequence[Command]) -> None:
        self.matched = 0
        self._head, self._stats, self._tail = head, stats, tail
        found = {
            each.text: each for item in stats.items for each in parts(item.expression) if isinstance(each, Aggregate)
        }
        self._aggregates = tuple(found.values())
        self._groups: dict[tuple[Value, ...], list[Gathering]] = {}

    def take(self, batch: Batch) -> None:
        """Add a batch to the groups that its records belong to."""
        passed = _passed(self._head, batch)
        self.matched += len(passed)
        arguments = [
            [1.0] * len(passed) if each.argument is None else values(each.argument, passed) for each in self._aggregates
        ]
        by = [values(item.expression, passed) for item in self._stats.by]
        if not by and len(passed):
            self._add((), arguments)
            return
        groups: dict[tuple[Value, ...], list[int]] = {}
        for place, key in enumerate(zip(*by, strict=True)):
            groups.setdefault(key, []).append(place)
        for key, places in groups.items():
            self._add(key, [[column[place] for place in places] for column in arguments])

    def _add(self, key: tuple[Value, ...], columns: Sequence[Column]) -> None:
        if key not in self._groups:
            self._groups[key] = [gathering(each) for each in self._aggregates]
        for gathered, column in zip(self._groups[key], columns, strict=True):
            gathered.add(column)

    def rows(self) -> list[Row]:
        """A row a group, what it is grouped by first."""
        batch = self._table()
        for command in self._tail:
            match command:
                case SortCommand():
                    batch = batch.at(_order(command, batch))
                case Limit(count=count):
                    batch = batch.at(range(min(count, len(batch))))
                case _:
                    batch = _passed([command], batch)
        by = [item.name for item in self._stats.by]
        shown = _shown(self._tail) or [*by, *(item.name for item in self._stats.items)]
        return _rows(batch, [(name, written if name in by else rounded) for name in shown])

    def _table(self) -> Batch:
        """The groups as a batch, the newest first if they are of times only."""
        keys = list(self._groups)
        if [type(item.expression) for item in self._stats.by] == [Bin]:
            keys.sort(key=lambda key: number_of(key[0]) or 0, reverse=True)
        columns: dict[str, Column] = {
            item.name: [key[index] for key in keys] for index, item in enumerate(self._stats.by)
        }
        for index, aggregate in enumerate(self._aggregates):
            columns[aggregate.text] = [self._groups[key][index].result() for key in keys]
        batch = table(columns, len(keys))
        for item in self._stats.items:
            batch = batch.with_column(item.name, values(item.expression, batch))
        return batch


def _rows(batch: Batch, shown: Sequence[tuple[str, Callable[[str | float], str]]]) -> list[Row]:
    columns = [(name, write, batch.column(name)) for name, write in shown]
    return [
        [(name, write(value)) for name, write, column in columns if (value := column[place]) is not None]
        for place in range(len(batch))
    ]
