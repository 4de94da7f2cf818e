"""The way back: a plan that takes a receipt's steps back, last first. It is a plan like any other.

Whether the state is still what the change left is not known here: apply reads it, and refuses if it is not.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from lambdatop.actions.journal.journal import JournalEntry, place_of
from lambdatop.actions.settings.concurrency import RESERVED
from lambdatop.model.changes.plan import (
    PUBLISHED,
    Cost,
    Facts,
    Plan,
    Receipt,
    Refusal,
    Result,
    Setting,
    Step,
    StepOutcome,
)
from lambdatop.updates import IdentityKnown


def plan_undo(
    receipt: Receipt, who: IdentityKnown | None = None, entries: Sequence[JournalEntry] = ()
) -> Plan | Refusal:
    """Take back what a receipt says was applied. `who` is where we are: another account or Region is refused.

    Of `entries`, the journal's, earlier undoings count: what they have taken back already is left out.
    """
    if who is not None and (who.account, who.region) != (receipt.account, receipt.region):
        return Refusal(f"it was made in account {receipt.account}, {receipt.region or 'an unknown Region'}")
    taken = _taken_back(receipt, entries)
    steps = tuple(step for step in receipt.inverse if (step.setting, step.before) not in taken)
    if not steps:
        return Refusal("it has been undone already" if taken else _nothing(receipt))
    plan = receipt.plan
    return replace(
        plan,
        action="undo",
        title=f"undo: {plan.title}" if plan.undoes is None else f"redo: {plan.title.removeprefix('undo: ')}",
        steps=steps,
        why=f"takes back what {receipt.caller or 'somebody'} did at {receipt.begun:%Y-%m-%d %H:%M:%S} UTC",
        expect=None,
        warnings=tuple(_warnings(receipt)),
        cost=_turned(plan.cost) if receipt.applied and not taken else None,
        hurts=any(map(_stops, steps)),
        undoes=receipt.id,
    )


def last_to_undo(entries: Sequence[JournalEntry], who: IdentityKnown, endpoint: str | None = None) -> Receipt | None:
    """The newest change in this account, Region and endpoint that stands; undoing itself does not count.

    Nor does what leaves nothing behind to take back: an invocation.
    """
    undone, place = undone_by(entries), place_of(who, endpoint)
    here = (entry.receipt for entry in reversed(entries) if entry.place == place)
    changes = (each for each in here if each.changed and any(step.setting.reversible for step in each.plan.steps))
    return next((each for each in changes if each.plan.undoes is None and each.id not in undone), None)


def undone_by(entries: Sequence[JournalEntry]) -> Mapping[str, str]:
    """The ids of what was taken back, each with the id of what did so; not if that was taken back in turn."""
    taken: dict[str, str] = {}
    for entry in reversed(entries):  # what came later decides whether what came before it still holds
        receipt = entry.receipt
        if receipt.plan.undoes is not None and _went_through(receipt) and receipt.id not in taken:
            taken[receipt.plan.undoes] = receipt.id
    return taken


def _taken_back(receipt: Receipt, entries: Sequence[JournalEntry]) -> list[tuple[Setting, Facts | None]]:
    """What earlier undoings have taken back: the settings, and what each was before that."""
    undone = undone_by(entries)
    undoings = (
        entry.receipt for entry in entries if entry.receipt.plan.undoes == receipt.id and entry.receipt.id not in undone
    )
    return [
        (outcome.step.setting, outcome.step.before)
        for undoing in undoings
        for outcome in undoing.outcomes
        if outcome.stands
    ]


def _went_through(receipt: Receipt) -> bool:
    return len(receipt.outcomes) == len(receipt.plan.steps) and all(each.stands for each in receipt.outcomes)


def _nothing(receipt: Receipt) -> str:
    """Why there is nothing to take back."""
    if not receipt.changed:
        return "it changed nothing"
    return "AWS has no call that takes it back"


def _warnings(receipt: Receipt) -> list[str]:
    """What stays as it is."""
    return [warning for outcome in receipt.outcomes if (warning := _stays(outcome)) is not None]


def _stays(outcome: StepOutcome) -> str | None:
    step = outcome.step
    if outcome.result not in (Result.APPLIED, Result.UNKNOWN):
        return None
    if step.inverse is None:
        return f"{_made(step)} stays: AWS has no call that takes it back"
    if outcome.result is Result.UNKNOWN:
        return f"{step.label}: it is not known whether it took effect; if it did not, nothing is sent"
    return None


def _made(step: Step) -> str:
    """`version 43`; `the new version` where nobody saw its number."""
    number = (step.after or {}).get("Version")
    if number is None:
        return f"{step.label} {step.shown_after}"
    return f"version {number}" if number != PUBLISHED else "the new version"


def _turned(cost: Cost | None) -> Cost | None:
    return None if cost is None else replace(cost, before_usd=cost.after_usd, after_usd=cost.before_usd)


def _stops(step: Step) -> bool:
    """True if requests fail, or events wait, once the step is taken."""
    after = step.after or {}
    return after.get(RESERVED) == 0 or after.get("Enabled") is False
