"""Metric queries: one statistic by the period, arithmetic between them, and the one form of Metrics Insights in use."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lambdatop.emulator.cloudwatch.source import LAMBDA, Source, source
from lambdatop.emulator.contents.metric import dimensions_of
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.simulation.sketch import Sketch, Statistic, statistic

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

Points = dict[int, float]
"""Start of the period (epoch seconds) to the value, in order of time; sparse."""

Result = tuple[str, str, Points]
"""Id, label and points of one series."""

_RETENTION_S = 15 * 86400
"""AWS keeps 1-minute points for 15 days; older ones exist only by 5 minutes and by the hour."""

_SELECT = re.compile(
    r"^\s*SELECT\s+(?P<function>AVG|COUNT|MAX|MIN|SUM)\((?P<metric>\w+)\)\s+"
    r'FROM\s+SCHEMA\("AWS/Lambda",\s*FunctionName\)\s+GROUP\s+BY\s+FunctionName'
    r"(?:\s+ORDER\s+BY\s+(?P<order>AVG|COUNT|MAX|MIN|SUM)\(\)(?:\s+(?P<direction>ASC|DESC))?)?"
    r"(?:\s+LIMIT\s+(?P<limit>\d+))?\s*$",
    re.IGNORECASE,
)
_INSIGHTS_STATISTICS = {"AVG": "Average", "COUNT": "SampleCount", "MAX": "Maximum", "MIN": "Minimum", "SUM": "Sum"}
_INSIGHTS_SERIES = 500


def points(supply: Source, stat: Statistic, start: int, end: float, period: int, now: float) -> Points:
    """The statistic for every period that has data. `start` lies on a minute, `end` is exclusive (epoch seconds)."""
    found: Points = {}
    bucket, gathered = start, list[tuple[float, float]]()
    first = start if period >= 300 else max(start, int((now - _RETENTION_S) // 60) * 60)
    for minute in range(first // 60, math.ceil(min(end, now + 1e-9) / 60)):
        begins = start + (minute * 60 - start) // period * period
        if begins != bucket:
            _close(found, bucket, gathered, stat)
            bucket, gathered = begins, []
        gathered += supply(minute, now)
    _close(found, bucket, gathered, stat)
    return found


def _close(found: Points, bucket: int, gathered: Sketch, stat: Statistic) -> None:
    if gathered:
        found[bucket] = stat(gathered)


def metric_points(account: "Account", metric_stat: Mapping[str, Any], start: int, end: float) -> Points:
    """The points of a MetricStat. Raises AwsError for a period or statistic that AWS would refuse."""
    metric, period = metric_stat["Metric"], metric_stat["Period"]
    check_period(period)
    stat = known_statistic(metric_stat["Stat"])
    supply = source(account, metric["Namespace"], metric["MetricName"], dimensions_of(metric.get("Dimensions", ())))
    return points(supply, stat, start, end, period, account.clock()) if supply else {}


def known_statistic(name: str) -> Statistic:
    """The statistic of a Stat string, or AWS's error."""
    stat = statistic(name)
    if stat is None:
        raise ServiceError("ValidationException", f"The value {name} for parameter Stat is not supported.")
    return stat


def check_period(period: int) -> None:
    """Refuse what is neither a high resolution nor a multiple of a minute."""
    if period not in (1, 5, 10, 20, 30) and (period < 60 or period % 60):
        raise ServiceError(
            "ValidationException", f"The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60: {period}"
        )


_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def expression_points(expression: str, known: Mapping[str, Points]) -> Points:
    """Arithmetic between the series of other queries, point by point, where all of them have one.

    Emulated are numbers, Ids, + - * /, parentheses and FILL(id, number). Division by zero gives no point, as on AWS.
    """
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as unreadable:
        raise _unreadable(expression) from unreadable
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id != "FILL"}
    if not used or not used <= known.keys():
        raise _unreadable(expression)
    result: Points = {}
    for at in sorted({at for name in used for at in known[name]}):
        value = _evaluated(tree, at, known, expression)
        if value is not None:
            result[at] = value
    return result


def _evaluated(node: ast.expr, at: int, known: Mapping[str, Points], expression: str) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            return known[name].get(at)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            a, b = _evaluated(left, at, known, expression), _evaluated(right, at, known, expression)
            if a is None or b is None or (b == 0 and isinstance(op, ast.Div)):
                return None
            return _OPERATORS[type(op)](a, b)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = _evaluated(operand, at, known, expression)
            return None if value is None else -value
        case ast.Call(func=ast.Name(id="FILL"), args=[series, filler]):
            value = _evaluated(series, at, known, expression)
            return _evaluated(filler, at, known, expression) if value is None else value
    raise _unreadable(expression)


def _unreadable(expression: str) -> ServiceError:
    return ServiceError(
        "ValidationException", f"Error in expression: {expression!r} is not an expression emulated here"
    )


def is_select(expression: str) -> bool:
    """True for a Metrics Insights query."""
    return expression.lstrip().upper().startswith("SELECT")


def select(account: "Account", expression: str, start: int, end: float, period: int) -> list[tuple[str, Points]]:
    """The series of a Metrics Insights query, each with its label: one per function with data, ordered and limited.

    AWS: no percentiles, at most 500 series, ascending unless DESC is said.
    """
    match = _SELECT.match(expression)
    if match is None:
        raise _unreadable(expression)
    name = _INSIGHTS_STATISTICS[match["function"].upper()]
    order = known_statistic(_INSIGHTS_STATISTICS[(match["order"] or match["function"]).upper()])
    ranked = []
    for function in account.functions:
        metric = {
            "Namespace": LAMBDA,
            "MetricName": match["metric"],
            "Dimensions": [{"Name": "FunctionName", "Value": function}],
        }
        found = metric_points(account, {"Metric": metric, "Period": period, "Stat": name}, start, end)
        if found:
            ranked.append((order([(value, 1) for value in found.values()]), function, found))
    ranked.sort(key=lambda each: each[0], reverse=(match["direction"] or "ASC").upper() == "DESC")
    limit = min(_INSIGHTS_SERIES, int(match["limit"] or _INSIGHTS_SERIES))
    return [(function, found) for _, function, found in ranked[:limit]]


def series_of(account: "Account", queries: Sequence[Mapping[str, Any]], start: int, end: float) -> list[Result]:
    """The series of every query that returns data; an expression may refer to any MetricStat and to those before it."""
    known = {
        query["Id"]: metric_points(account, query["MetricStat"], start, end)
        for query in queries
        if "MetricStat" in query
    }
    results: list[Result] = []
    for query in queries:
        name = query["Id"]
        if name not in known and is_select(query["Expression"]):
            selected = select(account, query["Expression"], start, end, query.get("Period", 60))
            results += [(name, label, found) for label, found in selected]
            continue
        if name not in known:
            known[name] = expression_points(query["Expression"], known)
        if query.get("ReturnData", True):
            results.append((name, query.get("Label") or _label(query), known[name]))
    return results


def _label(query: Mapping[str, Any]) -> str:
    return str(query["MetricStat"]["Metric"]["MetricName"]) if "MetricStat" in query else str(query["Id"])
