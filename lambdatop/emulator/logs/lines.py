"""Renders a simulated invocation into the log events that Lambda would have written, as text or as JSON.

Forms and order follow samples of real logs: tabs, trailing tabs and the XRAY line
inside the REPORT event are what a parser of the real thing meets.
"""

import functools
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from lambdatop.emulator.function import has_insights
from lambdatop.emulator.invocation import EmulatedInvocation
from lambdatop.emulator.logs.app_lines import said
from lambdatop.emulator.stack import Frame, family, stack

Line = tuple[float, str]
"""Epoch milliseconds and the message."""

_NBSP = "\u00a0"


class Manner(Struct, frozen=True, kw_only=True):
    """How one function logs."""

    runtime: str | None
    json_format: bool
    arn: str
    insights: bool
    """The Lambda Insights extension announces itself at each cold start."""

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]


def manner_of(configuration: Mapping[str, Any]) -> Manner:
    """The manner that a function's configuration (in ListFunctions' shape) gives it."""
    return Manner(
        runtime=configuration.get("Runtime"),
        json_format=configuration.get("LoggingConfig", {}).get("LogFormat") == "JSON",
        arn=configuration["FunctionArn"],
        insights=has_insights(configuration),
    )


def lines(invocation: EmulatedInvocation, manner: Manner) -> list[Line]:
    """All lines of one invocation in the order they were written, from INIT_START to REPORT."""
    begins = invocation.start * 1000 + (invocation.init_ms or 0)
    ends = begins + invocation.duration_ms
    write = _json_lines if manner.json_format else _text_lines
    return list(write(invocation, manner, begins, ends))


def segment_id(invocation: EmulatedInvocation) -> str:
    """The id of Lambda's own trace segment, which REPORT names: 16 hex digits."""
    return invocation.request_id.replace("-", "")[16:]


@functools.lru_cache(maxsize=4096)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def iso(at_ms: float) -> str:
    """Epoch milliseconds as logs write them: `2026-10-08T07:30:27.768Z`."""
    second, milli = divmod(int(at_ms), 1000)
    return f"{_second(second)}.{milli:03d}Z"


def _text_lines(invocation: EmulatedInvocation, manner: Manner, begins: float, ends: float) -> Iterator[Line]:
    request_id = invocation.request_id
    if invocation.init_ms is not None:
        version, arn = runtime_version(manner)
        yield invocation.start * 1000, f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n"
        if manner.insights:
            yield begins, "EXTENSION\tName: cloudwatch_lambda_agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n"
    yield begins, f"START RequestId: {request_id} Version: {invocation.version}\n"
    say = _SAY.get(family(manner.runtime), _say_plainly)
    for share, level, text in said(invocation):
        at = begins + share * invocation.duration_ms
        yield at, say(iso(at), request_id, level, text)
    if invocation.outcome == "error":
        yield ends, _failure(invocation, manner, iso(ends))
    elif invocation.outcome == "timeout":
        yield ends, f"{iso(ends)} {request_id} Task timed out after {invocation.duration_ms / 1000:.2f} seconds\n\n"
    yield ends, f"END RequestId: {request_id}\n"
    yield ends, _report(invocation)


def _report(invocation: EmulatedInvocation) -> str:
    init = f"Init Duration: {invocation.init_ms:.2f} ms\t" if invocation.init_ms is not None else ""
    status, error_type = STATUS[invocation.outcome]
    verdict = f"Status: {status}" if status else ""
    if error_type:
        verdict += f"\tError Type: {error_type}"
    trace = (
        f"\nXRAY TraceId: {invocation.trace_id}\tSegmentId: {segment_id(invocation)}\tSampled: true\t"
        if invocation.trace_id
        else ""
    )
    return (
        f"REPORT RequestId: {invocation.request_id}\tDuration: {invocation.duration_ms:.2f} ms\t"
        f"Billed Duration: {invocation.billed_ms} ms\tMemory Size: {invocation.memory_mb} MB\t"
        f"Max Memory Used: {invocation.max_used_mb} MB\t{init}{verdict}{trace}\n"
    )


STATUS: Mapping[str, tuple[str | None, str | None]] = {
    "ok": (None, None),
    "error": ("error", "Runtime.Unknown"),
    "timeout": ("timeout", None),
    "oom": ("error", "Runtime.OutOfMemory"),
}
"""Outcome to REPORT's Status and Error Type. What an exception is called is the runtime's affair, not Lambda's."""


def _say_python(at: str, request_id: str, level: str, text: str) -> str:
    return f"[{'WARNING' if level == 'WARN' else level}]\t{at}\t{request_id}\t{text}\n"


def _say_node(at: str, request_id: str, level: str, text: str) -> str:
    return f"{at}\t{request_id}\t{level}\t{text}\n"


def _say_dotnet(at: str, request_id: str, level: str, text: str) -> str:
    return f"{at}\t{request_id}\t{level.lower()}\t{text}\n"


def _say_plainly(at: str, request_id: str, level: str, text: str) -> str:
    return f"{level} {text} requestId={request_id}\n"


_SAY: Mapping[str, Callable[[str, str, str, str], str]] = {
    "python": _say_python,
    "nodejs": _say_node,
    "dotnet": _say_dotnet,
}


def _failure(invocation: EmulatedInvocation, manner: Manner, at: str) -> str:
    """The unhandled exception, as each runtime prints it."""
    kind, message = invocation.error or ("Error", "unknown")
    frames = stack(invocation, manner.runtime)
    match family(manner.runtime):
        case "python":
            return _python_failure(kind, message, frames)
        case "nodejs":
            detail = {"errorType": kind, "errorMessage": message, "stack": _node_stack(kind, message, frames)}
            return f"{at}\t{invocation.request_id}\tERROR\tInvoke Error \t{json.dumps(detail, separators=(',', ':'))}\n"
        case "java":
            traced = "".join(f"\tat {frame.label}({frame.path}:{frame.line})\n" for frame in reversed(frames))
            return f"{message}: {kind}\n{kind}: {message}\n{traced}"
        case "dotnet":
            traced = "".join(f"   at {frame.label} in {frame.path}:line {frame.line}\n" for frame in reversed(frames))
            return f"{at}\t{invocation.request_id}\tfail\tSystem.{kind}: {message}\n{traced}"
        case "ruby":
            detail = {
                "errorMessage": message,
                "errorType": f"Function<{kind}>",
                "stackTrace": [f"{frame.path}:{frame.line}:in `{frame.label}'" for frame in reversed(frames)],
            }
            return f"Error raised from handler method\n{json.dumps(detail)}\n"
        case _:
            traces = [{"path": frame.path, "line": frame.line, "label": frame.label} for frame in reversed(frames)]
            return json.dumps({"errorMessage": message, "errorType": kind, "stackTrace": traces}) + "\n"


def _python_failure(kind: str, message: str, frames: tuple[Frame, ...]) -> str:
    """awslambdaric indents tracebacks with no-break spaces, lest CloudWatch strip them."""
    traced = "".join(f'{_NBSP * 2}File "{frame.path}", line {frame.line}, in {frame.label}\n' for frame in frames)
    return f"[ERROR] {kind}: {message}\nTraceback (most recent call last):\n{traced}"


def _node_stack(kind: str, message: str, frames: tuple[Frame, ...]) -> list[str]:
    calls = [f"    at {frame.label} (file://{frame.path}:{frame.line}:17)" for frame in reversed(frames)]
    return [f"{kind}: {message}", *calls]


@functools.lru_cache(maxsize=256)
def runtime_version(manner: Manner) -> tuple[str, str]:
    """What INIT_START names: `python:3.13.v27` and an ARN that holds a digest."""
    runtime = manner.runtime or "provided.al2023"
    name = family(runtime)
    version = f"{name}:{runtime.removeprefix(name).removesuffix('.x').strip('.') or 'al2023'}.v{20 + len(runtime)}"
    digest = "".join(f"{zlib.crc32(f'{version}{part}'.encode()):08x}" for part in range(8))
    return version, f"arn:aws:lambda:{manner.region}::runtime:{digest}"


def _json_lines(invocation: EmulatedInvocation, manner: Manner, begins: float, ends: float) -> Iterator[Line]:
    if invocation.init_ms is not None:
        yield (
            invocation.start * 1000,
            system_event(invocation.start * 1000, "initStart", _init_start(invocation, manner)),
        )
    started = {"requestId": invocation.request_id, "functionArn": manner.arn, "version": invocation.version}
    yield begins, system_event(begins, "start", started)
    for share, level, text in said(invocation):
        at = begins + share * invocation.duration_ms
        yield at, _application(at, invocation, manner, level, {"message": text})
    if invocation.outcome == "error":
        yield ends, _application(ends, invocation, manner, "ERROR", _json_failure(invocation, manner))
    yield ends, system_event(ends, "report", _json_report(invocation))


def system_event(at: float, kind: str, record: Mapping[str, Any]) -> str:
    """What Lambda itself logs in JSON, at epoch milliseconds."""
    return json.dumps({"time": iso(at), "type": f"platform.{kind}", "record": record}, separators=(",", ":"))


def _application(
    at: float, invocation: EmulatedInvocation, manner: Manner, level: str, content: Mapping[str, Any]
) -> str:
    said_by = {"timestamp": iso(at), "level": level, **content, "requestId": invocation.request_id}
    if family(manner.runtime) == "python" and "message" in content:
        said_by["logger"] = "root"
    return json.dumps(said_by, separators=(",", ":"))


def _json_failure(invocation: EmulatedInvocation, manner: Manner) -> dict[str, Any]:
    """Python's unhandled errors have no `message`; Node's is an object."""
    kind, message = invocation.error or ("Error", "unknown")
    frames = stack(invocation, manner.runtime)
    detail = {
        "errorType": kind,
        "errorMessage": message,
        "stackTrace": [f'  File "{frame.path}", line {frame.line}, in {frame.label}\n' for frame in frames],
    }
    if family(manner.runtime) == "nodejs":
        return {"message": detail | {"stackTrace": _node_stack(kind, message, frames)}}
    return detail


def _init_start(invocation: EmulatedInvocation, manner: Manner) -> dict[str, Any]:
    environment = invocation.function_name, invocation.version, invocation.stream, invocation.memory_mb
    return init_start(manner, "on-demand", *environment)


def init_start(
    manner: Manner, kind: str, function_name: str, version: str, stream: str, memory_mb: int
) -> dict[str, Any]:
    """The record of a platform.initStart."""
    runtime, arn = runtime_version(manner)
    return {
        "initializationType": kind,
        "phase": "init",
        "runtimeVersion": runtime,
        "runtimeVersionArn": arn,
        "functionName": function_name,
        "functionVersion": version,
        "instanceId": stream,
        "instanceMaxMemory": memory_mb * 1024 * 1024,
    }


def _json_report(invocation: EmulatedInvocation) -> dict[str, Any]:
    metrics: dict[str, float] = {
        "durationMs": round(invocation.duration_ms, 3),
        "billedDurationMs": invocation.billed_ms,
        "memorySizeMB": invocation.memory_mb,
        "maxMemoryUsedMB": invocation.max_used_mb,
    }
    if invocation.init_ms is not None:
        metrics["initDurationMs"] = round(invocation.init_ms, 3)
    status, error_type = STATUS[invocation.outcome]
    record: dict[str, Any] = {"requestId": invocation.request_id, "metrics": metrics}
    if invocation.trace_id:
        record["tracing"] = {
            "spanId": segment_id(invocation),
            "type": "X-Amzn-Trace-Id",
            "value": f"Root={invocation.trace_id};Parent={segment_id(invocation)};Sampled=1",
        }
    record["status"] = status or "success"
    if error_type:
        record["errorType"] = error_type
    return record
