"""What the journal remembers of a setting that AWS has forgotten: what was reserved before the brake was pulled."""

from collections.abc import Sequence

from lambdatop.actions.journal import Entry, Place
from lambdatop.actions.settings.concurrency import RESERVED, ReservedConcurrency
from lambdatop.model.plan import Result


def former_reserved(entries: Sequence[Entry], name: str, here: Place) -> int | None:
    """What was reserved for a function before its brake was last pulled; None if that is not known, or nothing was."""
    receipts = (entry.receipt for entry in reversed(entries) if entry.place == here)
    for outcome in (outcome for receipt in receipts for outcome in receipt.outcomes):
        step = outcome.step
        pulled = step.setting == ReservedConcurrency(name) and (step.after or {}).get(RESERVED) == 0
        if pulled and outcome.result is Result.APPLIED:
            before = (step.before or {}).get(RESERVED)
            return before if isinstance(before, int) else None
    return None
