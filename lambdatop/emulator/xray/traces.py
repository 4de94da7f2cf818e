"""The traces of the emulated account: which invocations X-Ray sampled, found newest first or by id."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from lambdatop.emulator.invocation import EmulatedInvocation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_SLICES_S = (5, 640)
_FEW, _MANY = 100, 1500
"""Traces of one slice: with fewer the next is longer, with more it is shorter."""
_FUNCTIONS_PER_EXAMINED = 4
"""Asking so many functions costs about as much as looking at one invocation."""

_ARRIVAL_S = 1.5
"""X-Ray shows a trace so long after its last segment has ended."""


class Slice(Struct, frozen=True):
    """The traces that began in [start, the previous slice's start), newest first.

    `examined` is how many invocations had to be looked at, or what it was worth.
    """

    start: float
    traces: list[EmulatedInvocation]
    examined: int


def traced_functions(account: "Account") -> list[str]:
    """The functions with active tracing."""
    return [
        name for name, function in account.functions.items() if function.config["TracingConfig"]["Mode"] == "Active"
    ]


def slices(account: "Account", names: Sequence[str], start: float, end: float) -> Iterator[Slice]:
    """What began in [start, end), the newest slice first; what has not arrived yet is left out."""
    now = account.clock() - _ARRIVAL_S
    at, step = min(end, now), 2.0 * _SLICES_S[0]
    while at > start:
        since = max(start, at - step)
        happened = [each for name in names for each in account.invocations(name, since, at)]
        traces = [each for each in happened if each.trace_id is not None and each.end <= now]
        traces.sort(key=order, reverse=True)
        yield Slice(since, traces, len(happened) + len(names) // _FUNCTIONS_PER_EXAMINED)
        at = since
        if len(traces) < _FEW:
            step = min(step * 2, _SLICES_S[1])
        elif len(traces) > _MANY:
            step = max(step / 2, _SLICES_S[0])


def order(invocation: EmulatedInvocation) -> tuple[float, str]:
    """The place of a trace among the others."""
    return invocation.start, invocation.trace_id or ""


def find(account: "Account", trace_id: str) -> EmulatedInvocation | None:
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
