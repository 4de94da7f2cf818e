"""The Lambda Insights extension's layers: the account that owns them in a Region, and a version known to be there."""

from datetime import date
from typing import Final

from lambdatop.model.reference.reading import ReadOn

PAGE: Final = "docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Lambda-Insights-extension-versions.html"
READINGS: Final = (
    ReadOn(
        table="Lambda Insights layers (release 1.0.660.0)",
        page=PAGE,
        read_on=date(2026, 11, 25),
        look_up="the newest layer version by Region for x86_64 and arm64; Regions whose layers another account owns",
    ),
)

_ACCOUNT: Final = "580247275435"
_ACCOUNTS: Final = {"af-south-1": "012438385374", "ap-east-1": "519774774795", "ap-southeast-3": "439286490199"}
_VERSIONS_X86: Final = dict.fromkeys(("us-east-1", "us-east-2", "us-west-1", "us-west-2"), 64)
_VERSIONS_ARM: Final = {
    **dict.fromkeys(("us-east-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-central-1"), 31),
    **dict.fromkeys(("ap-southeast-1", "ap-southeast-2"), 31),
    "us-east-2": 33,
    "us-west-1": 29,
    "ap-northeast-1": 42,
    "ap-south-1": 33,
}


def account_of(region: str) -> str:
    """Return the id of the account that owns the layers in `region`."""
    return _ACCOUNTS.get(region, _ACCOUNT)


def version_in(region: str, architecture: str) -> int | None:
    """Return a version that `region` has for `x86_64` or `arm64`, maybe not its newest; None where none is known."""
    return (_VERSIONS_ARM if architecture == "arm64" else _VERSIONS_X86).get(region)
