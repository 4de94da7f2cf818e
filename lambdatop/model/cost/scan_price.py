"""What a Logs Insights query will cost, told before it runs: bytes to scan, estimated, at the Region's price."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from lambdatop.model.metrics import Window

_USD_PER_GB: Final = {"us-east-1": 0.005, "us-east-2": 0.005, "us-west-2": 0.005, "eu-central-1": 0.0063}
_USUAL_USD_PER_GB: Final = 0.0063
"""Where the Region's own price is not known: rather too much than too little."""
_GB: Final = 1 << 30


class ScanPrice(Struct, frozen=True):
    """An estimate: the log group's bytes are taken to have come evenly."""

    scanned_bytes: float
    usd: float


def scan_price(
    *, stored_bytes: float, created: datetime, retention_days: int | None, window: Window, region: str, now: datetime
) -> ScanPrice:
    """The price of a query over the window, from what DescribeLogGroups says of the log group.

    AWS: billed by the uncompressed bytes of the whole log group in the time asked for, whatever the query filters.
    """
    oldest = created if retention_days is None else max(created, now - timedelta(days=retention_days))
    kept_s = max(1.0, (now - oldest).total_seconds())
    asked_s = max(0.0, (min(window.end, now) - max(window.start, oldest)).total_seconds())
    scanned = stored_bytes * min(1.0, asked_s / kept_s)
    return ScanPrice(scanned, scan_usd(scanned, region))


def scan_usd(scanned_bytes: float, region: str) -> float:
    """The price of so many bytes scanned, in USD."""
    return scanned_bytes / _GB * _USD_PER_GB.get(region, _USUAL_USD_PER_GB)
