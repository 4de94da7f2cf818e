"""Log lines folded into invocations: by request id, and where a line names none by its place in its stream.

Any order of the same lines makes the same invocations, and a line costs the same however many there were before.
"""

from collections.abc import Container, Iterable
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from lambdatop.model.invocations.invocation import Invocation, Totals, totals
from lambdatop.model.invocations.request_lines import Gathered, unstarted
from lambdatop.model.invocations.stream_order import Key, OrderedLine, Stream, key_of
from lambdatop.model.logs.failures import failure_of
from lambdatop.model.logs.levels import Level, LineKind
from lambdatop.model.logs.line import LogLine, read

INVOCATIONS_KEPT, LINES_KEPT = 10_000, 100_000
_KEPT_SHARE = 0.9
_UNSTARTED = "init "
_LONGEST = timedelta(minutes=16)
"""AWS: an invocation takes at most 15 minutes. One that was silent for longer is over."""

_AGE = attrgetter("started", "request_id")

StreamName = tuple[str, str]
"""Function and log stream."""


class Fold:
    """Takes lines in any order, of any streams and functions, and tells the invocations they make.

    Beyond either limit the invocations that ended first are dropped with their lines; `dropped` counts them.
    """

    def __init__(self, *, invocations_kept: int = INVOCATIONS_KEPT, lines_kept: int = LINES_KEPT) -> None:
        self._invocations_kept, self._lines_kept = invocations_kept, lines_kept
        self.dropped = 0
        self._floor = datetime.min.replace(tzinfo=UTC)
        """What is as old and of no request that is kept was dropped already."""
        self._newest = self._floor
        self._seen: set[str] = set()
        self._held = 0
        self._streams: dict[StreamName, Stream] = {}
        self._requests: dict[str, Gathered] = {}
        self._known: set[str] = set()
        """The requests that Lambda has named; functions log other things' ids under the same keys."""
        self._strays: dict[str, list[OrderedLine]] = {}
        """Lines that name what is not known to be a request."""
        self._lost: set[str] = set()
        """Requests that a line was taken from."""
        self._changed: set[str] = set()
        self._open: set[str] = set()
        """Running as far as is known: whose end may be told by other requests' lines."""
        self._overtaken: dict[str, StreamName] = {}
        """Over only as other requests' lines tell, and by which stream's: late ones may take it back."""
        self._unstarted: dict[str, StreamName] = {}
        self._values: dict[str, Invocation] = {}
        self._news = False
        """`_values` has changed since `_told` was made of it."""
        self._told: tuple[Invocation, ...] = ()

    def add(self, lines: Iterable[LogLine]) -> None:
        """Take lines, new or late; one whose event id is known already changes nothing."""
        late: dict[StreamName, tuple[Key, Key]] = {}
        touched: set[StreamName] = set()
        for line in lines:
            entry = self._entry(line)
            if entry is None:
                continue
            name = line.function_name, line.stream
            touched.add(name)
            if entry.named is not None and entry.named not in self._known:
                self._note_name(entry, entry.named, late)
            stream = self._streams.get(name)
            if stream is None:
                stream = self._streams[name] = Stream()
            if name in late or not stream.follows(entry.key):
                stream.insert(entry)
                _widen(late, entry)
            else:
                for told in stream.append(entry, self._known):
                    self._give(told)
        self._tell_again(late)
        for name in touched | late.keys():
            self._note_unstarted(name)
        if len(self._requests) > self._invocations_kept or self._held > self._lines_kept:
            self._drop()

    def invocations(self) -> tuple[Invocation, ...]:
        """All that are kept, newest first; the same tuple until a line has changed one."""
        self.sum_up()
        if self._news:
            self._told = tuple(sorted(self._values.values(), key=_AGE, reverse=True))
            self._news = False
        return self._told

    def sum_up(self) -> None:
        """Do now what `invocations` would do later for the lines added since: to be called after a few of many."""
        asked, self._changed = self._changed | self._open, set()
        for gathered in [self._requests[each] for each in asked if each in self._requests]:
            self._note_value(gathered)

    def lines_of(self, request_id: str) -> tuple[LogLine, ...]:
        """One invocation's lines, oldest first; none if it is not kept."""
        gathered = self._requests.get(request_id)
        name = self._unstarted.get(request_id)
        entries = gathered.entries if gathered else self._streams[name].place.pending if name else ()
        return tuple(entry.line for entry in sorted(entries, key=key_of))

    def totals(self) -> Totals:
        """What the kept invocations say together."""
        return totals(self.invocations(), self.dropped)

    # Taking lines

    def _entry(self, line: LogLine) -> OrderedLine | None:
        """The line as it is placed; None if it is here already or older than anything kept."""
        if line.event_id in self._seen:
            return None
        parsed = read(line.message)
        named = parsed.request_id
        if line.timestamp <= self._floor and not self._is_kept(line, named):
            return None
        if line.event_id:
            self._seen.add(line.event_id)
        self._held += 1
        if (
            parsed.kind is LineKind.START or parsed.kind is LineKind.REPORT
        ):  # Lambda's own: no client's clock runs ahead
            self._newest = max(self._newest, line.timestamp)
        loud = parsed.level is Level.ERROR or parsed.level is Level.FATAL
        failure = failure_of(line.message, parsed) if loud else None
        key = line.timestamp, line.event_id, line.message
        return OrderedLine(key, line, parsed.kind, named, loud, parsed.version, parsed.report, failure)

    def _is_kept(self, line: LogLine, named: str | None) -> bool:
        return named in self._requests if named else (line.function_name, line.stream) in self._streams

    def _note_name(self, entry: OrderedLine, named: str, late: dict[StreamName, tuple[Key, Key]]) -> None:
        """Once Lambda names a request, lines that named it before have to be told again."""
        if entry.kind is LineKind.APP:
            self._strays.setdefault(named, []).append(entry)
            return
        self._known.add(named)
        for stray in self._strays.pop(named, ()):
            _widen(late, stray)

    def _give(self, entry: OrderedLine, before: str | None = None) -> None:
        """Give an entry to the request it is told to belong to, if that is another one than before."""
        owner = entry.owner
        if owner == before:
            return
        if before is not None:
            self._lost.add(before)
        if owner is not None:
            gathered = self._requests.get(owner)
            if gathered is None:
                gathered = self._requests[owner] = Gathered(owner)
            gathered.take(entry)
            self._changed.add(owner)

    def _tell_again(self, late: dict[StreamName, tuple[Key, Key]]) -> None:
        for name, (first, last) in late.items():
            stream = self._streams[name]
            stood = stream.place
            for entry, before in stream.tell_again(first, last, self._known):
                self._give(entry, before)
            if (stream.place.owner, stream.place.began) != (stood.owner, stood.began):
                self._changed.update(each for each, where in self._overtaken.items() if where == name)
        lost, self._lost = self._lost, set()
        for request_id in lost:
            self._gather_again(request_id)

    def _gather_again(self, request_id: str) -> None:
        """Lines turned out to belong to another: gather those that are left."""
        left = dict.fromkeys(each for each in self._requests[request_id].entries if each.owner == request_id)
        if left:
            self._requests[request_id] = Gathered(request_id, left)
            self._changed.add(request_id)
        else:
            self._forget(request_id)

    def _note_unstarted(self, name: StreamName) -> None:
        """An environment that failed to start has an entry of its own until a request begins in it."""
        stream = self._streams[name]
        request_id = f"{_UNSTARTED}{name[1]}"
        value = unstarted(request_id, stream.place.pending)
        if value is not None:
            self._unstarted[request_id] = name
            self._news = self._news or self._values.get(request_id) != value
            self._values[request_id] = value
        elif request_id in self._unstarted:
            self._forget(request_id)

    # Telling them

    def _note_value(self, gathered: Gathered) -> None:
        over = gathered.is_open and self._is_over(gathered)
        value = gathered.invocation(over=over)
        request_id = gathered.request_id
        self._open.discard(request_id)
        self._overtaken.pop(request_id, None)
        if over:
            self._overtaken[request_id] = gathered.last.line.function_name, gathered.last.line.stream
        elif gathered.is_open:
            self._open.add(request_id)
        if self._values.get(request_id) != value:
            self._values[request_id] = value
            self._news = True

    def _is_over(self, gathered: Gathered) -> bool:
        """True if no report can be expected: the environment has gone on to another request, or it was too long ago."""
        if self._newest - gathered.last.at > _LONGEST:
            return True
        line = gathered.last.line
        place = self._streams[line.function_name, line.stream].place
        return place.owner != gathered.request_id and place.began is not None and place.began > gathered.last.key

    # Dropping the oldest

    def _drop(self) -> None:
        """Drop what ended first, and what is open only if nothing else is left, down to nine tenths of the limits."""
        waiting = {each for stream in self._streams.values() for each in stream.place.pending}
        requests, lines = len(self._requests), self._held - len(waiting)
        gone: set[str] = set()
        last = self._floor
        self.sum_up()
        for gathered in sorted(self._requests.values(), key=lambda each: (each.request_id in self._open, each.last.at)):
            if requests <= _KEPT_SHARE * self._invocations_kept and lines <= _KEPT_SHARE * self._lines_kept:
                break
            gone.add(gathered.request_id)
            requests, lines = requests - 1, lines - len(gathered.entries)
            last = max(last, gathered.last.at)
            if gathered.request_id not in self._open:
                self._floor = last
        self.dropped += len(gone)
        for request_id in gone:
            self._forget(request_id)
        for name in list(self._streams):
            self._thin(name, gone, last)

    def _thin(self, name: StreamName, gone: Container[str], last: datetime) -> None:
        stream = self._streams[name]
        for entry in stream.without(gone, last, self._floor):
            self._held -= 1
            self._seen.discard(entry.line.event_id)
            if entry.named is not None:
                self._strays.pop(entry.named, None)
        self._note_unstarted(name)
        if not stream.entries:
            del self._streams[name]

    def _forget(self, request_id: str) -> None:
        self._requests.pop(request_id, None)
        self._values.pop(request_id, None)
        self._unstarted.pop(request_id, None)
        self._known.discard(request_id)
        self._open.discard(request_id)
        self._overtaken.pop(request_id, None)
        self._news = True


def _widen(late: dict[StreamName, tuple[Key, Key]], entry: OrderedLine) -> None:
    """Let the stretch to be told again hold this entry."""
    name = entry.line.function_name, entry.line.stream
    first, last = late.get(name, (entry.key, entry.key))
    late[name] = min(first, entry.key), max(last, entry.key)
