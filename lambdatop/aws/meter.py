"""What the program's own calls cost: counted at the gate, shown in the header."""

from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from lambdatop.model.cost.scan_price import scan_usd
from lambdatop.model.reference.prices import CLOUDWATCH_REQUEST_USD, GET_METRIC_DATA_USD, TRACE_RETRIEVED_USD

_PER_REQUEST = {
    "ListMetrics",
    "DescribeAlarms",
    "DescribeAlarmHistory",
    "DescribeAlarmsForMetric",
    "GetMetricStatistics",
}
_QUERY_RUNNING = {None, "Scheduled", "Running"}
_RATE_WINDOW_S = 600.0
_RATE_FLOOR_S = 60.0


def price_usd(service: str, operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """Return what one call costs at us-east-1's list price, in USD, ignoring free tiers."""
    if service == "cloudwatch" and operation == "GetMetricData":
        return len(params.get("MetricDataQueries", ())) * GET_METRIC_DATA_USD
    if service == "cloudwatch" and operation in _PER_REQUEST:
        return CLOUDWATCH_REQUEST_USD
    if operation == "GetQueryResults" and answer.get("status") not in _QUERY_RUNNING:
        return scan_usd((answer.get("statistics") or {}).get("bytesScanned") or 0.0, "us-east-1")
    if service == "xray":
        return _traces(answer) * TRACE_RETRIEVED_USD
    return 0.0


def _traces(answer: Mapping[str, Any]) -> int:
    """Count the traces that a call scanned or retrieved: one that a filter expression rejects is billed, too."""
    return answer.get("TracesProcessedCount") or len(answer.get("TraceSummaries") or answer.get("Traces") or ())


class Meter(Struct):
    """Calls and dollars since the start, and the dollars of the last ten minutes."""

    started: float
    calls: Counter[str] = field(default_factory=Counter)
    cost_usd: float = 0.0
    _recent: deque[tuple[float, float]] = field(default_factory=deque)

    def count(self, at: float, operation: str, usd: float) -> None:
        """Note one call, made at `at` (monotonic seconds)."""
        self.calls[operation] += 1
        if usd:
            self.cost_usd += usd
            self._recent.append((at, usd))

    def usd_per_hour(self, now: float) -> float:
        """The spending of the last ten minutes as an hourly rate; a young session counts as one minute old."""
        while self._recent and self._recent[0][0] < now - _RATE_WINDOW_S:
            self._recent.popleft()
        elapsed = min(_RATE_WINDOW_S, max(_RATE_FLOOR_S, now - self.started))
        return sum(usd for _, usd in self._recent) / elapsed * 3600
