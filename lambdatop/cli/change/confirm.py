"""From a plan to its end on the command line: shown, asked about, applied, followed until it has settled, told.

Nothing is written without a yes: one that was typed on a terminal, or `--yes`. Ctrl-C ends it at any time, and what had
become of the change by then is told.
"""

import asyncio
import json
import shlex
import sys
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from lambdatop.actions.applying.apply import apply
from lambdatop.actions.journal.journal import Journal
from lambdatop.aws.gate import Gate
from lambdatop.cli.change.plan_json import plan_members, receipt_members
from lambdatop.cli.change.plan_text import plan_lines, result_lines
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.output import note, put
from lambdatop.clock import Clock
from lambdatop.model.changes.plan import Plan, Progress, Receipt, Result
from lambdatop.model.text import safe
from lambdatop.updates import IdentityKnown, PlanAdvanced, PlanEnded
from lambdatop.workflow.guard import Guarded


class Consent(Struct, frozen=True, kw_only=True):
    """How the command line has it."""

    dry_run: bool = False
    yes: bool = False
    typed: str | None = None
    """What a plan may demand to be typed, given beforehand."""
    as_json: bool = False


async def carried_out(
    aws: Gate, clock: Clock, guarded: Guarded, consent: Consent, journal: Journal, who: IdentityKnown
) -> int:
    """Show the plan and, after a yes, apply it; the exit code."""
    plan = guarded.plan
    shown = plan_members(plan, who)
    if not consent.as_json:
        lines = plan_lines(plan, who, profile=aws.connection.profile, endpoint=aws.endpoint_url)
        put("".join(f"{line}\n" for line in lines))
    if consent.dry_run:
        return _told(consent, shown, None)
    if guarded.refused is not None:
        return complain(f"{guarded.refused}; --dry-run only shows the plan", Exit.FAILED)
    no = await refused(consent, guarded.typed)
    if no is not None:
        return no
    receipt = await _applied(aws, clock, plan, journal, who)
    if isinstance(receipt, str):
        return interrupted(receipt)
    if not consent.as_json:
        put("".join(f"{line}\n" for line in result_lines(receipt)))
    return _told(consent, shown, receipt)


def _told(consent: Consent, shown: Mapping[str, Any], receipt: Receipt | None) -> int:
    if consent.as_json:
        result = receipt_members(receipt) if receipt is not None else None
        put(json.dumps({"plan": shown, "result": result}) + "\n")
    return Exit.OK if receipt is None else code(receipt)


def code(receipt: Receipt) -> Exit:
    """0 only for what is wholly as wanted and has settled; 3 if a part of it was applied."""
    if len(receipt.outcomes) == len(receipt.plan.steps) and all(outcome.stands for outcome in receipt.outcomes):
        return Exit.OK if all(outcome.settled for outcome in receipt.outcomes) else Exit.FAILED
    return Exit.PARTIAL if any(each.result is Result.APPLIED for each in receipt.outcomes) else Exit.FAILED


async def refused(consent: Consent, typed: str | None = None, *, question: str = "Apply?") -> int | None:
    """The exit code if the answer is no; None for a yes. `typed` is what must be typed for one."""
    if typed is not None and consent.typed is not None and consent.typed != typed:
        wrong = f"--typed is {safe(consent.typed)}, and not {safe(typed)}"
        return complain(f"{wrong}: nothing was done", Exit.USAGE)
    if consent.yes and (typed is None or consent.typed is not None):
        return None
    if not sys.stdin.isatty():
        wanted = (
            "--yes does it without asking" if typed is None else f"--yes --typed {shlex.quote(safe(typed))} does it"
        )
        return complain(f"there is nobody to ask: {wanted}", Exit.USAGE)
    asked = f"{question} Type {safe(typed)}: " if typed is not None else f"{question} [y/N] "
    print(asked, end="", file=sys.stderr, flush=True)
    try:
        answer = await _answer()
    except asyncio.CancelledError:  # Ctrl-C
        print(file=sys.stderr)
        return interrupted("nothing was changed")
    agreed = answer == typed if typed is not None else answer.lower() in ("y", "yes")
    return None if agreed else complain("nothing was done", Exit.FAILED)


async def _answer() -> str:
    """The line that is typed. A terminal hands over whole lines; until there is one, Ctrl-C has to be heard."""
    typed, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(sys.stdin, typed.set)
    try:
        await typed.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip()


def interrupted(told: str) -> int:
    """The exit code after Ctrl-C, once it is told what had become of the change."""
    return complain(told, Exit.INTERRUPTED)


async def _applied(aws: Gate, clock: Clock, plan: Plan, journal: Journal, who: IdentityKnown) -> Receipt | str:
    """The receipt; after Ctrl-C what had become of the plan by then."""
    receipt: Receipt | None = None
    progress: Progress | None = None
    try:
        async for update in apply(aws, clock, plan, journal, who):
            match update:
                case PlanAdvanced(advanced):
                    if progress is None or advanced.doing != progress.doing:
                        note(advanced.doing)
                    progress = advanced
                case PlanEnded(ended):
                    receipt = ended
    except asyncio.CancelledError:
        return _left(journal, progress)
    assert receipt is not None  # apply always ends with one
    return receipt


def _left(journal: Journal, progress: Progress | None) -> str:
    """How far it had come, as the journal has it: that is written before a call is sent, and after it."""
    begun = (entry.receipt for entry in journal.entries() if progress and entry.receipt.begun == progress.since)
    receipt = next(begun, None)
    if receipt is None or not receipt.changed:
        return "nothing was changed"
    steps, results = len(receipt.plan.steps), [outcome.result for outcome in receipt.outcomes]
    if Result.UNKNOWN in results:
        told = "the change was being sent, and it is not known whether it took effect"
    elif (done := results.count(Result.APPLIED)) < steps:
        told = f"{done} of {steps} steps were made"
    else:
        told = "the change was made, and is still settling"
    return f"{told}; see: lambdatop journal"
