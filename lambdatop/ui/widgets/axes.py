"""Where the ticks of a chart go: round numbers upwards, round clock times along."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from msgspec import Struct

_MANTISSAS: Final = (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS: Final = (
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 3, 4, 7, 14, 28)),
)
_LABEL_CELLS: Final = 8
_NOTHING: Final = 1e-12


def round_top(highest: float) -> float:
    """The least round number that is not below `highest`, so that half of it is round too; 1 if there is nothing."""
    if highest <= _NOTHING:
        return 1.0
    scale = 10.0 ** math.floor(math.log10(highest))
    return next((m * scale for m in _MANTISSAS if m * scale >= highest * (1 - 1e-9)), 10 * scale)


class TimeTick(Struct, frozen=True):
    """A moment, epoch seconds, and the label below it."""

    at: float
    label: str


def time_ticks(x0: float, x1: float, width: int, tz: tzinfo | None) -> Iterator[TimeTick]:
    """Ticks at round local times between two epoch seconds, as many as there is room for in `width` cells."""
    room = max(1, width // _LABEL_CELLS)
    step = next((step for step in _STEPS if (x1 - x0) / step <= room), _STEPS[-1])
    offset = _utc_offset(x0, tz)
    at = math.ceil((x0 + offset) / step) * step - offset
    while at <= x1:
        local = datetime.fromtimestamp(at, UTC).astimezone(tz)
        days = step >= _DAY or (x1 - x0 > _DAY and local.hour == local.minute == 0)
        yield TimeTick(at, f"{local:%a %d}" if days else f"{local:%H:%M}")
        at += step


def _utc_offset(at: float, tz: tzinfo | None) -> float:
    return (datetime.fromtimestamp(at, UTC).astimezone(tz).utcoffset() or timedelta()).total_seconds()
