"""How to attach Lambda Insights to a function by hand, and what it will cost: for panes that have nothing to show yet.

The layer's version, and in a few Regions its account, differ by Region: AWS lists them on a page of its documentation,
and nothing here claims to know the newest one.
"""

import shlex
from typing import Final

from lambdatop.model.function import Function

VERSIONS_PAGE: Final = "docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Lambda-Insights-extension-versions.html"
POLICY: Final = "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy"
VERSION: Final = "VERSION"
"""What the user puts the layer's number in place of."""
METRICS, USD_PER_METRIC = 8, 0.30
"""AWS: custom metrics a function, and each a month within the first 10,000."""
BYTES_PER_RECORD = 1_024
_ACCOUNT: Final = "580247275435"
_ACCOUNTS: Final = {"af-south-1": "012438385374", "ap-east-1": "519774774795", "ap-southeast-3": "439286490199"}
_INGESTION: Final = {"eu-central-1": 0.63}
_USUAL_INGESTION: Final = 0.50
"""USD per GB of log, in us-east-1."""
_VERSIONS_X86: Final = dict.fromkeys(("us-east-1", "us-east-2", "us-west-1", "us-west-2"), 64)
_VERSIONS_ARM: Final = {
    **dict.fromkeys(("us-east-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-central-1"), 31),
    **dict.fromkeys(("ap-southeast-1", "ap-southeast-2"), 31),
    "us-east-2": 33,
    "us-west-1": 29,
    "ap-northeast-1": 42,
    "ap-south-1": 33,
}
"""AWS's page, autumn 2026: of release 1.0.660.0."""
_MINUTES_PER_MONTH: Final = 30 * 24 * 60


def commands(function: Function) -> tuple[str, ...]:
    """The `aws` lines that attach the layer, in order; none for a container image, which takes no layers."""
    if function.runtime is None:
        return ()
    named = f"--function-name {shlex.quote(function.name)}"
    layers = " ".join(map(shlex.quote, (*function.layers, _layer(function))))
    return (
        f"aws iam attach-role-policy --policy-arn {POLICY} --role-name "
        f'"$(aws lambda get-function-configuration {named} --query Role --output text | sed s:.*/::)"',
        f"aws lambda update-function-configuration {named} --layers {layers}",
    )


def usd_per_month(function: Function, invocations_per_min: float | None) -> float | None:
    """What the extension costs at this traffic: its metrics, and a record of about 1 KB an invocation; in USD."""
    if invocations_per_min is None:
        return None
    ingested_gb = invocations_per_min * _MINUTES_PER_MONTH * BYTES_PER_RECORD / (1 << 30)
    return METRICS * USD_PER_METRIC + ingested_gb * _INGESTION.get(function.region, _USUAL_INGESTION)


def layer_name(function: Function) -> str:
    """The ARN of the layer for the function's Region and architecture, without a version."""
    account = _ACCOUNTS.get(function.region, _ACCOUNT)
    name = "LambdaInsightsExtension-Arm64" if function.architecture == "arm64" else "LambdaInsightsExtension"
    return f"arn:aws:lambda:{function.region}:{account}:layer:{name}"


def known_version(function: Function) -> int | None:
    """A version that the Region is known to have, maybe not its newest; None where none is known."""
    known = _VERSIONS_ARM if function.architecture == "arm64" else _VERSIONS_X86
    return known.get(function.region)


def _layer(function: Function) -> str:
    return f"{layer_name(function)}:{VERSION}"
