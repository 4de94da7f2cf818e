"""Application Auto Scaling: which alias's provisioned concurrency it looks after, and may set anew at any time."""

from typing import TYPE_CHECKING

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.operations import Answer, Params, operation
from lambdatop.emulator.simulation.fleet import AUTOSCALED

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_DIMENSION = "lambda:function:ProvisionedConcurrency"
_DAY_S = 86400
_ROLE = (
    "role/aws-service-role/lambda.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_LambdaConcurrency"
)


@operation("application-autoscaling.DescribeScalableTargets")
def describe_scalable_targets(account: "Account", params: Params) -> Answer:
    """The scalable targets of a service, of some resources if asked. AWS: resource ids only with a namespace."""
    if params.get("ScalableDimension", _DIMENSION) != _DIMENSION and params["ServiceNamespace"] == "lambda":
        raise ServiceError("ValidationException", f"Unsupported scalable dimension: {params['ScalableDimension']}")
    found = [
        f"function:{name}:{alias}"
        for name, (alias, _) in AUTOSCALED.items()
        if params["ServiceNamespace"] == "lambda" and name in account.functions
    ]
    wanted = params.get("ResourceIds") or found
    return {"ScalableTargets": [_target(account, resource) for resource in found if resource in wanted]}


def _target(account: "Account", resource: str) -> Answer:
    alias, least = AUTOSCALED[resource.split(":")[1]]
    where = f"arn:aws:application-autoscaling:{account.region}:{account.id}:scalable-target"
    return {
        "ServiceNamespace": "lambda",
        "ResourceId": resource,
        "ScalableDimension": _DIMENSION,
        "MinCapacity": least,
        "MaxCapacity": 5 * least,
        "RoleARN": f"arn:aws:iam::{account.id}:{_ROLE}",
        "CreationTime": account.started - 60 * _DAY_S,
        "SuspendedState": dict.fromkeys(
            ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False
        ),
        "ScalableTargetARN": f"{where}/{alias}{sum(map(ord, resource)):012d}",
    }
