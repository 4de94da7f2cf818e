"""What became of an alarm."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lambdatop.model.alarms.alarm import AlarmState


class Event(StrEnum):
    """AWS's HistoryItemType, as far as it is told."""

    STATE = "StateUpdate"
    CONFIGURATION = "ConfigurationUpdate"
    ACTION = "Action"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryItem:
    """One thing that happened to an alarm."""

    at: datetime | None
    event: Event | None
    """None for a kind that is not known here."""
    summary: str
    """AWS's own line."""
    state: AlarmState | None = None
    """Where it went, if it is a change of the state."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmHistory:
    """What became of one alarm, newest first."""

    name: str
    items: tuple[HistoryItem, ...]
    complete: bool
    """False if AWS has more than was read."""
