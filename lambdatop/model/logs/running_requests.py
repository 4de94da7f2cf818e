"""Which request runs in each log stream, told line by line.

Most lines of the text format name no request: they belong to the one that runs in their stream, since an environment
serves one at a time. Where environments serve several (Lambda Managed Instances), every line names its own.
"""

from msgspec import Struct, field

from lambdatop.model.logs.levels import LineKind, Parsed
from lambdatop.model.logs.line import LogLine


class Running(Struct):
    """The request that runs in each stream, as told by the lines so far, which come in the order of their stream."""

    requests: dict[str, str] = field(default_factory=dict)

    def of(self, line: LogLine, parsed: Parsed) -> str | None:
        """The request of the next line: its own, or the one between whose START and END it stands."""
        if parsed.kind is LineKind.START and parsed.request_id is not None:
            self.requests[line.stream] = parsed.request_id
        elif parsed.kind in (LineKind.END, LineKind.REPORT):
            self.requests.pop(line.stream, None)
        return parsed.request_id or self.requests.get(line.stream)
