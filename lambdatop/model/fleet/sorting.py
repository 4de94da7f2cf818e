"""How the table may be ordered: one key a column, the larger or sicker first, unknown always last."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

from lambdatop.model.fleet.row import Row

Key = Callable[[Row], Any]
"""A number, or None where it is unknown."""

_KEYS: Mapping[str, Key] = {
    "sick": attrgetter("sickness"),
    "invocations": attrgetter("invocations"),
    "errors": attrgetter("error_pct"),
    "throttles": attrgetter("throttles"),
    "p50": lambda row: row.metrics.duration_p50_ms if row.metrics else None,
    "p95": lambda row: row.metrics.duration_p95_ms if row.metrics else None,
    "p99": lambda row: row.metrics.duration_p99_ms if row.metrics else None,
    "concurrency": lambda row: row.metrics.concurrent_executions if row.metrics else None,
    "cold": lambda row: row.cold_pct,
    "memory": lambda row: float(row.memory_mb),
    "cost": attrgetter("cost_usd_per_hour"),
}


def ordered(by_name: Iterable[Row], column: str, *, inverted: bool = False) -> list[Row]:
    """The rows by a column of `config.SORT_COLUMNS`: largest first, names A to Z, ties by name; `inverted` turns it.

    They are given by name, as State has them: to read 10,000 names for each refresh takes as long as all the rest.
    """
    rows = list(by_name)
    if column == "name":
        return rows[::-1] if inverted else rows
    values = list(map(_KEYS[column], rows))
    known = [index for index, value in enumerate(values) if value is not None]
    known.sort(key=values.__getitem__, reverse=not inverted)  # stable: ties stay by name
    unknown = [row for row, value in zip(rows, values, strict=True) if value is None]
    return [rows[index] for index in known] + unknown
