"""What a Logs Insights query will cost, shown before it runs: the bytes to scan, estimated, at the Region's price."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from lambdatop.model.metrics import Window
from lambdatop.model.reference.prices import scan_usd_per_gb

_GB: Final = 1 << 30


class ScanPrice(Struct, frozen=True):
    """An estimate: the log group's bytes are taken to have come evenly."""

    scanned_bytes: float
    usd: float


def scan_price(
    *, stored_bytes: float, created: datetime, retention_days: int | None, window: Window, region: str, now: datetime
) -> ScanPrice:
    """Return the price of a query over the window, from what DescribeLogGroups says of the log group.

    AWS: billed by the uncompressed bytes of the whole log group in the queried time, whatever the query filters.
    """
    oldest = created if retention_days is None else max(created, now - timedelta(days=retention_days))
    kept_s = max(1.0, (now - oldest).total_seconds())
    queried_s = max(0.0, (min(window.end, now) - max(window.start, oldest)).total_seconds())
    scanned = stored_bytes * min(1.0, queried_s / kept_s)
    return ScanPrice(scanned, scan_usd(scanned, region))


def scan_usd(scanned_bytes: float, region: str) -> float:
    """Return the price of scanning that many bytes, in USD."""
    return scanned_bytes / _GB * scan_usd_per_gb(region)
