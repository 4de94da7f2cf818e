"""The traces of the emulated account: which invocations X-Ray sampled, found newest first or by id."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdatop.emulator.invocation import Invocation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_SLICE_S = 10
_ARRIVAL_S = 1.5
"""X-Ray shows a trace so long after its last segment has ended."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The traces that began in ten seconds, newest first, and how many invocations had to be looked at."""

    start: float
    traces: list[Invocation]
    examined: int


def traced_functions(account: "Account") -> list[str]:
    """The functions with active tracing."""
    return [
        name for name, function in account.functions.items() if function.config["TracingConfig"]["Mode"] == "Active"
    ]


def slices(account: "Account", names: Sequence[str], start: float, end: float) -> Iterator[Slice]:
    """What began in [start, end), the newest slice first; what has not arrived yet is left out."""
    now = account.clock() - _ARRIVAL_S
    at = min(end, now)
    while at > start:
        since = max(start, (at - 1e-6) // _SLICE_S * _SLICE_S)
        happened = [each for name in names for each in account.invocations(name, since, at)]
        traces = [each for each in happened if each.trace_id is not None and each.end <= now]
        traces.sort(key=order, reverse=True)
        yield Slice(since, traces, len(happened))
        at = since


def order(invocation: Invocation) -> tuple[float, str]:
    """The place of a trace among the others."""
    return invocation.start, invocation.trace_id or ""


def find(account: "Account", trace_id: str) -> Invocation | None:
    """The invocation of a trace id, or None. The id holds the second in which it began."""
    parts = trace_id.split("-")
    try:
        second = int(parts[1], 16)
    except (IndexError, ValueError):
        return None
    found = (
        invocation
        for name in traced_functions(account)
        for invocation in account.invocations(name, second, second + 1)
        if invocation.trace_id == trace_id
    )
    return next(found, None)
