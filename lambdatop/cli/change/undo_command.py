"""`lambdatop undo`: a change taken back, by a plan that is shown and asked about like any other."""

import asyncio
from collections.abc import Sequence

from lambdatop.actions.applying.replan import from_now
from lambdatop.actions.journal.journal import Journal, JournalEntry, default_path
from lambdatop.actions.journal.undo import last_to_undo
from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.cli.change.confirm import Consent, carried_out
from lambdatop.cli.connect import gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.output import guarded
from lambdatop.cli.preferences import preferred
from lambdatop.clock import Clock, SystemClock
from lambdatop.config import Config
from lambdatop.model.changes.plan import Receipt, Refusal
from lambdatop.model.text import safe
from lambdatop.sources.fleet.account import identity
from lambdatop.sources.function.controls import read_controls
from lambdatop.updates import IdentityKnown
from lambdatop.workflow.undo import way_back


def run(config: Config, id: str | None, consent: Consent) -> int:
    """Take back the change of that id, or the last one; the exit code."""
    return guarded(lambda: _run(preferred(config), id, consent, SystemClock()))


def _run(config: Config, id: str | None, consent: Consent, clock: Clock) -> int:
    with gate(config, clock) as aws:
        return asyncio.run(_undo(aws, clock, config, id, consent))


async def _undo(aws: Gate, clock: Clock, config: Config, id: str | None, consent: Consent) -> int:
    journal = Journal(default_path() if not config.demo else None)
    try:
        who = await known(aws)
        if journal.trouble is not None:
            return complain(safe(journal.trouble), Exit.FAILED)
        entries = journal.entries()
        found = _chosen(entries, id, who, aws.endpoint_url)
        if isinstance(found, str):
            return complain(found, Exit.FAILED)
        plan = await way_back(aws, who, found, entries, config.protected, read_controls)
        if isinstance(plan, Refusal):
            return complain(f"{safe(found.id)}: {safe(plan.reason)}", Exit.FAILED)
        if not consent.yes:  # a yes given beforehand is to the way back alone, not to what somebody else has changed
            plan = await from_now(aws, plan)
        return await carried_out(aws, clock, plan, consent, journal, who)
    finally:
        await aws.close()


async def known(aws: Gate) -> IdentityKnown:
    """Who we are, and where. Raises AwsError."""
    async for update in identity(aws):
        if isinstance(update, IdentityKnown):
            return update
    raise AwsError("sts does not tell who we are")


def _chosen(entries: Sequence[JournalEntry], id: str | None, who: IdentityKnown, endpoint: str | None) -> Receipt | str:
    """The receipt that is meant, or why there is none."""
    if id is None:
        last = last_to_undo(entries, who, endpoint)
        return last if last is not None else f"nothing to undo in account {who.account}, {who.region}"
    meant = [entry.receipt for entry in entries if entry.receipt.id.endswith(id)]
    if len(meant) == 1:
        return meant[0]
    return f"{len(meant)} changes end in {safe(id)}" if meant else f"no change {safe(id)}; see: lambdatop journal"
