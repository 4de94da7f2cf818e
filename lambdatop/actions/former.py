"""What the journal remembers of a setting that AWS has forgotten: what was reserved before the brake was pulled."""

from collections.abc import Sequence

from lambdatop.actions.journal import Entry
from lambdatop.actions.settings.concurrency import RESERVED, ReservedConcurrency
from lambdatop.model.plan import Result
from lambdatop.updates import IdentityKnown


def former_reserved(entries: Sequence[Entry], name: str, who: IdentityKnown | None) -> int | None:
    """What was reserved for a function before its brake was last pulled; None if that is not known, or nothing was."""
    here = (entry.receipt for entry in reversed(entries) if who is None or _is_here(entry, who))
    for outcome in (outcome for receipt in here for outcome in receipt.outcomes):
        step = outcome.step
        pulled = step.setting == ReservedConcurrency(name) and (step.after or {}).get(RESERVED) == 0
        if pulled and outcome.result is Result.APPLIED:
            before = (step.before or {}).get(RESERVED)
            return before if isinstance(before, int) else None
    return None


def _is_here(entry: Entry, who: IdentityKnown) -> bool:
    return (entry.receipt.account, entry.receipt.region) == (who.account, who.region)
