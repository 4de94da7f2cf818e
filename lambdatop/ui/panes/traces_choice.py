"""What the reader of the traces has chosen to see, which traces that leaves and in what order, and the words for it."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.words import format

SLOWEST: Final = 10
"""One in so many is slow."""


class Only(StrEnum):
    """What a trace must be to be shown."""

    FAILED = "failed"
    SLOW = "slow"
    COLD = "cold"


class TraceChoice(Struct, frozen=True):
    """All that is asked for must hold."""

    only: frozenset[Only] = frozenset()
    by_duration: bool = False
    """The longest first; else the newest."""

    def turned(self, only: Only) -> "TraceChoice":
        """The choice with this asked for, or no longer."""
        return replace(self, only=self.only ^ {only})

    def of(self, traces: Sequence[TraceSummary]) -> Sequence[TraceSummary]:
        """The traces to show, of those that come newest first."""
        slow_s = slow_from_s(traces) if Only.SLOW in self.only else None
        chosen = [trace for trace in traces if self._passes(trace, slow_s)] if self.only else traces
        return sorted(chosen, key=lambda trace: -(trace.duration_s or 0.0)) if self.by_duration else chosen

    def _passes(self, trace: TraceSummary, slow_s: float | None) -> bool:
        return (
            (Only.FAILED not in self.only or trace.status is not TraceStatus.OK)
            and (Only.COLD not in self.only or trace.cold is True)
            and (slow_s is None or (trace.duration_s is not None and trace.duration_s >= slow_s))
        )

    def words(self, traces: Sequence[TraceSummary], shown: Collection[TraceSummary]) -> list[str]:
        """How many traces, of how many, and what they have in common."""
        if not self.only:
            return [f"{len(traces):,}"] if traces else []
        slow = f"slow, {format.took(slow_from_s(traces))} and more"
        told = {Only.FAILED: "errors", Only.SLOW: slow, Only.COLD: "cold starts"}
        return [*(told[each] for each in Only if each in self.only), f"{len(shown):,} of {len(traces):,}"]


def slow_from_s(traces: Sequence[TraceSummary]) -> float | None:
    """How long the shortest of the slowest tenth took, seconds; what took no longer than the next does not count."""
    longest = sorted((trace.duration_s for trace in traces if trace.duration_s is not None), reverse=True)
    tenth = -(-len(longest) // SLOWEST)
    usual_s = longest[tenth] if tenth < len(longest) else 0.0
    return min((each for each in longest[:tenth] if each > usual_s), default=usual_s) if longest else None
