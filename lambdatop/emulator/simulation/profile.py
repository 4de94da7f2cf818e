"""What a function is like by nature: its traffic, its latency, its appetite, its faults and whom it calls.

A Profile knows nothing of configuration; `behaviour` is what comes of a profile under one.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.emulator.simulation.latency import Latency, latency

FULL_CPU_MB = 1769
"""AWS: one full vCPU at 1,769 MB, proportional below; a single thread gains nothing above."""


class PlantedFault(Struct, frozen=True):
    """An exception the function raises, and how often among its errors."""

    type: str
    message: str
    weight: float = 1.0


class DownstreamCall(Struct, frozen=True, kw_only=True):
    """A call downstream; start and share are fractions of the handler's duration."""

    name: str
    operation: str | None
    resource: str | None
    start: float
    share: float
    namespace: Literal["aws", "remote"] = "aws"
    fails_with: str | None = None
    """The exception's type, if it is this call that makes the function fail."""
    retries: int = 0
    """How often the SDK sends it again before there is an answer."""


class PlantedSurge(Struct, frozen=True):
    """Traffic multiplied by `factor` from `since` to `until` (epoch seconds), reached over `ramp_s`."""

    since: float
    until: float
    factor: float
    ramp_s: float = 300


class Traffic(Struct, frozen=True, kw_only=True):
    """Who calls: a rate a minute for the steady, a number a day for the rare, minutes of the day for the scheduled."""

    per_minute: float = 0.0
    per_day: float = 0.0
    at_minutes: tuple[int, ...] = ()
    swing: float = 0.3
    """How far the daily wave departs from the rate."""
    noise: float = 0.12
    peak_factor: float = 1.0
    """How much more than a steady stream the callers come at once."""
    surges: tuple[PlantedSurge, ...] = ()


class Profile(Struct, frozen=True, kw_only=True):
    """One function's nature. Latency holds at `tuned_mb` of memory; memory in MB, rates as fractions."""

    traffic: Traffic
    latency: Latency
    tuned_mb: int
    cpu_share: float = 0.2
    """The part of the duration that more CPU shortens."""
    used_mb: int = 90
    heavy_mb: int = 0
    """What the greediest invocations would need; 0 if all are alike."""
    heavy_rate: float = 0.0
    error_rate: float = 0.0004
    error_latency: Latency | None = None
    """How long failing takes; None if as long as succeeding."""
    faults: tuple[PlantedFault, ...] = (PlantedFault("RuntimeError", "unexpected upstream response"),)
    cold_rate: float = 0.004
    init: Latency = field(default_factory=lambda: latency(280, 420))
    calls: tuple[DownstreamCall, ...] = ()
    routes: tuple[tuple[str, str], ...] = ()
    alias: str | None = None
    """The alias its callers use; None if they call the function unqualified."""
    stream_source: bool = False
    """True if a stream feeds it, so that it has an IteratorAge."""
    asynchronous: bool = False


class BehaviourChange(Struct, frozen=True, kw_only=True):
    """What a defect in a version, or trouble in the world, changes in a profile; None leaves it."""

    error_rate: float | None = None
    error_latency: Latency | None = None
    faults: tuple[PlantedFault, ...] | None = None
    latency: Latency | None = None
    heavy_rate: float | None = None
    heavy_mb: int | None = None
    cold_rate: float | None = None
    calls: tuple[DownstreamCall, ...] | None = None


_CHANGEABLE = ("error_rate", "error_latency", "faults", "latency", "heavy_rate", "heavy_mb", "cold_rate", "calls")


def changed(profile: Profile, changes: Sequence[BehaviourChange]) -> Profile:
    """The profile under these changes, the last one winning."""
    for change in changes:
        values = {name: value for name in _CHANGEABLE if (value := getattr(change, name)) is not None}
        profile = replace(profile, **values)
    return profile


class Behaviour(Struct, frozen=True, kw_only=True):
    """A profile at one memory size and timeout: the distributions its invocations are drawn from."""

    profile: Profile
    memory_mb: int
    timeout_ms: float
    latency: Latency
    """Uncapped: what lies beyond the timeout is a timeout."""
    failing: Latency
    oom_rate: float
    error_rate: float
    top_mb: int
    """The high-water mark that environments approach."""
    mean_ms: float


def behaviour(profile: Profile, memory_mb: int, timeout_s: int) -> Behaviour:
    """What a profile does with this memory and timeout."""
    slower = min(profile.tuned_mb, FULL_CPU_MB) / min(memory_mb, FULL_CPU_MB)
    factor = 1 + profile.cpu_share * (slower - 1)
    shape = profile.latency.scaled(factor)
    failing = profile.error_latency.scaled(factor) if profile.error_latency else shape
    heaviest = max(profile.heavy_mb, profile.used_mb)
    return Behaviour(
        profile=profile,
        memory_mb=memory_mb,
        timeout_ms=timeout_s * 1000.0,
        latency=shape,
        failing=failing,
        oom_rate=_oom_rate(profile, memory_mb),
        error_rate=profile.error_rate,
        top_mb=min(memory_mb, heaviest) if profile.heavy_rate else min(memory_mb, profile.used_mb),
        mean_ms=min(shape.mean_ms, timeout_s * 1000.0),
    )


def _oom_rate(profile: Profile, memory_mb: int) -> float:
    """The share of invocations that need more than there is; the heavy ones' needs are spread evenly."""
    if profile.used_mb > memory_mb:
        return 1.0
    if profile.heavy_mb <= memory_mb:
        return 0.0
    return profile.heavy_rate * (profile.heavy_mb - memory_mb) / (profile.heavy_mb - profile.used_mb)
