"""The log group of Lambda Insights: one record an invocation in CloudWatch's embedded metric format.

Form and order follow AWS's example event. Its Timestamp is that of the invocation's
start, so that the metrics of a minute are those of the invocations that began in it.
"""

import functools
import json
from typing import TYPE_CHECKING, Any

from lambdatop.emulator.invocation import EmulatedInvocation
from lambdatop.emulator.simulation.telemetry import METRICS, TMP_BYTES, measured, memory_percent

if TYPE_CHECKING:
    from lambdatop.emulator.function import EmulatedFunction


_SENT_AFTER_MS = 6
_FD_MAX = 1024
_SHUTDOWNS = {"timeout": "Timeout", "oom": "Failure"}
_AGENT: dict[str, Any] = {"agent_version": "1.0.660.0", "agent_memory_avg": 10, "agent_memory_max": 10}


def record(function: "EmulatedFunction", invocation: EmulatedInvocation) -> tuple[float, str] | None:
    """Epoch milliseconds and the message; None if the invocation's version does not have the extension."""
    epoch = function.course.epoch_at(invocation.start)
    lane = next(lane for lane in epoch.lanes if lane.version == invocation.version)
    if not lane.insights:
        return None
    seen = measured(lane.behaviour, invocation.duration_ms, int(invocation.request_id[:8], 16))
    said: dict[str, Any] = {
        "event_type": "performance",
        "function_name": invocation.function_name,
        "version": invocation.version,
        "request_id": invocation.request_id,
        **({"trace_id": invocation.trace_id} if invocation.trace_id else {}),
        "duration": round(invocation.duration_ms),
        "billed_duration": invocation.billed_ms,
        "billed_mb_ms": invocation.billed_ms * invocation.memory_mb,
        "cold_start": invocation.init_ms is not None,
        **({"init_duration": round(invocation.init_ms)} if invocation.init_ms is not None else {}),
        "tmp_used": seen.tmp_used,
        "tmp_free": TMP_BYTES - seen.tmp_used,
        "tmp_max": TMP_BYTES,
        "threads_max": seen.threads,
        "used_memory_max": invocation.max_used_mb,
        "total_memory": invocation.memory_mb,
        "memory_utilization": memory_percent(invocation.max_used_mb, invocation.memory_mb),
        "cpu_user_time": seen.cpu_user_ms,
        "cpu_system_time": seen.cpu_system_ms,
        "cpu_total_time": seen.cpu_user_ms + seen.cpu_system_ms,
        "fd_use": seen.fds,
        "fd_max": _FD_MAX,
        "tx_bytes": seen.tx_bytes,
        "rx_bytes": seen.rx_bytes,
        **_ending(invocation),
        "total_network": seen.rx_bytes + seen.tx_bytes,
        **_AGENT,
    }
    aws = f'"_aws":{{"Timestamp":{int(invocation.start * 1000)},{_directive(cold=invocation.init_ms is not None)}}}'
    return invocation.end * 1000 + _SENT_AFTER_MS, f"{{{aws},{_json(said)[1:]}"


@functools.cache
def _directive(*, cold: bool) -> str:
    """What makes metrics of the record's members: the rest of `_aws`, the same for most records."""
    metrics = [{"Name": name, "Unit": unit} for name, unit in METRICS.items() if cold or name != "init_duration"]
    dimensions = [["function_name"], ["function_name", "version"]]
    directives = [{"Namespace": "LambdaInsights", "Dimensions": dimensions, "Metrics": metrics}]
    return _json({"CloudWatchMetrics": directives, "LambdaInsights": {"ShareTelemetry": True}})[1:-1]


_json = json.JSONEncoder(separators=(",", ":")).encode


def _ending(invocation: EmulatedInvocation) -> dict[str, Any]:
    """Why the environment was shut down, if it was."""
    reason = _SHUTDOWNS.get(invocation.outcome)
    if reason is None:
        return {}
    return ({"timeout": True} if invocation.outcome == "timeout" else {}) | {
        "shutdown": True,
        "shutdown_reason": reason,
    }
