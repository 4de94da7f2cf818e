"""Log lines packed in chunks: columns, marshalled and compressed, about 50 bytes a line.

The messages lie apart from the rest: most of what is asked of old lines is asked of their messages alone, which are
there in a third of the time that whole lines would take to make. The last few chunks that were looked at stay unpacked.
"""

import marshal
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, TypeAlias

from msgspec import Struct

from lambdatop.model.logs.line import LogLine

_UNPACKED: Final = 16
_LEVEL: Final = 1
"""zlib's fastest: 100 MB/s, and 10 % larger than what its slowest makes of log lines."""

_Rest: TypeAlias = tuple[list[float], list[float | None], list[str], list[str], list[str]]


class Chunk(Struct, frozen=True, eq=False, gc=False):
    """Lines with the numbers from `first` on and before `end`."""

    first: int
    end: int
    _messages: bytes
    _rest: bytes

    @property
    def size(self) -> int:
        """Bytes it takes, packed."""
        return len(self._messages) + len(self._rest)

    @property
    def messages(self) -> Sequence[str]:
        """What the lines say, in order."""
        return _messages(self)

    def line(self, number: int) -> LogLine:
        """The line of that number."""
        place = number - self.first
        times, ingested, streams, ids, functions = _rest(self)
        ingested_at = ingested[place]
        return LogLine(
            timestamp=datetime.fromtimestamp(times[place], UTC),
            ingestion_time=datetime.fromtimestamp(ingested_at, UTC) if ingested_at is not None else None,
            stream=streams[place],
            event_id=ids[place],
            message=_messages(self)[place],
            function_name=functions[place],
        )


def packed(first: int, lines: Sequence[LogLine]) -> Chunk:
    """Pack these lines, the first of which has that number."""
    rest: _Rest = (
        [line.timestamp.timestamp() for line in lines],
        [line.ingestion_time.timestamp() if line.ingestion_time else None for line in lines],
        [line.stream for line in lines],
        [line.event_id for line in lines],
        [line.function_name for line in lines],
    )
    messages = [line.message for line in lines]
    return Chunk(first, first + len(lines), _deflated(messages), _deflated(rest))


def _deflated(columns: list[str] | _Rest) -> bytes:
    return zlib.compress(marshal.dumps(columns), _LEVEL)


@lru_cache(maxsize=_UNPACKED)
def _messages(chunk: Chunk) -> list[str]:
    messages: list[str] = marshal.loads(zlib.decompress(chunk._messages))
    return messages


@lru_cache(maxsize=_UNPACKED)
def _rest(chunk: Chunk) -> _Rest:
    rest: _Rest = marshal.loads(zlib.decompress(chunk._rest))
    return rest
