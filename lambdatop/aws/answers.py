"""An answer must have AWS's shape: botocore turns a captive portal's page into an answer with its members missing."""

from collections.abc import Mapping
from typing import Any

from lambdatop.aws.errors import BadAnswer

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
    "GetTraceSummaries.TraceSummaries": list,
    "BatchGetTraces.Traces": list,
    "GetCallerIdentity.Account": str,
}
_MEMBER = {operation: (member, kind) for (operation, member), kind in ((k.split("."), v) for k, v in _REQUIRED.items())}


def check(operation: str, answer: Mapping[str, Any], endpoint: str) -> None:
    """Raise BadAnswer unless the answer holds the member that this operation always returns."""
    expected = _MEMBER.get(operation)
    if expected is None:
        return
    member, kind = expected
    if not isinstance(answer.get(member), kind):
        raise BadAnswer(
            f"unexpected answer from {endpoint} to {operation}{_what(answer)}",
            remedy="is a proxy or captive portal in between?",
        )


def _what(answer: Mapping[str, Any]) -> str:
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    kind, size = headers.get("content-type", "").split(";")[0], headers.get("content-length")
    described = ", ".join(part for part in (kind, f"{size} bytes" if size else "") if part)
    return f" ({described})" if described else ""
