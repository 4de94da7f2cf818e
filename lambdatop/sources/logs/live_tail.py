"""Live Tail: lines pushed as they are ingested, each second, until AWS ends the session or falls silent.

It costs by the minute, drops lines above 500 a second and ends after three hours, so polling backs it up:
before it begins and wherever it breaks off.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from msgspec import Struct

from lambdatop.aws.errors import AccessDenied, AwsError, NotFound, Throttled, Unreachable
from lambdatop.aws.gate import Answer, Gate
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.logs.line import LogLine
from lambdatop.sources.logs.log_group import LogGroup, decode_event
from lambdatop.sources.poll import DENIED_RETRY_S

MOST_GROUPS = 10
SILENCE_S = 5.0
"""AWS sends an update each second, also an empty one; so long without one, the other side is gone."""
OPENING_S = 8.0
_STEADY_S = 60.0
"""A session that lasted so long has ended in good order or by bad luck: the next one is opened at once."""
_FIRST_RETRY_S, _LONGEST_RETRY_S = 2.0, 120.0
_LIMIT_RETRY_S = 60.0
_TERMS = re.compile(r"^(?:arn:)?(?P<partition>[^:]*):lambda:(?P<region>[^:]*):(?P<account>\d*):")


class Began(Struct, frozen=True):
    """The session is established: everything ingested from now on will arrive."""


class Pushed(Struct, frozen=True):
    """One update; `sampled` if AWS left lines out of it."""

    lines: tuple[LogLine, ...]
    sampled: bool


class LiveSessions(Struct):
    """Session after session: when the next may be opened, and why there is none."""

    groups: tuple[LogGroup, ...]
    pattern: str | None = None
    why: str | None = None
    """Why there is no session, in a few words; None at first and while there is one."""
    _due_at: float = 0.0
    _failures: int = 0

    def due(self, now: float) -> bool:
        """True if a session may be opened now."""
        return now >= self._due_at

    async def session(self, aws: Gate, clock: Clock) -> AsyncGenerator[Began | Pushed, None]:
        """One session until it ends, however it ends: then `why` tells, and `due` when to try again."""
        opened_at, began = clock.monotonic(), False
        try:
            async with aclosing(self._events(aws)) as events:
                async for event in events:
                    self.why, began = None, True
                    yield event
            self._ended("the session ended", clock, opened_at)
        except AwsError as error:
            self._ended("the session broke off" if began else _reason(error), clock, opened_at, error)

    async def _events(self, aws: Gate) -> AsyncGenerator[Began | Pushed, None]:
        params: dict[str, Any] = {"logGroupIdentifiers": [group_arn(group) for group in self.groups]}
        if len(self.groups) > MOST_GROUPS:
            raise AwsError(f"it follows at most {MOST_GROUPS} log groups, not {len(self.groups)}")
        if self.pattern:
            params["logEventFilterPattern"] = self.pattern
        patience_s = OPENING_S
        async with aclosing(aws.stream("logs", "StartLiveTail", **params)) as stream:
            while (event := await _next(stream, patience_s)) is not None:
                patience_s = SILENCE_S
                if "sessionStart" in event:
                    yield Began()
                elif update := event.get("sessionUpdate"):
                    yield self._pushed(update)

    def _pushed(self, update: Mapping[str, Any]) -> Pushed:
        results: Sequence[Mapping[str, Any]] = update.get("sessionResults") or ()
        lines = [line for result in results if (line := self._line(result)) is not None]
        sampled = bool((update.get("sessionMetadata") or {}).get("sampled"))
        return Pushed(tuple(sorted(lines, key=lambda line: line.timestamp)), sampled)

    def _line(self, result: Mapping[str, Any]) -> LogLine | None:
        function = self._writer(result)
        return decode_event(result, function.name) if function and "timestamp" in result else None

    def _writer(self, result: Mapping[str, Any]) -> Function | None:
        name = str(result.get("logGroupIdentifier") or "").rpartition(":log-group:")[2] or self.groups[0].name
        group = next((group for group in self.groups if name in (group.name, f"{group.name}:*")), None)
        if group is None:  # AWS may write `account:name`
            group = next((group for group in self.groups if name.endswith(f":{group.name}")), None)
        return group.attribute(str(result.get("logStreamName") or "")) if group else None

    def _ended(self, why: str, clock: Clock, opened_at: float, error: AwsError | None = None) -> None:
        now = clock.monotonic()
        self._failures = 0 if now - opened_at >= _STEADY_S else self._failures + 1
        self.why = f"Live Tail: {why}"
        self._due_at = now + self._pause_s(error)

    def _pause_s(self, error: AwsError | None) -> float:
        if self._failures == 0:
            return 0.0
        match error:
            case AccessDenied():
                return DENIED_RETRY_S
            case Throttled() | NotFound():
                return _LIMIT_RETRY_S
            case _:
                return min(_LONGEST_RETRY_S, _FIRST_RETRY_S * 2.0 ** min(10, self._failures - 1))


def group_arn(group: LogGroup) -> str:
    """The log group's ARN as StartLiveTail expects it, without `:*`: in the account and Region of its function."""
    partition, region, account = _place(group.functions[0])
    return f"arn:{partition}:logs:{region}:{account}:log-group:{group.name}"


def _place(function: Function) -> tuple[str, str, str]:
    match = _TERMS.match(function.arn)
    return (match["partition"], match["region"], match["account"]) if match else ("aws", function.region, "")


async def _next(stream: AsyncIterator[Answer], patience_s: float) -> Answer | None:
    try:
        async with asyncio.timeout(patience_s):
            return await anext(stream)
    except StopAsyncIteration:
        return None
    except TimeoutError as silent:
        raise Unreachable(f"no update for {patience_s:.0f} s") from silent


def _reason(error: AwsError) -> str:
    match error:
        case AccessDenied():
            return str(error)
        case Throttled():
            return "too many sessions or calls"
        case _:
            return str(error).removeprefix("logs StartLiveTail: ")
