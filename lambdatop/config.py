"""The settings of one run, from the command line; what is not said there is left to the SDK's own chain."""

from dataclasses import dataclass
from typing import Literal, get_args

SortColumn = Literal[
    "sick", "name", "invocations", "errors", "throttles", "p50", "p95", "p99", "concurrency", "cold", "memory", "cost"
]
SORT_COLUMNS: tuple[SortColumn, ...] = get_args(SortColumn)
"""What the table can be ordered by, from left to right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
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
    demo: bool = False
    once: bool = False
    as_json: bool = False
