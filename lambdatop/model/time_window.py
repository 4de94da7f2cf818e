"""The time cursor: which period of a window it is on, and how the window itself moves back and forth in time.

A window lies on a grid of periods, so that a chart's point is one query's period and the same window is queried again.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from lambdatop.model.metrics import Window

WINDOWS_MINUTES: Final[Sequence[int]] = (15, 60, 180, 12 * 60, 24 * 60, 7 * 24 * 60)
"""The windows to choose from, by length."""


def period_of(minutes: int) -> int:
    """Seconds a point: one minute up to three hours, then coarser so that a chart has 60 to 300 points."""
    if minutes <= 180:
        return 60
    return 300 if minutes <= 24 * 60 else 3600


def window_at(now: datetime, minutes: int, until: datetime | None = None) -> Window:
    """A window on its period's grid: one that holds the present, or, with `until`, the moment before that."""
    period = timedelta(seconds=period_of(minutes))
    last = until - timedelta(microseconds=1) if until is not None else now
    past_grid = timedelta(seconds=last.timestamp() % period.total_seconds())
    end = last - past_grid + period
    end = datetime.fromtimestamp(round(end.timestamp()), UTC)
    return Window(end - timedelta(minutes=minutes), end)


def longer(minutes: int, steps: int) -> int:
    """The window's length that many steps further among the choices, at most the last or the first."""
    place = sum(1 for each in WINDOWS_MINUTES if each < minutes)
    return WINDOWS_MINUTES[max(0, min(place + steps, len(WINDOWS_MINUTES) - 1))]


def stepped(now: datetime, minutes: int, until: datetime | None, direction: int) -> datetime | None:
    """Where a window ends after half of it back (-1) or forth (1); None, which is the present, once it gets there."""
    end = window_at(now, minutes, until).end + direction * timedelta(minutes=minutes) / 2
    return end if end < now else None


def period_at(window: Window, period_s: int, at: datetime) -> Window:
    """The period of the window that holds a moment, or the nearest one."""
    last = max(0, window.seconds // period_s - 1)
    place = int((at - window.start).total_seconds() // period_s)
    start = window.start + timedelta(seconds=period_s * max(0, min(place, last)))
    return Window(start, start + timedelta(seconds=period_s))


def moved(window: Window, period_s: int, cursor: Window | None, steps: int, now: datetime) -> Window:
    """The period that the cursor is on after that many steps.

    A cursor that was nowhere comes to the newest period that is over, whichever way it was to go.
    """
    if cursor is None:
        return period_at(window, period_s, min(window.end, now) - timedelta(seconds=period_s))
    return period_at(window, period_s, cursor.start + timedelta(seconds=period_s * steps))
