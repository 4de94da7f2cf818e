"""X-Ray trace summaries: one line a trace, newest first."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class TraceStatus(StrEnum):
    """What X-Ray marks a trace with; the worst mark wins."""

    OK = "ok"
    ERROR = "error"
    THROTTLE = "throttle"
    FAULT = "fault"


def worst(statuses: Iterable[TraceStatus]) -> TraceStatus:
    """The one that counts where several things ended differently; of none, OK."""
    return max(statuses, key=list(TraceStatus).index, default=TraceStatus.OK)


class TraceSummary(Struct, frozen=True, kw_only=True, gc=False):
    """One row of GetTraceSummaries, durations in seconds as X-Ray gives them."""

    id: str
    start: datetime | None
    duration_s: float | None
    response_time_s: float | None
    status: TraceStatus
    method: str | None = None
    url: str | None = None
    http_status: int | None = None
    cold: bool | None = None
    """None where the summary does not tell."""
    cause: str | None = None
    """The root cause's exception name, if X-Ray names one."""
    in_progress: bool = False
    """AWS: IsPartial, true of a trace with a segment that has not ended."""
