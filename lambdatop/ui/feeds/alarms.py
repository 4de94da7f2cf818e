"""Which sources of alarms run: the list always, and often for a while after a change; the rest while looked at."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Final

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.alarms.definition import Watched
from lambdatop.sources.poll import Pause, every, polled
from lambdatop.updates import AlarmSource, SourceName, Update

USUAL_S, HURRIED_S, HURRY_FOR_S = 60.0, 5.0, 180.0
SELDOM_S = 3600.0
OFFERING: Final[tuple[AlarmSource, ...]] = ("alarm data", "topics", "reserved")
"""The sources of the dialog."""
HISTORY: Final = "alarm history"

Updates = Mapping[SourceName, AsyncIterator[Update]]


class AlarmFeeds:
    """The sources of one account's alarms. A new alarm has no data until it is evaluated: it is read again soon."""

    def __init__(self, aws: Gate, clock: Clock) -> None:
        self._aws = aws
        self._clock = clock
        self._hurried_until = clock.monotonic()

    def listed(self) -> Updates:
        """All alarms."""
        from lambdatop.sources.alarms.listing import alarms

        return {"alarms": self._polled("alarms", self._pause, lambda: alarms(self._aws, self._clock))}

    def _pause(self) -> float:
        return every(HURRIED_S if self._clock.monotonic() < self._hurried_until else USUAL_S)()

    def hurry(self) -> None:
        """Look at them every few seconds for some minutes: one of them was changed."""
        self._hurried_until = self._clock.monotonic() + HURRY_FOR_S

    def offering(self, watched: Sequence[Watched], function: str | None) -> Updates:
        """What the dialog needs: the past of these metrics, topics, and what is reserved for a function."""
        from lambdatop.sources.alarms.past import alarm_past, reserved
        from lambdatop.sources.alarms.topics import topics

        aws, clock = self._aws, self._clock
        asked: dict[SourceName, AsyncIterator[Update]] = {
            "alarm data": self._polled("alarm data", every(SELDOM_S), lambda: alarm_past(aws, clock, watched)),
            "topics": self._polled("topics", every(SELDOM_S), lambda: topics(aws)),
        }
        if function is not None:
            asked["reserved"] = self._polled("reserved", every(SELDOM_S), lambda: reserved(aws, function))
        return asked

    def history(self, name: str) -> Updates:
        """The history of one alarm."""
        from lambdatop.sources.alarms.history import alarm_history

        return {HISTORY: self._polled(HISTORY, every(USUAL_S), lambda: alarm_history(self._aws, name))}

    def _polled(
        self, name: SourceName, pause: Pause, ask: Callable[[], AsyncIterator[Update]]
    ) -> AsyncIterator[Update]:
        return polled(name, self._clock, pause, ask)
