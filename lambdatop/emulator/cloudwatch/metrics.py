"""CloudWatch's metrics: GetMetricData, GetMetricStatistics, ListMetrics and PutMetricData.

Importing this module registers the alarms' operations too.
"""

import re
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from lambdatop.emulator.cloudwatch.catalogue import catalogue
from lambdatop.emulator.cloudwatch.query import Result, check_period, known_statistic, points, series_of
from lambdatop.emulator.cloudwatch.source import source
from lambdatop.emulator.contents.metric import CustomMetric, dimensions_of
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.operations import Answer, Params, operation
from lambdatop.emulator.simulation.telemetry import METRICS

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

QUERIES_PER_CALL = 500
DATAPOINTS_PER_CALL = 100_800
METRICS_PER_PAGE = 500
STATISTICS_PER_CALL = 1_440

_ID = re.compile(r"^[a-z]\w*$")


@operation("cloudwatch.GetMetricData")
def get_metric_data(account: "Account", params: Params) -> Answer:
    """Every query's series. AWS: 500 queries a call, 100,800 data points a page, newest first unless asked."""
    queries = params["MetricDataQueries"]
    start, end = params["StartTime"], params["EndTime"]
    _check(queries, start, end)
    results = series_of(account, queries, int(start // 60) * 60, end)
    ascending = params.get("ScanBy") == "TimestampAscending"
    limit = min(params.get("MaxDatapoints") or DATAPOINTS_PER_CALL, DATAPOINTS_PER_CALL)
    offset = _offset(params.get("NextToken"))
    answer, following = _page(results, ascending, offset, limit)
    return {"MetricDataResults": answer, "Messages": []} | ({"NextToken": str(following)} if following else {})


def _check(queries: Sequence[Params], start: float, end: float) -> None:
    if len(queries) > QUERIES_PER_CALL:
        raise ServiceError(
            "ValidationException",
            f"The collection MetricDataQueries must not have a size greater than {QUERIES_PER_CALL}.",
        )
    if start >= end:
        raise ServiceError("ValidationException", "The parameter StartTime must be less than the parameter EndTime.")
    ids = [query["Id"] for query in queries]
    if len(set(ids)) < len(ids):
        raise ServiceError("ValidationException", "The values for parameter id in MetricDataQueries are not unique.")
    for each in ids:
        if not _ID.match(each):
            raise ServiceError(
                "ValidationException",
                f"The value {each} for parameter MetricDataQueries.member.Id must start with a lowercase letter.",
            )


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    if not token.isdigit():
        raise ServiceError("InvalidNextToken", "The NextToken is not valid.")
    return int(token)


def _page(results: list[Result], ascending: bool, offset: int, limit: int) -> tuple[list[Answer], int]:
    """The results' data points from `offset` on, `limit` at most, and the next page's offset or 0."""
    answer: list[Answer] = []
    passed, left = 0, limit
    for each, label, series in results:
        ordered = list(series.items()) if ascending else list(series.items())[::-1]
        taken = ordered[max(0, offset - passed) :][:left]
        complete = passed + len(ordered) <= offset + limit
        if taken or not offset:
            answer.append(
                {
                    "Id": each,
                    "Label": label,
                    "Timestamps": [at for at, _ in taken],
                    "Values": [float(value) for _, value in taken],
                    "StatusCode": "Complete" if complete else "PartialData",
                }
            )
        passed += len(ordered)
        left -= len(taken)
    return answer, offset + limit if passed > offset + limit else 0


@operation("cloudwatch.GetMetricStatistics")
def get_metric_statistics(account: "Account", params: Params) -> Answer:
    """Several statistics of one metric. AWS: 1,440 data points at most."""
    period = params["Period"]
    check_period(period)
    start, end = int(params["StartTime"] // 60) * 60, params["EndTime"]
    if start >= end:
        raise ServiceError("InvalidParameterValueException", "The parameter StartTime must be less than EndTime.")
    if (end - start) / period > STATISTICS_PER_CALL:
        raise ServiceError(
            "InvalidParameterCombinationException",
            f"You have requested up to {int((end - start) / period)} datapoints, which exceeds the limit of 1440.",
        )
    simple, extended = params.get("Statistics", ()), params.get("ExtendedStatistics", ())
    if not simple and not extended:
        raise ServiceError("MissingRequiredParameterException", "Must specify either Statistics or ExtendedStatistics.")
    supply = source(account, params["Namespace"], params["MetricName"], dimensions_of(params.get("Dimensions", ())))
    if supply is None:
        return {"Label": params["MetricName"], "Datapoints": []}
    now = account.clock()
    datapoints: dict[int, Answer] = {}
    for name in (*simple, *extended):
        for at, value in points(supply, known_statistic(name), start, end, period, now).items():
            point = datapoints.setdefault(at, {"Timestamp": at, "Unit": _unit(params["MetricName"])})
            (point if name in simple else point.setdefault("ExtendedStatistics", {}))[name] = value
    return {"Label": params["MetricName"], "Datapoints": list(datapoints.values())}


def _unit(metric: str) -> str:
    milliseconds = metric in ("Duration", "IteratorAge", "AsyncEventAge", "PostRuntimeExtensionsDuration")
    return METRICS.get(metric) or ("Milliseconds" if milliseconds else "Count")


@operation("cloudwatch.ListMetrics")
def list_metrics(account: "Account", params: Params) -> Answer:
    """The metrics that exist, 500 a page; RecentlyActive=PT3H keeps those with data in the last three hours."""
    wanted = {(each["Name"], each.get("Value")) for each in params.get("Dimensions", ())}
    matching = (
        (namespace, name, dimensions)
        for namespace, name, dimensions in catalogue(account, recent=params.get("RecentlyActive") == "PT3H")
        if params.get("Namespace") in (None, namespace)
        and params.get("MetricName") in (None, name)
        and all(any(key == own and value in (None, theirs) for own, theirs in dimensions) for key, value in wanted)
    )
    offset = _offset(params.get("NextToken"))
    page = list(islice(matching, offset, offset + METRICS_PER_PAGE + 1))
    answer: Answer = {
        "Metrics": [
            {
                "Namespace": namespace,
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
            }
            for namespace, name, dimensions in page[:METRICS_PER_PAGE]
        ]
    }
    return answer | ({"NextToken": str(offset + METRICS_PER_PAGE)} if len(page) > METRICS_PER_PAGE else {})


@operation("cloudwatch.PutMetricData")
def put_metric_data(account: "Account", params: Params) -> Answer:
    """Store custom metrics. AWS: nobody may write into a namespace that begins with AWS/."""
    namespace = params["Namespace"]
    if namespace.startswith("AWS/"):
        raise ServiceError("InvalidParameterValueException", "The value AWS/ for parameter Namespace is invalid.")
    for datum in params.get("MetricData", ()):
        key = namespace, datum["MetricName"], dimensions_of(datum.get("Dimensions", ()))
        metric = account.custom_metrics.setdefault(key, CustomMetric())
        at = datum.get("Timestamp", account.clock())
        for value, count in _values(datum):
            metric.put(at, value, count)
    return {}


def _values(datum: Params) -> list[tuple[float, float]]:
    """What a datum holds: one value, values with counts, or a set of statistics spread to its extremes and mean."""
    if "Values" in datum:
        return list(zip(datum["Values"], datum.get("Counts") or [1.0] * len(datum["Values"]), strict=True))
    if "StatisticValues" in datum:
        return _spread(datum["StatisticValues"])
    return [(datum["Value"], 1.0)]


def _spread(given: Params) -> list[tuple[float, float]]:
    count, total, low, high = given["SampleCount"], given["Sum"], given["Minimum"], given["Maximum"]
    if count < 3:
        return [(total / count, count)]
    return [(low, 1.0), ((total - low - high) / (count - 2), count - 2), (high, 1.0)]
