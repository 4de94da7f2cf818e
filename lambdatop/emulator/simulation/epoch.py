"""What is in force from one moment to the next: an epoch, and how a minute's callers divide among its outcomes.

A minute's n callers are ranked 0..n-1 at random. Cut points on that ranking say who is throttled, who runs out of
memory, fails, succeeds or times out. Counting is then arithmetic, and generating obeys the very same integers.
"""

import math
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

from lambdatop.emulator.simulation.chance import share_of
from lambdatop.emulator.simulation.profile import Behaviour


class Lane(Struct, frozen=True, kw_only=True):
    """The share of the traffic that one version serves; lanes of an epoch share it out in order."""

    version: str
    share: float
    behaviour: Behaviour
    insights: bool = False
    """True if the Lambda Insights extension measures that version."""


class Epoch(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that decides an invocation's fate, from `since` (epoch seconds) until the next epoch."""

    since: float
    lanes: tuple[Lane, ...]
    alias: str | None = None
    reserved: int | None = None
    provisioned: int = 0
    fed: bool = True
    """False while the event source is switched off: nobody calls, and nobody is throttled."""
    tracing: bool = True
    log_group: str = ""
    """The custom log group, or an empty string for the function's own."""

    @cached_property
    def measured(self) -> bool:
        """True if the Lambda Insights extension measures any of it."""
        return any(lane.insights for lane in self.lanes)

    @cached_property
    def unlimited(self) -> bool:
        """True if one version serves everybody and nothing is reserved or provisioned: almost always."""
        return len(self.lanes) == 1 and self.reserved is None and not self.provisioned

    @cached_property
    def cold_rate(self) -> float:
        """The share of the invocations that start cold, provisioned concurrency apart."""
        return sum(lane.share * lane.behaviour.profile.cold_rate for lane in self.lanes)

    @cached_property
    def mean_ms(self) -> float:
        """The expected time an invocation holds its environment, init included."""
        return sum(
            lane.share * (lane.behaviour.mean_ms + lane.behaviour.profile.cold_rate * lane.behaviour.profile.init.ms[1])
            for lane in self.lanes
        )

    def concurrency(self, per_minute: float) -> float:
        """Environments that traffic keeps busy at once at its peak, were there no limit."""
        busy = per_minute / 60 * self.mean_ms / 1000
        return (busy + math.sqrt(busy)) * self.lanes[0].behaviour.profile.traffic.peak_factor

    def throttled_share(self, per_minute: float) -> float:
        """The share of the callers that reserved concurrency turns away."""
        if self.reserved is None:
            return 0.0
        if self.reserved == 0:
            return 1.0
        wanted = self.concurrency(per_minute)
        return max(0.0, 1 - self.reserved / wanted) if wanted else 0.0

    def spilled_share(self, per_minute: float) -> float:
        """The share of the invocations that find no provisioned environment."""
        if not self.provisioned:
            return 1.0
        wanted = self.concurrency(per_minute)
        return max(0.0, 1 - self.provisioned / wanted) if wanted else 0.0


class LaneCut(NamedTuple):
    """Where on the ranking a lane's outcomes begin; each ends where the next begins."""

    oom: int
    error: int
    ok: int
    timeout: int
    end: int


class Cuts(NamedTuple):
    """One minute's ranking under one epoch: `throttled` first, then the lanes, one after another."""

    callers: int
    offset: float
    pace: float
    throttled: int
    lanes: tuple[LaneCut, ...]
    cold: int
    """Of a second, independent ranking: those below start cold."""
    spilled: int
    """Of the same second ranking: those below find no provisioned environment."""

    @property
    def errors(self) -> int:
        """Function errors, as the metric counts them: killed, failed or timed out."""
        return sum(lane.ok - lane.oom + lane.end - lane.timeout for lane in self.lanes)


def cuts(epoch: Epoch, count: int, offset: float, pace: float) -> Cuts:
    """Divide a minute's callers; `pace` multiplies every duration of the minute."""
    second = (offset + 0.381966) % 1
    if epoch.unlimited:
        only = _lane_cut(epoch.lanes[0].behaviour, 0, count, offset, pace)
        return Cuts(count, offset, pace, 0, (only,), share_of(count, second, epoch.cold_rate), count)
    refused = epoch.throttled_share(count)
    throttled = count if refused >= 1 else share_of(count, offset, refused)
    lanes = []
    begin, reached = throttled, refused
    for lane in epoch.lanes:
        reached = min(1.0, reached + lane.share * (1 - refused))
        end = count if lane is epoch.lanes[-1] else max(begin, share_of(count, offset, reached))
        lanes.append(_lane_cut(lane.behaviour, begin, end, offset, pace))
        begin = end
    spill = epoch.spilled_share(count)
    return Cuts(
        callers=count,
        offset=offset,
        pace=pace,
        throttled=throttled,
        lanes=tuple(lanes),
        cold=share_of(count, second, epoch.cold_rate * spill),
        spilled=count if spill >= 1 else share_of(count, second, spill),
    )


def _lane_cut(lane: Behaviour, begin: int, end: int, offset: float, pace: float) -> LaneCut:
    count = end - begin
    error = begin + share_of(count, offset, lane.oom_rate)
    ok = begin + share_of(count, offset, min(1.0, lane.oom_rate + lane.error_rate))
    timeout = end
    if lane.latency.ms[-1] * pace > lane.timeout_ms:
        timeout = ok + share_of(end - ok, offset, lane.latency.below(lane.timeout_ms / pace))
    return LaneCut(begin, error, ok, timeout, end)
