"""What the lines of one request say together, whichever of them came first."""

from collections.abc import Iterable

from lambdatop.model.invocations.invocation import FAILED, Invocation, Outcome
from lambdatop.model.invocations.stream_order import OrderedLine, key_of
from lambdatop.model.logs.failures import headline
from lambdatop.model.logs.levels import LineKind
from lambdatop.model.logs.line import read
from lambdatop.model.logs.report import Report, Status

_OUTCOMES: dict[Status, Outcome] = {
    "ok": Outcome.OK,
    "error": Outcome.ERROR,
    "timeout": Outcome.TIMEOUT,
    "oom": Outcome.OUT_OF_MEMORY,
}


class Gathered:
    """The lines of one request. Taking one costs the same however many there are."""

    def __init__(self, request_id: str, lines: Iterable[OrderedLine] = ()) -> None:
        self.request_id = request_id
        self.entries: list[OrderedLine] = []
        self._starts: list[OrderedLine] = []
        self._ends: list[OrderedLine] = []
        self._reports: list[OrderedLine] = []
        self._failures: list[OrderedLine] = []
        self._loud: OrderedLine | None = None
        for entry in lines:
            self.take(entry)

    def take(self, entry: OrderedLine) -> None:
        """Add a line."""
        if not self.entries:
            self.first = self.last = entry
        elif entry.key > self.last.key:
            self.last = entry
        elif entry.key < self.first.key:
            self.first = entry
        self.entries.append(entry)
        if entry.kind is not LineKind.APP or entry.loud:
            self._note(entry)

    def _note(self, entry: OrderedLine) -> None:
        if entry.failure is not None:
            self._failures.append(entry)
        elif entry.report is not None:
            self._reports.append(entry)
        elif entry.kind is LineKind.START:
            self._starts.append(entry)
        elif entry.kind is LineKind.END:
            self._ends.append(entry)
        elif entry.kind is LineKind.APP and (self._loud is None or entry.key < self._loud.key):
            self._loud = entry

    @property
    def is_open(self) -> bool:
        """True while the report on the last attempt is missing."""
        report = _last(self._reports)
        start = _last(self._starts)
        return report is None or (start is not None and start.at > report.at)

    def invocation(self, *, over: bool) -> Invocation:
        """The invocation, which is over even without a report if other lines say so."""
        start, end, told = _last(self._starts), _last(self._ends), _last(self._reports)
        report = told.report if told and not self.is_open else None
        ended = told if report else end if end and (not start or end.key > start.key) else None
        outcome = self._outcome(told, report, over=over)
        return Invocation(
            request_id=self.request_id,
            function_name=self.first.line.function_name,
            stream=(start or self.last).line.stream,
            version=start.version if start else None,
            outcome=outcome,
            started=(start or self.first).at,
            ended=ended.at if ended else None,
            duration_ms=report.duration_ms if report else None,
            billed_ms=self._billed_ms(),
            memory_mb=report.memory_mb if report else None,
            used_mb=report.used_mb if report else None,
            init_ms=report.init_ms if report else None,
            restore_ms=report.restore_ms if report else None,
            cold=_cold(report),
            trace_id=report.trace_id if report else None,
            error=self._error(outcome, report) if outcome in FAILED else None,
            lines=len(self.entries),
            attempts=max(1, len(self._starts), len(self._reports)),
        )

    def _outcome(self, told: OrderedLine | None, report: Report | None, *, over: bool) -> Outcome:
        causes = {entry.failure.cause for entry in self._failures if entry.failure and self._of_last_attempt(entry)}
        if told is not None and report is not None:
            explicit = told.line.message.startswith("{")  # the old text form says nothing of errors
            if report.status != "ok" or explicit or not causes:
                return _OUTCOMES[report.status]
        if "timeout" in causes:
            return Outcome.TIMEOUT
        if causes:
            full = report is not None and report.memory_mb is not None and (report.used_mb or 0) >= report.memory_mb
            return Outcome.OUT_OF_MEMORY if "killed" in causes and full else Outcome.ERROR
        return Outcome.UNKNOWN if over else Outcome.RUNNING

    def _of_last_attempt(self, entry: OrderedLine) -> bool:
        """A line of the environment's start stands before its first attempt."""
        start = _last(self._starts) if len(self._starts) > 1 else None
        return start is None or entry.at >= start.at

    def _error(self, outcome: Outcome, report: Report | None) -> str | None:
        """The runtime's words before Lambda's, and both before what the function logged on its way."""
        failures = [
            (not failure.by_runtime, entry.key, failure)
            for entry in self._failures
            if (failure := entry.failure) and self._of_last_attempt(entry)
        ]
        if outcome is Outcome.TIMEOUT:
            failures = [each for each in failures if each[2].cause == "timeout"]
        if failures:
            return min(failures, key=lambda each: each[:2])[2].text
        if outcome is Outcome.ERROR and self._loud is not None and self._of_last_attempt(self._loud):
            return headline(read(self._loud.line.message).text)
        return report.error_type if report else None

    def _billed_ms(self) -> int | None:
        billed = [e.report.billed_ms for e in self._reports if e.report and e.report.billed_ms is not None]
        return sum(billed) if billed else None


def unstarted(request_id: str, entries: Iterable[OrderedLine]) -> Invocation | None:
    """What an environment's lines say that was given no request: a failure to start, or nothing."""
    gathered = Gathered(request_id, entries)
    if not any(entry.failure for entry in gathered.entries):
        return None
    return gathered.invocation(over=True)


def _last(entries: list[OrderedLine]) -> OrderedLine | None:
    return max(entries, key=key_of, default=None)


def _cold(report: Report | None) -> bool | None:
    """Unknown without a report, and where that tells nothing but a duration (Lambda Managed Instances)."""
    if report is None or (report.memory_mb is None and not report.cold):
        return None
    return report.cold
