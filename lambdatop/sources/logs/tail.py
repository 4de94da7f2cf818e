"""The tail of one or several functions' logs: every line once, as soon as it can be read, through all that time heals.

The same source feeds the log pane and `lambdatop logs`. It polls; Live Tail, if requested, takes over while it lasts.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from lambdatop.aws.errors import AccessDenied, AwsError, NotFound, Throttled
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.tail_cursor import LONG_MS, Balance
from lambdatop.model.logs.tail_status import TailStatus
from lambdatop.sources.logs.live_tail import Began, LiveSessions, Pushed
from lambdatop.sources.logs.log_group import LogGroup, epoch_ms, log_groups, merged
from lambdatop.sources.logs.pace import Pace
from lambdatop.sources.poll import failed, retry_in_s
from lambdatop.updates import LogsArrived, SourceAnswered, Update

FIRST_REACH = timedelta(minutes=15)
LONGEST_RETRY_S = 10.0
"""The user is watching: a minute's pause after an outage would be too long."""
_LEAST_REST = 0.2
"""Of the pause: rounds begin a pause apart, but one that took long is not followed by the next at once."""
OVERLAP_MS = 10_000
"""So long before Live Tail's last update polling takes over."""
SETTLED_S = 10.0
"""So long after a session's begin the last line before it can be read."""
_OTHER_CLASS = re.compile(r"INFREQUENT_ACCESS|only supported on the Standard log class")


class LogTail(Struct):
    """What to follow: functions, from when on, and how."""

    functions: tuple[Function, ...]
    since: datetime | None = None
    """None: the newest 500 lines of the last 15 minutes."""
    until: datetime | None = None
    """Nothing written then or later is read; followed it comes to its end once nothing from before can come late."""
    pattern: str | None = None
    """A CloudWatch Logs filter pattern, which the server applies."""
    live: bool = False
    poll_s: float = 1.0
    _following: "Following | None" = None

    async def follow(self, aws: Gate, clock: Clock) -> AsyncGenerator[Update, None]:
        """The lines so far and then every one that appears; for ever, unless there is an `until`.

        LogsArrived under the first function's name, in order of time but for late lines; SourceFailed and
        SourceAnswered of "logs". Trouble is waited out and what was written meanwhile is read then. Followed once more
        it goes on where it was left.
        """
        following = self._following = self._following or _begin(self, aws, clock)
        sessions = LiveSessions(following.groups, self.pattern) if self.live else None
        while True:
            async for update in following.poll():
                yield update
            if following.is_over:
                return
            if sessions and following.is_well and sessions.due(clock.monotonic()):
                async with aclosing(following.listen(sessions)) as updates:
                    async for update in updates:
                        yield update
            else:
                await clock.sleep(following.wait_s)

    async def read(self, aws: Gate, clock: Clock) -> AsyncIterator[LogsArrived]:
        """The lines from `since` to `until` or now, once, oldest first, page by page. Raises AwsError."""
        following = _begin(replace(self, until=None), aws, clock)
        now = clock.now()
        start_ms, end_ms = epoch_ms(self.since or now - FIRST_REACH), epoch_ms(self.until or now) + 1
        pages = [group.once(aws, clock, following.pace, start_ms, end_ms) for group in following.groups]
        try:
            async for lines in merged(pages):
                yield LogsArrived(self.functions[0].name, tuple(lines), following.status)
        except AwsError as error:
            raise explained(error, following.groups) from error


def _begin(tail: LogTail, aws: Gate, clock: Clock) -> "Following":
    balance = Balance() if tail.live else None
    groups = tuple(
        LogGroup(name, functions, tail.pattern, tail.since, tail.until, balance)
        for name, functions in log_groups(tail.functions).items()
    )
    pace = Pace(tail.poll_s, len(groups), tail.functions[0].region)
    return Following(tail, aws, clock, groups, TailStatus(poll_s=tail.poll_s), pace, _balance=balance)


class Following(Struct):
    """A tail at work."""

    tail: LogTail
    aws: Gate
    clock: Clock
    groups: tuple[LogGroup, ...]
    status: TailStatus
    pace: Pace
    wait_s: float = 0.0
    """Until the next round."""
    _balance: Balance | None = None
    _live: bool = False
    _live_ms: int | None = None
    """When the session was last heard of."""
    _settles_at: float | None = None
    """When the last line from before the session can be read; None once it has been."""
    _why: str | None = None
    """Why it polls although Live Tail was requested."""
    _failures: int = 0
    _told: TailStatus | None = None

    @property
    def is_well(self) -> bool:
        """True if the last round read all there was."""
        return self._failures == 0

    @property
    def is_over(self) -> bool:
        """True if all was read of a stretch of time that ended longer ago than lines are late."""
        until = self.tail.until
        return until is not None and self.is_well and self.clock.now() >= until + timedelta(milliseconds=LONG_MS)

    async def poll(self) -> AsyncIterator[Update]:
        """One round over all log groups. What one of them refuses does not keep the lines of the others."""
        errors: list[AwsError] = []
        began = self.clock.monotonic()
        async for lines in merged([self._guarded(group, errors) for group in self.groups]):
            if lines:
                yield self.arrived(lines)
        refused = [error for error in errors if not isinstance(error, NotFound)]
        self._settle(refused, len(errors) - len(refused), began)
        if refused:
            yield failed("logs", explained(refused[0], self.groups), self.clock, self.wait_s)
        if self.status != self._told and not (refused and self._told is None):
            yield self.arrived([])
        if not refused:
            yield SourceAnswered("logs", self.clock.now())

    async def listen(self, sessions: LiveSessions) -> AsyncGenerator[Update, None]:
        """One Live Tail session, from a last reading of what came before it until polling has to take over."""
        self._live_ms = None
        try:
            async with aclosing(sessions.session(self.aws, self.clock)) as events:
                async for event in events:
                    async for update in self._heard(event):
                        yield update
                    if not self.is_well:  # what was before the session must be read before it can be left behind
                        break
        finally:  # also if following is interrupted, to be resumed later
            self._fall_back(sessions.why)

    async def _heard(self, event: Began | Pushed) -> AsyncIterator[Update]:
        now = self.clock.monotonic()
        if isinstance(event, Began):
            self._live, self._settles_at = True, now + SETTLED_S
            async for update in self.poll():
                yield update
            return
        self._live_ms = epoch_ms(self.clock.now())
        for update in self._pushed(event, self._live_ms):
            yield update
        if self._settles_at is not None and now >= self._settles_at:
            self._settles_at = None
            async for update in self.poll():
                yield update

    def _pushed(self, event: Pushed, now_ms: int) -> Iterator[Update]:
        assert self._balance is not None
        live = self._balance.live
        lines = [line for line in event.lines if live(line.stream, epoch_ms(line.timestamp), line.message)]
        self._balance.forget(now_ms - 2 * LONG_MS)
        self.status = replace(self.status, sampled=self.status.sampled or event.sampled)
        if lines or self.status != self._told:
            yield self.arrived(lines)
        yield SourceAnswered("logs", self.clock.now())

    def _fall_back(self, why: str | None) -> None:
        if self._live_ms is not None and self.is_well:
            for group in self.groups:
                group.resume(self._live_ms - OVERLAP_MS)
        self.status = replace(self.status, mode="polling", gaps=self.status.gaps + self._live)
        self._live, self._why = False, why

    def arrived(self, lines: Sequence[LogLine]) -> LogsArrived:
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

    def _settle(self, refused: list[AwsError], missing: int, began: float) -> None:
        """The pause until the next round, and how the tail is doing after this one."""
        if any(isinstance(error, Throttled) for error in refused):
            self.pace.throttled()
        if refused:
            self._failures += 1
        else:
            self.pace.answered()
            self.status = replace(self.status, gaps=self.status.gaps + (self._failures > 0))
            self._failures = 0
        now = self.clock.monotonic()
        self.pace.nothing_there = missing == len(self.groups)
        pause_s = self.pace.pause_s(now)
        self.wait_s = max(pause_s * _LEAST_REST, pause_s - (now - began))
        self.wait_s = max([self.wait_s, *(_wait_s(error, self._failures) for error in refused)])
        self.status = replace(
            self.status,
            mode="live" if self._live else "polling",
            poll_s=None if self._live else round(pause_s, 1),
            sampled=self.status.sampled and self._live,
            whole=self.tail.until is not None and not refused,
            note=self._note(refused, missing),
        )

    def _note(self, refused: list[AwsError], missing: int) -> str | None:
        if refused:
            return str(explained(refused[0], self.groups))
        if missing == len(self.groups):
            return "no log group yet"
        if missing:
            return f"{missing} of {len(self.groups)} log groups do not exist yet"
        if self.pace.is_throttled:
            return "throttled"
        return None if self._live else self._why


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
