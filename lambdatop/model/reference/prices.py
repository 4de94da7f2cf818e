"""What AWS charges, on demand, in US dollars: every price that the program knows, with the day it was read.

First tiers, without discounts: tiers, free tiers and Savings Plans belong to the whole organisation. A Region that is
not in a table is priced by another one's; where that is Lambda's price, the screen says so.
"""

from datetime import date
from functools import lru_cache
from typing import Final

from msgspec import Struct

from lambdatop.model.reference.reading import ReadOn

READINGS: Final = (
    ReadOn(
        table="Lambda by Region",
        page="AWS Price List, AWSLambda (also aws.amazon.com/lambda/pricing)",
        read_on=date(2026, 9, 1),
        look_up="by Region, first tier: USD per GB-s on x86_64 and arm64, per request, per GB-s of provisioned "
        "concurrency and of its duration, per GB-s of ephemeral storage; Regions that are not in the table yet",
    ),
    ReadOn(
        table="CloudWatch API",
        page="aws.amazon.com/cloudwatch/pricing",
        read_on=date(2026, 11, 1),
        look_up="us-east-1: USD per metric requested by GetMetricData, per other API request",
    ),
    ReadOn(
        table="X-Ray traces retrieved",
        page="aws.amazon.com/xray/pricing",
        read_on=date(2026, 11, 1),
        look_up="us-east-1: USD per trace retrieved or scanned",
    ),
    ReadOn(
        table="X-Ray traces recorded",
        page="aws.amazon.com/xray/pricing",
        read_on=date(2026, 11, 25),
        look_up="us-east-1: USD per trace recorded",
    ),
    ReadOn(
        table="CloudWatch alarms",
        page="aws.amazon.com/cloudwatch/pricing",
        read_on=date(2026, 11, 25),
        look_up="USD a month per alarm metric, standard and high resolution",
    ),
    ReadOn(
        table="CloudWatch custom metrics and log ingestion",
        page="aws.amazon.com/cloudwatch/pricing",
        read_on=date(2026, 11, 24),
        look_up="USD a month per custom metric (first 10,000); us-east-1, eu-central-1: USD per GB of log ingested",
    ),
    ReadOn(
        table="Logs Insights queries",
        page="aws.amazon.com/cloudwatch/pricing",
        read_on=date(2026, 11, 24),
        look_up="USD per GB scanned in us-east-1, us-east-2, us-west-2 and eu-central-1",
    ),
)

GET_METRIC_DATA_USD: Final = 0.01 / 1000
"""Per metric requested; AWS: GetMetricData has no free tier."""
CLOUDWATCH_REQUEST_USD: Final = 0.01 / 1000
"""Per request of the other CloudWatch operations that are billed."""
TRACE_RETRIEVED_USD: Final = 0.50 / 1e6
"""Per trace that X-Ray returns or scans."""
TRACE_RECORDED_USD: Final = 5 / 1e6
"""Per trace that a function sends."""
ALARM_USD: Final = 0.10
"""An alarm on one metric, a month, in any Region."""
HIGH_RESOLUTION_ALARM_USD: Final = 0.30
"""The same with a period below a minute."""
CUSTOM_METRIC_USD: Final = 0.30
"""A custom metric, a month, within the first 10,000."""
_INGESTION_USD_PER_GB: Final = {"eu-central-1": 0.63}
_USUAL_INGESTION_USD_PER_GB: Final = 0.50
"""That of us-east-1."""
_SCAN_USD_PER_GB: Final = {"us-east-1": 0.005, "us-east-2": 0.005, "us-west-2": 0.005, "eu-central-1": 0.0063}
_USUAL_SCAN_USD_PER_GB: Final = 0.0063
"""Where the Region's own price is not known: rather too much than too little."""

_FALLBACK: Final = "us-east-1"
# USD per million GB-s on x86_64 and on arm64, per million requests; provisioned concurrency: per million GB-s
# configured, per million GB-s of duration; per billion GB-s of ephemeral storage.
_STANDARD = "16.6667 13.3334 0.20"
_TABLE = f"""
us-east-1      {_STANDARD} 4.1667 9.7222 30.9
us-east-2      {_STANDARD} 4.1667 9.7222 30.9
us-west-2      {_STANDARD} 4.1667 9.7222 30.9
us-west-1      {_STANDARD} 4.9041 11.4430 37.0
ca-central-1   {_STANDARD} 4.6460 10.8407 34.0
eu-west-1      {_STANDARD} 4.6460 10.8407 34.0
eu-west-2      {_STANDARD} 4.8304 11.2709 35.8
eu-west-3      {_STANDARD} 4.8673 11.3569 35.8
eu-central-1   {_STANDARD} 5.0147 11.7011 36.7
eu-central-2   18.3334 14.6667 0.22 5.5162 12.8712 44.1
eu-north-1     {_STANDARD} 4.4248 10.3245 32.3
eu-south-1     19.5172 15.6138 0.23 4.8783 11.3827 35.7
ap-south-1     {_STANDARD} 4.4985 10.4966 35.2
ap-northeast-1 {_STANDARD} 5.3835 12.5615 37.0
ap-northeast-2 {_STANDARD} 5.1254 11.9592 35.2
ap-northeast-3 {_STANDARD} 5.3835 12.5615 37.0
ap-southeast-1 {_STANDARD} 5.1991 12.1313 37.0
ap-southeast-2 {_STANDARD} 5.2360 12.2173 37.0
ap-southeast-4 {_STANDARD} 5.2360 12.2173 37.0
ap-southeast-5 15.0 12.0 0.18 4.6791 10.9181 33.3
ap-east-1      22.92 18.3 0.28 5.7153 13.3358 40.7
af-south-1     22.1 17.68 0.27 5.5300 12.9000 40.4
me-south-1     20.6667 16.5334 0.25 5.1108 11.9251 37.4
sa-east-1      {_STANDARD} 6.6372 15.4867 58.6
"""

_ARM_PROVISIONED = 0.8
"""AWS: provisioned concurrency on arm64 against x86_64; only us-east-1's prices were read."""


def ingestion_usd_per_gb(region: str) -> float:
    """Return the price of a GB of log sent to CloudWatch Logs, in USD; us-east-1's where the Region's is not known."""
    return _INGESTION_USD_PER_GB.get(region, _USUAL_INGESTION_USD_PER_GB)


def scan_usd_per_gb(region: str) -> float:
    """Return the price of a GB that a Logs Insights query scans, in USD; the highest known where it is not known."""
    return _SCAN_USD_PER_GB.get(region, _USUAL_SCAN_USD_PER_GB)


def borrowed(region: str) -> str | None:
    """Return the Region whose Lambda prices stand in for those of `region`; None where its own are known."""
    return None if region in _PRICES else _FALLBACK


class Rates(Struct, frozen=True, kw_only=True):
    """Prices in USD; a GB is 1024 MB."""

    duration_gb_s: float
    request: float
    provisioned_gb_s: float
    """Per GB-s of provisioned concurrency configured, used or not."""
    provisioned_duration_gb_s: float
    """Per GB-s that an invocation on provisioned concurrency runs."""
    ephemeral_gb_s: float
    """Per GB-s of /tmp above 512 MB, while a function runs."""


@lru_cache(maxsize=64)
def rates(region: str, architecture: str) -> Rates:
    """Return the prices of a Region for `x86_64` or `arm64`."""
    x86, arm, requests, provisioned, provisioned_duration, ephemeral = _PRICES.get(region, _PRICES[_FALLBACK])
    is_arm = architecture == "arm64"
    provisioned_factor = _ARM_PROVISIONED if is_arm else 1
    return Rates(
        duration_gb_s=(arm if is_arm else x86) / 1e6,
        request=requests / 1e6,
        provisioned_gb_s=provisioned * provisioned_factor / 1e6,
        provisioned_duration_gb_s=provisioned_duration * provisioned_factor / 1e6,
        ephemeral_gb_s=ephemeral / 1e9,
    )


_PRICES = {
    region: tuple(float(price) for price in prices)
    for region, *prices in (line.split() for line in _TABLE.strip().splitlines())
}
