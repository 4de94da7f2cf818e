"""An answer must have AWS's shape: botocore turns a captive portal's page into an answer with its members missing."""

from collections.abc import Mapping
from typing import Any

from lambdatop.aws.errors import bad_answer

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
_MEMBER = {operation: (member, kind) for (operation, member), kind in ((k.split("."), v) for k, v in _REQUIRED.items())}


def check(operation: str, answer: Mapping[str, Any], endpoint: str) -> None:
    """Raise BadAnswer for a web page, or if the member is missing that this operation always returns."""
    metadata = answer.get("ResponseMetadata", {})
    headers = metadata.get("HTTPHeaders", {})
    content_type, size = headers.get("content-type", "").split(";")[0], headers.get("content-length", "")
    member, kind = _MEMBER.get(operation, ("", object))
    # moto calls its JSON text/html too, and its empty answers: a page is what has a body and not one member.
    empty = size == "0" or metadata.get("HTTPStatusCode") == 204
    page = content_type == "text/html" and not empty and answer.keys() <= {"ResponseMetadata"}
    if page or not isinstance(answer.get(member), kind):
        described = ", ".join(part for part in (content_type, f"{size} bytes" if size else "") if part)
        raise bad_answer(operation, endpoint, f" ({described})" if described else "")
