"""The log of the function in focus: following its end, or read line by line, searched, filtered, opened and copied."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import count
from typing import ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.widget import Widget

from lambdatop.model.focus import Focus
from lambdatop.model.logs.filter import of_messages, request_at
from lambdatop.model.logs.json_records import short_id
from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.tail_status import TailStatus
from lambdatop.state import State
from lambdatop.ui.commands import Area, bindings
from lambdatop.ui.messages import LogEventOpened, LogWanted
from lambdatop.ui.notify import copy, say
from lambdatop.ui.panes.log.choice import LineChoice, words
from lambdatop.ui.panes.log.found import FoundLines
from lambdatop.ui.panes.log.jumps import line_at, trace_of
from lambdatop.ui.panes.log.selection import Selection, step
from lambdatop.ui.panes.log.style import TIME_WIDTH, styled
from lambdatop.ui.panes.pane import PAUSED, Pane
from lambdatop.ui.widgets.bar import Bar
from lambdatop.ui.widgets.filterbar import FilterBar
from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.words import format, timespans
from lambdatop.words.spans import Span

_FILTER = 'words, "a phrase", /regex/ or level:warn; each inverse after !'
_SEARCH = "text or /regex/ to find; n and N go on"
_SHOWN_EVERY = 16
_ESCAPE: Sequence[Span] = (("Esc", "accent"), (" clears", "dim"))


class LogPane(Pane):
    """Shows `State.seen.log`; scrolling up pauses, the end follows again.

    One is for the requests that are looked at; the others stay as they are meanwhile, to be gone back to.
    """

    SOURCE = "logs"
    PLACE = Area.LOG
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.LOG)]

    def __init__(self, *, of_request: bool = False) -> None:
        super().__init__()
        self._of_request = of_request
        self._view = LogLines(self._style, head=TIME_WIDTH)
        self._prompt = FilterBar()
        self._searching = False
        self._note = Bar(classes="note")
        self._choice = LineChoice()
        self._selection = Selection()
        self._source: tuple[object, ...] = ()
        self._sought: tuple[FoundLines, int] | None = None
        self._seeks = False
        """The lines of a request come, and the reader is not yet where he wanted to be in them."""

    def content(self) -> Iterator[Widget]:
        yield self._view
        yield self._note
        yield self._prompt

    def on_mount(self) -> None:
        self.watch(self._view, "follow", self._retitle, init=False)

    # What the source told

    def fill(self, old: State, new: State) -> None:
        if (new.focus.request is not None) is not self._of_request:
            return
        if new.seen.log is not old.seen.log or new.focus is not old.focus:
            self._take(new)
        if new.health is not old.health or new.focus is not old.focus or new.seen.log is not old.seen.log:
            self._retitle()
            self._view.stale = self.SOURCE in new.health
            empty = "no lines in this time" if new.seen.log is not None else self.waiting()
            self.absent(None if len(self._selection.lines) else empty)

    def _take(self, state: State) -> None:
        focus, lines = state.focus, state.seen.log.lines if state.seen.log is not None else None
        ends = (focus.until, focus.moment, focus.request)
        source = (focus.function, focus.log_minutes, focus.live, *ends, lines is None)
        if source != self._source:
            if self._source and self._source[0] != focus.function:
                self._choose(replace(self._choice, request=None))
            self._source = source
            self._seeks = focus.request is not None
            self._selection.begin(Selection().lines if lines is None else lines)
            self._view.begin(self._selection.shown)
            self._look_back()
        elif lines is None or not (self._selection.arrived(lines) or self._seeks):
            return
        self._view.show(self._selection.shown)
        self._renote()
        if self._seeks and state.seen.log is not None and state.seen.log.tail.whole:
            self._seeks = False
            self._go_to_sought(focus)

    def _go_to_sought(self, focus: Focus) -> None:
        """Of a request that was jumped to, show the moment that was jumped from."""
        number = line_at(self._selection.lines, focus.request.around) if focus.request is not None else None
        if number is not None and self._choice == LineChoice():
            self._view.go_to(number)

    def _retitle(self) -> None:
        log, focus = self.state.seen.log, self.state.focus
        request = focus.request
        of_present = focus.moment is None and focus.until is None and request is None
        minutes = focus.log_minutes if focus.moment is None and request is None else None
        last = f"last {format.age(minutes * 60)}" if minutes is not None else None
        doing = ("following" if self._view.follow else "paused · G follows") if log and of_present else None
        told = tail_words(log.tail, follows=self._view.follow) if log else ["LIVE …"] if focus.live else []
        if log is not None and not of_present:
            told = [f"{len(log.lines):,} lines", *past_words(log.tail)]
        if self.paused:
            doing, told = PAUSED, []
        only = f"request {short_id(request.request_id)}" if request is not None else timespans.moment(self.state)
        self.title("log", focus.function, last, only, doing, *told)

    def _style(self, number: int) -> Sequence[Span]:
        return styled(self._selection.lines.at(number), self._choice.sought)

    # What the reader chose

    def _choose(self, choice: LineChoice) -> None:
        old, self._choice = self._choice, choice
        if (choice.filter, choice.level, choice.request) != (old.filter, old.level, old.request):
            self._selection.choose(*choice.tests)
        if choice.search != old.search:
            self._selection.search(of_messages(choice.sought.matches) if choice.sought is not None else None)
        self._sought = None
        self._view.show(self._selection.shown)
        self._view.restyle()
        self._look_back()
        self._renote()

    @work(group="look back", exclusive=True)
    async def _look_back(self) -> None:
        """Go through the older lines a chunk at a time, so that keys and new lines are served in between.

        What is found is shown at once at first and then now and again: painting costs more than looking.
        """
        turns = count()
        while self._selection.look_back():
            self._seek()
            if (turn := next(turns)) < _SHOWN_EVERY or turn % _SHOWN_EVERY == 0:
                self._show_found()
            await asyncio.sleep(0)
        self._show_found()

    def _show_found(self) -> None:
        if self._selection.chosen is not None:
            self._view.show(self._selection.shown)
        self._renote()

    def _renote(self) -> None:
        spans = words(self._choice, self._selection, None if self._view.follow else self._view.cursor)
        self._note.display = bool(spans)
        self._note.show(spans, _ESCAPE if spans else ())

    @on(LogLines.CursorMoved)
    def _cursor_moved(self, message: LogLines.CursorMoved) -> None:
        message.stop()
        self._renote()

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        message.stop()
        if self._searching:
            self._choose(replace(self._choice, search=message.pattern))
        else:
            self._choose(replace(self._choice, filter=message.pattern))

    def on_filter_bar_closed(self, message: FilterBar.Closed) -> None:
        message.stop()
        self._view.focus()
        if self._searching:
            self._jump(self._selection.hits, 1)

    async def action_search(self) -> None:
        self._searching = True
        await self._prompt.open(self._choice.search, _SEARCH)

    async def action_filter(self) -> None:
        self._searching = False
        await self._prompt.open(self._choice.filter, _FILTER)

    def action_level(self) -> None:
        self._choose(replace(self._choice, level=self._choice.next_level))

    def action_request(self) -> None:
        number = self._view.cursor
        if self._choice.request is not None or number is None:
            self._choose(replace(self._choice, request=None))
            return
        request = request_at(self._selection.lines, number)
        if request is None:
            say(self.app, "this line names no request, nor does one before it in its stream")
        else:
            self._choose(replace(self._choice, request=request))

    def action_clear(self) -> None:
        if self._choice == LineChoice() and self._selection.errors is None:
            raise SkipAction
        self._selection.errors = None
        self._choose(LineChoice())

    # Where the reader goes

    def action_hit(self, direction: int) -> None:
        self._jump(self._selection.hits, direction)

    def action_error(self, direction: int) -> None:
        self._jump(self._selection.find_errors(), direction)
        self._look_back()

    def _jump(self, found: FoundLines | None, direction: int) -> None:
        if found is not None:
            self._sought = (found, direction)
            self._seek()
            self._renote()

    def _seek(self) -> None:
        """Go where the reader wanted to as soon as it is known where that is."""
        if self._sought is None:
            return
        number = step(self._sought[0], None if self._view.follow else self._view.cursor, self._sought[1])
        if number is not None:
            self._sought = None
            self._view.go_to(number)

    def action_newest(self) -> None:
        self._view.action_newest()

    def action_oldest(self) -> None:
        self._view.action_oldest()

    def action_toggle_wrap(self) -> None:
        self._view.action_toggle_wrap()

    # What becomes of a line

    @property
    def _line(self) -> LogLine | None:
        number = self._view.cursor
        return self._selection.lines.at(number) if number is not None else None

    def action_open(self) -> None:
        if self._line is not None:
            self.post_message(LogEventOpened(self._line))

    def on_log_lines_opened(self, message: LogLines.Opened) -> None:
        message.stop()
        self.action_open()

    def action_copy(self) -> None:
        if self._line is not None:
            copy(self.app, self._line.message)

    def action_trace(self) -> None:
        """The trace of the line's request; while the log follows there is no line to mean."""
        focus, number = self.state.focus, self._view.cursor
        if number is None or (self._view.follow and focus.request is None):
            raise SkipAction
        row = self.state.fleet.rows.get(focus.function or "")
        found = trace_of(self._selection.lines, number, row.function if row is not None else None)
        if isinstance(found, str):
            say(self.app, found)
        else:
            self.post_message(found)

    # What the source is asked for

    def action_range(self, minutes: int | None = None) -> None:
        self.post_message(LogWanted(minutes, live=self.state.focus.live))
        self._view.follow = True

    def action_live(self) -> None:
        self.post_message(LogWanted(self.state.focus.log_minutes, live=not self.state.focus.live))


def past_words(tail: TailStatus) -> list[str]:
    """How far a stretch of time that is past has been read."""
    told = [] if tail.whole or tail.note is not None else ["reading …"]
    return [*told, *([tail.note] if tail.note is not None else []), *([f"{tail.late:,} late"] if tail.late else [])]


def tail_words(tail: TailStatus, *, follows: bool) -> list[str]:
    """How the tail does, in the order of what the reader must know first."""
    told = ["LIVE"] if tail.mode == "live" else []
    if tail.sampled:
        told.append("SAMPLED")
    if tail.note is not None:
        told.append(tail.note)
    if tail.behind_s is not None and follows:
        told.append(f"{tail.behind_s:.1f} s behind")
    if tail.poll_s is not None:
        told.append(f"every {tail.poll_s:.1f} s")
    if tail.late:
        told.append(f"{tail.late:,} late")
    if tail.gaps:
        told.append(f"{tail.gaps:,} gaps filled")
    return told
