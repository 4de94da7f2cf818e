"""An alarm's condition as a sentence, and its amounts as people write and read them."""

import re
from typing import Final

from lambdatop.model.alarms.definition import INSIGHTS, Definition, Watched

_MILLISECONDS: Final = frozenset(
    {"Duration", "IteratorAge", "PostRuntimeExtensionsDuration", "AsyncEventAge", "UrlRequestLatency"}
)
_TYPED = re.compile(r"\s*([-+]?[\d,_]*\.?\d+)\s*(ms|s|sec|m|min|h|%)?\s*$", re.IGNORECASE)
_UNITS_MS = {"ms": 1.0, "s": 1_000.0, "sec": 1_000.0, "m": 60_000.0, "min": 60_000.0, "h": 3_600_000.0}
_STATS = {"Sum": "sum of", "Maximum": "highest", "Minimum": "lowest", "Average": "average", "SampleCount": "count of"}


def is_time(watched: Watched) -> bool:
    """True if the metric's values are milliseconds."""
    return watched.metric in _MILLISECONDS


def is_percent(watched: Watched) -> bool:
    """True if they are per cent."""
    return watched.namespace == INSIGHTS and watched.metric.endswith("_utilization")


def amount(watched: Watched, value: float) -> str:
    """A value of the metric with its unit: `5`, `1,500 ms`, `45 s`, `10 min`, `90 %`."""
    if is_percent(watched):
        return f"{_plain(value)} %"
    if not is_time(watched):
        return _plain(value)
    if abs(value) < 10_000:
        return f"{_plain(value)} ms"
    return f"{_plain(value / 1_000)} s" if abs(value) < 120_000 else f"{_plain(value / 60_000)} min"


def typed(watched: Watched, text: str) -> float | None:
    """A typed amount of the metric: `5`, `1.5 s`, `1500`, `10 min`, `90 %`; None if it is none."""
    match = _TYPED.fullmatch(text)
    unit = (match[2] or "").lower() if match else ""
    if match is None or (unit == "%") > is_percent(watched) or (unit in _UNITS_MS) > is_time(watched):
        return None
    try:
        number = float(match[1].replace(",", "").replace("_", ""))
    except ValueError:  # commas alone, or more digits than a number has
        return None
    value = number * _UNITS_MS.get(unit, 1.0)
    return value if abs(value) < 1e300 else None


def condition(definition: Definition) -> str:
    """`sum of Errors > 5 in 3 of 3 minutes`."""
    watched = definition.watched
    stat = _STATS.get(watched.stat, f"{watched.stat} of")
    limit = f"{definition.operator.sign} {amount(watched, definition.threshold)}"
    return f"{stat} {watched.metric} {limit} in {span(definition)}"


def difference(before: Definition, after: Definition) -> str:
    """What becomes of a condition: `threshold 25 → 40, 3 of 3 minutes → 2 of 3 minutes`; empty if nothing does."""
    if (before.watched, before.operator) != (after.watched, after.operator):
        return f"{condition(before)} → {condition(after)}"
    was, shall = (amount(each.watched, each.threshold) for each in (before, after))
    threshold = f"threshold {was} → {shall}" if before.threshold != after.threshold else ""
    spans = f"{span(before)} → {span(after)}" if span(before) != span(after) else ""
    return ", ".join(each for each in (threshold, spans) if each)


def span(definition: Definition) -> str:
    """`3 of 3 minutes`, `2 of 3 × 5 min`, `1 minute`."""
    period_s, datapoints, periods = definition.watched.period_s, definition.datapoints, definition.periods
    if period_s == 60:
        return "1 minute" if periods == 1 else f"{datapoints} of {periods} minutes"
    each = f"{period_s // 60} min" if period_s % 60 == 0 else f"{period_s} s"
    return each if periods == 1 else f"{datapoints} of {periods} × {each}"


def _plain(value: float) -> str:
    """`5`, `1,500`, `0.25`, `1.5`."""
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1_000 else f"{value:.3g}"
