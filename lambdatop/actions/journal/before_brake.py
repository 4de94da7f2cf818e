"""What the journal remembers of what AWS has forgotten: what a function had before its brake was pulled."""

from collections.abc import Iterator, Sequence

from lambdatop.actions.journal.journal import ChangeSite, JournalEntry
from lambdatop.actions.planning.subject import Former
from lambdatop.actions.settings.concurrency import PROVISIONED, RESERVED, ProvisionedConcurrency, ReservedConcurrency
from lambdatop.model.changes.plan import Result, Step, StepOutcome


def former(entries: Sequence[JournalEntry], name: str, here: ChangeSite) -> Former | None:
    """What a function had before its brake was pulled; None where the newest that the journal knows is no pulling."""
    for entry in reversed(entries):
        outcomes = entry.receipt.outcomes if entry.place == here else ()
        reserving = (each for each in reversed(outcomes) if each.step.setting == ReservedConcurrency(name))
        newest = next((each for each in reserving if _pulled(each) or each.result is Result.APPLIED), None)
        if newest is not None:
            return _before(newest.step, outcomes, name) if _pulled(newest) else None
    return None


def _pulled(outcome: StepOutcome) -> bool:
    """True also where no answer came: nothing may run now, so it was."""
    return (outcome.step.after or {}).get(RESERVED) == 0 and outcome.result in (Result.APPLIED, Result.UNKNOWN)


def _before(pulled: Step, outcomes: Sequence[StepOutcome], name: str) -> Former | None:
    was = pulled.before
    reserved = None if was is None else was.get(RESERVED)
    if was is not None and not isinstance(reserved, int):
        return None
    return Former(reserved=reserved, provisioned=dict(_unprovisioned(outcomes, name)))


def _unprovisioned(outcomes: Sequence[StepOutcome], name: str) -> Iterator[tuple[str, int]]:
    """What was provisioned for each alias or version, and went first."""
    for outcome in outcomes:
        setting, count = outcome.step.setting, (outcome.step.before or {}).get(PROVISIONED)
        gone = outcome.step.after is None and outcome.result in (Result.APPLIED, Result.UNKNOWN)
        if isinstance(setting, ProvisionedConcurrency) and setting.function == name and gone and isinstance(count, int):
            yield setting.qualifier, count
