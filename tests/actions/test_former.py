"""What the journal knows of a function before its brake was pulled, and when it does not know."""

import pytest

from lambdatop.actions.journal.before_brake import former
from lambdatop.actions.journal.journal import ChangeSite, JournalEntry
from lambdatop.actions.planning.subject import Former
from lambdatop.actions.settings.concurrency import PROVISIONED, RESERVED, ProvisionedConcurrency, ReservedConcurrency
from lambdatop.model.changes.plan import Receipt, Result, Step, StepOutcome
from tests.actions.applying import NAME, plan, step
from tests.model.factories import NOW

HERE = ChangeSite("123456789012", "eu-west-1", None)
READY = step(ProvisionedConcurrency(NAME, "live"), {PROVISIONED: 4}, None)
PULLED = step(ReservedConcurrency(NAME), {RESERVED: 20}, {RESERVED: 0})
RELEASED = step(ReservedConcurrency(NAME), {RESERVED: 0}, {RESERVED: 20})


def entry(*steps: Step, result: Result = Result.APPLIED, endpoint: str | None = None) -> JournalEntry:
    receipt = Receipt(
        id="r",
        plan=plan(*steps),
        outcomes=tuple(StepOutcome(step=each, result=result) for each in steps),
        begun=NOW,
        ended=NOW,
        account=HERE.account,
        region=HERE.region,
        caller="",
    )
    return JournalEntry(receipt=receipt, finished=True, endpoint=endpoint)


@pytest.mark.parametrize("result", [Result.APPLIED, Result.UNKNOWN])
def test_what_the_brake_took_is_known_also_where_no_answer_came(result: Result) -> None:
    assert former([entry(READY, PULLED, result=result)], NAME, HERE) == Former(20, {"live": 4})


def test_that_nothing_was_reserved_is_known_too() -> None:
    assert former([entry(step(ReservedConcurrency(NAME), None, {RESERVED: 0}))], NAME, HERE) == Former(None)


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (entry(PULLED, result=Result.NOT_APPLIED),),
        (entry(PULLED, endpoint="http://127.0.0.1:4566"),),
        (entry(step(ReservedConcurrency("other"), {RESERVED: 20}, {RESERVED: 0})),),
    ],
)
def test_what_was_not_stopped_from_here_had_nobody_knows_what(entries: tuple[JournalEntry, ...]) -> None:
    assert former(entries, NAME, HERE) is None


def test_what_was_released_since_was_stopped_by_somebody_else() -> None:
    assert former([entry(PULLED), entry(RELEASED)], NAME, HERE) is None
    assert former([entry(PULLED), entry(RELEASED, result=Result.NOT_APPLIED)], NAME, HERE) == Former(20)
