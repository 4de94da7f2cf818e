"""The Lambda Insights layer in the function's Region, and the policy that the function's role needs.

AWS publishes the layer from an account of its own. Most callers may not list its versions, but may read each one:
then the versions are read one after another, starting from a known one.
"""

from lambdatop.aws.errors import AccessDenied, AwsError, NotFound
from lambdatop.aws.gate import Gate
from lambdatop.model.function import Function
from lambdatop.model.insights.how_to_attach import known_version, layer_name

MOST_PROBES = 6
"""How many versions beyond the known one are tried: AWS publishes a few a year."""


async def newest_insights_layer(aws: Gate, function: Function) -> str | None:
    """The ARN of the newest version of the layer for the function's Region and architecture; None if nothing tells.

    Sources: lambda ListLayerVersions, else GetLayerVersion. Raises AwsError if neither is permitted.
    """
    name = layer_name(function)
    try:
        answer = await aws.call("lambda", "ListLayerVersions", LayerName=name, MaxItems=1)
    except (AccessDenied, NotFound) as refusal:
        return await _newest_seen(aws, function, refusal)
    return next((each.get("LayerVersionArn") for each in answer.get("LayerVersions") or ()), None)


async def _newest_seen(aws: Gate, function: Function, refusal: AwsError) -> str | None:
    """The last version that can be looked at; `refusal` is raised if none can, as it names the permission."""
    known = known_version(function)
    if known is None:
        raise refusal
    newest: str | None = None
    for number in range(known, known + MOST_PROBES):
        try:
            answer = await aws.call("lambda", "GetLayerVersion", LayerName=layer_name(function), VersionNumber=number)
        except (AccessDenied, NotFound):
            break
        newest = answer.get("LayerVersionArn") or newest
    if newest is None:
        raise refusal
    return newest


async def role_policies(aws: Gate, role: str) -> tuple[str, ...]:
    """The ARNs of the managed policies on a role, by its name. Source: iam ListAttachedRolePolicies."""
    found: list[str] = []
    async for page in aws.pages("iam", "ListAttachedRolePolicies", RoleName=role):
        found.extend(str(each.get("PolicyArn")) for each in page.get("AttachedPolicies") or ())
    return tuple(found)
