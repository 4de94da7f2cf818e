"""`lambdatop undo`: a change taken back, by a plan that is shown and asked about like any other."""

import asyncio
from collections.abc import Sequence

from lambdatop.actions.journal import Entry, Journal, default_path
from lambdatop.actions.undo import last_to_undo, plan_undo
from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.cli.confirmed import Consent, carried_out
from lambdatop.cli.connect import gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.output import guarded
from lambdatop.cli.preferences import preferred
from lambdatop.clock import Clock, SystemClock
from lambdatop.config import Config
from lambdatop.model.plan import Receipt, Refusal
from lambdatop.model.text import safe
from lambdatop.sources.account import identity
from lambdatop.updates import IdentityKnown


def run(config: Config, id: str | None, consent: Consent) -> int:
    """Take back the change of that id, or the last one; the exit code."""
    return guarded(lambda: _run(preferred(config), id, consent, SystemClock()))


def _run(config: Config, id: str | None, consent: Consent, clock: Clock) -> int:
    with gate(config, clock) as aws:
        return asyncio.run(_undo(aws, clock, id, consent))


async def _undo(aws: Gate, clock: Clock, id: str | None, consent: Consent) -> int:
    journal = Journal(default_path())
    try:
        who = await known(aws)
        found = _chosen(journal.entries(), id, who)
        if isinstance(found, str):
            return complain(found, Exit.FAILED)
        plan = plan_undo(found, who, journal.entries())
        if isinstance(plan, Refusal):
            return complain(f"{safe(found.id)}: {safe(plan.reason)}", Exit.FAILED)
        return await carried_out(aws, clock, plan, consent, journal, who)
    finally:
        await aws.close()


async def known(aws: Gate) -> IdentityKnown:
    """Who we are, and where. Raises AwsError."""
    async for update in identity(aws):
        if isinstance(update, IdentityKnown):
            return update
    raise AwsError("sts does not tell who we are")


def _chosen(entries: Sequence[Entry], id: str | None, who: IdentityKnown) -> Receipt | str:
    """The receipt that is meant, or why there is none."""
    if id is None:
        last = last_to_undo(entries, who)
        return last if last is not None else f"nothing to undo in account {who.account}, {who.region}"
    meant = [entry.receipt for entry in entries if entry.receipt.id.endswith(id)]
    if len(meant) == 1:
        return meant[0]
    return f"{len(meant)} changes end in {safe(id)}" if meant else f"no change {safe(id)}; see: lambdatop journal"
