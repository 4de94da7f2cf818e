"""A clock for tests that stands until it is moved, and whose sleep is over at once."""

import asyncio
from datetime import datetime, timedelta

from tests.model.factories import NOW


class HandClock:
    """Wall clock and monotonic clock are one. A sleep moves it on and is remembered in `slept`."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.move(seconds)
        await asyncio.sleep(0)

    def move(self, seconds: float) -> None:
        """Let that many seconds have passed."""
        self.at += timedelta(seconds=seconds)
