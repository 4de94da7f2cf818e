"""A log that is followed while lines are planted in it, in a time that passes as fast as the tail asks."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime

from msgspec import Struct, field

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import Clock
from lambdatop.emulator.server import Emulator
from lambdatop.model.function import Function
from lambdatop.model.logs.tail_status import TailStatus
from lambdatop.sources.logs.tail import LogTail
from lambdatop.updates import LogsArrived, SourceFailed, Update

T0 = 1_795_003_200.0
GROUP = "/team/orders"
STREAM = "2026/11/18/orders[$LATEST]0123456789abcdef0123456789abcdef"


class SteppingClock:
    """Time passes when somebody sleeps, at once."""

    def __init__(self, at: float = T0) -> None:
        self.at = at

    def begin(self) -> None:
        """It is `T0` now."""
        self.at = T0

    def time(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds
        await asyncio.sleep(0)


class FastClock(SteppingClock):
    """Time runs many times as fast as it does."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed
        self.begin()

    def begin(self) -> None:
        """It is `T0` now."""
        self._began = asyncio.get_running_loop().time()

    def time(self) -> float:
        return T0 + (asyncio.get_running_loop().time() - self._began) * self._speed

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def monotonic(self) -> float:
        return self.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


class Scene(Struct):
    """An account whose log is written by the test, and what a tail has shown of it."""

    emulator: Emulator
    gate: Gate
    clock: SteppingClock
    updates: list[Update] = field(default_factory=list)
    planted: list[str] = field(default_factory=list)

    def plant(
        self, message: str, at_s: float, *, late_s: float = 0.0, group: str = GROUP, stream: str = STREAM
    ) -> None:
        """A line stamped `at_s` after the beginning and visible `late_s` after that."""
        visible_ms = int((T0 + at_s + late_s) * 1000)
        self.planted.append(message)
        self.emulator.account().write_log(group, stream, int((T0 + at_s) * 1000), message, visible_ms=visible_ms)

    async def follow(
        self, tail: LogTail, until_s: float, *, meanwhile: Callable[[Update], None] = lambda _: None
    ) -> None:
        """Follow until that long after the beginning."""
        clock: Clock = self.clock
        async with aclosing(tail.follow(self.gate, clock)) as updates:
            async for update in updates:
                self.updates.append(update)
                meanwhile(update)
                if self.clock.time() - T0 >= until_s:
                    return

    @property
    def shown(self) -> list[str]:
        """Every message shown, in order."""
        return [message for lines in self.batches for message in lines]

    @property
    def batches(self) -> list[list[str]]:
        """The messages by update."""
        return [[line.message for line in update.lines] for update in self.updates if isinstance(update, LogsArrived)]

    @property
    def statuses(self) -> list[TailStatus]:
        """How the tail was doing, update by update."""
        return [update.tail for update in self.updates if isinstance(update, LogsArrived)]

    @property
    def failures(self) -> list[SourceFailed]:
        """What failed meanwhile."""
        return [update for update in self.updates if isinstance(update, SourceFailed)]

    def lost_and_doubled(self) -> tuple[Counter[str], Counter[str]]:
        """What was planted and not shown, and what was shown more often than planted."""
        planted, shown = Counter(self.planted), Counter(self.shown)
        return planted - shown, shown - planted


@asynccontextmanager
async def scene(clock: SteppingClock | None = None, *, tail_every_s: float = 1.0) -> AsyncIterator[Scene]:
    """An account of few functions at `T0`; its answers are held against botocore's model."""
    clock = clock or SteppingClock()
    async with Emulator(functions=3, lint=True, clock=clock.time, tail_every_s=tail_every_s) as emulator:
        connection = Connection(
            region="eu-west-1", endpoint_url=lambda: emulator.url, credentials=("AKIDTEST", "not-a-secret")
        )
        gate = Gate(connection, clock)
        await warm_up(gate)
        clock.begin()
        emulator.calls.clear()
        yield Scene(emulator, gate, clock)
        await gate.close()
        assert not emulator.problems


async def warm_up(gate: Gate) -> None:
    """Make the clients before time runs: the SDK takes seconds of it."""
    for ask in (gate.pages("logs", "DescribeLogGroups"), gate.stream("logs", "StartLiveTail", logGroupIdentifiers=[])):
        with suppress(AwsError):
            async for _ in ask:
                pass


def function(name: str = "orders", group: str = GROUP) -> Function:
    """A function that writes into a custom log group."""
    return Function(
        name=name,
        arn=f"arn:aws:lambda:eu-west-1:123456789012:function:{name}",
        runtime="python3.13",
        architecture="arm64",
        memory_mb=128,
        timeout_s=3,
        last_modified=None,
        log_group=group,
    )


def stream_of(name: str, number: int = 0) -> str:
    """A log stream of a function in a shared log group."""
    return f"2026/11/18/{name}[$LATEST]{number:032x}"
