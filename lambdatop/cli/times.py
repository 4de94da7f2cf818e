"""Moments as people write them: `10m` ago, `14:30`, `2026-11-23T14:30`. The parser imports this: nothing heavy here."""

import re
from datetime import UTC, datetime, time, timedelta

When = timedelta | time | datetime
"""So long ago; at that time of day, local; at that moment."""

_AGO = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_TIME_OF_DAY = re.compile(r"\d\d?:\d\d(?::\d\d)?", re.ASCII)
_LONGEST_AGO = timedelta(days=3660)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_when(text: str) -> When:
    """Return what `text` means: `90s`, `10m`, `2h`, `1d`, `1w`, `14:30[:15]`, or ISO 8601, local unless it has a zone.

    Raises ValueError for anything else, for more than ten years ago, and for what was before 1970.
    """
    try:
        when = _when(text)
    except (ValueError, OverflowError):
        when = None
    if when is None or (isinstance(when, timedelta) and when > _LONGEST_AGO):
        raise ValueError(f"{text!r} is not a time such as 10m, 14:30 or 2026-11-23T14:30")
    return when


def moment(when: When, now: datetime) -> datetime:
    """The moment that is meant, UTC. A time of day is the last one gone by: at 00:10, `23:50` was yesterday."""
    match when:
        case datetime():
            return when
        case timedelta():
            return now - when
        case time():
            today = now.astimezone().date()
            at = datetime.combine(today, when).astimezone(UTC)
            return at if at <= now else datetime.combine(today - timedelta(days=1), when).astimezone(UTC)


def stretch(since: When, until: When | None, now: datetime) -> tuple[datetime, datetime]:
    """The stretch of time from `since` to `until`, or to now. Raises ValueError if it has no length.

    A time of day that would end it before its beginning is the next day's: `--since 14:00 --until 14:30` at 14:10.
    """
    start = moment(since, now)
    end = now if until is None else moment(until, now)
    if isinstance(until, time) and end <= start:
        end += timedelta(days=1)
    if end <= start:
        raise ValueError(f"it would begin at {_said(start)} and end at {_said(end)}")
    return start, end


def _when(text: str) -> When | None:
    if ago := _AGO.fullmatch(text):
        return timedelta(seconds=int(ago[1]) * _UNITS[ago[2]])
    if _TIME_OF_DAY.fullmatch(text):
        return time.fromisoformat(text if text[2] == ":" else f"0{text}")
    at = datetime.fromisoformat(text).astimezone(UTC)
    return at if at >= _EPOCH else None


def _said(at: datetime) -> str:
    return at.astimezone().isoformat(sep=" ", timespec="seconds")
