"""Which windows before and after a change can be compared, and the figures of one window.

The minutes of the change and its settling belong to neither window, nor do minutes that CloudWatch still fills.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from lambdatop.model.changes.aims import purpose_of
from lambdatop.model.changes.plan import Receipt, Result, Step
from lambdatop.model.changes.significance import Share
from lambdatop.model.metrics import Window

LATE = timedelta(minutes=1)
"""AWS: Lambda's points come 1 to 3 minutes late. The minute still filling is never looked at, nor is the one before."""
LONGEST = timedelta(minutes=60)
RECENT = timedelta(hours=12)
"""How long a change is shown with its effect."""


class Figures(Struct, frozen=True, kw_only=True):
    """What is known of one window. CloudWatch has no point where nothing ran: the sums are None then, too."""

    window: Window
    invocations: float | None = None
    errors: float | None = None
    throttles: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    concurrency: float | None = None
    iterator_age_ms: float | None = None
    duration_sum_ms: float | None = None
    provisioned_invocations: float | None = None
    cost_usd_per_hour: float | None = None
    """With the memory size and provisioned concurrency of that time."""
    memory_mb: float | None = None
    """The size that ran: as the reports tell, else as the plan does."""
    used_mb: float | None = None
    versions: Mapping[str, float] | None = None
    """Which versions ran, each with its share of the reports that were sampled."""
    cold: Share | None = None
    """Of the reports that were sampled, or as Lambda Insights counted."""
    kills: int | None = None
    """Out of memory, in all of the window."""
    timeouts: int | None = None

    @property
    def per_minute(self) -> float | None:
        minutes = self.window.seconds / 60
        return self.invocations / minutes if self.invocations is not None and minutes else None


def changes_of(function: str, receipts: Sequence[Receipt], now: datetime) -> Sequence[Receipt]:
    """What was lately done to the function and may show in its figures, in the order of the receipts.

    Of a plan over several functions each has its own part: what became of it at another tells nothing of this one.
    """
    recent = (each for each in receipts if function in each.plan.functions and now - each.ended < RECENT)
    its = (own(each, function) for each in recent)
    return [each for each in its if each.changed and purpose_of(each.plan)]


def own(receipt: Receipt, function: str) -> Receipt:
    """The function's own part of a receipt, as if the plan had been made for it alone."""
    steps = tuple(_alone(step, function) for step in receipt.plan.steps if step.concerns(function))
    outcomes = (each for each in receipt.outcomes if each.step.concerns(function))
    return replace(
        receipt,
        plan=replace(receipt.plan, functions=(function,), steps=steps),
        outcomes=tuple(replace(each, step=_alone(each.step, function)) for each in outcomes),
    )


def _alone(step: Step, function: str) -> Step:
    return replace(step, label=step.label.removeprefix(f"{function} "))


class Windows(Struct, frozen=True):
    """Two equally long ones."""

    before: Window
    after: Window


def windows(receipt: Receipt, others: Sequence[Receipt], now: datetime) -> Windows | None:
    """What can be compared now; None as long as there is nothing.

    `others` are what else was changed on the same function: no window reaches across such a change.
    """
    begun, ended = _minute(receipt.begun), _minute(receipt.ended) + timedelta(minutes=1)
    earlier = [_minute(other.ended) + timedelta(minutes=1) for other in others if other.ended <= receipt.begun]
    later = [_minute(other.begun) for other in others if other.begun >= receipt.ended]
    until = min([_minute(now) - LATE, *later])
    length = min(until - ended, LONGEST, *(begun - since for since in earlier))
    if length < timedelta(minutes=1):
        return None
    return Windows(Window(begun - length, begun), Window(ended, ended + length))


def due(receipt: Receipt) -> datetime:
    """When the first figures can be there."""
    return _minute(receipt.ended) + timedelta(minutes=2) + LATE


def latest_alone(receipt: Receipt) -> bool:
    """True of a change to the configuration of `$LATEST` that no alias was moved to: callers of one do not get it."""
    kinds = {each.step.setting.kind for each in receipt.outcomes if each.stands or each.result is Result.UNKNOWN}
    return "configuration" in kinds and "alias" not in kinds


def is_cut(receipt: Receipt, others: Sequence[Receipt]) -> bool:
    """True if another change has followed: the window after this one grows no longer."""
    return any(other.begun >= receipt.ended for other in others)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
