"""The way back from a change: which change is meant, whether it was made here, and the plan that takes it back."""

import asyncio
from collections.abc import Sequence

from lambdatop.actions.applying.replan import from_now
from lambdatop.actions.journal.journal import Journal, JournalEntry
from lambdatop.actions.journal.undo import last_to_undo, plan_undo
from lambdatop.aws.gate import Gate
from lambdatop.model.changes.plan import Plan, Receipt, Refusal
from lambdatop.updates import IdentityKnown


async def plan_back(
    aws: Gate, journal: Journal, who: IdentityKnown | None, change: Receipt | str | None, *, as_it_is_now: bool
) -> Plan | Refusal:
    """The plan that takes a change back: that of a receipt, of an id or the end of one, or for None the newest.

    Refused if it was made elsewhere or cannot be found. With `as_it_is_now` the plan begins with what is there now, and
    warns of what has changed since; without it, apply refuses where something has.
    """
    trouble, entries = await asyncio.to_thread(lambda: (journal.trouble, journal.entries()))
    if isinstance(change, Receipt):
        return await _planned(aws, who, change, entries, as_it_is_now=as_it_is_now)
    if trouble is not None:
        return Refusal(trouble)
    found = _newest(entries, who, aws.endpoint_url) if change is None else _by_id(entries, change)
    if isinstance(found, Refusal):
        return found
    plan = await _planned(aws, who, found, entries, as_it_is_now=as_it_is_now)
    return Refusal(f"{found.id}: {plan.reason}") if isinstance(plan, Refusal) else plan


def _newest(entries: Sequence[JournalEntry], who: IdentityKnown | None, endpoint: str | None) -> Receipt | Refusal:
    if who is None:
        return Refusal("nothing to undo: it is not known which account this is")
    newest = last_to_undo(entries, who, endpoint)
    if newest is None:
        return Refusal(f"nothing to undo in account {who.account}, {who.region}")
    return newest


def _by_id(entries: Sequence[JournalEntry], id: str) -> Receipt | Refusal:
    meant = [entry.receipt for entry in entries if entry.receipt.id.endswith(id)]
    if len(meant) > 1:
        return Refusal(f"{len(meant)} changes end in {id}")
    return meant[0] if meant else Refusal(f"no change {id}; see: lambdatop journal")


async def _planned(
    aws: Gate, who: IdentityKnown | None, receipt: Receipt, entries: Sequence[JournalEntry], *, as_it_is_now: bool
) -> Plan | Refusal:
    plan = plan_undo(receipt, who, entries)
    if isinstance(plan, Refusal):
        return plan
    noted = next((entry for entry in entries if entry.receipt.id == receipt.id), None)
    if noted is not None and noted.endpoint != aws.endpoint_url:
        return Refusal(f"it was made at {noted.endpoint or 'AWS itself'}, not here")
    return await from_now(aws, plan) if as_it_is_now else plan
