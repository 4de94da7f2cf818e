"""A Lambda function as the control plane describes it, under AWS's own names."""

import re
from datetime import datetime
from typing import Literal

from msgspec import Struct

_INSIGHTS_LAYER = re.compile(r":layer:LambdaInsightsExtension(-Arm64)?:(\d+)$")

LogFormat = Literal["Text", "JSON"]


class InsightsLayer(Struct, frozen=True, gc=False):
    """The Lambda Insights extension attached to a function."""

    version: int
    architecture: str

    def __str__(self) -> str:
        return f"layer {self.version}, {self.architecture}"


class Function(Struct, frozen=True, kw_only=True, gc=False):
    """One function of the account, as ListFunctions returns it (`$LATEST`)."""

    name: str
    arn: str
    runtime: str | None
    """AWS's identifier (`python3.13`), or None for a container image."""
    architecture: str
    """`x86_64` or `arm64`."""
    memory_mb: int
    timeout_s: int
    last_modified: datetime | None
    log_group: str
    log_format: LogFormat = "Text"
    tracing: bool = False
    """True if X-Ray tracing is Active; False if PassThrough."""
    layers: tuple[str, ...] = ()
    ephemeral_mb: int = 512
    snap_start: bool = False
    description: str = ""
    version: str = "$LATEST"
    revision_id: str | None = None

    @property
    def has_insights(self) -> bool:
        """True if the Lambda Insights extension's layer is attached."""
        return self.insights_layer is not None

    @property
    def insights_layer(self) -> InsightsLayer | None:
        """The Lambda Insights extension's layer; None if the function has none."""
        found = next((match for arn in self.layers if (match := _INSIGHTS_LAYER.search(arn))), None)
        return InsightsLayer(int(found[2]), "arm64" if found[1] else "x86_64") if found else None

    @property
    def region(self) -> str:
        """The Region in the ARN, or an empty string if the ARN has none."""
        parts = self.arn.split(":")
        return parts[3] if len(parts) > 3 else ""

    @property
    def account(self) -> str:
        """The account in the ARN, or an empty string if the ARN has none."""
        parts = self.arn.split(":")
        return parts[4] if len(parts) > 4 else ""

    @property
    def shares_log_group(self) -> bool:
        """True if the log group is a custom one, in which other functions may write too."""
        return self.log_group != f"/aws/lambda/{self.name}"
