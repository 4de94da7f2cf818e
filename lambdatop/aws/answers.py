"""An answer must have AWS's shape: botocore turns a captive portal's page into an answer with its members missing."""

from collections.abc import Mapping
from typing import Any

from lambdatop.aws.shapes import Odd
from lambdatop.aws.translate import bad_answer

_REQUIRED: Mapping[str, type] = {
    # The members that every well-formed answer of these operations holds (AWS API references); a list unless said.
    "ListFunctions.Functions": list,
    "GetFunctionConfiguration.FunctionName": str,
    "GetAccountSettings.AccountLimit": dict,
    "GetMetricData.MetricDataResults": list,
    "ListMetrics.Metrics": list,
    "DescribeAlarms.MetricAlarms": list,
    "FilterLogEvents.events": list,
    "DescribeLogGroups.logGroups": list,
    "DescribeLogStreams.logStreams": list,
    "StartQuery.queryId": str,
    "GetQueryResults.status": str,
    "GetTraceSummaries.TraceSummaries": list,
    "BatchGetTraces.Traces": list,
    "GetServiceGraph.Services": list,
    "StartTraceRetrieval.RetrievalToken": str,
    "ListRetrievedTraces.RetrievalStatus": str,
    "GetCallerIdentity.Account": str,
    "ListVersionsByFunction.Versions": list,
    "ListAliases.Aliases": list,
    "GetAlias.Name": str,
    "UpdateAlias.Name": str,
    "UpdateFunctionConfiguration.FunctionName": str,
    "PutFunctionConcurrency.ReservedConcurrentExecutions": int,
    "PutProvisionedConcurrencyConfig.Status": str,
    "GetProvisionedConcurrencyConfig.Status": str,
    "ListProvisionedConcurrencyConfigs.ProvisionedConcurrencyConfigs": list,
    "CreateAlias.Name": str,
    "PublishVersion.Version": str,
    "ListEventSourceMappings.EventSourceMappings": list,
    "GetEventSourceMapping.UUID": str,
    "UpdateEventSourceMapping.UUID": str,
    "ListLayerVersions.LayerVersions": list,
    "GetLayerVersion.LayerVersionArn": str,
    "ListAttachedRolePolicies.AttachedPolicies": list,
    "ListTopics.Topics": list,
    "DescribeScalableTargets.ScalableTargets": list,
}
_ITEMS: Mapping[str, Mapping[str, type]] = {
    # What each item of these lists holds, without which it is of no use.
    "ListFunctions": {"FunctionName": str},
    "FilterLogEvents": {"timestamp": int, "message": str},
    "GetMetricData": {"Id": str},
}
_EACH_BY_ITSELF = {"ListFunctions": "Functions"}
"""Their readers check each item with `Gate.odd_member`, since one odd item must not hide all the others."""
_LATEST_MS = 253_402_300_800_000
"""The year 10000, in which no event is: Python has no such time."""
_MEMBER = {operation: (member, kind) for (operation, member), kind in ((k.split("."), v) for k, v in _REQUIRED.items())}


def check(operation: str, answer: Mapping[str, Any], endpoint: str, odd_in: Odd) -> None:
    """Raise BadAnswer for a web page, and if a member is missing that this operation always returns.

    Also if one is of another type than AWS's: `odd_in` finds it.
    """
    metadata = answer.get("ResponseMetadata", {})
    headers = metadata.get("HTTPHeaders", {})
    content_type, size = headers.get("content-type", "").split(";")[0], headers.get("content-length", "")
    member, kind = _MEMBER.get(operation, ("", object))
    # moto calls its JSON text/html too, and its empty answers: a page is what has a body and not one member.
    empty = size == "0" or metadata.get("HTTPStatusCode") == 204
    page = content_type == "text/html" and not empty and answer.keys() <= {"ResponseMetadata"}
    left = _EACH_BY_ITSELF.get(operation)
    odd = odd_in({name: value for name, value in answer.items() if name != left})
    if page or odd or not isinstance(answer.get(member), kind) or not _are_whole(operation, answer.get(member)):
        why = f"{odd} is not as AWS has it" if odd else ""
        described = ", ".join(part for part in (why, content_type, f"{size} bytes" if size else "") if part)
        raise bad_answer(operation, endpoint, f" ({described})" if described else "")


def _are_whole(operation: str, items: Any) -> bool:
    """True unless an item of the list lacks what every item of this operation's list holds."""
    wanted = _ITEMS.get(operation)
    if wanted is None:
        return True
    whole = all(
        isinstance(item, dict) and all(isinstance(item.get(name), kind) for name, kind in wanted.items())
        for item in items
    )
    return whole and ("timestamp" not in wanted or all(map(_is_in_time, items)))


def _is_in_time(event: Mapping[str, Any]) -> bool:
    return 0 <= event["timestamp"] < _LATEST_MS and 0 <= (event.get("ingestionTime") or 0) < _LATEST_MS
