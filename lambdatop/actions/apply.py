"""Carries out a confirmed plan, and nothing else in the program does: every change to AWS passes through here.

Each step is read before, refused if it is no longer what the user saw, written down, sent once, read until it has
settled, and written down again. A failure stops what is behind it; what was done stays done and is told.
"""

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from lambdatop.actions.aftermath import Told
from lambdatop.actions.attempt import SENDING, attempt
from lambdatop.actions.journal import Journal, Unwritable
from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.plan import PUBLISHED, Outcome, Plan, Progress, Receipt, Result, Setting, Step
from lambdatop.state import IdentityKnown, PlanAdvanced, PlanEnded


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
    outcomes: Mapping[int, Outcome] = {}
    for index, step in enumerate(plan.steps):
        if _stopped(plan, step, outcomes):
            continue
        async with aclosing(_noted(aws, clock, journal, receipt.id, index, _filled(step, outcomes))) as told:
            async for word in told:
                if isinstance(word, Outcome):
                    outcomes = {**outcomes, index: word}
                else:
                    done = tuple(outcome for number, outcome in outcomes.items() if number != index)
                    doing = word if len(plan.steps) == 1 else f"{step.label}: {word}"
                    yield PlanAdvanced(Progress(plan=plan, outcomes=done, doing=doing, since=receipt.begun))
    receipt = replace(receipt, outcomes=tuple(outcomes.values()), ended=clock.now())
    yield PlanEnded(_closed(journal, receipt))


async def _begun(aws: Gate, clock: Clock, plan: Plan, journal: Journal, who: IdentityKnown | None) -> Receipt:
    """The receipt, still without outcomes, and in the journal; with one if nothing may be sent."""
    at = clock.now()
    receipt = Receipt(id=_id(at), plan=plan, outcomes=(), begun=at, ended=at, account="", region="", caller="")
    try:
        who = who or await _caller(aws)
        receipt = replace(receipt, account=who.account, region=who.region, caller=who.arn)
        journal.begun(receipt, aws.endpoint_url)
    except AwsError as error:
        return _unsent(receipt, error.line(), clock.now())
    except Unwritable as error:
        return _unsent(receipt, f"nothing was sent: {error}", clock.now())
    return receipt


async def _caller(aws: Gate) -> IdentityKnown:
    answer = await aws.call("sts", "GetCallerIdentity")
    return IdentityKnown(account=answer["Account"], arn=answer.get("Arn", ""), region=aws.region or "")


def _id(at: datetime) -> str:
    """`20261103-143207-9f3a`: by time, and short enough to be typed."""
    return f"{at:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


async def _noted(
    aws: Gate, clock: Clock, journal: Journal, id: str, index: int, step: Step
) -> AsyncGenerator[Told, None]:
    """A step's way, each call and each outcome in the journal before anything else happens."""
    outcome: Outcome | None = None
    async with aclosing(attempt(aws, clock, step)) as told:
        async for word in told:
            yield word
            try:
                if isinstance(word, Outcome):
                    outcome = word
                    journal.told(id, index, word, clock.now())
                elif word == SENDING:
                    journal.sending(id, index, step, clock.now())
            except Unwritable as error:
                yield _unnoted(step, outcome, error)
                return


def _unnoted(step: Step, outcome: Outcome | None, error: Unwritable) -> Outcome:
    if outcome is None:
        return Outcome(step=step, result=Result.NOT_APPLIED, error=f"nothing was sent: {error}")
    told = f"{outcome.error}; {error}" if outcome.error else str(error)
    return replace(outcome, error=told, settled=False)


def _stopped(plan: Plan, step: Step, outcomes: Mapping[int, Outcome]) -> bool:
    """True if an earlier step of the same item did not come off. What is back already does not stop an undoing."""
    of_item = (outcome for outcome in outcomes.values() if outcome.step.item == step.item)
    if plan.undoes is not None:
        return not all(outcome.stands and outcome.settled for outcome in of_item)
    return not all(outcome.result is Result.APPLIED and outcome.settled for outcome in of_item)


def _filled(step: Step, outcomes: Mapping[int, Outcome]) -> Step:
    """The step with the number of the version that an earlier one of its item has published."""
    numbers = [
        str(outcome.step.after["Version"])
        for outcome in outcomes.values()
        if outcome.step.item == step.item and outcome.step.setting.kind == "version" and outcome.step.after
    ]
    if not numbers or step.setting.kind == "version":
        return step
    number = numbers[-1]
    return replace(
        step,
        setting=_numbered_setting(step.setting, number),
        before=_numbered(step.before, number),
        after=_numbered(step.after, number),
        label=step.label.replace(PUBLISHED, number),
        shown_before=step.shown_before.replace(PUBLISHED, number),
        shown_after=step.shown_after.replace(PUBLISHED, number),
    )


def _numbered_setting(setting: Setting, number: str) -> Setting:
    """A setting may be that of the version itself: provisioned concurrency without an alias."""
    changes = {
        each.name: number
        for each in fields(setting)  # type: ignore[arg-type]  # every Setting is a dataclass
        if getattr(setting, each.name) == PUBLISHED
    }
    return replace(setting, **changes) if changes else setting  # type: ignore[type-var]


def _numbered(value: Any, number: str) -> Any:
    match value:
        case Mapping():
            return {number if key == PUBLISHED else key: _numbered(each, number) for key, each in value.items()}
        case _:
            return number if value == PUBLISHED else value


def _unsent(receipt: Receipt, error: str, at: datetime) -> Receipt:
    first = (Outcome(step=step, result=Result.NOT_APPLIED, error=error) for step in receipt.plan.steps[:1])
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
