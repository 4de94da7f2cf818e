"""Names as teams give them: `domain-role` first, `domain-thing-role` when a fleet outgrows those."""

import random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


DOMAINS = _words(
    """
    catalog cart search media payments billing orders inventory shipping returns identity sessions notify email sms
    push pricing promo loyalty reviews analytics ingest audit reports ledger fraud geo partner webhooks admin
    support content seo feed warehouse tax customer devices
    """
)
_ROLES = _words(
    """
    api worker consumer handler sync rollup indexer notifier cleaner validator exporter importer enricher router
    scheduler authorizer archiver publisher projector backfill
    """
)
_THINGS = _words(
    """
    item price stock user event batch image order invoice label session token report profile address
    """
)

CALM = _words(
    """
    search-suggest catalog-api session-authorizer cart-api price-lookup recommendations-api events-ingest
    email-sender inventory-api webhook-dispatch audit-writer fraud-score thumbnail-publisher geo-lookup reviews-api
    push-notifier identity-token-refresh orders-projector loyalty-points feed-builder tax-calculator ledger-append
    clickstream-enricher returns-api stock-alerts sms-gateway partner-rates content-render device-registry
    support-ticket-router
    """
)
"""The busy and healthy ones of the demo, busiest first."""


def names(count: int, taken: tuple[str, ...], seed: int) -> list[str]:
    """`count` further names, none of them taken, the same for the same seed."""
    used = set(taken)
    plain = [f"{domain}-{role}" for domain in DOMAINS for role in _ROLES]
    random.Random(seed).shuffle(plain)
    chosen = [name for name in plain if name not in used][:count]
    if len(chosen) < count:
        longer = [f"{domain}-{thing}-{role}" for domain in DOMAINS for thing in _THINGS for role in _ROLES]
        random.Random(seed + 1).shuffle(longer)
        chosen += longer[: count - len(chosen)]
    suffix = 2
    while len(chosen) < count:
        chosen += [f"{name}-v{suffix}" for name in chosen[: count - len(chosen)]]
        suffix += 1
    return chosen
