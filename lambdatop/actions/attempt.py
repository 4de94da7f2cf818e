"""One step of a plan against AWS: looked at, sent once, and then told as it truly is.

What AWS refused for certain may be sent again once the reason is gone. What may have taken effect is never sent again:
it is read until it is known whether it did.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from lambdatop.actions.aftermath import Told, found_out, settled
from lambdatop.actions.readings import readings
from lambdatop.aws.errors import AwsError, Conflict, Stale, Throttled
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.plan import Outcome, Reading, Result, Step

SENDING: Final = "sending"
LOCKED_S: Final = 300.0
"""How long somebody else's update is waited out."""
_SENDINGS = 8
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 20.0


async def attempt(aws: Gate, clock: Clock, step: Step) -> AsyncGenerator[Told, None]:
    """Take a step. The word SENDING comes right before a call; the last outcome is the step's."""
    pause = _FIRST_PAUSE_S
    refused: AwsError | None = None
    for _ in range(_SENDINGS):
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
        call = step.setting.writing(step.before, step.after, reading.revision_id)
        yield SENDING
        try:
            answer = await aws.call(call.service, call.operation, **call.params)
        except Stale as error:
            refused = error
        except (Conflict, Throttled) as error:
            refused = error
            yield f"waiting: {error}"
            await clock.sleep(pause)
            pause = min(_LONGEST_PAUSE_S, pause * 2)
        except AwsError as error:
            async for told in _unanswered(aws, clock, step, error):
                yield told
            return
        else:
            async for told in settled(aws, clock, step, answer):
                yield told
            return
    yield Outcome(step=step, result=Result.NOT_APPLIED, error=refused.line() if refused else None)


async def _unlocked(aws: Gate, clock: Clock, step: Step) -> AsyncIterator[Told | Reading]:
    """What the setting is once AWS would let it be written; an outcome if that cannot be had."""
    yield "reading what is there"
    busy = ""
    async for reading in readings(aws, clock, step.setting, step.setting.reading(), for_s=LOCKED_S):
        if isinstance(reading, AwsError):
            yield Outcome(step=step, result=Result.NOT_APPLIED, error=reading.line())
            return
        if not reading.locked:
            yield reading
            return
        busy = reading.reason or "an update is in progress"
        yield f"waiting: {busy}"
    error = f"nothing was sent: {busy}, and still is after {LOCKED_S / 60:.0f} minutes"
    yield Outcome(step=step, result=Result.NOT_APPLIED, error=error)


def _drifted(step: Step, reading: Reading) -> Outcome:
    gone = f": {reading.reason}" if reading.facts is None and reading.reason else ""
    alike = "it is already so" if reading.facts == step.after else "it was changed meanwhile"
    error = f"nothing was sent: {alike}{gone}"
    return Outcome(step=step, result=Result.DRIFTED, error=error, theirs=reading.facts)


async def _unanswered(aws: Gate, clock: Clock, step: Step, error: AwsError) -> AsyncIterator[Told]:
    if error.certain:
        yield Outcome(step=step, result=Result.NOT_APPLIED, error=error.line())
        return
    async for told in found_out(aws, clock, step, error):
        yield told
