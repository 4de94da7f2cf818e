"""After a write was sent: whether it took effect, if the answer was lost, and whether it has settled."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from lambdatop.actions.applying.read_setting import readings
from lambdatop.actions.settings.version import PublishedVersion
from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Answer, Gate
from lambdatop.clock import Clock
from lambdatop.model.changes.plan import PUBLISHED, Call, Facts, Reading, Result, Step, StepOutcome

SETTLING_S: Final = 900.0
"""How long a change may take to settle: provisioned concurrency takes minutes."""
_ALIKE = 5
"""After this many readings in a row that still show the old value, the write was not applied."""

Told = str | StepOutcome
"""What is being done, in a few words; or what came of it."""


async def found_out(aws: Gate, clock: Clock, step: Step, error: AwsError) -> AsyncIterator[Told]:
    """Whether a call with a lost or senseless answer took effect; only reads, never sends again."""
    unchanged, unread = 0, ""
    yield f"looking whether it took effect: {error}"
    async for reading in readings(aws, clock, step.setting, step.setting.reading(), for_s=SETTLING_S):
        if isinstance(reading, AwsError):
            unread = f"; it cannot be read: {reading.line()}"
        elif _reached(step, reading.facts):
            async for told in settled(aws, clock, step, reading.facts or {}):
                yield told
            return
        elif reading.facts != step.before:
            yield _unknown(step, f"{error.line()}; it is neither as it was nor as planned", reading.facts)
            return
        elif not reading.locked:
            unread, unchanged = "", unchanged + 1
            if unchanged == _ALIKE:
                yield StepOutcome(step=step, result=Result.NOT_APPLIED, error=f"{error.line()}; it took no effect")
                return
        yield f"looking whether it took effect: {error}{unread}"
    yield _unknown(step, f"{error.line()}{unread}")


def _reached(step: Step, facts: Facts | None) -> bool:
    """True if the setting is what the step makes of it; a version that was not there is the one published."""
    if PUBLISHED in (step.after or {}).values():
        return facts is not None and facts != step.before
    return _within(step.after, facts)


def _unknown(step: Step, error: str, theirs: Facts | None = None) -> StepOutcome:
    return StepOutcome(step=step, result=Result.UNKNOWN, error=error, theirs=theirs, settled=False)


async def settled(aws: Gate, clock: Clock, step: Step, answer: Answer | Facts) -> AsyncIterator[Told]:
    """Follow a change that took effect until it has settled: the outcome at once, and again as it ends."""
    step = _numbered(step, answer)
    yield StepOutcome(step=step, result=Result.APPLIED, settled=False)
    why, unseen = "", 0
    async for reading in readings(aws, clock, step.setting, _following(step), for_s=SETTLING_S):
        if isinstance(reading, AwsError):
            why = f"it cannot be read: {reading.line()}"
        elif reading.status == "in progress":
            why = reading.reason or "it is on its way"
        elif reading.status == "settled" and reading.facts == step.before != step.after and unseen < _ALIKE:
            unseen += 1  # AWS may tell for a moment what was before
        else:
            yield _ended(step, reading)
            return
        yield f"settling: {why}"
    yield StepOutcome(step=step, result=Result.APPLIED, settled=False, error=f"it has not settled: {why}")


def _numbered(step: Step, answer: Mapping[str, Any]) -> Step:
    """The step with the version's number, as AWS answered it, where the plan could not know it."""
    if step.after is None or step.after.get("Version") != PUBLISHED or "Version" not in answer:
        return step
    number = answer["Version"]
    return replace(step, after={**step.after, "Version": number}, shown_after=f"version {number}")


def _following(step: Step) -> Call:
    """The call that tells whether a change has settled: of a published version its own, of all else the reading."""
    if isinstance(step.setting, PublishedVersion) and step.after is not None:
        return step.setting.state(step.after["Version"])
    return step.setting.reading()


def _ended(step: Step, reading: Reading) -> StepOutcome:
    """The outcome of a change that is no longer in progress, with everything AWS made of the request."""
    if reading.status == "failed":
        error = f"it was taken, and then failed: {reading.reason or 'AWS does not say why'}"
        return StepOutcome(step=step, result=Result.APPLIED, settled=False, error=error)
    if _within(step.after, reading.facts):
        return StepOutcome(step=replace(step, after=reading.facts), result=Result.APPLIED)
    error = "it was applied, and changed again since by somebody else"
    return StepOutcome(step=step, result=Result.APPLIED, error=error, theirs=reading.facts)


def _within(after: Facts | None, facts: Facts | None) -> bool:
    """True if the facts include everything that was requested; AWS may add defaults."""
    if after is None or facts is None:
        return after is facts
    return all(name in facts and facts[name] == value for name, value in after.items())
