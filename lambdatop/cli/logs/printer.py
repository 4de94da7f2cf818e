"""Where log lines go: to standard output as lines, or folded into the invocations they tell of."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from lambdatop.cli.logs.line import Form, PrintedLine
from lambdatop.cli.output import note, put
from lambdatop.model.logs.levels import Level, Parsed
from lambdatop.model.logs.line import LogLine, read

Attribute = Callable[[LogLine, Parsed], str | None]
"""The request that a line belongs to, or None if that is not known."""


class Chooser(Struct, frozen=True):
    """Reads lines and keeps those that were asked for."""

    level: Level | None
    request_id: str | None
    attribute: Attribute

    def chosen(self, lines: Iterable[LogLine]) -> list[PrintedLine]:
        """The entries to print, in their order."""
        entries = []
        for line in lines:
            parsed = read(line.message)
            request_id = self.attribute(line, parsed)
            if self._is_loud_enough(parsed) and self.request_id in (None, request_id):
                entries.append(PrintedLine(line, parsed, request_id))
        return entries

    def _is_loud_enough(self, parsed: Parsed) -> bool:
        """A line without a level counts as INFO, as Lambda itself sees it (developer guide, log-level filtering)."""
        return self.level is None or (parsed.level or Level.INFO).loudness >= self.level.loudness


class Printer(Protocol):
    """Takes lines as they come."""

    def show(self, lines: Sequence[LogLine], newest: int | None = None) -> None:
        """Print what these lines add, or of each function only so many of the newest."""
        ...

    def end(self) -> None:
        """Print what is known only at the end."""
        ...


class LinePrinter(Struct):
    """The chosen lines, each in the form asked for."""

    chooser: Chooser
    form: Form
    if_none: str | None = None
    """Said to who looks on if no line was printed."""
    printed: int = 0

    def show(self, lines: Sequence[LogLine], newest: int | None = None) -> None:
        entries = self.chooser.chosen(lines)
        if newest is not None:
            entries = _newest(entries, newest)
        if entries:
            self.printed += len(entries)
            put("".join(map(self.form, entries)))

    def end(self) -> None:
        if self.printed == 0 and self.if_none is not None:
            note(self.if_none)


def _newest(entries: Sequence[PrintedLine], count: int) -> list[PrintedLine]:
    """The last entries of each function, in their order."""
    taken: Counter[str] = Counter()
    kept = []
    for entry in reversed(entries):
        name = entry.line.function_name
        taken[name] += 1
        if taken[name] <= count:
            kept.append(entry)
    return kept[::-1]
