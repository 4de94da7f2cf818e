"""Stretches of time in words, for the titles of panes: the window that the charts show, the moment pointed at."""

from datetime import datetime, tzinfo

from lambdatop.model.metrics import Window
from lambdatop.model.time_window import window_at
from lambdatop.state import State
from lambdatop.words import format


def length(minutes: int) -> str:
    """`15 min`, `3 h`, `7 d`."""
    return format.age(minutes * 60)


def window(state: State) -> str:
    """The focus window: its length while it ends now, else its times."""
    focus = state.focus
    if focus.until is None:
        return length(focus.window_minutes)
    return span(window_at(focus.until, focus.window_minutes, focus.until), state.fleet.measured)


def moment(state: State) -> str | None:
    """What log, invocations and traces are of, if not of the present: the moment pointed at, or a window's end."""
    focus, today = state.focus, state.fleet.measured
    if focus.moment is not None:
        return span(focus.moment, today)
    return f"until {format.moment(focus.until, today)}" if focus.until is not None else None


def past(state: State) -> str | None:
    """The moment pointed at, or the window if that is past."""
    focus = state.focus
    return moment(state) if focus.moment is not None else window(state) if focus.until is not None else None


def span(stretch: Window, today: datetime | None, tz: tzinfo | None = None) -> str:
    """`14:31` for a minute, `14:30–14:35` for more; with the day if that is not today."""
    start = format.moment(stretch.start, today, tz)
    if stretch.seconds <= 60:
        return start
    other_day = stretch.start.astimezone(tz).date() != stretch.end.astimezone(tz).date()
    return f"{start}–{format.moment(stretch.end, today if other_day else None, tz)}"
