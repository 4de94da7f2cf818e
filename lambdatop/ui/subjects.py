"""What a planner has to know of a function, gathered for screens and commands alike: what AWS and the journal say."""

from collections.abc import Sequence

from lambdatop.actions.journal import Entry
from lambdatop.actions.settings.concurrency import RESERVED, ReservedConcurrency
from lambdatop.actions.subject import Subject
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.fleet import Row
from lambdatop.model.plan import Result
from lambdatop.sources.controls import read_controls


async def read_subject(
    aws: Gate, clock: Clock, name: str, action: str, *, row: Row | None = None, entries: Sequence[Entry] = ()
) -> Subject:
    """The function as it is now, for that action. Raises AwsError if there is no such function to be read."""
    controls = await read_controls(aws, name, insights=action == "insights")
    former = former_reserved(entries, controls.function.name) if action == "brake" else None
    return Subject(controls=controls, row=row, now=clock.now(), former_reserved=former)


def former_reserved(entries: Sequence[Entry], name: str) -> int | None:
    """What was reserved for a function before its brake was last pulled; None if that is not known, or nothing was."""
    for entry in reversed(entries):
        for outcome in entry.receipt.outcomes:
            step = outcome.step
            pulled = step.setting == ReservedConcurrency(name) and (step.after or {}).get(RESERVED) == 0
            if pulled and outcome.result is Result.APPLIED:
                before = (step.before or {}).get(RESERVED)
                return before if isinstance(before, int) else None
    return None
