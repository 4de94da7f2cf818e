"""The settings of one run, from the command line; what is not said there is left to the SDK's own chain."""

import re
from typing import Literal, get_args

from msgspec import Struct

SortColumn = Literal[
    "sick", "name", "invocations", "errors", "throttles", "p50", "p95", "p99", "concurrency", "cold", "memory", "cost"
]
SORT_COLUMNS: tuple[SortColumn, ...] = get_args(SortColumn)
"""What the table can be ordered by, from left to right."""


class Config(Struct, frozen=True, kw_only=True):
    """What the user chose. Durations are in the unit of their name."""

    function: str | None = None
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    filter: str = ""
    sort: SortColumn = "sick"
    window_minutes: int = 15
    """The table's window (`--last`)."""
    read_only: bool = False
    protected: tuple[str, ...] = ()
    """Regular expressions: where its account, an alias or a tag matches, a function's name is typed to change it."""
    objectives_ms: tuple[tuple[str, float], ...] = ()
    """Regular expressions of functions' names, with what their slowest requests may take."""
    demo: bool = False
    once: bool = False
    as_json: bool = False

    def objective_ms(self, function: str) -> float | None:
        """What the slowest requests of a function may take, as the first expression says that is found in its name."""
        return next((ms for pattern, ms in self.objectives_ms if re.search(pattern, function)), None)
