"""Why there are no traces of a function, in one sentence that names the remedy: an empty list alone says nothing."""

from enum import StrEnum

from lambdatop.model.function import Function


class Destination(StrEnum):
    """Where X-Ray puts the account's segments (AWS: GetTraceSegmentDestination)."""

    XRAY = "XRay"
    LOGS = "CloudWatchLogs"
    """Transaction Search: all spans in the log group `aws/spans`, a small share of them indexed as traces."""


def why_no_traces(
    function: Function | None,
    *,
    invocations: float | None = None,
    destination: Destination | None = None,
    key: str | None = None,
) -> str:
    """The likeliest reason. `invocations` are those of the window without traces; `key` switches tracing on."""
    if function is not None and not function.tracing:
        return f"X-Ray tracing is off for {function.name} (PassThrough); {_switched_on_by(function, key)}"
    if invocations == 0:
        return "no traces in this window: the function was not invoked"
    if destination is Destination.LOGS:
        return (
            "no spans of this function in this window: Transaction Search is on, so they should be in the log group "
            "aws/spans; may the function's role write traces (xray:PutTraceSegments)?"
        )
    if invocations:
        return (
            f"{_counted(invocations)} in this window, and none was traced: its caller decided not to sample, "
            "or the function's role may not write traces (xray:PutTraceSegments)"
        )
    return "no traces in this window"


def why_no_trace(function: Function | None, *, ended: bool, key: str | None = None) -> str:
    """Why a request has no trace to jump to; `ended` if its REPORT, which would name the trace, is known."""
    if function is not None and not function.tracing:
        return f"X-Ray tracing is off for {function.name} (PassThrough); {_switched_on_by(function, key)}"
    if ended:
        return "its REPORT line names no trace: the request was not sampled"
    return "its REPORT line, which names the trace, is not there: it runs still, or its end was not read"


def _switched_on_by(function: Function, key: str | None) -> str:
    region = f" --region {function.region}" if function.region else ""
    return (
        f"{key} switches it on, as does: " if key else "switch it on with: "
    ) + f"aws lambda update-function-configuration{region} --function-name {function.name} --tracing-config Mode=Active"


def _counted(invocations: float) -> str:
    return "1 invocation" if invocations == 1 else f"{invocations:,.0f} invocations"
