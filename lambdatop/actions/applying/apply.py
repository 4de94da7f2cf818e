"""Carries out a confirmed plan, and nothing else in the program does: every change to AWS passes through here.

Each step is read before, refused if it is no longer what the user saw, written down, sent once, read until it has
settled, and written down again. A failure stops what is behind it of the same item, and the items that need it; what
was done stays done and is told.
"""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, aclosing
from datetime import datetime

from msgspec.structs import replace

from lambdatop.actions.applying.caller import caller, new_id
from lambdatop.actions.applying.settle import Told
from lambdatop.actions.applying.step import SENDING, attempt
from lambdatop.actions.applying.version_number import filled
from lambdatop.actions.journal.journal import Journal, Unwritable
from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.changes.plan import Plan, Progress, Receipt, Result, Step, StepOutcome
from lambdatop.updates import IdentityKnown, PlanAdvanced, PlanEnded

_Item = AsyncGenerator[tuple[int, Told], None]
"""Yields the steps of one item, each with its position in the plan."""
_PATIENCE = ("waiting", "settling")
"""How the words begin after which nothing happens for a while."""


async def apply(
    aws: Gate, clock: Clock, plan: Plan, journal: Journal, who: IdentityKnown | None = None
) -> AsyncIterator[PlanAdvanced | PlanEnded]:
    """Take the plan's steps one after another; the last update is PlanEnded, with the receipt.

    Nothing is raised for what AWS, the network or the disk may do: it is in the outcomes. Left in the middle, the
    journal still tells the truth.
    """
    receipt = await _begun(aws, clock, plan, journal, who)
    if receipt.outcomes:
        yield PlanEnded(receipt)
        return
    outcomes: dict[int, StepOutcome] = {}
    async with AsyncExitStack() as stack:
        items = [_once_ready(aws, clock, journal, receipt, steps, outcomes) for steps in _by_item(plan)]
        for item in items:
            stack.push_async_callback(item.aclose)
        async for index, word in _in_turn(items):
            if isinstance(word, StepOutcome):
                outcomes[index] = word
            else:
                doing = word if len(plan.steps) == 1 else f"{plan.steps[index].label}: {word}"
                yield PlanAdvanced(
                    Progress(plan=plan, outcomes=_in_order(outcomes, _is_final), doing=doing, since=receipt.begun)
                )
    receipt = replace(receipt, outcomes=_in_order(outcomes), ended=clock.now())
    yield PlanEnded(_closed(journal, receipt))


def _by_item(plan: Plan) -> list[dict[int, Step]]:
    """The steps by the item that they belong to, each under its place in the plan."""
    items: dict[str, dict[int, Step]] = {}
    for index, step in enumerate(plan.steps):
        items.setdefault(step.item, {})[index] = step
    return list(items.values())


async def _in_turn(items: Iterable[_Item]) -> AsyncIterator[tuple[int, Told]]:
    """All that the items tell: while one has to wait, the next one is begun."""
    turns = deque(items)
    while turns:
        item = turns.popleft()
        async for index, word in item:
            yield index, word
            if isinstance(word, str) and word.startswith(_PATIENCE):
                turns.append(item)
                break


def _in_order(
    outcomes: Mapping[int, StepOutcome], wanted: Callable[[StepOutcome], bool] = lambda _: True
) -> tuple[StepOutcome, ...]:
    return tuple(outcomes[index] for index in sorted(outcomes) if wanted(outcomes[index]))


def _is_final(outcome: StepOutcome) -> bool:
    """False while it is waited for: what never settles says why."""
    return outcome.settled or outcome.error is not None


async def _once_ready(
    aws: Gate,
    clock: Clock,
    journal: Journal,
    receipt: Receipt,
    steps: Mapping[int, Step],
    outcomes: Mapping[int, StepOutcome],
) -> AsyncGenerator[tuple[int, Told], None]:
    """The steps of one item, once its shared steps are done; none of them if a shared step fails."""
    plan, (first, step) = receipt.plan, next(iter(steps.items()))
    for index, shared in enumerate(plan.steps):
        if step.item not in shared.also:
            continue
        while (done := _comes_off(plan, outcomes, index)) is None:
            yield first, f"waiting for {shared.label}"
        if not done:
            yield first, _without(journal, receipt, first, shared, clock.now())
            return
    async with aclosing(_taken(aws, clock, journal, receipt, steps)) as told:
        async for each in told:
            yield each


def _without(journal: Journal, receipt: Receipt, index: int, shared: Step, at: datetime) -> StepOutcome:
    """The outcome of a step that needs one which failed, recorded in the journal."""
    error = f"nothing was sent: it needs {shared.label}, which was not done"
    outcome = StepOutcome(step=receipt.plan.steps[index], result=Result.NOT_APPLIED, error=error)
    try:
        journal.told(receipt.id, index, outcome, at)
    except Unwritable as unwritable:
        return _unnoted(outcome.step, outcome, unwritable)
    return outcome


def _comes_off(plan: Plan, outcomes: Mapping[int, StepOutcome], index: int) -> bool | None:
    """True if a step has succeeded, False if it cannot because an earlier step of its item failed; else None."""
    before = (at for at in range(index + 1) if plan.steps[at].item == plan.steps[index].item)
    for at in before:
        outcome = outcomes.get(at)
        if outcome is None or not _is_final(outcome):
            return None
        if not _came_off(plan, outcome):
            return False
    return True


async def _taken(
    aws: Gate, clock: Clock, journal: Journal, receipt: Receipt, steps: Mapping[int, Step]
) -> AsyncGenerator[tuple[int, Told], None]:
    """The steps of one item, one after another up to the first that fails."""
    last: dict[int, StepOutcome] = {}
    for index, step in steps.items():
        async with aclosing(_noted(aws, clock, journal, receipt.id, index, filled(step, last.values()))) as told:
            async for word in told:
                if isinstance(word, StepOutcome):
                    last[index] = word
                yield index, word
        if not _came_off(receipt.plan, last[index]):
            return


async def _begun(aws: Gate, clock: Clock, plan: Plan, journal: Journal, who: IdentityKnown | None) -> Receipt:
    """The receipt, still without outcomes, and in the journal; with one if nothing may be sent."""
    at = clock.now()
    receipt = Receipt(id=new_id(at), plan=plan, outcomes=(), begun=at, ended=at, account="", region="", caller="")
    try:
        who = await caller(aws, who)
        receipt = replace(receipt, account=who.account, region=who.region, caller=who.arn)
        journal.begun(receipt, aws.endpoint_url)
    except AwsError as error:
        return _unsent(receipt, error.line(), clock.now())
    except Unwritable as error:
        return _unsent(receipt, f"nothing was sent: {error}", clock.now())
    return receipt


async def _noted(
    aws: Gate, clock: Clock, journal: Journal, id: str, index: int, step: Step
) -> AsyncGenerator[Told, None]:
    """A step's way, each call and each outcome in the journal before anything else happens."""
    outcome: StepOutcome | None = None
    async with aclosing(attempt(aws, clock, step)) as told:
        async for word in told:
            yield word
            try:
                if isinstance(word, StepOutcome):
                    outcome = word
                    journal.told(id, index, word, clock.now())
                elif word == SENDING:
                    journal.sending(id, index, step, clock.now())
            except Unwritable as error:
                yield _unnoted(step, outcome, error)
                return


def _unnoted(step: Step, outcome: StepOutcome | None, error: Unwritable) -> StepOutcome:
    if outcome is None:
        return StepOutcome(step=step, result=Result.NOT_APPLIED, error=f"nothing was sent: {error}")
    told = f"{outcome.error}; {error}" if outcome.error else str(error)
    return replace(outcome, error=told, settled=False)


def _came_off(plan: Plan, outcome: StepOutcome) -> bool:
    """True if what is behind a step may follow. What is back already does not stop an undoing."""
    stands = outcome.stands if plan.undoes is not None else outcome.result is Result.APPLIED
    return stands and outcome.settled


def _unsent(receipt: Receipt, error: str, at: datetime) -> Receipt:
    first = (StepOutcome(step=step, result=Result.NOT_APPLIED, error=error) for step in receipt.plan.steps[:1])
    return replace(receipt, outcomes=tuple(first), ended=at)


def _closed(journal: Journal, receipt: Receipt) -> Receipt:
    """The receipt, once the journal has its end; if that cannot be written, the last outcome says so."""
    try:
        journal.ended(receipt)
    except Unwritable as error:
        *others, last = receipt.outcomes
        if str(error) not in (last.error or ""):
            told = f"{last.error}; {error}" if last.error else str(error)
            return replace(receipt, outcomes=(*others, replace(last, error=told)))
    return receipt
