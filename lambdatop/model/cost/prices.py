"""What AWS asks for Lambda, on demand, by Region and architecture.

AWS Price List, read in September 2026, first tier, US dollars. Regions that are not in it are priced as us-east-1,
which is said wherever a price is.
Tiers, free tier and Savings Plans belong to the whole organisation and are left out.
"""

from functools import lru_cache

from msgspec import Struct

_FALLBACK = "us-east-1"

ALARM_USD, HIGH_RESOLUTION_ALARM_USD = 0.10, 0.30
"""An alarm on one metric, a month, in any Region (CloudWatch pricing, first tier)."""

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


def borrowed(region: str) -> str | None:
    """The Region whose prices stand in for those of one that has none of its own here; None where it has."""
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
