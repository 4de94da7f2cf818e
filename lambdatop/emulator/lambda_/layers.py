"""Lambda's layers: the Lambda Insights extension's, which AWS publishes in each Region in versions of its own."""

import re
from typing import TYPE_CHECKING

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.function import iso
from lambdatop.emulator.lambda_.checks import missing, paged
from lambdatop.emulator.operations import Answer, Params, operation
from lambdatop.emulator.simulation.fleet import INSIGHTS_VERSIONS

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_LAYER = re.compile(r"^arn:aws:lambda:(?P<region>[\w-]+):580247275435:layer:LambdaInsightsExtension(?P<arm>-Arm64)?$")
_OLDER = 3
"""Versions before the newest that are still there."""
_MONTH_S = 30 * 86400
_RUNTIMES = ("python3.13", "python3.12", "nodejs24.x", "nodejs22.x", "java21", "dotnet8", "ruby3.4", "provided.al2023")


@operation("lambda.ListLayerVersions")
def list_layer_versions(account: "Account", params: Params) -> Answer:
    """The versions of the extension's layer, newest first. AWS: another account's other layers are not shown."""
    layer = params["LayerName"]
    newest = _newest(account, layer, "ListLayerVersions")
    page, marker = paged([_described(account, layer, newest - age, age) for age in range(_OLDER + 1)], params)
    return {"LayerVersions": list(page)} | marker


@operation("lambda.GetLayerVersion")
def get_layer_version(account: "Account", params: Params) -> Answer:
    """One version of the layer."""
    layer, version = params["LayerName"], params["VersionNumber"]
    newest = _newest(account, layer, "GetLayerVersion")
    if not newest - _OLDER <= version <= newest:
        raise missing(f"Layer version {layer}:{version} does not exist.")
    content = {"Location": "", "CodeSha256": "", "CodeSize": 4_211_508}
    return _described(account, layer, version, newest - version) | {"LayerArn": layer, "Content": content}


def _newest(account: "Account", layer: str, operation: str) -> int:
    match = _LAYER.match(layer)
    if match is not None and match["region"] == account.region:
        return INSIGHTS_VERSIONS["arm64" if match["arm"] else "x86_64"]
    raise ServiceError(
        "AccessDeniedException",
        f"User: arn:aws:iam::{account.id}:user/demo is not authorized to perform: lambda:{operation} on resource: "
        f"{layer} because no resource-based policy allows the lambda:{operation} action",
        403,
    )


def _described(account: "Account", layer: str, version: int, age: int) -> Answer:
    return {
        "LayerVersionArn": f"{layer}:{version}",
        "Version": version,
        "Description": "Lambda Insights extension",
        "CreatedDate": iso(account.started - (age + 1) * _MONTH_S),
        "CompatibleRuntimes": list(_RUNTIMES),
        "CompatibleArchitectures": ["arm64" if "-Arm64" in layer else "x86_64"],
    }
