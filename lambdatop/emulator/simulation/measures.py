"""What CloudWatch would know of one function in one minute, in closed form wherever the minute allows it.

A minute that is still filling, or in which the configuration changed, is counted from its fates; every other one is
arithmetic on the same cut points, so that metrics and invocations agree to the last error.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from lambdatop.emulator.simulation.chance import draw
from lambdatop.emulator.simulation.course import Course, decide
from lambdatop.emulator.simulation.epoch import Cuts, Epoch, Lane, LaneCut
from lambdatop.emulator.simulation.latency import CELLS
from lambdatop.emulator.simulation.sketch import Sketch

_EXACT = 24
"""Up to so many invocations of a kind are taken one by one."""
_WEIGHTS = tuple(weight for weight, _ in CELLS)


class MinuteTally(NamedTuple):
    """A minute's counts. Errors are among the invocations, throttled callers are not."""

    invocations: int
    errors: int
    throttles: int
    spilled: int


class Minute(NamedTuple):
    """One minute of one function as it is known now; `version` narrows it to what that version executed."""

    course: Course
    number: int
    now: float
    version: str | None = None

    @property
    def counted(self) -> Epoch | None:
        """The epoch to calculate with, or None if the minute has to be counted from its fates."""
        return None if (self.number + 1) * 60 > self.now else self.course.whole(self.number)

    @property
    def epoch(self) -> Epoch:
        """The epoch in force at the minute's end, or now."""
        return self.course.epoch_at(min(self.number * 60 + 59.999, self.now))


def tally(minute: Minute) -> MinuteTally:
    """The counts of the minute so far."""
    course, number, _, version = minute
    if not course.demand(number):
        return _NOTHING
    epoch = minute.counted
    if epoch is None:
        return _counted(minute)
    cut = course.cuts(number, epoch)
    if version is None:
        served = cut.callers - cut.throttled
        return MinuteTally(served, cut.errors, cut.throttled, min(cut.spilled, served))
    lanes = [each for lane, each in zip(epoch.lanes, cut.lanes, strict=True) if lane.version == version]
    served = sum(lane.end - lane.oom for lane in lanes)
    return MinuteTally(served, sum(lane.ok - lane.oom + lane.end - lane.timeout for lane in lanes), 0, 0)


_NOTHING = MinuteTally(0, 0, 0, 0)


def _counted(minute: Minute) -> MinuteTally:
    invocations = errors = throttles = spilled = 0
    for fate in minute.course.fates(minute.number):
        if fate.start > minute.now:
            break
        if minute.version is not None and fate.lane.version != minute.version:
            continue
        if fate.outcome == "throttled":
            throttles += 1
            continue
        invocations += 1
        errors += fate.outcome != "ok"
        spilled += fate.spilled
    return MinuteTally(invocations, errors, throttles, spilled)


def _per_invocation(happened: Callable[[MinuteTally], int]) -> "Measure":
    """A metric of which every invocation emits a 1 or a 0."""

    def sketch(minute: Minute) -> Sketch:
        counts = tally(minute)
        ones, all_of_them = happened(counts), counts.invocations + counts.throttles
        return [(1.0, ones), (0.0, all_of_them - ones)] if all_of_them else []

    return sketch


def invocations(minute: Minute) -> Sketch:
    """Every invocation emits a 1; without any there is no data point, though all callers were throttled."""
    epoch = minute.counted
    count = (
        minute.course.demand(minute.number)
        if epoch and epoch.unlimited and epoch.fed and not minute.version
        else tally(minute).invocations
    )
    return [(1.0, count)] if count else []


def errors(minute: Minute) -> Sketch:
    """Every invocation emits a 1 or a 0: Average is the error rate."""
    counts = tally(minute)
    count = counts.invocations
    return [(1.0, counts.errors), (0.0, count - counts.errors)] if count else []


def durations(minute: Minute) -> Sketch:
    """The handler's milliseconds, without init, failed and timed out invocations included."""
    course, number, now, version = minute
    if not course.demand(number):
        return []
    epoch = minute.counted
    if epoch is None:
        return [
            (fate.duration_ms, 1)
            for fate in course.fates(number)
            if fate.start <= now and fate.outcome != "throttled" and version in (None, fate.lane.version)
        ]
    cut = course.cuts(number, epoch)
    sketch: Sketch = []
    for lane, lane_cut in zip(epoch.lanes, cut.lanes, strict=True):
        if version in (None, lane.version):
            _add_lane(sketch, lane, lane_cut, cut)
    return sketch


def _add_lane(sketch: Sketch, lane: Lane, lane_cut: LaneCut, cut: Cuts) -> None:
    sketch += [(decide(lane, lane_cut, rank, cut)[1], 1) for rank in range(lane_cut.oom, lane_cut.error)]
    for begin, end, shape in (
        (lane_cut.error, lane_cut.ok, lane.behaviour.failing),
        (lane_cut.ok, lane_cut.end, lane.behaviour.latency),
    ):
        count = end - begin
        if count <= _EXACT:
            sketch += [(decide(lane, lane_cut, rank, cut)[1], 1) for rank in range(begin, end)]
            continue
        pace = cut.pace
        lowest = decide(lane, lane_cut, begin, cut)[1]
        highest = decide(lane, lane_cut, end - 1, cut)[1]
        sketch += [
            (min(max(ms * pace, lowest), highest), weight * count)
            for ms, weight in zip(shape.grid, _WEIGHTS, strict=True)
        ]


def concurrency(minute: Minute) -> float:
    """The most environments busy at once; 0 without invocations."""
    served = tally(minute).invocations
    if not served:
        return 0.0
    elapsed = min(1.0, max(0.05, (minute.now - minute.number * 60) / 60))
    epoch = minute.epoch
    wanted = math.ceil(epoch.concurrency(minute.course.demand(minute.number) if elapsed == 1 else served / elapsed))
    return float(max(1, wanted if epoch.reserved is None else min(wanted, epoch.reserved)))


def _level(value: Callable[[Minute], float]) -> "Measure":
    """A metric that every invocation of the minute emits at about the same level."""

    def sketch(minute: Minute) -> Sketch:
        count = tally(minute).invocations
        return [(value(minute), count)] if count else []

    return sketch


def _provisioned(value: Callable[[Minute], float]) -> "Measure":
    """A metric that exists only while provisioned concurrency is allocated and used."""

    def sketch(minute: Minute) -> Sketch:
        return [(value(minute), 1)] if minute.epoch.provisioned and tally(minute).invocations else []

    return sketch


def _provisioned_in_use(minute: Minute) -> float:
    return min(concurrency(minute), float(minute.epoch.provisioned))


def iterator_age_ms(minute: Minute) -> float:
    """How far a stream's consumer lags behind: it grows while callers are throttled, and is worked off afterwards.

    A throttled shard waits and retries, so that the lag grows three times as fast as the throttled share.
    """
    known = minute.course.lags
    first = minute.number
    while first not in known and first > minute.number - 180:
        first -= 1
    lag_s = known.get(first, 0.4)
    for number in range(first + 1, minute.number + 1):
        epoch = minute.course.epoch_at(number * 60)
        refused = min(1.0, 3 * epoch.throttled_share(minute.course.demand(number)))
        lag_s = max(0.4, lag_s + 60 * refused if refused else lag_s - 45)
        if (number + 1) * 60 <= minute.now:
            known[number] = lag_s
    return lag_s * 1000


def _vary(minute: Minute, salt: int, low: float, high: float) -> float:
    """A number between two, the minute's own."""
    return low + (high - low) * draw(minute.course.key ^ salt, minute.number).noise


Measure = Callable[[Minute], Sketch]

_extension_ms = _level(lambda minute: _vary(minute, 0xE7, 4, 12))

LAMBDA_METRICS: Mapping[str, Measure] = {
    "Invocations": invocations,
    "Errors": errors,
    "Throttles": _per_invocation(lambda counts: counts.throttles),
    "Duration": durations,
    "ConcurrentExecutions": _level(concurrency),
}
"""Namespace AWS/Lambda: what every function has."""

VERSION_METRICS: Mapping[str, Measure] = {name: LAMBDA_METRICS[name] for name in ("Invocations", "Errors", "Duration")}
"""What a version has that an alias resolved to; callers who were throttled reached none."""

PROVISIONED_METRICS: Mapping[str, Measure] = {
    "ProvisionedConcurrencyInvocations": lambda minute: _provisioned_served(minute, spilled=False),
    "ProvisionedConcurrencySpilloverInvocations": lambda minute: _provisioned_served(minute, spilled=True),
    "ProvisionedConcurrentExecutions": _provisioned(_provisioned_in_use),
    "ProvisionedConcurrencyUtilization": _provisioned(
        lambda minute: _provisioned_in_use(minute) / minute.epoch.provisioned
    ),
}
"""What an alias or version with provisioned concurrency has besides."""

STREAM_METRICS: Mapping[str, Measure] = {"IteratorAge": _level(iterator_age_ms)}

ASYNC_METRICS: Mapping[str, Measure] = {
    "AsyncEventsReceived": invocations,
    "AsyncEventsDropped": _per_invocation(lambda counts: 0),
    "AsyncEventAge": _level(lambda minute: _vary(minute, 0xA5, 24, 61)),
}

EXTENSION_METRICS: Mapping[str, Measure] = {
    "PostRuntimeExtensionsDuration": lambda minute: _extension_ms(minute) if minute.epoch.measured else []
}


def _provisioned_served(minute: Minute, *, spilled: bool) -> Sketch:
    counts = tally(minute)
    if not minute.epoch.provisioned or not counts.invocations:
        return []
    return [(1.0, counts.spilled if spilled else counts.invocations - counts.spilled)]
