"""Reads a setting repeatedly: until it may be written, until it has settled, or until its value is known."""

from collections.abc import AsyncIterator
from typing import Final

from lambdatop.aws.errors import AwsError, NotFound
from lambdatop.aws.gate import Answer, Gate
from lambdatop.clock import Clock
from lambdatop.model.changes.plan import Call, Reading, Setting

OUTAGE_S: Final = 60.0
"""How long AWS may be unreachable before reading is given up."""
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 5.0
_SLOWER = 1.5


async def readings(
    aws: Gate, clock: Clock, setting: Setting, call: Call, *, for_s: float
) -> AsyncIterator[Reading | AwsError]:
    """The setting as `call` tells it, at growing intervals for that many seconds; why it could not be read, where so.

    Ends early if it could not be read for a minute on end.
    """
    begun = answered = clock.monotonic()
    pause = _FIRST_PAUSE_S
    while True:
        reading = await read(aws, setting, call)
        now = clock.monotonic()
        if isinstance(reading, Reading):
            answered = now
        yield reading
        if now - begun > for_s or now - answered > OUTAGE_S:
            return
        await clock.sleep(pause)
        pause = min(_LONGEST_PAUSE_S, pause * _SLOWER)


async def read(aws: Gate, setting: Setting, call: Call) -> Reading | AwsError:
    """The setting's current value, or why it is unknown."""
    try:
        return setting.decode(await _answer(aws, call))
    except NotFound as missing:
        reading = setting.decode(None)
        return Reading(facts=reading.facts, reason=str(missing))
    except AwsError as error:
        return error


async def _answer(aws: Gate, call: Call) -> Answer:
    """The call's answer; of a listing all pages as one."""
    if not call.operation.startswith("List"):
        return await aws.call(call.service, call.operation, **call.params)
    whole: Answer = {}
    async for page in aws.pages(call.service, call.operation, **call.params):
        for name, value in page.items():
            whole[name] = [*whole.get(name, ()), *value] if isinstance(value, list) else value
    return whole
