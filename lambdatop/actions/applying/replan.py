"""Rebuilds a plan from the current settings if they have changed, before it is shown or after."""

from typing import Final

from msgspec.structs import replace

from lambdatop.actions.applying.read_setting import read
from lambdatop.actions.applying.version_number import filled
from lambdatop.aws.gate import Gate
from lambdatop.model.changes.plan import Facts, Plan, Reading, Receipt, Result, Step, differences

_NOW: Final = "what is there now"
_NOTHING: Final = "none"


def again(receipt: Receipt) -> Plan | None:
    """What was not done because it had been changed meanwhile, planned from what is there now; None if nothing was."""
    theirs = {each.step.setting: each.theirs for each in receipt.outcomes if each.result is Result.DRIFTED}
    done = [each for each in receipt.outcomes if each.result is Result.APPLIED]
    settings = {each.step.setting for each in done}
    left = [
        filled(step, (each for each in done if each.step.item == step.item))
        for step in receipt.plan.steps
        if step.setting not in settings
    ]
    steps = tuple(
        _from(step, theirs[step.setting]) if step.setting in theirs else step
        for step in left
        if step.setting not in theirs or theirs[step.setting] != step.after
    )
    why = "it was changed meanwhile: this goes on from what is there now"
    return replace(_changed(receipt.plan, steps), why=why) if theirs and steps else None


async def from_now(aws: Gate, plan: Plan) -> Plan:
    """The plan from what is there now, with what has changed since it was made as a warning; itself if nothing has.

    A step that is already done or cannot be read is left unchanged: apply reports it.
    """
    moved = [await _moved(aws, step) for step in plan.steps]
    told = dict.fromkeys(_told(step, now) for step, now in zip(plan.steps, moved, strict=True) if now is not None)
    if not told:
        return plan
    steps = (_from(step, now.facts) if now else step for step, now in zip(plan.steps, moved, strict=True))
    return replace(_changed(plan, tuple(steps)), warnings=(*told, *plan.warnings))


async def _moved(aws: Gate, step: Step) -> Reading | None:
    """What the setting is now if that is another than the step begins and ends with, else None."""
    reading = await read(aws, step.setting, step.setting.reading())
    if not isinstance(reading, Reading) or reading.locked or reading.facts in (step.before, step.after):
        return None
    return reading


def _from(step: Step, now: Facts | None) -> Step:
    return replace(step, before=now, shown_before=_NOW if now is not None else _NOTHING)


def _changed(plan: Plan, steps: tuple[Step, ...]) -> Plan:
    """What was expected of it, and its cost, were reckoned from something else."""
    return replace(plan, steps=steps, expect=None, cost=None, hurts=True)


def _told(step: Step, now: Reading) -> str:
    """`changed since: MemorySize was 1536, is 2048 now`; for a deleted setting, that AWS does not find it."""
    if now.facts is None and now.reason is not None:
        return f"changed since: {now.reason}"
    changes = (f"{each.name} was {each.was}, is {each.now} now" for each in differences(step, now.facts))
    return f"changed since: {', '.join(changes)}"
