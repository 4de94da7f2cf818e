"""The one place that tells time, so that tests and screenshots can hold it still."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct


class Clock(Protocol):
    """What the program may know of time."""

    def now(self) -> datetime:
        """The wall clock, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, for measuring intervals."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let that many seconds pass."""
        ...


class SystemClock(Struct, frozen=True):
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class FrozenClock(Struct, frozen=True):
    """A clock that stands at one moment. Short waits pass; the longer ones, for something new, never end."""

    at: datetime
    longest_wait_s: float = 10.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        if seconds > self.longest_wait_s:
            await asyncio.Event().wait()
        await asyncio.sleep(seconds)
