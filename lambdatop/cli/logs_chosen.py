"""What of a log `lambdatop logs` prints, as far as CloudWatch cannot choose: by level, and by request.

Most lines of the text format name no request: they belong to the one that runs in their stream, since an environment
serves one at a time. Where environments serve several (Lambda Managed Instances), every line names its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lambdatop.cli.logs_text import Entry
from lambdatop.model.levels import Kind, Level, Parsed
from lambdatop.model.logs import LogLine, read

Attribute = Callable[[LogLine, Parsed], str | None]
"""The request that a line belongs to, or None if that is not known."""


@dataclass(slots=True)
class Running:
    """The request that runs in each stream, as told by the lines so far, which come in the order of their stream."""

    requests: dict[str, str] = field(default_factory=dict)

    def of(self, line: LogLine, parsed: Parsed) -> str | None:
        """The request of the next line: its own, or the one between whose START and END it stands."""
        if parsed.kind is Kind.START and parsed.request_id is not None:
            self.requests[line.stream] = parsed.request_id
        elif parsed.kind in (Kind.END, Kind.REPORT):
            self.requests.pop(line.stream, None)
        return parsed.request_id or self.requests.get(line.stream)


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
