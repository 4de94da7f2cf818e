"""Lambda's Invoke: one call by hand, answered as the function's profile has it.

It leaves its lines in the log and, where the function is traced, a trace; the metrics, which count the fleet's own
traffic, do not notice it.
"""

import base64
import json
import math
from bisect import insort
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.function import EmulatedFunction
from lambdatop.emulator.invocation import EmulatedInvocation
from lambdatop.emulator.lambda_.checks import qualified
from lambdatop.emulator.logs.lines import lines, manner_of
from lambdatop.emulator.operations import HEADERS, Answer, Params, operation
from lambdatop.emulator.simulation.chance import mixed, unit
from lambdatop.emulator.simulation.happening import steps_of
from lambdatop.emulator.simulation.profile import Behaviour

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_LOG_BYTES = 4096
"""AWS: LogResult holds the last 4 KB."""
_KEPT = 1000
"""Calls by hand that are remembered, of each function."""


@operation("lambda.Invoke")
def invoke(account: "Account", params: Params) -> Answer:
    """Run the function once. DryRun answers 204, Event 202; a reserved concurrency of 0 answers 429."""
    function = account.function(params["FunctionName"])
    _, version = qualified(function, params)
    kind = params.get("InvocationType", "RequestResponse")
    if kind == "DryRun":
        return {"StatusCode": 204}
    if function.reserved == 0 and kind != "Event":
        raise ServiceError(
            "TooManyRequestsException",
            "Rate Exceeded.",
            429,
            Reason="ReservedFunctionConcurrentInvocationLimitExceeded",
            Type="User",
        )
    ran = _ran(account, function, version)
    if kind == "Event":
        return {"StatusCode": 202, "Payload": b"", HEADERS: _headers(ran)}
    return _answered(function, ran, tail=params.get("LogType") == "Tail")


def _ran(account: "Account", function: EmulatedFunction, version: str) -> EmulatedInvocation:
    """What happened; it is over by now, since the caller has waited for it."""
    now = account.clock()
    key = mixed(function.key, int(now * 1_000_000) + len(account.by_hand.get(function.name, ())))
    behaviour = function.behaviour(version, now)
    failed = unit(key, 1) < behaviour.error_rate
    took_ms = round((behaviour.failing if failed else behaviour.latency).at(unit(key, 2)), 2)
    duration_ms = min(float(behaviour.timeout_ms), took_ms)
    init_ms = round(behaviour.profile.init.at(unit(key, 4)), 2)
    start = now - (init_ms + duration_ms) / 1000
    ran = EmulatedInvocation(
        function_name=function.name,
        request_id=_uuid(key),
        version=version,
        stream=_stream(function, version, start, key),
        start=start,
        duration_ms=duration_ms,
        billed_ms=math.ceil(init_ms + duration_ms),
        memory_mb=behaviour.memory_mb,
        max_used_mb=min(behaviour.profile.used_mb, behaviour.memory_mb),
        init_ms=init_ms,
        outcome="timeout" if took_ms > behaviour.timeout_ms else "error" if failed else "ok",
        error=_error(behaviour) if failed else None,
        trace_id=f"1-{int(start):08x}-{mixed(key, 5):016x}{mixed(key, 6) >> 32:08x}" if _traced(function) else None,
        steps=steps_of(behaviour.profile.calls, "error" if failed else "ok", duration_ms),
        http=None,
    )
    _remember(account, ran)
    return ran


def _remember(account: "Account", ran: EmulatedInvocation) -> None:
    known = account.by_hand.setdefault(ran.function_name, [])
    insort(known, ran, key=lambda each: each.start)
    del known[:-_KEPT]


def _traced(function: EmulatedFunction) -> bool:
    return bool(function.config["TracingConfig"]["Mode"] == "Active")


def _error(behaviour: Behaviour) -> tuple[str, str]:
    fault = behaviour.profile.faults[0]
    return fault.type, fault.message


def _uuid(key: int) -> str:
    digits = f"{mixed(key, 7):016x}{mixed(key, 3):016x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _stream(function: EmulatedFunction, version: str, start: float, key: int) -> str:
    """An environment of its own: the fleet's are busy with the fleet."""
    owner = "" if function.log_group == f"/aws/lambda/{function.name}" else function.name
    day = datetime.fromtimestamp(start, UTC).strftime("%Y/%m/%d")
    return f"{day}/{owner}[{version}]{mixed(key, 8):016x}{mixed(key, 9):016x}"


def _answered(function: EmulatedFunction, ran: EmulatedInvocation, *, tail: bool) -> Answer:
    answer: Answer = {"StatusCode": 200, "ExecutedVersion": ran.version, HEADERS: _headers(ran)}
    if ran.outcome == "ok":
        answer["Payload"] = b'{"statusCode": 200}'
    else:
        kind, message = ran.error or ("Sandbox.Timedout", f"Task timed out after {ran.duration_ms / 1000:.2f} seconds")
        told = {"errorMessage": message, "errorType": kind, **({"stackTrace": []} if ran.error else {})}
        answer |= {"FunctionError": "Unhandled", "Payload": json.dumps(told).encode()}
    if tail:
        written = "".join(message for _, message in lines(ran, manner_of(function.config))).encode()
        answer["LogResult"] = base64.b64encode(written[-_LOG_BYTES:]).decode()
    return answer


def _headers(ran: EmulatedInvocation) -> dict[str, str]:
    """AWS: the request's id is the invocation's, and the trace is named whether it was sampled or not."""
    root = ran.trace_id or f"1-{int(ran.start):08x}-{ran.request_id.replace('-', '')[8:]}"
    return {
        "x-amzn-requestid": ran.request_id,
        "X-Amzn-Trace-Id": f"Root={root};Sampled={1 if ran.trace_id else 0}",
    }
