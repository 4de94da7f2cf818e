"""What the screens look at closely: one function over a window, and what of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from lambdatop.model.metrics import Window


class QueryAgreed(Struct, frozen=True, eq=False):
    """The user has agreed to pay for one Logs Insights query over this window; each yes is another."""

    function: str
    window_minutes: int
    until: datetime | None


class Sought(Struct, frozen=True):
    """One request whose log lines are looked for."""

    request_id: str
    within: Window
    """When it ran, as its trace tells."""
    around: datetime
    """The moment that the reader was looking at."""


class Focus(Struct, frozen=True):
    """What the focus sources look at."""

    function: str | None = None
    window_minutes: int = 180
    until: datetime | None = None
    """The window's end; None is now, and moves."""
    cursor: Window | None = None
    """The period that the time cursor of the charts is on."""
    moment: Window | None = None
    """Where that has come to rest: log, invocations and traces are of this stretch alone."""
    trace_id: str | None = None
    """The trace that is opened."""
    request: Sought | None = None
    """The log is of this request alone."""
    log_minutes: int | None = None
    """How far back the log is read; None means the newest lines available."""
    live: bool = False
    """The log comes by Live Tail, not by polling."""
    query: QueryAgreed | None = None
    """Cold starts are counted by Logs Insights as long as the focus is what the user agreed to."""

    @property
    def agreed(self) -> QueryAgreed | None:
        """The query, if it is over the function and window that are looked at now."""
        query = self.query
        asked = (query.function, query.window_minutes, query.until) if query is not None else None
        return query if asked == (self.function, self.window_minutes, self.until) else None
