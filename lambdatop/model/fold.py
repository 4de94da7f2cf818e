"""Log lines folded into invocations: by request id, and where a line names none by its place in its stream."""

from collections.abc import Iterable

from lambdatop.model.invocation import Invocation, Totals, totals
from lambdatop.model.logs import LogLine

INVOCATIONS_KEPT, LINES_KEPT = 10_000, 100_000


class Fold:
    """Takes lines in any order, of any streams and functions, and tells the invocations they make.

    Beyond either limit the invocations that ended first are dropped with their lines; `dropped` counts them.
    """

    def __init__(self, *, invocations_kept: int = INVOCATIONS_KEPT, lines_kept: int = LINES_KEPT) -> None:
        self._invocations_kept, self._lines_kept = invocations_kept, lines_kept
        self.dropped = 0

    def add(self, lines: Iterable[LogLine]) -> None:
        """Take lines, new or late; one whose event id is known already changes nothing."""
        raise NotImplementedError

    def invocations(self) -> tuple[Invocation, ...]:
        """All that are kept, newest first; the same tuple until a line has changed one."""
        raise NotImplementedError

    def lines_of(self, request_id: str) -> tuple[LogLine, ...]:
        """One invocation's lines, oldest first; none if it is not kept."""
        raise NotImplementedError

    def totals(self) -> Totals:
        """What the kept invocations say together."""
        return totals(self.invocations(), self.dropped)
