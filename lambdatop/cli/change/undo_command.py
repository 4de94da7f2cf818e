"""`lambdatop undo`: a change taken back, by a plan that is shown and asked about like any other."""

import asyncio

from lambdatop.actions.journal.journal import Journal, default_path
from lambdatop.aws.gate import Gate
from lambdatop.cli.change.confirm import Consent, carried_out
from lambdatop.cli.connect import gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.output import guarded
from lambdatop.cli.preferences import preferred
from lambdatop.clock import Clock, SystemClock
from lambdatop.config import Config
from lambdatop.model.changes.plan import Refusal
from lambdatop.model.text import safe
from lambdatop.sources.fleet.account import caller
from lambdatop.workflow.guard import guard
from lambdatop.workflow.undo import plan_back


def run(config: Config, id: str | None, consent: Consent) -> int:
    """Take back the change of that id, or the last one; the exit code."""
    return guarded(lambda: _run(preferred(config), id, consent, SystemClock()))


def _run(config: Config, id: str | None, consent: Consent, clock: Clock) -> int:
    with gate(config, clock) as aws:
        return asyncio.run(_undo(aws, clock, config, id, consent))


async def _undo(aws: Gate, clock: Clock, config: Config, id: str | None, consent: Consent) -> int:
    journal = Journal(default_path() if not config.demo else None)
    try:
        who = await caller(aws)
        # a yes given beforehand is to the way back alone, not to what somebody else has changed
        plan = await plan_back(aws, journal, who, id, as_it_is_now=not consent.yes)
        if isinstance(plan, Refusal):
            return complain(safe(plan.reason), Exit.FAILED)
        return await carried_out(aws, clock, await guard(aws, config, plan), consent, journal, who)
    finally:
        await aws.close()
