"""What the program's own calls cost: counted at the gate, shown in the header."""

from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from lambdatop.model.cost.scan_price import scan_usd

# AWS list prices of us-east-1, USD (aws.amazon.com/cloudwatch/pricing, /xray/pricing; read 2026-11).
_USD_PER_METRIC = 0.01 / 1000
_USD_PER_REQUEST = 0.01 / 1000
_USD_PER_TRACE = 0.50 / 1_000_000
_PER_REQUEST = {
    "ListMetrics",
    "DescribeAlarms",
    "DescribeAlarmHistory",
    "DescribeAlarmsForMetric",
    "GetMetricStatistics",
}
_QUERY_GOES_ON = {None, "Scheduled", "Running"}
_RATE_WINDOW_S = 600.0
_RATE_FLOOR_S = 60.0


def price_usd(service: str, operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """What one call costs at list price, ignoring free tiers (AWS: GetMetricData has none)."""
    if service == "cloudwatch" and operation == "GetMetricData":
        return len(params.get("MetricDataQueries", ())) * _USD_PER_METRIC
    if service == "cloudwatch" and operation in _PER_REQUEST:
        return _USD_PER_REQUEST
    if operation == "GetQueryResults" and answer.get("status") not in _QUERY_GOES_ON:
        return scan_usd((answer.get("statistics") or {}).get("bytesScanned") or 0.0, "us-east-1")
    if service == "xray":
        return _traces(answer) * _USD_PER_TRACE
    return 0.0


def _traces(answer: Mapping[str, Any]) -> int:
    """How many traces a call scanned or retrieved: one is paid even if a filter expression does not let it pass."""
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
