"""What a statistic is computed from: values and how often each occurred; of many, a grid of quantiles."""

import re
from collections.abc import Callable, Iterable

Sketch = list[tuple[float, float]]
"""(value, weight) pairs in any order; an empty one means that there is no data point."""

Statistic = Callable[[Sketch], float]

_PERCENTILE = re.compile(r"^p(\d{1,3}(?:\.\d+)?)$")
_TRIMMED = re.compile(r"^tm(\d{1,2}(?:\.\d+)?)$")


def statistic(name: str) -> Statistic | None:
    """The function behind a Stat string, or None if it is not one that is emulated.

    Emulated are SampleCount, Average, Sum, Minimum, Maximum, p0 to p100 and tmNN (AWS has more, such as TM(10%:90%)).
    """
    if name in _SIMPLE:
        return _SIMPLE[name]
    if (match := _PERCENTILE.match(name)) and float(match[1]) <= 100:
        share = float(match[1]) / 100
        return lambda sketch: percentile(sketch, share)
    if match := _TRIMMED.match(name):
        kept = float(match[1]) / 100
        return lambda sketch: trimmed_mean(sketch, kept)
    return None


def percentile(sketch: Sketch, share: float) -> float:
    """The value below which `share` of the weight lies, interpolated between the middles of the weights."""
    ordered = sorted(sketch)
    wanted = share * sum(weight for _, weight in ordered)
    passed, last_value, last_middle = 0.0, ordered[0][0], 0.0
    for value, weight in ordered:
        middle = passed + weight / 2
        if middle >= wanted:
            step = middle - last_middle
            return last_value + (value - last_value) * ((wanted - last_middle) / step if step else 1.0)
        passed += weight
        last_value, last_middle = value, middle
    return last_value


def trimmed_mean(sketch: Sketch, kept: float) -> float:
    """The mean of the lowest `kept` share of the weight."""
    left = whole = kept * sum(weight for _, weight in sketch)
    total = 0.0
    for value, weight in sorted(sketch):
        total += value * min(weight, left)
        left -= min(weight, left)
    return total / whole if whole else 0.0


def merged(sketches: Iterable[Sketch]) -> Sketch:
    """The mixture of several sketches: percentiles over a longer window are the mixture's, never an average."""
    return [pair for sketch in sketches for pair in sketch]


def _sample_count(sketch: Sketch) -> float:
    return sum(weight for _, weight in sketch)


def _sum(sketch: Sketch) -> float:
    return sum(value * weight for value, weight in sketch)


_SIMPLE: dict[str, Statistic] = {
    "SampleCount": _sample_count,
    "Sum": _sum,
    "Average": lambda sketch: _sum(sketch) / _sample_count(sketch),
    "Minimum": lambda sketch: min(value for value, _ in sketch),
    "Maximum": lambda sketch: max(value for value, _ in sketch),
}
