"""The tail of one or several functions' logs: every line once, as soon as it can be read, through all that time heals.

The same source feeds the log pane and `lambdatop logs`. It polls; Live Tail, if asked for, takes over while it lasts.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from lambdatop.aws.errors import AccessDenied, AwsError, NotFound, Throttled
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.logs import LogLine
from lambdatop.model.tail import POLLING, Balance, TailStatus
from lambdatop.sources.loggroup import LogGroup, epoch_ms, log_groups, merged
from lambdatop.sources.pace import Pace
from lambdatop.sources.poll import failed, retry_in_s
from lambdatop.state import LogsArrived, SourceAnswered, Update

FIRST_REACH = timedelta(minutes=15)
LONGEST_RETRY_S = 10.0
"""Somebody is watching: a minute's pause after an outage would be long."""
READ_TRIES = 6
_OTHER_CLASS = re.compile(r"INFREQUENT_ACCESS|only supported on the Standard log class")


@dataclass(slots=True)
class LogTail:
    """What to follow: functions, from when on, and how."""

    functions: tuple[Function, ...]
    since: datetime | None = None
    """None: the newest 500 lines of the last 15 minutes."""
    until: datetime | None = None
    """Only for `read`."""
    pattern: str | None = None
    """A CloudWatch Logs filter pattern, which the server applies."""
    live: bool = False
    poll_s: float = 1.0

    async def follow(self, aws: Gate, clock: Clock) -> AsyncIterator[Update]:
        """The lines so far and then every one that appears, for ever.

        LogsArrived under the first function's name, in order of time but for late lines; SourceFailed and
        SourceAnswered of "logs". Trouble is waited out and what was written meanwhile is read then.
        """
        following = Following(self, aws, clock)
        while True:
            async for update in following.poll():
                yield update
            await clock.sleep(following.wait_s)

    async def read(self, aws: Gate, clock: Clock) -> AsyncIterator[LogsArrived]:
        """The lines from `since` to `until` or now, once, oldest first, page by page. Raises AwsError."""
        following = Following(self, aws, clock)
        now = clock.now()
        start_ms, end_ms = epoch_ms(self.since or now - FIRST_REACH), epoch_ms(self.until or now) + 1
        pages = [group.once(aws, clock, following.pace, start_ms, end_ms) for group in following.groups]
        async for lines in merged(pages):
            yield LogsArrived(self.functions[0].name, tuple(lines), following.status)


@dataclass(slots=True)
class Following:
    """A tail at work."""

    tail: LogTail
    aws: Gate
    clock: Clock
    groups: tuple[LogGroup, ...] = ()
    status: TailStatus = POLLING
    wait_s: float = 0.0
    """Until the next round."""
    pace: Pace = field(init=False)
    _failures: int = 0
    _told: TailStatus | None = None

    def __post_init__(self) -> None:
        tail = self.tail
        self.groups = tuple(
            LogGroup(name, functions, tail.pattern, tail.since, Balance() if tail.live else None)
            for name, functions in log_groups(tail.functions).items()
        )
        self.pace = Pace(tail.poll_s, len(self.groups), tail.functions[0].region)

    async def poll(self) -> AsyncIterator[Update]:
        """One round over all log groups. What one of them refuses does not keep the lines of the others."""
        errors: list[AwsError] = []
        async for lines in merged([self._guarded(group, errors) for group in self.groups]):
            if lines:
                yield self.arrived(lines)
        refused = [error for error in errors if not isinstance(error, NotFound)]
        self._settle(refused, len(errors) - len(refused))
        if refused:
            yield failed("logs", explained(refused[0], self.groups), self.clock, self.wait_s)
        if self.status != self._told and not (refused and self._told is None):
            yield self.arrived([])
        if not refused:
            yield SourceAnswered("logs", self.clock.now())

    def arrived(self, lines: list[LogLine]) -> LogsArrived:
        """The update for some lines, in order."""
        if lines:
            now = self.clock.now()
            self.pace.heard(self.clock.monotonic())
            newest = max(line.timestamp for line in lines)
            late = sum(group.late for group in self.groups)
            self.status = replace(self.status, late=late, behind_s=max(0.0, (now - newest).total_seconds()))
        self._told = self.status
        return LogsArrived(self.tail.functions[0].name, tuple(lines), self.status)

    async def _guarded(self, group: LogGroup, errors: list[AwsError]) -> AsyncIterator[list[LogLine]]:
        try:
            async for lines in group.fresh(self.aws, self.clock, self.pace):
                yield lines
                await self.clock.sleep(0)  # between two pages the screen has its turn
        except AwsError as error:
            errors.append(error)

    def _settle(self, refused: list[AwsError], missing: int) -> None:
        """The pause until the next round, and how the tail is doing after this one."""
        if any(isinstance(error, Throttled) for error in refused):
            self.pace.throttled()
        if refused:
            self._failures += 1
        else:
            self.pace.answered()
            self.status = replace(self.status, gaps=self.status.gaps + (self._failures > 0))
            self._failures = 0
        pause_s = self.pace.pause_s(self.clock.monotonic())
        self.wait_s = max([pause_s, *(_wait_s(error, self._failures) for error in refused)])
        self.status = replace(self.status, poll_s=round(pause_s, 1), note=self._note(refused, missing))

    def _note(self, refused: list[AwsError], missing: int) -> str | None:
        if refused:
            return str(explained(refused[0], self.groups))
        if missing == len(self.groups):
            return "no log group yet"
        if missing:
            return f"{missing} of {len(self.groups)} log groups do not exist yet"
        return "throttled" if self.pace.is_throttled else None


def explained(error: AwsError, groups: tuple[LogGroup, ...]) -> AwsError:
    """The error in words that say what is possible, where AWS's do not."""
    if _OTHER_CLASS.search(str(error)):
        names = ", ".join(group.name for group in groups)
        return AwsError(f"Infrequent Access: {names} can be read by Logs Insights only, neither polled nor followed")
    return error


def _wait_s(error: AwsError, failures: int) -> float:
    if isinstance(error, AccessDenied):
        return retry_in_s(error, failures)
    return min(LONGEST_RETRY_S, retry_in_s(error, failures))
