"""What a planner has to know of a function, gathered for a key: what the screen knows, and what is read for it now."""

import asyncio
from collections.abc import Sequence

from lambdatop.actions.journal.before_brake import former
from lambdatop.actions.journal.journal import Journal, place_of
from lambdatop.actions.journal.rollbacks import rolled_back
from lambdatop.actions.planning.subject import REMEMBERING, Subject
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.config import Config
from lambdatop.sources.function.controls import PACE_S, read_controls
from lambdatop.sources.function.evidence import past_of, usage_of
from lambdatop.state import State


async def read_subjects(
    aws: Gate, clock: Clock, config: Config, names: Sequence[str], action: str, state: State, journal: Journal
) -> list[Subject]:
    """The functions as they are now, for that action. Raises AwsError if one of them cannot be read."""
    subjects: list[Subject] = []
    here = place_of(state.identity, aws.endpoint_url) if state.identity is not None else None
    entries = await asyncio.to_thread(journal.entries) if action in REMEMBERING else ()
    for name in names:
        if subjects:
            await clock.sleep(PACE_S)
        controls = await read_controls(aws, name, insights=action == "insights")
        subjects.append(
            Subject(
                controls=controls,
                row=state.fleet.rows.get(name),
                now=clock.now(),
                alarm_past=await past_of(aws, clock, controls.function) if action == "alarm" else {},
                objective_ms=config.objective_ms(name),
                usage=await usage_of(aws, clock, controls.function) if action == "memory" else None,
                former=former(entries, name, here) if here is not None else None,
                rolled_back=rolled_back(entries, name, here) if here is not None else {},
            )
        )
    return subjects
