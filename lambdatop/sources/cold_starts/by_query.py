"""Cold starts counted by Logs Insights over every REPORT line of a window, once the user has agreed to the price."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.invocations.cold_starts import ColdStartBasis, ColdStarts, Origin, Tally, counted, version_of
from lambdatop.model.logs.report import number
from lambdatop.sources.logs_insights import MOST_ROWS, Row, answered

STEP_MS = 10
"""Init times come in such steps: so one query, paid once, gives the percentiles of any period and version."""

MOST_COUNTED = 100_000
"""Cold starts of one row: more no function has in a period and step, and each is kept."""

_TEXT = ('@type = "REPORT"', "@initDuration", "@maxMemoryUsed / 1000 / 1000", "@memorySize / 1000 / 1000")
_METRICS = "record.metrics"
_JSON = (
    'type = "platform.report"',
    f"{_METRICS}.initDurationMs",
    f"{_METRICS}.maxMemoryUsedMB",
    f"{_METRICS}.memorySizeMB",
)


async def by_query(aws: Gate, clock: Clock, setting: ColdStartBasis) -> ColdStarts:
    """Count the whole window; this is paid. Raises AwsError."""
    text = query_text(setting.function, setting.period_s)
    rows = await answered(aws, clock, setting.function.log_group, text, setting.window)
    start, end = int(setting.window.start.timestamp()), int(setting.window.end.timestamp())
    read = frozenset(range(start, end, setting.period_s))
    return counted(decode_tallies(rows), setting, Origin.QUERY, read=read, sampled=len(rows) >= MOST_ROWS)


def query_text(function: Function, period_s: int) -> str:
    """Invocations, the highest memory used and its size by period, version and init time; without one it was warm.

    A stream is named `2026/11/03/[42]` or `2026/11/03/name[42]`, and 32 digits: what is between tells the version.
    """
    is_report, init, used, size = _JSON if function.log_format == "JSON" else _TEXT
    own = f'\n| filter @logStream like "/{function.name}["' if function.shares_log_group else ""
    return (
        f"filter {is_report}{own}\n"
        f"| fields substr(@logStream, 11, strlen(@logStream) - 43) as writer, floor({init} / {STEP_MS}) as step\n"
        f"| stats count(*) as invocations, max({used}) as used, avg({size}) as size by bin({period_s}s), writer, step\n"
        f"| limit {MOST_ROWS}"
    )


def decode_tallies(rows: Sequence[Row]) -> tuple[Tally, ...]:
    """The query's rows as tallies; rows that are none are left out."""
    groups: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in rows:
        at = _period(next((value for field, value in row.items() if field.startswith("bin(")), ""))
        if at is not None and number(row.get("invocations")):
            groups[at, version_of(row.get("writer", ""))].append(row)
    return tuple(_tally(at, version, group) for (at, version), group in groups.items())


def _tally(at: int, version: str, rows: Sequence[Row]) -> Tally:
    counts = [int(number(row.get("invocations")) or 0) for row in rows]
    inits: list[float] = []
    for row, count in zip(rows, counts, strict=True):
        step = number(row.get("step"))
        inits += [(step + 0.5) * STEP_MS] * min(count, MOST_COUNTED) if step is not None else []
    used = [mb for row in rows if (mb := number(row.get("used"))) is not None]
    sizes = [(count, mb) for row, count in zip(rows, counts, strict=True) if (mb := number(row.get("size"))) and count]
    return Tally(
        at=at,
        version=version,
        invocations=sum(counts),
        cold=len(inits),
        inits_ms=tuple(inits),
        used_mb=max(used, default=None),
        size_mb=sum(count * mb for count, mb in sizes) / sum(count for count, _ in sizes) if sizes else None,
    )


def _period(text: str) -> int | None:
    """Logs Insights writes a bin as `2026-11-03 14:32:00.000`, UTC."""
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None
