"""What became of an alarm."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from lambdatop.model.alarms.alarm import AlarmState


class Event(StrEnum):
    """The kinds of AWS's HistoryItemType that are shown."""

    STATE = "StateUpdate"
    CONFIGURATION = "ConfigurationUpdate"
    ACTION = "Action"


class HistoryItem(Struct, frozen=True, kw_only=True, gc=False):
    """One thing that happened to an alarm."""

    at: datetime | None
    event: Event | None
    """None for a kind that is not known here."""
    summary: str
    """AWS's own line."""
    state: AlarmState | None = None
    """Where it went, if it is a change of the state."""
    reason: str = ""


class AlarmHistory(Struct, frozen=True, kw_only=True):
    """What became of one alarm, newest first."""

    name: str
    items: tuple[HistoryItem, ...]
    complete: bool
    """False if AWS has more than was read."""
