"""What of a log `lambdatop logs` prints, as far as CloudWatch cannot choose: by level, and by request."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lambdatop.cli.logs_text import Entry
from lambdatop.model.logs.levels import Level, Parsed
from lambdatop.model.logs.line import LogLine, read

Attribute = Callable[[LogLine, Parsed], str | None]
"""The request that a line belongs to, or None if that is not known."""


@dataclass(frozen=True, slots=True)
class Chooser:
    """Reads lines and keeps those that were asked for."""

    level: Level | None
    request_id: str | None
    attribute: Attribute

    def chosen(self, lines: Iterable[LogLine]) -> list[Entry]:
        """The entries to print, in their order."""
        entries = []
        for line in lines:
            parsed = read(line.message)
            request_id = self.attribute(line, parsed)
            if self._is_loud_enough(parsed) and self.request_id in (None, request_id):
                entries.append(Entry(line, parsed, request_id))
        return entries

    def _is_loud_enough(self, parsed: Parsed) -> bool:
        """A line without a level counts as INFO, as Lambda itself sees it (developer guide, log-level filtering)."""
        return self.level is None or (parsed.level or Level.INFO).loudness >= self.level.loudness
