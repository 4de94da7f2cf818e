"""How the table may be ordered: one key a column, the larger or sicker first, unknown always last."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

from lambdatop.model.fleet import Row

Key = Callable[[Row], Any]
"""A number, or None where it is unknown."""

_KEYS: Mapping[str, Key] = {
    "sick": lambda row: row.sickness,
    "invocations": lambda row: row.invocations,
    "errors": lambda row: row.error_pct,
    "throttles": lambda row: row.throttles,
    "p50": lambda row: row.metrics.duration_p50_ms if row.metrics else None,
    "p95": lambda row: row.metrics.duration_p95_ms if row.metrics else None,
    "p99": lambda row: row.metrics.duration_p99_ms if row.metrics else None,
    "concurrency": lambda row: row.metrics.concurrent_executions if row.metrics else None,
    "cold": lambda row: row.cold_pct,
    "memory": lambda row: float(row.function.memory_mb),
    "cost": lambda row: row.cost_usd_per_hour,
}


def ordered(rows: Iterable[Row], column: str, *, inverted: bool = False) -> list[Row]:
    """The rows by a column of `config.SORT_COLUMNS`: largest first, names A to Z, ties by name; `inverted` turns it."""
    by_name = sorted(rows, key=attrgetter("function.name"))
    if column == "name":
        return by_name[::-1] if inverted else by_name
    key = _KEYS[column]
    known = [row for row in by_name if key(row) is not None]
    unknown = [row for row in by_name if key(row) is None] if len(known) < len(by_name) else []
    return sorted(known, key=key, reverse=not inverted) + unknown  # stable: ties stay by name
