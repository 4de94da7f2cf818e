"""How to attach Lambda Insights to a function by hand, and what it will cost: for panes that have nothing to show yet.

The layer's version, and in a few Regions its account, differ by Region. Nothing here claims to know the newest version:
the user looks it up on AWS's page.
"""

import shlex
from typing import Final

from lambdatop.model.function import Function
from lambdatop.model.reference import insights_layers
from lambdatop.model.reference.prices import CUSTOM_METRIC_USD, ingestion_usd_per_gb

VERSIONS_PAGE: Final = insights_layers.PAGE
POLICY: Final = "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy"
VERSION: Final = "VERSION"
"""What the user puts the layer's number in place of."""
METRICS = 8
"""AWS: custom metrics that the extension sends for a function."""
BYTES_PER_RECORD = 1_024
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
    return METRICS * CUSTOM_METRIC_USD + ingested_gb * ingestion_usd_per_gb(function.region)


def layer_name(function: Function) -> str:
    """The ARN of the layer for the function's Region and architecture, without a version."""
    account = insights_layers.account_of(function.region)
    name = "LambdaInsightsExtension-Arm64" if function.architecture == "arm64" else "LambdaInsightsExtension"
    return f"arn:aws:lambda:{function.region}:{account}:layer:{name}"


def known_version(function: Function) -> int | None:
    """Return a version that the Region is known to have, maybe not its newest; None where none is known."""
    return insights_layers.version_in(function.region, function.architecture)


def _layer(function: Function) -> str:
    return f"{layer_name(function)}:{VERSION}"
