"""What `stats` counts: each aggregate gathers a group's values as they come, and can be asked at any time."""

import math
from array import array
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from lambdatop.emulator.logquery.columns import Column, numbers_of
from lambdatop.emulator.logquery.syntax import Aggregate, Value


class Gathering(Protocol):
    """The values of one aggregate in one group."""

    def add(self, column: Column) -> None:
        """Take some more."""

    def result(self) -> Value:
        """Of all that came so far; None without any."""


class Count:
    """How many records have a value."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, column: Column) -> None:
        self._count += len(column) - column.count(None)

    def result(self) -> Value:
        return self._count


class Distinct:
    """How many different values there are."""

    def __init__(self) -> None:
        self._seen: set[Value] = set()

    def add(self, column: Column) -> None:
        self._seen.update(column)

    def result(self) -> Value:
        return len(self._seen - {None})


class Folded:
    """The sum, the least or the greatest of the numbers."""

    def __init__(self, fold: Callable[[Iterable[float]], float]) -> None:
        self._fold = fold
        self._so_far: list[float] = []

    def add(self, column: Column) -> None:
        if found := [*self._so_far, *_present(column)]:
            self._so_far = [self._fold(found)]

    def result(self) -> Value:
        return self._so_far[0] if self._so_far else None


class Average:
    """The mean of the numbers."""

    def __init__(self) -> None:
        self._total, self._count = 0.0, 0

    def add(self, column: Column) -> None:
        found = _present(column)
        self._total += math.fsum(found)
        self._count += len(found)

    def result(self) -> Value:
        return self._total / self._count if self._count else None


class Percentile:
    """The number that so many percent of them do not exceed. AWS estimates it; here every number is kept."""

    def __init__(self, percent: float) -> None:
        self._share = percent / 100
        self._numbers = array("d")
        self._known: tuple[int, float] | None = None
        """Of how many numbers the result is known, and what it is."""

    def add(self, column: Column) -> None:
        self._numbers.extend(_present(column))

    def result(self) -> Value:
        count = len(self._numbers)
        if not count:
            return None
        if self._known is None or self._known[0] != count:
            self._known = count, sorted(self._numbers)[max(0, math.ceil(self._share * count) - 1)]
        return self._known[1]


def _present(column: Column) -> list[float]:
    return [number for number in numbers_of(column) if number is not None]


_FOLDS: Mapping[str, Callable[[Iterable[float]], float]] = {"sum": math.fsum, "min": min, "max": max}


def gathering(aggregate: Aggregate) -> Gathering:
    """An empty one for an aggregate."""
    match aggregate.function:
        case "count":
            return Count()
        case "count_distinct":
            return Distinct()
        case "avg":
            return Average()
        case "pct":
            return Percentile(aggregate.percent)
        case name:
            return Folded(_FOLDS[name])
