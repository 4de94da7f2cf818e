"""How long things take, as a quantile function: what generates invocations also answers percentiles in closed form."""

import math
from bisect import bisect_right
from functools import cached_property
from itertools import pairwise

from msgspec import Struct

_KNOTS = (0.0, 0.5, 0.9, 0.95, 0.99, 1.0)

_EDGES = (
    *(0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.475, 0.49, 0.5, 0.51, 0.525, 0.55, 0.575, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85),
    *(0.875, 0.89, 0.9, 0.91, 0.925, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.992, 0.995, 0.999, 1),
)
CELLS = tuple((high - low, (low + high) / 2) for low, high in pairwise(_EDGES))
"""The fixed grid of (weight, probability), finer about the usual percentiles, that stands for a distribution."""


class Latency(Struct, frozen=True, dict=True):
    """A distribution of milliseconds by its minimum, p50, p90, p95, p99 and maximum, log-linear in between."""

    ms: tuple[float, float, float, float, float, float]

    def at(self, probability: float) -> float:
        """The quantile, milliseconds."""
        segment = min(bisect_right(_KNOTS, probability) - 1, len(_KNOTS) - 2)
        low, high = self.ms[segment], self.ms[segment + 1]
        part = (probability - _KNOTS[segment]) / (_KNOTS[segment + 1] - _KNOTS[segment])
        return low * math.pow(high / low, part)

    def below(self, ms: float) -> float:
        """The share of the distribution that takes less than `ms`."""
        if ms <= self.ms[0]:
            return 0.0
        if ms >= self.ms[-1]:
            return 1.0
        segment = bisect_right(self.ms, ms) - 1
        low, high = self.ms[segment], self.ms[segment + 1]
        return _KNOTS[segment] + (_KNOTS[segment + 1] - _KNOTS[segment]) * math.log(ms / low) / math.log(high / low)

    def scaled(self, factor: float) -> "Latency":
        """The same shape, every quantile multiplied."""
        low, p50, p90, p95, p99, high = (ms * factor for ms in self.ms)
        return Latency((low, p50, p90, p95, p99, high))

    @cached_property
    def grid(self) -> tuple[float, ...]:
        """The quantiles at the probabilities of CELLS."""
        return tuple(self.at(probability) for _, probability in CELLS)

    @cached_property
    def mean_ms(self) -> float:
        """The expectation: each log-linear segment's is (b - a) / ln(b / a)."""
        segments = zip(_KNOTS, _KNOTS[1:], self.ms, self.ms[1:], strict=False)
        return sum((p1 - p0) * ((b - a) / math.log(b / a) if b > a else a) for p0, p1, a, b in segments)


def latency(p50: float, p95: float, p99: float | None = None, longest: float | None = None) -> Latency:
    """A right-skewed distribution from the percentiles one would read off a dashboard, milliseconds."""
    tail = p99 or p95 * 1.7
    p90 = p50 * math.pow(p95 / p50, 0.82)
    return Latency((p50 * 0.45, p50, p90, p95, tail, longest or tail * 1.6))
