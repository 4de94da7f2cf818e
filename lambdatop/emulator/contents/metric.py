"""A metric's identity, and the data that PutMetricData has stored of the custom ones."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from lambdatop.emulator.simulation.sketch import Sketch

Dimensions = tuple[tuple[str, str], ...]
"""A dimension set, sorted by name: AWS identifies a metric by the exact set, in any order."""


class CustomMetric(Struct):
    """What was put of one metric: (epoch seconds, value, count), sorted."""

    data: list[tuple[float, float, float]] = field(default_factory=list)

    def put(self, at: float, value: float, count: float) -> None:
        insort(self.data, (at, value, count))

    def sketch(self, minute: int, now: float) -> Sketch:
        """What was put of an epoch minute."""
        low, high = bisect_left(self.data, (minute * 60.0,)), bisect_left(self.data, (minute * 60.0 + 60,))
        return [(value, count) for at, value, count in self.data[low:high] if at <= now]


def dimensions_of(params: Iterable[Mapping[str, Any]]) -> Dimensions:
    """The dimension set of a request's Dimensions."""
    return tuple(sorted((each["Name"], each["Value"]) for each in params))
