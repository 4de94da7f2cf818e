"""The fleet table as plain lines, for `--once` without `--json`: no colour, no control sequence, aligned columns."""

from collections.abc import Iterator, Sequence

from lambdatop.model.fleet.row import Row
from lambdatop.model.text import safe
from lambdatop.words import format
from lambdatop.words.finding import told

_TITLES = ("", "FUNCTION", "INV/min", "ERR %", "THR", "P50", "P95", "P99", "CONC", "MEM MB", "$/h", "ALARM", "WHY")
_LEFT = {"", "FUNCTION", "ALARM", "WHY"}


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """A title line and one line a row."""
    cells = [_TITLES, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_TITLES))]
    for line in cells:
        aligned = (
            text.ljust(width) if title in _LEFT else text.rjust(width)
            for text, width, title in zip(line, widths, _TITLES, strict=True)
        )
        yield "  ".join(aligned).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    metrics = row.metrics
    return (
        row.state.value,
        safe(row.name),
        format.count(row.invocations_per_min),
        format.percent(row.error_pct),
        format.count(row.throttles),
        format.duration(metrics.duration_p50_ms if metrics else None),
        format.duration(metrics.duration_p95_ms if metrics else None),
        format.duration(metrics.duration_p99_ms if metrics else None),
        format.count(metrics.concurrent_executions if metrics else None),
        format.megabytes(row.function.memory_mb),
        format.usd(row.cost_usd_per_hour),
        row.alarm_state or "",
        told(row.why, row) if row.why else "",
    )
