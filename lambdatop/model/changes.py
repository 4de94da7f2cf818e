"""What was changed on a function, and when: deployments, alias moves, configuration. Marks on every chart."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChangeKind(StrEnum):
    """What kind of change it was."""

    VERSION = "version"
    ALIAS = "alias"
    CONFIGURATION = "configuration"


@dataclass(frozen=True, slots=True)
class Change:
    """One moment at which something was changed."""

    at: datetime
    kind: ChangeKind
    label: str
    """A few letters for a chart: `v42`, `live → 42`, `1,024 → 1,536 MB`, `changed`."""
