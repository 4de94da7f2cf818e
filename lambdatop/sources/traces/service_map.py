"""X-Ray's service map around one function: GetServiceGraph, which counts every trace and not a sample."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lambdatop.aws.errors import AccessDenied, AwsError
from lambdatop.aws.gate import Gate
from lambdatop.model.metrics import Window
from lambdatop.model.traces.service_map import Edge, Link, MapFigures, Node, edges_around
from lambdatop.sources.traces.recent import LONGEST_RANGE

Raw = Mapping[str, Any]


async def service_map(aws: Gate, function: str, window: Window) -> tuple[Edge, ...]:
    """The tree around the function over the window's newest six hours; empty where X-Ray does not answer.

    Raises AccessDenied.
    """
    nodes: list[Node] = []
    start: datetime = max(window.start, window.end - LONGEST_RANGE)
    try:
        async for page in aws.pages("xray", "GetServiceGraph", StartTime=start, EndTime=window.end):
            nodes += map(decode_node, page.get("Services") or ())
    except AccessDenied:
        raise  # reported with the missing action
    except AwsError:
        return ()  # the traces themselves tell a smaller map
    return edges_around(nodes, function)


def decode_node(raw: Raw) -> Node:
    """One Service of GetServiceGraph."""
    links = raw.get("Edges") or ()
    return Node(
        key=str(raw.get("ReferenceId")),
        name=str(raw.get("Name") or ""),
        type=str(raw.get("Type") or "client"),
        figures=_figures(raw),
        links=tuple(Link(str(link.get("ReferenceId")), _figures(link)) for link in links),
    )


def _figures(raw: Raw) -> MapFigures:
    statistics = raw.get("SummaryStatistics") or {}
    return MapFigures(
        calls=statistics.get("TotalCount") or 0,
        errors=(statistics.get("ErrorStatistics") or {}).get("TotalCount") or 0,
        faults=(statistics.get("FaultStatistics") or {}).get("TotalCount") or 0,
        seconds=statistics.get("TotalResponseTime"),
    )
