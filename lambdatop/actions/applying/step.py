"""One step of a plan against AWS: read, sent once, and then reported truthfully.

What AWS refused for certain may be sent again once the reason is gone. What may have taken effect is never sent again:
it is read until it is known whether it did.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from lambdatop.actions.applying.read_setting import readings
from lambdatop.actions.applying.settle import Told, found_out, settled
from lambdatop.aws.errors import AwsError, Conflict, Stale, Throttled
from lambdatop.aws.gate import Answer, Gate
from lambdatop.clock import Clock
from lambdatop.model.changes.plan import Reading, Result, Step, StepOutcome

SENDING: Final = "sending"
LOCKED_S: Final = 300.0
"""How long to wait for another caller's update to finish."""
_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0)
"""Between two sendings, where AWS refused the first for certain and for the moment."""


async def attempt(aws: Gate, clock: Clock, step: Step) -> AsyncGenerator[Told, None]:
    """Take a step. The word SENDING comes right before a call; the last outcome is the step's."""
    refused: AwsError | None = None
    for pause_s in (*_PAUSES_S, 0.0):
        reading: Reading | None = None
        async for told in _unlocked(aws, clock, step):
            if isinstance(told, Reading):
                reading = told
            else:
                yield told
        if reading is None:
            return
        if reading.facts != step.before:
            yield _drifted(step, reading)
            return
        yield SENDING
        answer = await _sent(aws, step, reading)
        if not isinstance(answer, Stale | Conflict | Throttled):
            async for told in _answered(aws, clock, step, answer):
                yield told
            return
        refused = answer
        if not isinstance(answer, Stale):
            yield f"waiting: {answer}"
            await clock.sleep(pause_s)
    yield StepOutcome(step=step, result=Result.NOT_APPLIED, error=refused.line() if refused else None)


async def _unlocked(aws: Gate, clock: Clock, step: Step) -> AsyncIterator[Told | Reading]:
    """What the setting is once AWS would let it be written; an outcome if that cannot be had."""
    yield "reading what is there"
    busy = ""
    async for reading in readings(aws, clock, step.setting, step.setting.reading(), for_s=LOCKED_S):
        if isinstance(reading, AwsError):
            yield StepOutcome(step=step, result=Result.NOT_APPLIED, error=reading.line())
            return
        if not reading.locked:
            yield reading
            return
        busy = reading.reason or "an update is in progress"
        yield f"waiting: {busy}"
    error = f"nothing was sent: {busy}, and still is after {LOCKED_S / 60:.0f} minutes"
    yield StepOutcome(step=step, result=Result.NOT_APPLIED, error=error)


def _drifted(step: Step, reading: Reading) -> StepOutcome:
    gone = f": {reading.reason}" if reading.facts is None and reading.reason else ""
    alike = "it is already so" if reading.facts == step.after else "it was changed meanwhile"
    error = f"nothing was sent: {alike}{gone}"
    return StepOutcome(step=step, result=Result.DRIFTED, error=error, theirs=reading.facts)


async def _sent(aws: Gate, step: Step, reading: Reading) -> Answer | AwsError:
    """The answer to the step's call, named to be of the revision just read; or what came instead of one."""
    call = step.setting.writing(step.before, step.after, reading.revision_id)
    try:
        return await aws.call(call.service, call.operation, **call.params)
    except AwsError as error:
        return error


async def _answered(aws: Gate, clock: Clock, step: Step, answer: Answer | AwsError) -> AsyncIterator[Told]:
    """What came of a call that is not sent again."""
    if isinstance(answer, AwsError) and answer.certain:
        yield StepOutcome(step=step, result=Result.NOT_APPLIED, error=answer.line())
    elif isinstance(answer, AwsError):
        async for told in found_out(aws, clock, step, answer):
            yield told
    else:
        async for told in settled(aws, clock, step, answer):
            yield told
