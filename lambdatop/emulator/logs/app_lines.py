"""What emulated functions say about their work: a few plausible lines an invocation, the same for the same request.

None of them holds a word that a search for errors would take for one: failures speak for themselves elsewhere.
"""

import functools
from collections.abc import Iterator

from lambdatop.emulator.invocation import EmulatedInvocation

_BY_DOMAIN: dict[str, tuple[str, ...]] = {
    "checkout": (
        "checkout started cart=c_{0:05x} items={1}",
        "priced {1} items, total {2}.{3:02d} EUR",
        "reserved stock for order o_{0:06x}",
        "order o_{0:06x} accepted",
    ),
    "image": (
        "resizing s3://media-uploads/{0:06x}.jpg to {1} sizes",
        "decoded {2}00x{3}0 px, {1} channels",
        "stored {1} thumbnails of {0:06x}.jpg",
    ),
    "shipping": (
        "quote for {2}.{3:02d} kg to zone {1}",
        "{1} carriers answered, cheapest {2}.{3:02d} EUR",
    ),
    "orders": (
        "received batch of {1}0 records, oldest {3} s",
        "wrote {1}0 orders, {1} duplicates skipped",
        "published {1}0 fulfilment messages",
    ),
    "payment": (
        "capturing {2}.{3:02d} EUR for order o_{0:06x}",
        "calling api.payments.example attempt=1",
        "capture p_{0:06x} settled",
    ),
    "nightly": ("started query sales_rollup_{1}", "scanned {2} GB in {3} partitions", "wrote {2} rows to rollups/{1}"),
    "invoice": ("rendering invoice {0:06d}, {1} lines", "stored invoices/{0:06d}.pdf ({2} kB)"),
    "stock": ("received {1} stock movements", "sku S-{0:05d} now {2}"),
}
_BY_ROLE: dict[str, tuple[str, ...]] = {
    "api": ("request user=u_{0:05x} locale=en", "served {1} results in {3} ms", "cache hit key={0:06x}"),
    "authorizer": ("token for u_{0:05x} is valid {2} s more", "policy cached for {2} s"),
    "consumer": ("batch of {1}0 messages", "{1}0 processed, 0 left"),
    "worker": ("job j_{0:06x} picked up after {3} ms", "job j_{0:06x} done, {2} items"),
    "render": ("rendering {0:06x} with template {1}", "rendered {2} kB"),
    "indexer": ("indexing {2} documents", "index generation {0} published"),
    "rollup": ("rolling up partition {1}", "aggregated {2} rows into {3}"),
    "exporter": ("exporting {2} rows", "export {0:06x}.parquet written"),
    "importer": ("importing {0:06x}.csv", "{2} rows imported, {1} unchanged"),
}
_OTHERWISE = ("handling event {0:06x}", "processed {1} records", "done in {3} steps")
_SLOW_LINE = "slow response from upstream: {2} ms"
_ONE_IN = 48


@functools.cache
def _vocabulary(function_name: str) -> tuple[str, ...]:
    first, _, _ = function_name.partition("-")
    _, _, last = function_name.rpartition("-")
    return _BY_DOMAIN.get(first) or _BY_ROLE.get(last) or _OTHERWISE


def said(invocation: EmulatedInvocation) -> Iterator[tuple[float, str, str]]:
    """Share of the handler's duration after which a line was written, its level, and its text.

    An invocation that failed has not said its last lines.
    """
    chance = int(invocation.request_id[:8], 16)
    vocabulary = _vocabulary(invocation.function_name)
    numbers = chance & 0xFFFFF, 1 + (chance >> 4) % 9, 10 + (chance >> 9) % 880, (chance >> 15) % 100
    count = len(vocabulary) if invocation.outcome == "ok" else 1
    for index, template in enumerate(vocabulary[:count]):
        yield 0.02 + 0.93 * index / len(vocabulary), "INFO", template.format(*numbers)
    if chance % _ONE_IN == 0 and invocation.outcome == "ok":
        yield 0.97, "WARN", _SLOW_LINE.format(*numbers)
