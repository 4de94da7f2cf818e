"""What a tail tells of itself."""

from typing import Literal

from msgspec import Struct


class TailStatus(Struct, frozen=True, kw_only=True, gc=False):
    """How a tail is doing, for the pane's frame and the command line's stderr."""

    mode: Literal["polling", "live"] = "polling"
    behind_s: float | None = None
    """From the newest line's timestamp to its being read."""
    poll_s: float | None = None
    """Seconds between two readings, as learnt; None while live."""
    late: int = 0
    """Lines that only a longer reading found, since the start."""
    gaps: int = 0
    """Interruptions since the start whose lines were read afterwards."""
    whole: bool = False
    """What was written in the stretch of time that was asked for has been read, but for late lines."""
    sampled: bool = False
    """Live Tail left lines out (AWS: above 500 events a second)."""
    note: str | None = None
    """What keeps it from its best: `no log group yet`, `throttled`, `Infrequent Access: …`."""


POLLING = TailStatus()
"""A tail that has read nothing yet."""
