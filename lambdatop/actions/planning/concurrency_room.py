"""How much concurrency is left for one function: AWS keeps 100 of the account's for all that reserve none."""

import math

from lambdatop.actions.planning.subject import Subject

KEPT_UNRESERVED = 100
"""AWS: neither reserved nor provisioned concurrency may leave less than this to the others."""
ROOM = 1.1
"""AWS: provisioned concurrency should be the highest concurrency and a tenth."""


def reservable(subject: Subject) -> int | None:
    """How many can be reserved for the function at most; None if the account's limits are unknown."""
    limits = subject.controls.limits
    return None if limits is None else max(0, limits.unreserved + (subject.controls.reserved or 0) - KEPT_UNRESERVED)


def provisionable(subject: Subject, qualifier: str) -> int | None:
    """How many can be provisioned for that alias or version at most; None if what bounds it is unknown."""
    controls = subject.controls
    others = sum(each.requested for each in controls.provisioned or () if each.qualifier != qualifier)
    if controls.reserved is not None:
        return max(0, controls.reserved - others)
    if controls.limits is None or not controls.reserved_known:
        return None
    return max(0, controls.limits.unreserved - KEPT_UNRESERVED - others)


def peak(subject: Subject) -> int | None:
    """The most that ran at once in the window; None if that is unknown."""
    metrics = subject.row.metrics if subject.row else None
    highest = metrics.concurrent_executions if metrics else None
    return None if highest is None else math.ceil(highest)


def shown(count: int | None) -> str:
    """A number of environments as a person reads it: `1,000`; `none` where there are none."""
    return "none" if count is None else f"{count:,}"


def sized(subject: Subject) -> int:
    """The peak and a tenth, at least 1."""
    return max(1, math.ceil(round((peak(subject) or 0) * ROOM, 6)))
