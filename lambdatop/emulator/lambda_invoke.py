"""Lambda's Invoke: one call by hand, answered as the function's profile has it; it leaves no mark on the fleet."""

import base64
import json
import math
from typing import TYPE_CHECKING

from lambdatop.emulator.function import EmulatedFunction
from lambdatop.emulator.lambda_checks import qualified
from lambdatop.emulator.operations import Answer, AwsError, Params, operation
from lambdatop.emulator.simulation.chance import mixed, unit

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account


@operation("lambda.Invoke")
def invoke(account: "Account", params: Params) -> Answer:
    """Run the function once. DryRun answers 204, Event 202; a reserved concurrency of 0 answers 429."""
    function = account.function(params["FunctionName"])
    _, version = qualified(function, params)
    kind = params.get("InvocationType", "RequestResponse")
    if kind == "DryRun":
        return {"StatusCode": 204}
    if kind == "Event":
        return {"StatusCode": 202, "Payload": b""}
    if function.reserved == 0:
        raise AwsError(
            "TooManyRequestsException",
            "Rate Exceeded.",
            429,
            Reason="ReservedFunctionConcurrentInvocationLimitExceeded",
            Type="User",
        )
    return _ran(account, function, version, tail=params.get("LogType") == "Tail")


def _ran(account: "Account", function: EmulatedFunction, version: str, *, tail: bool) -> Answer:
    now = account.clock()
    key = mixed(function.key, int(now * 1000))
    behaviour = function.behaviour(version, now)
    failed = unit(key, 1) < behaviour.error_rate
    duration_ms = min(behaviour.timeout_ms, (behaviour.failing if failed else behaviour.latency).at(unit(key, 2)))
    answer: Answer = {"StatusCode": 200, "ExecutedVersion": version, "Payload": b'{"statusCode": 200}'}
    if failed:
        fault = behaviour.profile.faults[0]
        told = {"errorMessage": fault.message, "errorType": fault.type, "stackTrace": []}
        answer |= {"FunctionError": "Unhandled", "Payload": json.dumps(told).encode()}
    if tail:
        request = f"{key:016x}{mixed(key, 3):016x}"
        request = f"{request[:8]}-{request[8:12]}-4{request[13:16]}-a{request[17:20]}-{request[20:]}"
        answer["LogResult"] = base64.b64encode(
            (
                f"START RequestId: {request} Version: {version}\nEND RequestId: {request}\n"
                f"REPORT RequestId: {request}\tDuration: {duration_ms:.2f} ms\t"
                f"Billed Duration: {math.ceil(duration_ms)} ms\tMemory Size: {behaviour.memory_mb} MB\t"
                f"Max Memory Used: {min(behaviour.profile.used_mb, behaviour.memory_mb)} MB\t\n"
            ).encode()
        ).decode()
    return answer
