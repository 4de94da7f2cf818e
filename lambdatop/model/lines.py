"""The lines of a log that are kept: a million of them in the memory that a hundred thousand would take as objects.

All but the newest lie packed in chunks: columns, marshalled and compressed, about 50 bytes a line. A chunk is unpacked
when one of its lines is looked at, and the last few stay so. Whoever holds a `Lines` keeps exactly what it showed:
appending makes another one, which shares all that is old.
"""

import marshal
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter, eq
from typing import Final, TypeAlias, overload

from lambdatop.model.logs import LogLine

CHUNK_LINES: Final = 1024
CHUNK_CHARACTERS: Final = 256 * 1024
"""No work done a chunk at a time takes longer than a frame; an event of 1 MB is a chunk of its own."""
BYTES_KEPT: Final = 100_000_000
"""Of packed chunks. A million usual lines take half of it; events of 1 MB must not take a terabyte."""
_UNPACKED: Final = 16
_LEVEL: Final = 1
"""zlib's fastest: 100 MB/s, and 10 % larger than what its slowest makes of log lines."""

_Columns: TypeAlias = tuple[list[float], list[float | None], list[str], list[str], list[str], list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class _Chunk:
    first: int
    packed: bytes


class Lines(Sequence[LogLine]):
    """Log lines, oldest first, each with a number that it keeps: that of `lines[0]` is `first`, and `end` follows all.

    A slice of step 1 is a `Lines` too and copies nothing; its lines keep their numbers.
    """

    __slots__ = ("_bytes", "_chunks", "_open", "_open_characters", "_open_first", "end", "first")

    def __init__(self) -> None:
        self.first = 0
        self.end = 0
        self._chunks: tuple[_Chunk, ...] = ()
        self._bytes = 0
        self._open: list[LogLine] = []  # what follows the chunks; shared with older views, which end before its end
        self._open_first = 0
        self._open_characters = 0

    def appended(self, new: Sequence[LogLine], keep: int, keep_bytes: int = BYTES_KEPT) -> "Lines":
        """These lines and the new ones, of which the newest `keep` stay. Costs nothing per line that is kept."""
        grown = self._view(self.first, self.end)
        if self.end != self._open_first + len(self._open):
            grown._branch_off()
        for line in new:
            grown._open.append(line)
            grown._open_characters += len(line.message)
            if len(grown._open) == CHUNK_LINES or grown._open_characters >= CHUNK_CHARACTERS:
                grown._pack()
        grown.end = grown._open_first + len(grown._open)
        grown.first = max(self.first, grown.end - keep)
        grown._drop(keep_bytes)
        return grown

    def chunk_before(self, number: int) -> int:
        """The first number of the chunk that ends before `number` or in which it lies: where a step backward goes."""
        index = self._index(number - 1)
        return max(self.first, self._chunks[index].first if index < len(self._chunks) else self._open_first)

    def at(self, number: int) -> LogLine:
        """The line of that number. Raises IndexError if it is not, or no longer, kept."""
        if not self.first <= number < self.end:
            raise IndexError(number)
        index = self._index(number)
        if index == len(self._chunks):
            return self._open[number - self._open_first]
        chunk = self._chunks[index]
        return _line(_unpacked(chunk), number - chunk.first)

    def between(self, first: int, end: int) -> Iterator[LogLine]:
        """The kept ones of the lines with these numbers, in order."""
        number, end = max(first, self.first), min(end, self.end)
        while number < end:
            index = self._index(number)
            if index == len(self._chunks):
                yield from self._open[number - self._open_first : end - self._open_first]
                return
            chunk = self._chunks[index]
            columns = _unpacked(chunk)
            stop = min(end, chunk.first + len(columns[0]))
            for place in range(number - chunk.first, stop - chunk.first):
                yield _line(columns, place)
            number = stop

    def __len__(self) -> int:
        return self.end - self.first

    def __iter__(self) -> Iterator[LogLine]:
        return self.between(self.first, self.end)

    @overload
    def __getitem__(self, at: int) -> LogLine: ...
    @overload
    def __getitem__(self, at: slice) -> "Sequence[LogLine]": ...
    def __getitem__(self, at: int | slice) -> "LogLine | Sequence[LogLine]":
        if isinstance(at, int):
            return self.at(range(self.first, self.end)[at])
        numbers = range(self.first, self.end)[at]
        if numbers.step != 1:
            return tuple(map(self.at, numbers))
        return self._view(numbers.start, max(numbers.start, numbers.stop))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # equal to a tuple of the same lines, which has another hash

    def __repr__(self) -> str:
        return f"Lines({self.first}..{self.end})"

    def _view(self, first: int, end: int) -> "Lines":
        view = Lines()
        view.first, view.end = first, end
        view._chunks, view._bytes = self._chunks, self._bytes
        view._open, view._open_first, view._open_characters = self._open, self._open_first, self._open_characters
        return view

    def _index(self, number: int) -> int:
        """Of the chunk with that line; the number of chunks if it is not packed."""
        if number >= self._open_first:
            return len(self._chunks)
        return bisect_right(self._chunks, number, key=attrgetter("first")) - 1

    def _branch_off(self) -> None:
        """Part from the views that go on beyond this one's end."""
        index = self._index(self.end)
        first = max(self.first, self._chunks[index].first) if index < len(self._chunks) else self._open_first
        self._open, self._open_first = list(self.between(first, self.end)), first
        self._open_characters = sum(len(line.message) for line in self._open)
        self._bytes -= sum(len(chunk.packed) for chunk in self._chunks[index:])
        self._chunks = self._chunks[:index]

    def _pack(self) -> None:
        chunk = _packed(self._open_first, self._open)
        self._chunks = (*self._chunks, chunk)
        self._bytes += len(chunk.packed)
        self._open_first += len(self._open)
        self._open, self._open_characters = [], 0

    def _drop(self, keep_bytes: int) -> None:
        """Let go of the chunks before `first`, and of the oldest ones while all take more than that."""
        dropped = 0
        while dropped < len(self._chunks):
            after = self._chunks[dropped + 1].first if dropped + 1 < len(self._chunks) else self._open_first
            if after > self.first and self._bytes <= keep_bytes:
                break
            self._bytes -= len(self._chunks[dropped].packed)
            self.first = max(self.first, after)
            dropped += 1
        self._chunks = self._chunks[dropped:]


def _packed(first: int, lines: Sequence[LogLine]) -> _Chunk:
    columns: _Columns = (
        [line.timestamp.timestamp() for line in lines],
        [line.ingestion_time.timestamp() if line.ingestion_time else None for line in lines],
        [line.stream for line in lines],
        [line.event_id for line in lines],
        [line.message for line in lines],
        [line.function_name for line in lines],
    )
    return _Chunk(first, zlib.compress(marshal.dumps(columns), _LEVEL))


@lru_cache(maxsize=_UNPACKED)
def _unpacked(chunk: _Chunk) -> _Columns:
    columns: _Columns = marshal.loads(zlib.decompress(chunk.packed))
    return columns


def _line(columns: _Columns, place: int) -> LogLine:
    times, ingested, streams, ids, messages, functions = columns
    ingested_at = ingested[place]
    return LogLine(
        timestamp=datetime.fromtimestamp(times[place], UTC),
        ingestion_time=datetime.fromtimestamp(ingested_at, UTC) if ingested_at is not None else None,
        stream=streams[place],
        event_id=ids[place],
        message=messages[place],
        function_name=functions[place],
    )
