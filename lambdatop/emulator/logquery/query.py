"""One query of Logs Insights: begun, worked on a little at a time, and asked for its results meanwhile."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Literal

from lambdatop.emulator.logquery.parser import parse_query
from lambdatop.emulator.logquery.pipeline import Row, pipeline
from lambdatop.emulator.logquery.records import Report, Scan, scans
from lambdatop.emulator.logquery.syntax import (
    Binary,
    Command,
    Constant,
    Expression,
    FieldReference,
    Fields,
    FilterCommand,
)

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

Status = Literal["Scheduled", "Running", "Complete", "Cancelled"]

_TURN = 1_500
"""Records of one turn, or the reports of a minute: some 100 ms."""


class RunningQuery:
    """A query of some log groups from `start_ms` until before `end_ms`. Raises AwsError if it cannot be read."""

    def __init__(
        self, account: "Account", text: str, groups: Sequence[str], window_ms: tuple[int, int], limit: int
    ) -> None:
        commands = parse_query(text)
        only = _only_reports(commands)
        self.text = text
        self.groups = tuple(groups)
        self.created = account.clock()
        self.status: Status = "Scheduled"
        self.records = self.bytes = 0
        """Looked at so far."""
        self._pipeline = pipeline(commands, limit)
        self._scans: Iterator[Scan] = chain.from_iterable(
            scans(account, group, *window_ms, only) for group in self.groups
        )

    @property
    def ended(self) -> bool:
        """True if nothing more will come."""
        return self.status in ("Complete", "Cancelled")

    @property
    def matched(self) -> int:
        """The records that passed the filters so far."""
        return self._pipeline.matched

    def work(self) -> None:
        """Go on for one turn."""
        if self.ended:
            return
        self.status = "Running"
        enough = self.records + _TURN
        while self.records < enough:
            scan = next(self._scans, None)
            if scan is None:
                self.status = "Complete"
                return
            self.records += scan.records
            self.bytes += scan.bytes
            self._pipeline.take(scan.batch)

    def cancel(self) -> None:
        """Stop it; what was found so far stays."""
        self.status = "Cancelled"

    def rows(self) -> list[Row]:
        """The results so far."""
        return [] if self.status == "Scheduled" else self._pipeline.rows()


_WANTED: dict[Expression, Report] = {
    Binary("=", FieldReference("@type"), Constant("REPORT")): "REPORT",
    Binary("=", FieldReference("type"), Constant("platform.report")): "platform.report",
}


def _only_reports(commands: Sequence[Command]) -> Report | None:
    """Which reports the query is about, if its first filters let nothing else pass."""
    for command in commands:
        match command:
            case FilterCommand(test=test):
                found = next((_WANTED[each] for each in _conditions(test) if each in _WANTED), None)
                if found is not None:
                    return found
            case Fields(items=items) if not {item.name for item in items} & {"@type", "type"}:
                continue
            case _:
                return None
    return None


def _conditions(test: Expression) -> Iterator[Expression]:
    """What all has to hold: the terms of `and`."""
    match test:
        case Binary(operator="and", left=left, right=right):
            yield from _conditions(left)
            yield from _conditions(right)
        case _:
            yield test
