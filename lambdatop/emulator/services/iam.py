"""IAM: the managed policies on the functions' roles, by which the Lambda Insights extension may write or may not.

A role is the account's own whatever the Region; each function has one of its own name unless it was created otherwise.
"""

from typing import TYPE_CHECKING

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.function import has_insights
from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_MANAGED = "arn:aws:iam::aws:policy/"
_USUAL = ("service-role/AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess")
_INSIGHTS = "CloudWatchLambdaInsightsExecutionRolePolicy"
_POLICIES_PER_ROLE = 10


@operation("iam.ListAttachedRolePolicies")
def list_attached_role_policies(account: "Account", params: Params) -> Answer:
    """The managed policies of a role."""
    attached = _attached(account, params["RoleName"])
    return {
        "AttachedPolicies": [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in attached],
        "IsTruncated": False,
    }


@operation("iam.AttachRolePolicy")
def attach_role_policy(account: "Account", params: Params) -> Answer:
    """Attach a managed policy. AWS: attaching it once more is no error."""
    attached, arn = _attached(account, params["RoleName"]), params["PolicyArn"]
    if not arn.startswith("arn:aws:iam::") or ":policy/" not in arn:
        raise ServiceError("InvalidInput", f"ARN {arn} is not valid.")
    if arn not in attached and len(attached) >= _POLICIES_PER_ROLE:
        raise ServiceError("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {_POLICIES_PER_ROLE}", 409)
    if arn not in attached:
        attached.append(arn)
    return {}


@operation("iam.DetachRolePolicy")
def detach_role_policy(account: "Account", params: Params) -> Answer:
    """Take a managed policy away."""
    attached, arn = _attached(account, params["RoleName"]), params["PolicyArn"]
    if arn not in attached:
        raise ServiceError("NoSuchEntityException", f"Policy {arn} was not found.", 404)
    attached.remove(arn)
    return {}


def _attached(account: "Account", role: str) -> list[str]:
    if role not in account.policies:
        account.policies[role] = _at_first(account, role)
    return account.policies[role]


def _at_first(account: "Account", role: str) -> list[str]:
    """What a function's role begins with: enough to log and to trace, and more where the extension is attached."""
    named = account.functions.get(role)
    others = (each for each in account.functions.values() if each is not named)
    for function in (*([named] if named else ()), *others):
        if function.config["Role"].rpartition("/")[2] == role:
            policies = (*_USUAL, _INSIGHTS) if has_insights(function.config) else _USUAL
            return [f"{_MANAGED}{policy}" for policy in policies]
    raise ServiceError("NoSuchEntityException", f"The role with name {role} cannot be found.", 404)
