"""Recent changes by earlier sessions and other terminals: the journal, read again as it grows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from lambdatop.actions.applying.settle import SETTLING_S
from lambdatop.actions.journal.journal import Journal, JournalEntry, place_of
from lambdatop.clock import Clock
from lambdatop.updates import IdentityKnown, JournalRead

EVERY_S: Final = 5.0
KEPT: Final = timedelta(days=7)
"""As far back as the longest chart goes."""
LEFT: Final = timedelta(days=1)
"""How long an unfinished change is reported."""


async def remembered(
    journal: Journal, clock: Clock, who: IdentityKnown, endpoint: str | None
) -> AsyncIterator[JournalRead]:
    """What this account, Region and endpoint have come through; without end."""
    known = -1
    while True:
        size = journal.size
        if size != known:
            known = size
            yield _read(await asyncio.to_thread(journal.entries), clock, who, endpoint)
        await clock.sleep(EVERY_S)


def _read(entries: tuple[JournalEntry, ...], clock: Clock, who: IdentityKnown, endpoint: str | None) -> JournalRead:
    now, here = clock.now(), place_of(who, endpoint)
    recent = [each for each in entries if each.place == here and each.receipt.begun >= now - KEPT]
    undone = {each.receipt.plan.undoes for each in recent}
    return JournalRead(
        receipts=tuple(each.receipt for each in recent if each.finished and each.receipt.changed),
        left=tuple(
            each.receipt
            for each in recent
            if not each.finished
            and each.receipt.id not in undone
            and timedelta(seconds=SETTLING_S) < now - each.receipt.ended < LEFT
        ),
    )
