"""A burst of log lines in slices, none of which takes longer than a frame to fold and to show.

The source has read on by then, and tells no line twice: what is left when it is stopped in between is kept here.
"""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Final, Protocol

from msgspec.structs import replace

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.updates import LogsArrived, Update

SLICE_LINES: Final = 500
SLICE_CHARACTERS: Final = 256 * 1024


class Followed(Protocol):
    """A log that goes on where it was left when it is followed once more."""

    def follow(self, aws: Gate, clock: Clock) -> AsyncGenerator[Update, None]:
        """What is new in it, for as long as there may be more."""
        ...


class SlicedLog:
    """The updates of a log, the great ones in slices. Followed once more it begins with those not taken yet."""

    def __init__(self, log: Followed) -> None:
        self._log = log
        self._waiting: deque[Update] = deque()

    async def follow(self, aws: Gate, clock: Clock) -> AsyncIterator[Update]:
        """Every line once, however often and wherever the following is broken off."""
        async for part in self._hand_out(clock):
            yield part
        async with aclosing(self._log.follow(aws, clock)) as updates:
            async for update in updates:
                self._waiting.extend(slices(update))
                async for part in self._hand_out(clock):
                    yield part

    async def _hand_out(self, clock: Clock) -> AsyncIterator[Update]:
        while self._waiting:
            yield self._waiting.popleft()
            if self._waiting:
                await clock.sleep(0)  # keys and frames come in between


def slices(update: Update) -> Iterator[Update]:
    """The update, or for a burst of log lines several."""
    if not isinstance(update, LogsArrived) or len(update.lines) <= 1:
        yield update
        return
    first, characters = 0, 0
    for end, line in enumerate(update.lines):
        if end - first == SLICE_LINES or characters > SLICE_CHARACTERS:
            yield replace(update, lines=update.lines[first:end])
            first, characters = end, 0
        characters += len(line.message)
    yield replace(update, lines=update.lines[first:]) if first else update
