"""The plan that takes a change back, as things stand when it is asked for: protected as now, from what is there now."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from lambdatop.actions.journal import Entry, harmless
from lambdatop.actions.protection import protect
from lambdatop.actions.readings import read
from lambdatop.actions.undo import plan_undo
from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.model.controls import Controls
from lambdatop.model.plan import Facts, Plan, Reading, Receipt, Refusal, Step
from lambdatop.updates import IdentityKnown

ControlsOf = Callable[[Gate, str], Awaitable[Controls]]
"""Reads the settings of a function; raises AwsError."""
_NOW: Final = "what is there now"


async def way_back(
    aws: Gate,
    who: IdentityKnown | None,
    receipt: Receipt,
    entries: Sequence[Entry],
    protected: Sequence[str],
    controls_of: ControlsOf,
) -> Plan | Refusal:
    """Take back what a receipt tells, if it was made here. `protected` are the patterns of `config.toml`.

    Raises nothing: what cannot be read counts as protected.
    """
    plan = plan_undo(receipt, who, entries)
    if isinstance(plan, Refusal):
        return plan
    here = harmless(aws.endpoint_url)
    made_at = {entry.receipt.id: entry.endpoint for entry in entries}.get(receipt.id, here)
    if made_at != here:
        return Refusal(f"it was made at {made_at or 'AWS itself'}, not here")
    if plan.typed is not None:
        return plan
    for name in plan.functions if protected else ():
        try:
            plan = protect(plan, protected, receipt.account, await controls_of(aws, name))
        except AwsError:
            plan = replace(plan, typed=name)
        if plan.typed is not None:
            break
    return plan


async def from_now(aws: Gate, plan: Plan) -> Plan:
    """The plan from what is there now, with what has changed since it was made as a warning; itself if nothing has.

    What is already as it wants, or cannot be read, is left as it is: apply tells of that.
    """
    found = [await _changed(aws, step) for step in plan.steps]
    steps = tuple(now or step for now, step in zip(found, plan.steps, strict=True))
    if steps == plan.steps:
        return plan
    differences = tuple(_difference(then, now.before) for then, now in zip(plan.steps, found, strict=True) if now)
    return replace(plan, steps=steps, warnings=(*differences, *plan.warnings), expect=None, cost=None, hurts=True)


async def _changed(aws: Gate, step: Step) -> Step | None:
    """The step from what somebody else has made of it; None if nobody has."""
    reading = await read(aws, step.setting, step.setting.reading())
    if not isinstance(reading, Reading) or reading.locked or reading.facts in (step.before, step.after):
        return None
    return replace(step, before=reading.facts, shown_before=_NOW)


def _difference(step: Step, now: Facts | None) -> str:
    """`changed since: MemorySize was 1536, is 2048 now`."""
    names = sorted({*(step.before or {}), *(now or {})})
    pairs = ((name, _member(step.before, name), _member(now, name)) for name in names)
    told = ", ".join(f"{name} was {was}, is {here} now" for name, was, here in pairs if was != here)
    return f"changed since: {told}"


def _member(facts: Facts | None, name: str) -> str:
    return "not there" if facts is None else json.dumps(facts.get(name), ensure_ascii=False)
