"""Cold starts counted in REPORT lines: all lines of a quiet function, of a busy one those of periods spread evenly.

FilterLogEvents is free but rationed, so that a pass reads a few pages, newest first, and what has settled is not read
again: the picture fills up from pass to pass.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing

from msgspec import Struct, field

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.invocations.cold_starts import ColdStartBasis, ColdStarts, Origin, Tally, counted, tallied
from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.report import parse_report
from lambdatop.sources.logs.log_group import LogGroup
from lambdatop.sources.logs.pace import Pace
from lambdatop.sources.logs.report_samples import report_pattern

FEW_REPORTS = 4_000
"""Up to this many invocations in the window, all reports are read."""
SPREAD = 12
"""Beyond that, this many periods are sampled."""
PAGES_PER_PASS = 12
PAUSE_S = 0.25
SETTLED_S = 150
"""Lines come late: a period is read again until it has been over for so long."""


class ReportCount(Struct):
    """The periods read so far, by their beginnings."""

    tallies: dict[int, tuple[Tally, ...]] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)
    cut: set[int] = field(default_factory=set)
    """Those of which a part was read."""

    async def read(self, aws: Gate, clock: Clock, setting: ColdStartBasis) -> AsyncIterator[ColdStarts]:
        """One pass: the count after each stretch. Raises AwsError."""
        self._forget_before(int(setting.window.start.timestamp()))
        pages, pace = PAGES_PER_PASS, Pace(PAUSE_S, region=aws.region)
        unread = [at for at in wanted_periods(setting, clock.now().timestamp()) if at not in self.settled]
        for start, end in reversed(list(stretches(unread, setting.period_s))):
            if pages > 0:
                pages -= await self._stretch(aws, clock, pace, setting, start, end, pages)
                yield self._counted(setting, clock.now().timestamp())
                await clock.sleep(PAUSE_S)
        if not unread:
            yield self._counted(setting, clock.now().timestamp())

    async def _stretch(
        self, aws: Gate, clock: Clock, pace: Pace, setting: ColdStartBasis, start: int, end: int, pages: int
    ) -> int:
        """Read from `start` to `end`, epoch seconds, in at most `pages` pages; returns how many it took."""
        function, now = setting.function, clock.now().timestamp()
        group = LogGroup(name=function.log_group, functions=(function,), pattern=report_pattern(function))
        lines: list[LogLine] = []
        read, cut = 0, False
        async with aclosing(group.once(aws, clock, pace, start * 1000, end * 1000)) as reading:
            async for page in reading:
                read += 1
                lines += page
                if cut := read == pages or (bool(page) and not is_few(setting)):
                    break
        known_to = end if not cut else int(lines[-1].timestamp.timestamp()) if lines else start
        self._take(lines, range(start, end, setting.period_s), known_to, now)
        return read

    def _take(self, lines: Sequence[LogLine], periods: range, known_to: int, now: float) -> None:
        """Keep what is known of each period: a part of one is kept only if there is no whole one."""
        reports = ((line.timestamp, line.stream, report) for line in lines if (report := parse_report(line.message)))
        by_period: dict[int, list[Tally]] = defaultdict(list)
        for tally in tallied(reports, periods.step):
            by_period[tally.at].append(tally)
        for at in periods:
            end = at + periods.step
            if end <= known_to or (at == periods.start and known_to > at):
                self.tallies[at] = tuple(by_period[at])
                (self.cut.add if end > known_to else self.cut.discard)(at)
                if end + SETTLED_S <= now:
                    self.settled.add(at)

    def _counted(self, setting: ColdStartBasis, now: float) -> ColdStarts:
        everything = begun_periods(setting, now)
        sampled = bool(self.cut) or not self.tallies.keys() >= set(everything)
        tallies = (tally for its in self.tallies.values() for tally in its)
        return counted(tallies, setting, Origin.REPORTS, read=self.tallies.keys(), sampled=sampled)

    def _forget_before(self, start: int) -> None:
        for at in [at for at in self.tallies if at < start]:
            del self.tallies[at]
            self.settled.discard(at)
            self.cut.discard(at)


def is_few(setting: ColdStartBasis) -> bool:
    """True if all of the window's REPORT lines are read."""
    return (setting.invoked.total() or 0) <= FEW_REPORTS


def begun_periods(setting: ColdStartBasis, now: float) -> range:
    """The window's periods that have begun, by their beginnings."""
    start, end = int(setting.window.start.timestamp()), int(setting.window.end.timestamp())
    return range(start, min(end, int(now) + 1), setting.period_s)


def wanted_periods(setting: ColdStartBasis, now: float) -> Sequence[int]:
    """The periods to read: all, or some spread evenly, always the same ones however the window moves on."""
    periods = begun_periods(setting, now)
    if is_few(setting):
        return periods
    stride = setting.period_s * max(1, -(-len(periods) // SPREAD))
    return [at for at in periods if at % stride == 0]


def stretches(periods: Sequence[int], period_s: int) -> Iterator[tuple[int, int]]:
    """Neighbouring periods as one stretch, from its beginning to its end; in order."""
    begin = end = None
    for at in periods:
        if at != end:
            if begin is not None and end is not None:
                yield begin, end
            begin = at
        end = at + period_s
    if begin is not None and end is not None:
        yield begin, end
