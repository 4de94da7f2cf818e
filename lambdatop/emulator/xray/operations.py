"""X-Ray of the emulated account: trace summaries, traces and the service graph.

Source of the rules: the service's model and developer guide.
"""

import json
from typing import TYPE_CHECKING, Any

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.invocation import EmulatedInvocation
from lambdatop.emulator.logs.scan import reach_s
from lambdatop.emulator.operations import Answer, Params, operation
from lambdatop.emulator.wire.json_ import dumps
from lambdatop.emulator.xray.filter import FilteredTrace, TraceFilter, compile_filter
from lambdatop.emulator.xray.segments import annotations, documents, exception_of, http_status
from lambdatop.emulator.xray.service_graph import service_graph, services_of
from lambdatop.emulator.xray.traces import find, order, slices, traced_functions

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_MAX_RANGE_S = 6 * 3600
_MAX_IDS = 5
_PAGE = 100
_BUDGET = 20_000
"""Invocations that one page may cost: with rare matches a page may be empty, and have a token."""


@operation("xray.GetTraceSummaries")
def get_trace_summaries(account: "Account", params: Params) -> Answer:
    """Traces that began in the range, newest first; with another `TimeRangeType` than TraceId those updated in it."""
    start, end = _range(params)
    wanted = compile_filter(params.get("FilterExpression", ""))
    names = _candidates(account, wanted)
    began = start if params.get("TimeRangeType", "TraceId") == "TraceId" else start - _longest_s(account, names)
    before = _place(params.get("NextToken"))
    page: list[EmulatedInvocation] = []
    processed = examined = 0
    token: dict[str, str] = {}
    for part in slices(account, names, began, min(end, before[0] + 1e-6) if before else end):
        processed += len(part.traces)
        examined += part.examined
        fresh = (trace for trace in part.traces if before is None or order(trace) < before)
        page += (trace for trace in fresh if trace.end >= start and wanted.test(_subject(account, trace)))
        if len(page) >= _PAGE or examined > _BUDGET:
            more = len(page) > _PAGE or part.start > began
            place = order(page[_PAGE - 1]) if len(page) >= _PAGE else (part.start, "")
            token = {"NextToken": json.dumps(place)} if more else {}
            break
    return {
        "TraceSummaries": [_summary(account, trace) for trace in page[:_PAGE]],
        "ApproximateTime": account.clock(),
        "TracesProcessedCount": processed,
        **token,
    }


def _range(params: Params) -> tuple[float, float]:
    start, end = params["StartTime"], params["EndTime"]
    if end < start:
        raise ServiceError("InvalidRequestException", "EndTime must not be before StartTime")
    if end - start > _MAX_RANGE_S:
        raise ServiceError("InvalidRequestException", "Time range cannot be longer than 6 hours")
    return start, end


def _place(token: str | None) -> tuple[float, str] | None:
    if not token:
        return None
    try:
        at, trace_id = json.loads(token)
        return float(at), str(trace_id)
    except (ValueError, TypeError) as unreadable:
        raise ServiceError("InvalidRequestException", "Invalid NextToken") from unreadable


def _candidates(account: "Account", wanted: TraceFilter) -> list[str]:
    """The functions whose traces can pass the filter."""
    traced = traced_functions(account)
    if wanted.services is None or not wanted.services <= account.functions.keys():
        return traced
    return [name for name in traced if name in wanted.services]


def _longest_s(account: "Account", names: list[str]) -> float:
    """How long a trace of these functions may take."""
    return max((reach_s(account.function(name)) for name in names), default=0.0)


def _subject(account: "Account", trace: EmulatedInvocation) -> FilteredTrace:
    """The trace as a filter expression sees it."""
    failed = trace.outcome != "ok"
    notes = annotations(trace, account.function(trace.function_name).config.get("Runtime"))
    method, url = trace.http or (None, None)
    facts = {
        "responsetime": trace.end - trace.start,
        "duration": trace.end - trace.start,
        "http.status": http_status(trace),
        "http.method": method,
        "http.url": url,
        "account.id": account.id,
        **_flags(fault=failed, error=any(400 <= step.status < 500 for step in trace.steps)),
    }
    services = tuple(
        FilteredTrace(
            {
                "name": service.name,
                "type": service.type,
                "account.id": account.id,
                "responsetime": service.seconds,
                "duration": service.seconds,
                "http.status": service.status,
                **_flags(fault=service.fault, error=service.error),
            },
            notes,
        )
        for service in services_of(trace)
    )
    return FilteredTrace(facts, notes, services)


def _flags(*, fault: bool, error: bool) -> dict[str, bool]:
    return {"fault": fault, "error": error, "throttle": False, "partial": False, "ok": not fault and not error}


def _summary(account: "Account", trace: EmulatedInvocation) -> Answer:
    configuration = account.function(trace.function_name).config
    names = [_service_id(account, service.name, service.type) for service in services_of(trace)]
    seconds = round(trace.end - trace.start, 3)
    http: Answer = {"HttpStatus": http_status(trace)}
    if trace.http is not None:
        http |= {"HttpMethod": trace.http[0], "HttpURL": trace.http[1]}
    return {
        "Id": trace.trace_id,
        "StartTime": round(trace.start, 3),
        "Duration": seconds,
        "ResponseTime": seconds,
        "HasFault": trace.outcome != "ok",
        "HasError": any(400 <= step.status < 500 for step in trace.steps),
        "HasThrottle": False,
        "IsPartial": False,
        "Http": http,
        "Annotations": {
            key: [{"AnnotationValue": _annotation(value), "ServiceIds": [names[1]]}]
            for key, value in annotations(trace, configuration.get("Runtime")).items()
        },
        "Users": [],
        "ServiceIds": names,
        "ResourceARNs": [{"ARN": configuration["FunctionArn"]}],
        "InstanceIds": [],
        "AvailabilityZones": [],
        "EntryPoint": names[0],
        "FaultRootCauses": _root_causes(names, trace),
        "ErrorRootCauses": [],
        "ResponseTimeRootCauses": [],
        "Revision": 1,
    }


def _service_id(account: "Account", name: str, kind: str) -> Answer:
    return {"Name": name, "Names": [name], "AccountId": account.id, "Type": kind}


def _annotation(value: bool | str) -> Answer:
    return {"BooleanValue": value} if isinstance(value, bool) else {"StringValue": value}


def _root_causes(names: list[Answer], trace: EmulatedInvocation) -> list[Any]:
    exception = exception_of(trace)
    if exception is None:
        return []
    kind, message = exception
    entity = {"Name": trace.function_name, "Exceptions": [{"Name": kind, "Message": message}], "Remote": False}
    return [{"Services": [{**names[1], "EntityPath": [entity], "Inferred": False}], "ClientImpacting": True}]


@operation("xray.BatchGetTraces")
def batch_get_traces(account: "Account", params: Params) -> Answer:
    """Up to five traces with their segments' documents; unknown ids come back unprocessed."""
    ids = params["TraceIds"]
    found = _found(account, ids)
    return {
        "Traces": [_trace(account, trace) for trace in found.values()],
        "UnprocessedTraceIds": [trace_id for trace_id in ids if trace_id not in found],
    }


def _found(account: "Account", ids: list[str]) -> dict[str, EmulatedInvocation]:
    if not 1 <= len(ids) <= _MAX_IDS:
        raise ServiceError("InvalidRequestException", f"TraceIds must hold 1 to {_MAX_IDS} ids, not {len(ids)}")
    looked_up = ((trace_id, find(account, trace_id)) for trace_id in dict.fromkeys(ids))
    return {trace_id: trace for trace_id, trace in looked_up if trace is not None}


def _trace(account: "Account", trace: EmulatedInvocation) -> Answer:
    segments = documents(trace, account.function(trace.function_name).config)
    return {
        "Id": trace.trace_id,
        "Duration": round(trace.end - trace.start, 3),
        "LimitExceeded": False,
        "Segments": [{"Id": segment["id"], "Document": dumps(segment).decode()} for segment in segments],
    }


@operation("xray.GetTraceGraph")
def get_trace_graph(account: "Account", params: Params) -> Answer:
    """The graph of up to five traces."""
    return {"Services": service_graph(list(_found(account, params["TraceIds"]).values()), account.id)}


@operation("xray.GetServiceGraph")
def get_service_graph(account: "Account", params: Params) -> Answer:
    """The graph of the range's newest traces, as many as a page of summaries may cost."""
    start, end = _range(params)
    traces: list[EmulatedInvocation] = []
    examined = 0
    for part in slices(account, traced_functions(account), start, end):
        traces += part.traces
        examined += part.examined
        if examined > _BUDGET:
            break
    return {
        "StartTime": start,
        "EndTime": end,
        "Services": service_graph(traces, account.id),
        "ContainsOldGroupVersions": False,
    }


@operation("xray.GetTraceSegmentDestination")
def get_trace_segment_destination(account: "Account", params: Params) -> Answer:
    """Traces go to X-Ray: Transaction Search is off."""
    return {"Destination": "XRay", "Status": "ACTIVE"}
