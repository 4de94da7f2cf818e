"""What a story of the demo fleet is made of: a function's nature, its history, and the truth about it.

Moments are seconds before the account's start, so that the demo is always in the middle of its troubles.
"""

import math
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.emulator.simulation.profile import BehaviourChange, DownstreamCall, PlantedSurge, Profile, Traffic

Trouble = Literal[
    "bad deployment",
    "out of memory",
    "cold starts",
    "throttled",
    "slow dependency",
    "oversized",
    "deprecated runtime",
    "recovered",
    "runaway",
]


class Truth(Struct, frozen=True, kw_only=True):
    """What is really wrong with a function. `ago_s` is how long before the start it began; None if ever since."""

    trouble: Trouble
    cause: str
    ago_s: float | None = None
    bottleneck: str | None = None
    """What the time of its slow traces goes into, as `model.critical` names it: a downstream call, or `init`."""
    failing: str | None = None
    """The downstream call that makes it fail."""
    retried: str | None = None
    """The downstream call that has to be sent again and again."""


class Trial(Struct, frozen=True, kw_only=True):
    """A change the world works on a function from `ago_s` before the start until `ended_ago_s` before it."""

    ago_s: float
    change: BehaviourChange
    ended_ago_s: float = -math.inf


class Deployment(Struct, frozen=True, kw_only=True):
    """A version that the alias was moved to, and what is wrong with its code."""

    version: int
    ago_s: float
    defect: BehaviourChange | None = None


class Story(Struct, frozen=True, kw_only=True):
    """One function of the demo with a history. `members` go into its configuration."""

    name: str
    profile: Profile
    memory_mb: int
    timeout_s: int
    runtime: str | None
    arm: bool = False
    members: dict[str, Any] = field(default_factory=dict)
    truth: Truth | None = None
    surge: tuple[float, float] | None = None
    """Seconds before the start at which traffic began to rise, and by what factor."""
    trials: tuple[Trial, ...] = ()
    deployment: Deployment | None = None
    reserved: int | None = None


def traffic_of(story: Story, started: float) -> Traffic:
    """The story's traffic with its surge placed in time."""
    if story.surge is None:
        return story.profile.traffic
    ago_s, factor = story.surge
    surge = PlantedSurge(since=(started - ago_s) // 60 * 60, until=math.inf, factor=factor)
    return replace(story.profile.traffic, surges=(surge,))


def remote(host: str, path: str, *, start: float, share: float) -> DownstreamCall:
    """A call of somebody else's API."""
    return DownstreamCall(
        name=host, namespace="remote", operation=None, resource=f"https://{host}{path}", start=start, share=share
    )
