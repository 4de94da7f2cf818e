"""One function's course through time: its callers, its epochs, and the fate of every caller of a minute.

A fate is the lightest form of an invocation: enough to count the minute that is still filling, and what the full
Invocation is later made from.
"""

import random
from array import array
from bisect import bisect_right
from typing import Literal, NamedTuple

from lambdatop.emulator.invocation import Outcome
from lambdatop.emulator.simulation.chance import draw, mixed
from lambdatop.emulator.simulation.epoch import Cuts, Epoch, Lane, LaneCut, cuts
from lambdatop.emulator.simulation.profile import Traffic
from lambdatop.emulator.simulation.traffic import hourly_demand

_HOURS_KEPT = 48
_MINUTES_KEPT = 3
_STEADY_PEAK = 1.5


class Fate(NamedTuple):
    """What becomes of one caller. `number` counts the minute's callers by arrival, throttled ones included."""

    number: int
    start: float
    outcome: Outcome | Literal["throttled"]
    duration_ms: float
    cold: bool
    spilled: bool
    lane: Lane
    epoch: Epoch


class Course:
    """A function's traffic and epochs. Epochs may be added, never changed: the past stays what it was."""

    def __init__(self, *, key: int, traffic: Traffic, first: Epoch) -> None:
        self.key = key
        self.traffic = traffic
        self.epochs = [first]
        self._since = [first.since]
        self._demand: dict[int, array[int] | None] = {}
        self._fates: dict[int, list[Fate]] = {}
        self.lags: dict[int, float] = {}
        """Seconds that a stream's consumer was behind at the end of each minute that has been asked about."""

    def add(self, epoch: Epoch) -> None:
        """Let an epoch begin; one planned for the same moment or later gives way to it."""
        keep = next((i for i, since in enumerate(self._since) if since >= epoch.since), len(self._since))
        self.epochs[keep:] = [epoch]
        self._since[keep:] = [epoch.since]
        minute = int(epoch.since // 60)
        self._fates = {at: fates for at, fates in self._fates.items() if at < minute}

    def epoch_at(self, at: float) -> Epoch:
        """What is in force at a moment (epoch seconds)."""
        return self.epochs[max(0, bisect_right(self._since, at) - 1)]

    def whole(self, minute: int) -> Epoch | None:
        """The one epoch of a minute, or None if another begins within it."""
        since = self._since
        index = len(since) - 1
        if since[index] > minute * 60:
            index = max(0, bisect_right(since, minute * 60) - 1)
            if since[index + 1 : index + 2] and since[index + 1] < minute * 60 + 60:
                return None
        return self.epochs[index]

    def during(self, start: float, end: float) -> list[Epoch]:
        """What is in force at any time in [start, end], epoch seconds."""
        return self.epochs[max(0, bisect_right(self._since, start) - 1) : bisect_right(self._since, end)]

    def measured(self, minute: int) -> bool:
        """True if the Lambda Insights extension measures anything in an epoch minute."""
        return any(epoch.measured for epoch in self.during(minute * 60, minute * 60 + 59.999))

    def demand(self, minute: int) -> int:
        """How many callers come in an epoch minute."""
        hour, index = divmod(minute, 60)
        try:
            counts = self._demand[hour]
        except KeyError:
            counts = self._demand_of(hour)
        return counts[index] if counts is not None else 0

    def called(self, hour: int) -> bool:
        """True if anyone comes in that epoch hour; of the steadily called it is taken for granted."""
        if self.traffic.per_minute:
            return True
        return (self._demand[hour] if hour in self._demand else self._demand_of(hour)) is not None

    def _demand_of(self, hour: int) -> "array[int] | None":
        if len(self._demand) >= _HOURS_KEPT:
            self._demand.clear()
        counts = self._demand[hour] = hourly_demand(self.traffic, self.key, hour)
        return counts

    def cuts(self, minute: int, epoch: Epoch) -> Cuts:
        """How the minute's callers divide under an epoch."""
        chance = draw(self.key, minute)
        return cuts(epoch, self.demand(minute) if epoch.fed else 0, chance.offset, 0.94 + 0.12 * chance.pace)

    def fates(self, minute: int) -> list[Fate]:
        """Every caller of the minute in order of arrival, those still to come included."""
        known = self._fates.get(minute)
        if known is None:
            if len(self._fates) >= _MINUTES_KEPT:
                self._fates.pop(next(iter(self._fates)))
            known = self._fates[minute] = self._decide(minute)
        return known

    def _decide(self, minute: int) -> list[Fate]:
        count = self.demand(minute)
        if not count:
            return []
        chance = random.Random(mixed(self.key, minute))
        starts = _arrivals(minute, count, self.traffic.peak_factor, chance)
        ranks, seconds = list(range(count)), list(range(count))
        chance.shuffle(ranks)
        chance.shuffle(seconds)
        whole = self.whole(minute)
        divided: dict[int, Cuts] = {}
        fates = []
        for index, start in enumerate(starts):
            epoch = whole or self.epoch_at(start)
            if not epoch.fed:
                continue
            cut = divided.get(id(epoch)) or divided.setdefault(id(epoch), self.cuts(minute, epoch))
            fates.append(_fate(index, start, ranks[index], seconds[index], epoch, cut))
        return fates


def _arrivals(minute: int, count: int, peak_factor: float, chance: random.Random) -> list[float]:
    """Moments of arrival, sorted; a bursty function's callers come in four waves a minute."""
    spread = [(index + chance.random()) / count for index in range(count)]
    if peak_factor > _STEADY_PEAK:
        spread = [(int(part * 4) + (part * 4 % 1) ** 2) / 4 for part in spread]
    return [minute * 60 + 60 * part for part in spread]


def _fate(index: int, start: float, rank: int, second: int, epoch: Epoch, cut: Cuts) -> Fate:
    cold, spilled = second < cut.cold, second < cut.spilled
    if rank < cut.throttled:
        return Fate(index, start, "throttled", 0.0, False, spilled, epoch.lanes[0], epoch)
    for lane, lane_cut in zip(epoch.lanes, cut.lanes, strict=True):
        if rank < lane_cut.end:
            outcome, duration_ms = decide(lane, lane_cut, rank, cut)
            return Fate(index, start, outcome, duration_ms, cold, spilled, lane, epoch)
    raise AssertionError("the last lane ends with the minute's callers")


def decide(lane: Lane, cut: LaneCut, rank: int, minute: Cuts) -> tuple[Outcome, float]:
    """The outcome and the duration in milliseconds of the caller of this rank."""
    behaviour = lane.behaviour
    if rank >= cut.timeout:
        return "timeout", behaviour.timeout_ms
    if rank >= cut.ok:
        ms = behaviour.latency.at((rank - cut.ok + minute.offset) / (cut.end - cut.ok))
        return "ok", min(ms * minute.pace, behaviour.timeout_ms)
    if rank >= cut.error:
        ms = behaviour.failing.at((rank - cut.error + 0.5) / (cut.ok - cut.error))
        return "error", min(ms * minute.pace, behaviour.timeout_ms)
    ms = behaviour.latency.at(0.5 + 0.5 * (rank - cut.oom + 0.5) / (cut.error - cut.oom))
    return "oom", min(ms * minute.pace, behaviour.timeout_ms)
