"""The lines of a log that are kept: a million of them in the memory that a hundred thousand would take as objects.

All but the newest lie packed in chunks, each unpacked when one of its lines is looked at. Whoever holds a `Lines` keeps
exactly what it showed: appending makes another one, which shares all that is old.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter, eq
from typing import Final, overload

from msgspec import Struct, field

from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.packed_lines import Chunk, packed
from lambdatop.model.logs.tail_status import POLLING, TailStatus

CHUNK_LINES: Final = 1024
CHUNK_CHARACTERS: Final = 256 * 1024
"""No work done a chunk at a time takes longer than a frame; an event of 1 MB is a chunk of its own."""
BYTES_KEPT: Final = 100_000_000
"""Of packed chunks. A million usual lines take half of it; events of 1 MB must not take a terabyte."""


class LineStretch(Struct, frozen=True):
    """Neighbouring lines from the number `first` on: their messages, and by its number a line, which costs more."""

    first: int
    messages: Sequence[str]
    line: Callable[[int], LogLine]

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + len(self.messages))


class Lines(Sequence[LogLine]):
    """Log lines, oldest first, each with a number that it keeps: that of `lines[0]` is `first`, and `end` follows all.

    A slice of step 1 is a `Lines` too and copies nothing; its lines keep their numbers.
    """

    __slots__ = ("_bytes", "_chunks", "_open", "_open_characters", "_open_first", "end", "first")

    def __init__(self) -> None:
        self.first = 0
        self.end = 0
        self._chunks: tuple[Chunk, ...] = ()
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
        return self._chunks[index].line(number)

    def between(self, first: int, end: int) -> Iterator[LogLine]:
        """The kept ones of the lines with these numbers, in order."""
        for stretch in self.stretches(first, end):
            yield from map(stretch.line, stretch.numbers)

    def stretches(self, first: int, end: int) -> Iterator[LineStretch]:
        """The kept ones of the lines with these numbers, as they lie together, in order."""
        number, end = max(first, self.first), min(end, self.end)
        while number < end:
            index = self._index(number)
            if index == len(self._chunks):
                newest = self._open[number - self._open_first : end - self._open_first]
                yield LineStretch(number, [line.message for line in newest], self.at)
                return
            chunk = self._chunks[index]
            stop = min(end, chunk.end)
            yield LineStretch(number, chunk.messages[number - chunk.first : stop - chunk.first], chunk.line)
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
        self._bytes -= sum(chunk.size for chunk in self._chunks[index:])
        self._chunks = self._chunks[:index]

    def _pack(self) -> None:
        chunk = packed(self._open_first, self._open)
        self._chunks = (*self._chunks, chunk)
        self._bytes += chunk.size
        self._open_first += len(self._open)
        self._open, self._open_characters = [], 0

    def _drop(self, keep_bytes: int) -> None:
        """Let go of the chunks before `first`, and of the oldest ones while all take more than that."""
        dropped = 0
        while dropped < len(self._chunks):
            after = self._chunks[dropped + 1].first if dropped + 1 < len(self._chunks) else self._open_first
            if after > self.first and self._bytes <= keep_bytes:
                break
            self._bytes -= self._chunks[dropped].size
            self.first = max(self.first, after)
            dropped += 1
        self._chunks = self._chunks[dropped:]


class Log(Struct, frozen=True, eq=False):
    """The tail of the focus function."""

    lines: Lines = field(default_factory=Lines)
    tail: TailStatus = POLLING

    @property
    def first(self) -> int:
        """How many lines were dropped before `lines[0]`."""
        return self.lines.first
