"""What the Lambda Insights extension measures of each invocation, and its metrics by the minute.

Everything follows from the invocation and its function's nature: the records in the log and the metrics are the same
numbers. They are gathered one by one, since functions with the layer are few; a minute that is over only once.
"""

import functools
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from lambdatop.emulator.simulation.chance import mixed
from lambdatop.emulator.simulation.course import Course
from lambdatop.emulator.simulation.measures import Measure, Minute
from lambdatop.emulator.simulation.profile import FULL_CPU_MB, Behaviour
from lambdatop.emulator.simulation.run import Ran, ran
from lambdatop.emulator.simulation.sketch import Sketch

METRICS: Mapping[str, str] = {
    "memory_utilization": "Percent",
    "total_memory": "Megabytes",
    "used_memory_max": "Megabytes",
    "cpu_total_time": "Milliseconds",
    "tx_bytes": "Bytes",
    "rx_bytes": "Bytes",
    "total_network": "Bytes",
    "tmp_used": "Bytes",
    "tmp_free": "Bytes",
    "init_duration": "Milliseconds",
}
"""Namespace LambdaInsights: name and unit."""

TMP_BYTES = 551_346_176
"""What a /tmp of 512 MB has room for."""
_MINUTES_KEPT = 2048
"""A week's: of the metrics that are asked for together only the first gathers them."""
_FDS, _THREADS = 14, 9
_CALL_BYTES = 2_900


class Telemetry(NamedTuple):
    """One invocation as the extension saw it; CPU in milliseconds, network and /tmp in bytes."""

    cpu_user_ms: int
    cpu_system_ms: int
    rx_bytes: int
    tx_bytes: int
    tmp_used: int
    threads: int
    fds: int


def measured(behaviour: Behaviour, duration_ms: float, chance: int) -> Telemetry:
    """CPU is the CPU-bound part of the duration, on the share of a vCPU that the memory gives; the rest is chance.

    `chance` is the invocation's own: the first 32 bits of its request id.
    """
    profile, bits = behaviour.profile, mixed(chance, 0x1E)
    vcpus = min(1.0, behaviour.memory_mb / FULL_CPU_MB)
    busy = profile.cpu_share * (0.95 + (bits & 0xFF) / 2560)
    cpu_ms = round(min(1.0, busy) * vcpus * duration_ms)
    traffic = _CALL_BYTES * (1 + len(profile.calls))
    return Telemetry(
        cpu_user_ms=cpu_ms - cpu_ms // 12,
        cpu_system_ms=cpu_ms // 12,
        rx_bytes=traffic + (bits >> 8) % traffic,
        tx_bytes=traffic // 2 + (bits >> 24) % (traffic // 2),
        tmp_used=8_192 + (bits >> 40) % 65_536 * 16,
        threads=_THREADS + len(profile.calls),
        fds=_FDS + 3 * len(profile.calls) + (bits >> 58),
    )


def _told(run: Ran) -> dict[str, float]:
    """The values of one invocation by metric."""
    behaviour = run.fate.lane.behaviour
    seen = measured(behaviour, run.duration_ms, run.bits >> 96 & 0xFFFF_FFFF)
    told: dict[str, float] = {
        "memory_utilization": memory_percent(run.used_mb, behaviour.memory_mb),
        "total_memory": behaviour.memory_mb,
        "used_memory_max": run.used_mb,
        "cpu_total_time": seen.cpu_user_ms + seen.cpu_system_ms,
        "tx_bytes": seen.tx_bytes,
        "rx_bytes": seen.rx_bytes,
        "total_network": seen.rx_bytes + seen.tx_bytes,
        "tmp_used": seen.tmp_used,
        "tmp_free": TMP_BYTES - seen.tmp_used,
    }
    return told | ({"init_duration": round(run.init_ms)} if run.init_ms is not None else {})


def memory_percent(used_mb: int, memory_mb: int) -> int:
    """Whole percent, as the extension rounds it: 63 of 256 MB are 24."""
    return 100 * used_mb // memory_mb


Columns = Mapping[str, "array[float]"]


@functools.lru_cache(maxsize=_MINUTES_KEPT)
def _minute(course: Course, number: int, begun: int | None) -> Mapping[str, Columns]:
    """The minute's values by version and metric; only of the first `begun` callers while it is filling."""
    found: dict[str, dict[str, array[float]]] = defaultdict(lambda: defaultdict(lambda: array("d")))
    for run in ran("", course, number):
        if begun is not None and run.fate.number >= begun:
            break
        if run.fate.lane.insights:
            columns = found[run.fate.lane.version]
            for name, value in _told(run).items():
                columns[name].append(value)
    return found


def _measure(name: str) -> Measure:
    def sketch(minute: Minute) -> Sketch:
        course, number, now, version = minute
        if not course.demand(number) or not course.measured(number):
            return []
        begun = None
        if (number + 1) * 60 > now:
            fates = course.fates(number)
            started = bisect_right(fates, now, key=lambda fate: fate.start)
            begun = fates[started].number if started < len(fates) else None
        versions = _minute(course, number, begun)
        return [
            (value, 1)
            for each, columns in versions.items()
            if version in (None, each) and name in columns
            for value in columns[name]
        ]

    return sketch


INSIGHTS_METRICS: Mapping[str, Measure] = {name: _measure(name) for name in METRICS}
