"""Asking CloudWatch for many series at once: GetMetricData, its ids, its pages, its timestamps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec import Struct

from lambdatop.aws.errors import AccessDenied, BadAnswer, Unreachable
from lambdatop.aws.gate import Gate
from lambdatop.model.metrics import Series, Window, series

T = TypeVar("T")

QUERIES_PER_CALL = 500  # AWS: 500 MetricDataQuery per GetMetricData
LAMBDA, INSIGHTS = "AWS/Lambda", "LambdaInsights"


class MetricFailed(Unreachable):
    """CloudWatch answered, but not for one of the metrics; other calls may be answered whole."""


class MetricQuery(Struct, frozen=True):
    """One metric at one statistic. `function` None means the account's total (AWS: the empty dimension set)."""

    function: str | None
    metric: str
    stat: str
    period_s: int
    namespace: str = LAMBDA
    version: str | None = None
    """One version alone; Lambda Insights has such metrics."""
    resource: str | None = None
    """`function:alias` or `function:version`: what came through that alone."""

    @property
    def dimensions(self) -> Mapping[str, str]:
        """The exact set; each namespace names the function in its own way."""
        named = {
            "FunctionName" if self.namespace == LAMBDA else "function_name": self.function,
            "version": self.version,
            "Resource": self.resource,
        }
        return {name: value for name, value in named.items() if value is not None}


Points = list[tuple[float, float]]
"""(epoch seconds, value) pairs of one query, in no order."""


async def measure(
    aws: Gate, queries: Sequence[MetricQuery], start: datetime, end: datetime
) -> Mapping[MetricQuery, Points]:
    """The points of each query between two times. A query without data has an empty list. Raises AwsError."""
    points: dict[MetricQuery, Points] = {query: [] for query in queries}
    for chunk in chunks(queries, QUERIES_PER_CALL):
        by_id = {f"q{index}": query for index, query in enumerate(chunk)}
        async for page in aws.pages(
            "cloudwatch",
            "GetMetricData",
            MetricDataQueries=[_wire(identifier, query) for identifier, query in by_id.items()],
            StartTime=start,
            EndTime=end,
            ScanBy="TimestampAscending",
        ):
            for result in page["MetricDataResults"]:
                query = by_id.get(result["Id"])
                if query is None:
                    raise BadAnswer(f"GetMetricData told of {result['Id']}, for which nobody had asked")
                points[query].extend(decode_points(result))
    return points


def decode_points(result: Mapping[str, Any]) -> Iterable[tuple[float, float]]:
    """The pairs of one MetricDataResult; timestamps come raw, as epoch seconds or as ISO text.

    Raises AwsError where CloudWatch failed with it, for then it has no points though there may be some.
    """
    match result.get("StatusCode"):
        case "InternalError":
            raise MetricFailed("cloudwatch GetMetricData could not read a metric (InternalError)")
        case "Forbidden":
            raise AccessDenied("needs cloudwatch:GetMetricData on every metric that it asks for")
    return zip(map(epoch, result.get("Timestamps") or ()), result.get("Values") or (), strict=False)


def dimensions_of(metric: Mapping[str, Any]) -> Mapping[str, str]:
    """The dimensions of one of ListMetrics's; what lacks a name or a value is none."""
    named = ((each.get("Name"), each.get("Value")) for each in metric.get("Dimensions") or ())
    return {name: value for name, value in named if name is not None and value is not None}


def series_of(points: Iterable[tuple[float, float]], window: Window, period_s: int = 60) -> Series:
    """The points as a series over a window."""
    return series(points, int(window.start.timestamp()), int(window.end.timestamp()), period_s)


def newest(points: Points) -> float | None:
    """The value of the latest point: a window queried as one period has one, or two if AWS aligns it differently."""
    return max(points)[1] if points else None


def epoch(raw: object) -> float:
    """Epoch seconds of a raw timestamp (AWS JSON and CBOR: a number; query XML: ISO 8601)."""
    if isinstance(raw, int | float):
        return float(raw)
    if isinstance(raw, datetime):
        return raw.timestamp()
    return datetime.fromisoformat(str(raw)).timestamp()


def moment(raw: object) -> datetime | None:
    """The time of a raw timestamp, or None for what is no time."""
    try:
        return datetime.fromtimestamp(epoch(raw), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _wire(identifier: str, query: MetricQuery) -> Mapping[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in query.dimensions.items()]
    metric = {"Namespace": query.namespace, "MetricName": query.metric, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": query.period_s, "Stat": query.stat}
    return {"Id": identifier, "MetricStat": stat}


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in runs of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
