"""What ran in a minute, in the lightest form that is complete: fate, environment, init and memory, nothing rendered.

Environments of neighbouring minutes come from different families, as many as the timeout can reach across, so that a
minute can be generated without its past and still no two invocations of one stream overlap.
"""

import heapq
import math
import random
from datetime import UTC, datetime
from typing import NamedTuple

from lambdatop.emulator.simulation.chance import key_of, mixed, unit
from lambdatop.emulator.simulation.course import Course, Fate
from lambdatop.emulator.simulation.epoch import Epoch, Lane
from lambdatop.emulator.simulation.profile import Behaviour

_LIFE_S = 3 * 3600
_WARMING_S = 900.0
"""How fast an environment approaches its memory's high-water mark."""
_SAMPLED_SHARE = 0.05
"""X-Ray on Lambda: the first request of each second and 5 % of the others."""


class Ran(NamedTuple):
    """One invocation; 756,000 of them are three hours of a busy function. Milliseconds have two decimals."""

    fate: Fate
    bits: int
    """256 bits of chance, the invocation's own."""
    sampled: bool
    """True if X-Ray has it."""
    init_ms: float | None
    duration_ms: float
    stream: str
    used_mb: int

    @property
    def billed_ms(self) -> int:
        """ceil(duration + init)."""
        return math.ceil(round(self.duration_ms + (self.init_ms or 0), 2))

    @property
    def end(self) -> float:
        """When it was over, epoch seconds."""
        return self.fate.start + ((self.init_ms or 0) + self.duration_ms) / 1000

    @property
    def request_id(self) -> str:
        """A version 4 UUID."""
        digits = f"{self.bits & (1 << 128) - 1:032x}"
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    @property
    def trace_id(self) -> str | None:
        """`1-xxxxxxxx-…`, if it was sampled."""
        return f"1-{int(self.fate.start):08x}-{self.bits >> 32 & (1 << 96) - 1:024x}" if self.sampled else None


def ran(name: str, course: Course, minute: int) -> list[Ran]:
    """The minute's invocations in order of start, those still to come included; throttled callers never ran."""
    chance = random.Random(mixed(course.key, minute) ^ 0xF00D)
    environments = Environments(name, course.key, minute)
    sampled_second = -1
    found = []
    for fate in course.fates(minute):
        bits = chance.getrandbits(256)
        if fate.outcome == "throttled":
            continue
        first_of_second = int(fate.start) != sampled_second
        sampled_second = int(fate.start)
        sampled = fate.epoch.tracing and (first_of_second or bits >> 248 < 256 * _SAMPLED_SHARE)
        found.append(_ran(fate, bits, sampled, environments))
    return found


def _ran(fate: Fate, bits: int, sampled: bool, environments: "Environments") -> Ran:
    behaviour = fate.lane.behaviour
    init_ms = round(behaviour.profile.init.at(unit(bits & 0xFFFF_FFFF, 1)), 2) if fate.cold else None
    duration_ms = round(fate.duration_ms, 2)
    stream, since = environments.take(fate, fate.start + ((init_ms or 0) + duration_ms) / 1000)
    used_mb = behaviour.memory_mb if fate.outcome == "oom" else _used_mb(behaviour, fate.start - since)
    return Ran(fate, bits, sampled, init_ms, duration_ms, stream, used_mb)


class Environments:
    """The environments one minute's invocations run in, assigned in order of arrival."""

    def __init__(self, name: str, key: int, minute: int) -> None:
        self._name = name
        self._key = key
        self._minute = minute
        self._free: list[int] = []
        self._busy: list[tuple[float, int]] = []
        self._fresh: dict[tuple[int, str], tuple[str, float]] = {}
        self._standing_streams: dict[tuple[int, str, float], tuple[str, float]] = {}
        self._count = 0

    def take(self, fate: Fate, until: float) -> tuple[str, float]:
        """The log stream that the invocation writes to, and since when its environment has lived."""
        while self._busy and self._busy[0][0] <= fate.start:
            heapq.heappush(self._free, heapq.heappop(self._busy)[1])
        if self._free:
            slot = heapq.heappop(self._free)
        else:
            slot, self._count = self._count, self._count + 1
        heapq.heappush(self._busy, (until, slot))
        if fate.outcome == "oom":
            return self._stream(fate, f"killed {self._minute} {fate.number}", fate.start), fate.start
        place = slot, fate.lane.version
        if fate.cold:
            self._fresh[place] = self._stream(fate, f"cold {self._minute} {fate.number}", fate.start), fate.start
        fresh = self._fresh.get(place)
        return fresh if fresh and fresh[1] >= fate.epoch.since else self._standing(fate, slot)

    def _standing(self, fate: Fate, slot: int) -> tuple[str, float]:
        """An environment that has been there before this minute."""
        family = _family(fate.lane, self._minute)
        shift = mixed(self._key, family * 1000 + slot) % _LIFE_S
        since = max(fate.epoch.since, (fate.start + shift) // _LIFE_S * _LIFE_S - shift)
        place = slot, fate.lane.version, since
        known = self._standing_streams.get(place)
        if known is None:
            identity = f"{family} {slot} {since:.3f}"
            known = self._standing_streams[place] = self._stream(fate, identity, since), since
        return known

    def _stream(self, fate: Fate, identity: str, since: float) -> str:
        return _stream(self._name, self._key, fate.epoch, fate.lane, identity, since)


def _family(lane: Lane, minute: int) -> int:
    """Which family of environments serves a minute."""
    return minute % (int(lane.behaviour.timeout_ms // 60_000) + 3)


def _stream(name: str, key: int, epoch: Epoch, lane: Lane, identity: str, since: float) -> str:
    day = datetime.fromtimestamp(since, UTC).strftime("%Y/%m/%d")
    first = key_of(key, epoch.since, lane.version, identity)
    owner = name if epoch.log_group else ""
    return f"{day}/{owner}[{lane.version}]{first:016x}{mixed(first, 1):016x}"


def provisioned_streams(name: str, course: Course, epoch: Epoch) -> list[str]:
    """The streams of the environments that wait for an epoch's first callers."""
    lane, since = epoch.lanes[0], epoch.since
    family = _family(lane, int(since // 60))
    identities = [f"{family} {slot} {since:.3f}" for slot in range(epoch.provisioned)]
    return [_stream(name, course.key, epoch, lane, identity, since) for identity in identities]


def _used_mb(behaviour: Behaviour, age_s: float) -> int:
    """The high-water mark of an environment of this age: it only ever rises."""
    base = min(behaviour.profile.used_mb, behaviour.top_mb) * 0.94
    return int(base + (behaviour.top_mb - base) * (1 - math.exp(-age_s / _WARMING_S)))
