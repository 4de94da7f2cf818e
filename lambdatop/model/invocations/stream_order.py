"""Whose a log line is that names no request: told by its place between other lines of its stream.

An execution environment works on one request at a time, from START to REPORT; what it prints when it starts, before
its first request, belongs to that one. Lines come late, so that places are told again where one has been put between.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct, field

from lambdatop.model.logs.failures import Failure
from lambdatop.model.logs.levels import LineKind
from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.report import Report

Key: TypeAlias = tuple[datetime, str, str]
"""Timestamp, event id (AWS: digits in the order of writing), message: a total order of a stream's lines."""


class OrderedLine(Struct, eq=False):
    """A line at its place: what the fold needs to know of it."""

    key: Key
    line: LogLine
    kind: LineKind
    named: str | None
    """The request id that it gives."""
    loud: bool
    """At level ERROR or above."""
    version: str | None
    report: Report | None
    failure: Failure | None
    owner: str | None = None
    """The request it belongs to, as far as is known; None if that has not begun."""

    @property
    def at(self) -> datetime:
        return self.key[0]

    @property
    def starts_environment(self) -> bool:
        """INIT_START and its kin, or an extension's line: written before an environment's first request."""
        return self.kind is LineKind.INIT or (self.kind is LineKind.PLATFORM and not self.loud and self.named is None)


def key_of(entry: OrderedLine) -> Key:
    return entry.key


def _at(entry: OrderedLine) -> datetime:
    return entry.at


class StreamPosition(Struct):
    """Where in its work the environment is after the lines told so far."""

    owner: str | None = None
    began: Key | None = None
    """The line with which `owner` began."""
    closed: bool = False
    """END or REPORT has been written."""
    starting: bool = False
    """Another environment's start has been written since."""
    pending: list[OrderedLine] = field(default_factory=list)
    """The lines that belong to the request that comes next."""

    def tell(self, entry: OrderedLine, known: Container[str]) -> Sequence[OrderedLine]:
        """Go on by one line, and set the owner of it and of those that waited for it; return these.

        `known` are the requests that Lambda itself has named. Functions log ids of other things as `requestId` too.
        """
        named = entry.named
        told: Sequence[OrderedLine] = ()
        if named is not None and (entry.kind is LineKind.START or self._begins(named, known)):
            told = self._begin(named, entry)
        if named is not None and (named == self.owner or named in known):
            entry.owner = named
            self.closed = self.closed or (named == self.owner and entry.kind in (LineKind.END, LineKind.REPORT))
        elif self._belongs_to_next(entry):
            entry.owner = None
            self.pending.append(entry)
        else:
            entry.owner = self.owner
        return (*told, entry) if told else (entry,)

    def _begins(self, named: str, known: Container[str]) -> bool:
        """A request whose START was not read: its first line that names it."""
        if named == self.owner:
            return False
        return self.owner is None or self.closed or self.owner not in known

    def _begin(self, named: str, entry: OrderedLine) -> Sequence[OrderedLine]:
        waited, self.pending = self.pending, []
        for waiting in waited:
            waiting.owner = named
        self.owner, self.began, self.closed, self.starting = named, entry.key, False, False
        return waited

    def _belongs_to_next(self, entry: OrderedLine) -> bool:
        if self.owner is None:
            return True
        self.starting = self.starting or (self.closed and entry.starts_environment)
        return self.starting


class Stream(Struct, eq=False):
    """The lines of one log stream in order, and the place after the last of them."""

    entries: list[OrderedLine] = field(default_factory=list)
    place: StreamPosition = field(default_factory=StreamPosition)

    def follows(self, key: Key) -> bool:
        """True if a line with that key would be the last."""
        return not self.entries or self.entries[-1].key < key

    def append(self, entry: OrderedLine, known: Container[str]) -> Sequence[OrderedLine]:
        """Put the newest line at the end; the entries whose owner is told now."""
        self.entries.append(entry)
        return self.place.tell(entry, known)

    def insert(self, entry: OrderedLine) -> None:
        """Put a line at its place; `tell_again` is due then."""
        insort(self.entries, entry, key=key_of)

    def tell_again(self, first: Key, last: Key, known: Container[str]) -> Iterable[tuple[OrderedLine, str | None]]:
        """Tell the owners of the lines from `first` to `last` again, and of what depends on them.

        That is from the START before them to the START behind, for a START's place depends on nothing. Returns each
        entry told, with the owner it had.
        """
        begin = bisect_left(self.entries, first, key=key_of)
        while begin > 0 and self.entries[begin := begin - 1].kind is not LineKind.START:
            pass
        end = bisect_right(self.entries, last, key=key_of)
        while end < len(self.entries) and self.entries[end].kind is not LineKind.START:
            end += 1
        window = self.entries[begin : end + 1]
        owners = [(entry, entry.owner) for entry in window]
        place = StreamPosition()
        for entry in window:
            place.tell(entry, known)
        if end >= len(self.entries):
            self.place = place
        return owners

    def without(self, requests: Container[str], last: datetime, floor: datetime) -> Sequence[OrderedLine]:
        """Take out the lines of these requests, none of them after `last`, and what waits for one since before `floor`.

        Returns them. Lines after `last` cost nothing.
        """
        end = bisect_right(self.entries, last, key=_at)
        gone: list[OrderedLine] = []
        kept: list[OrderedLine] = []
        for entry in self.entries[:end]:
            goes = entry.at <= floor if entry.owner is None else entry.owner in requests
            (gone if goes else kept).append(entry)
        self.entries[:end] = kept
        self.place.pending = [entry for entry in self.place.pending if entry.at > floor]
        if self.place.owner in requests:
            self.place = StreamPosition(pending=self.place.pending)
        return gone
