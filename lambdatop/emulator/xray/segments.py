"""Renders a simulated invocation into the two X-Ray segments that Lambda would have sent.

Lambda's own segment holds the function's, in which either the older subsegments (`Initialization`, `Invocation`,
`Overhead`) or the newer `Init` appear: both styles are in the wild, so each function has one of them.
"""

import zlib
from collections.abc import Mapping
from typing import Any

from lambdatop.emulator.invocation import EmulatedInvocation, InvocationStep
from lambdatop.emulator.logs.lines import segment_id
from lambdatop.emulator.simulation.chance import key_of
from lambdatop.emulator.stack import family, stack

Document = dict[str, Any]

_OVERHEAD_S = 0.0021
_RESOURCES = {
    "DynamoDB": "table_name",
    "S3": "bucket_name",
    "SQS": "queue_url",
    "SNS": "topic_arn",
}
_POWERTOOLS = ("python", "nodejs", "java", "dotnet")


def has_new_style(function_name: str) -> bool:
    """True for the half of the functions whose traces have `Init` and no `Invocation`."""
    return zlib.crc32(function_name.encode()) % 2 == 0


def annotations(invocation: EmulatedInvocation, runtime: str | None) -> dict[str, bool | str]:
    """What Powertools notes on every trace, for the runtimes it exists for."""
    if family(runtime) not in _POWERTOOLS:
        return {}
    return {"ColdStart": invocation.init_ms is not None, "Service": invocation.function_name.partition("-")[0]}


def exception_of(invocation: EmulatedInvocation) -> tuple[str, str] | None:
    """Type and message of what ended the invocation; None if it went well."""
    match invocation.outcome:
        case "error":
            return invocation.error or ("Error", "unknown")
        case "timeout":
            after = f"Task timed out after {invocation.duration_ms / 1000:.2f} seconds"
            return "Sandbox.Timedout", f"RequestId: {invocation.request_id} Error: {after}"
        case "oom":
            return "Runtime.OutOfMemory", f"RequestId: {invocation.request_id} Error: Runtime exited: signal: killed"
        case _:
            return None


def http_status(invocation: EmulatedInvocation) -> int:
    """What the caller was answered: behind an API a failed function is a bad gateway."""
    if invocation.http is None or invocation.outcome == "ok":
        return 200
    return 504 if invocation.outcome == "timeout" else 502


def documents(invocation: EmulatedInvocation, configuration: Mapping[str, Any]) -> list[Document]:
    """The segments of a sampled invocation: Lambda's, then the function's. Times are epoch seconds."""
    return [_service(invocation, configuration), _function(invocation, configuration)]


def _id(invocation: EmulatedInvocation, part: str) -> str:
    return f"{key_of(0, invocation.request_id, part):016x}"


def _service(invocation: EmulatedInvocation, configuration: Mapping[str, Any]) -> Document:
    http: Document = {"response": {"status": http_status(invocation)}}
    if invocation.http is not None:
        method, url = invocation.http
        http["request"] = {"method": method, "url": url}
    document = {
        "id": segment_id(invocation),
        "name": invocation.function_name,
        "start_time": invocation.start,
        "end_time": invocation.end + 2 * _OVERHEAD_S,
        "trace_id": invocation.trace_id,
        "http": http,
        "aws": {"request_id": invocation.request_id},
        "origin": "AWS::Lambda",
        "resource_arn": configuration["FunctionArn"],
    }
    return document | ({"fault": True} if http["response"]["status"] >= 500 else {})


def _function(invocation: EmulatedInvocation, configuration: Mapping[str, Any]) -> Document:
    begins = invocation.start + (invocation.init_ms or 0) / 1000
    new_style = has_new_style(invocation.function_name)
    document: Document = {
        "id": _id(invocation, "function"),
        "name": invocation.function_name,
        "start_time": begins,
        "end_time": invocation.end + _OVERHEAD_S,
        "trace_id": invocation.trace_id,
        "parent_id": segment_id(invocation),
        "aws": _aws(configuration),
        "origin": "AWS::Lambda::Function",
        **_failure(invocation, configuration),
    }
    notes: dict[str, Any] = dict(annotations(invocation, configuration.get("Runtime")))
    if new_style:
        notes |= {
            "aws:responseLatency": round(invocation.duration_ms, 3),
            "aws:responseDuration": 0.074,
            "aws:runtimeOverhead": round(_OVERHEAD_S * 1000, 3),
        }
    if notes:
        document["annotations"] = notes
    document["subsegments"] = _subsegments(invocation, configuration, begins, new_style=new_style)
    return document


def _aws(configuration: Mapping[str, Any]) -> Document:
    return {
        "account_id": configuration["FunctionArn"].split(":")[4],
        "function_arn": configuration["FunctionArn"],
        "resource_names": [configuration["FunctionName"]],
        "cloudwatch_logs": [{"log_group": configuration["LoggingConfig"]["LogGroup"]}],
    }


def _subsegments(
    invocation: EmulatedInvocation, configuration: Mapping[str, Any], begins: float, *, new_style: bool
) -> list[Document]:
    parts: list[Document] = []
    if invocation.init_ms is not None:
        init = _part(invocation, "Init" if new_style else "Initialization", invocation.start, begins)
        parts.append(init | {"aws": {"function_arn": configuration["FunctionArn"]}})
    steps = [
        _step(invocation, step, begins, index, configuration["FunctionArn"])
        for index, step in enumerate(invocation.steps)
    ]
    if new_style:
        parts += steps
    else:
        invoked = _part(invocation, "Invocation", begins, invocation.end) | _failure(invocation, configuration)
        parts.append(invoked | ({"subsegments": steps} if steps else {}))
    if invocation.outcome not in ("timeout", "oom"):
        parts.append(_part(invocation, "Overhead", invocation.end, invocation.end + _OVERHEAD_S))
    return parts


def _part(invocation: EmulatedInvocation, name: str, start: float, end: float) -> Document:
    return {"id": _id(invocation, name), "name": name, "start_time": start, "end_time": end}


def _failure(invocation: EmulatedInvocation, configuration: Mapping[str, Any]) -> Document:
    exception = exception_of(invocation)
    if exception is None:
        return {}
    kind, message = exception
    frames = stack(invocation, configuration.get("Runtime")) if invocation.outcome == "error" else ()
    return {
        "fault": True,
        "cause": {
            "working_directory": "/var/task",
            "exceptions": [
                {
                    "id": _id(invocation, "exception"),
                    "message": message,
                    "type": kind,
                    "remote": False,
                    "stack": [{"path": each.path, "line": each.line, "label": each.label} for each in reversed(frames)],
                }
            ],
        },
    }


def _step(invocation: EmulatedInvocation, step: InvocationStep, begins: float, index: int, arn: str) -> Document:
    start = begins + step.start_ms / 1000
    document: Document = {
        "id": _id(invocation, f"step {index}"),
        "name": step.name,
        "namespace": step.namespace,
        "start_time": start,
        "end_time": start + step.duration_ms / 1000,
    }
    http: Document = {"response": {"status": step.status}}
    if step.namespace == "aws":
        document["aws"] = _called(invocation, step, index, arn)
    else:
        http["request"] = {"method": "POST", "url": step.resource or step.name}
    document["http"] = http
    if step.error is not None:
        remote = {"id": _id(invocation, f"trouble {index}"), "type": step.error, "message": step.error, "remote": True}
        mark = "fault" if step.status >= 500 else "throttle" if step.status == 429 else "error"
        document |= {mark: True, "cause": {"exceptions": [remote]}}
    return document


def _called(invocation: EmulatedInvocation, step: InvocationStep, index: int, arn: str) -> Document:
    called = {
        "operation": step.operation,
        "region": arn.split(":")[3],
        "request_id": _id(invocation, f"call {index}"),
        "retries": step.retries,
    }
    if step.name in _RESOURCES and step.resource:
        called[_RESOURCES[step.name]] = step.resource
    return called
