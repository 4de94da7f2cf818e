"""What X-Ray draws: the services that traces passed through, with counts and times on nodes and edges."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from lambdatop.emulator.invocation import EmulatedInvocation
from lambdatop.emulator.xray.segments import http_status

_TYPES = {
    "DynamoDB": "AWS::DynamoDB::Table",
    "S3": "AWS::S3::Bucket",
    "SQS": "AWS::SQS::Queue",
    "SNS": "AWS::SNS",
    "Athena": "AWS::Athena",
}


class Passage(Struct, frozen=True, kw_only=True):
    """One trace's time in one service; `caller` is the index of the calling one among the trace's services."""

    name: str
    type: str
    start: float
    seconds: float
    status: int
    fault: bool = False
    error: bool = False
    caller: int | None = None


def services_of(trace: EmulatedInvocation) -> list[Passage]:
    """Lambda, the function, then whom it called."""
    failed = trace.outcome != "ok"
    status = http_status(trace)
    begins = trace.start + (trace.init_ms or 0) / 1000
    service = Passage(
        name=trace.function_name,
        type="AWS::Lambda",
        start=trace.start,
        seconds=trace.end - trace.start,
        status=status,
        fault=status >= 500,
    )
    function = Passage(
        name=trace.function_name,
        type="AWS::Lambda::Function",
        start=begins,
        seconds=trace.duration_ms / 1000,
        status=status,
        fault=failed,
        caller=0,
    )
    called = (
        Passage(
            name=step.name,
            type="remote" if step.namespace == "remote" else _TYPES.get(step.name, f"AWS::{step.name}"),
            start=begins + step.start_ms / 1000,
            seconds=step.duration_ms / 1000,
            status=step.status,
            fault=step.status >= 500,
            error=400 <= step.status < 500,
            caller=1,
        )
        for step in trace.steps
    )
    return [service, function, *called]


def service_graph(traces: Iterable[EmulatedInvocation], account_id: str) -> list[dict[str, Any]]:
    """The traces' services as GetServiceGraph lists them."""
    nodes: dict[tuple[str, str], list[Passage]] = {}
    edges: dict[tuple[str, str], dict[tuple[str, str], list[Passage]]] = {}
    for trace in traces:
        passages = services_of(trace)
        for passage in passages:
            key = passage.name, passage.type
            nodes.setdefault(key, []).append(passage)
            if passage.caller is not None:
                caller = passages[passage.caller]
                edges.setdefault((caller.name, caller.type), {}).setdefault(key, []).append(passage)
    references = {key: index for index, key in enumerate(nodes)}
    return [
        {
            "ReferenceId": references[key],
            "Name": key[0],
            "Names": [key[0]],
            "Root": key[1] == "AWS::Lambda",
            "AccountId": account_id,
            "Type": key[1],
            "State": "active",
            **_figures(passages),
            "Edges": [
                {"ReferenceId": references[target], "Aliases": [], **_figures(calls)}
                for target, calls in edges.get(key, {}).items()
            ],
        }
        for key, passages in nodes.items()
    ]


def _figures(passages: list[Passage]) -> dict[str, Any]:
    faults = sum(passage.fault for passage in passages)
    errors = sum(passage.error for passage in passages)
    return {
        "StartTime": min(passage.start for passage in passages),
        "EndTime": max(passage.start + passage.seconds for passage in passages),
        "SummaryStatistics": {
            "OkCount": len(passages) - faults - errors,
            "ErrorStatistics": {"ThrottleCount": 0, "OtherCount": errors, "TotalCount": errors},
            "FaultStatistics": {"OtherCount": faults, "TotalCount": faults},
            "TotalCount": len(passages),
            "TotalResponseTime": round(sum(passage.seconds for passage in passages), 3),
        },
        "ResponseTimeHistogram": _histogram(passages),
    }


def _histogram(passages: list[Passage]) -> list[dict[str, Any]]:
    counts: dict[float, int] = {}
    for passage in passages:
        value = float(f"{passage.seconds:.2g}")
        counts[value] = counts.get(value, 0) + 1
    return [{"Value": value, "Count": counts[value]} for value in sorted(counts)]
