"""The log of the function in focus, following its end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textual.widget import Widget

from lambdatop.model.logs import Kind, Level, LogLine, read
from lambdatop.model.text import cut, safe
from lambdatop.state import State
from lambdatop.ui import format
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.ui.widgets.tones import Span, Tone

_LEVELS: dict[Level | None, Tone] = {
    Level.ERROR: "bad",
    Level.FATAL: "bad",
    Level.WARN: "warn",
    Level.DEBUG: "dim",
    Level.TRACE: "dim",
}
_QUIET = {Kind.START, Kind.END, Kind.INIT, Kind.PLATFORM}


TIME_WIDTH = 13


@dataclass(frozen=True, slots=True)
class Shown:
    """One event as it is shown, made harmless: nothing of it may be trusted."""

    time: str
    text: str
    tone: Tone


def shown(line: LogLine) -> Shown:
    """The event's time, level and text."""
    parsed = read(line.message)
    text, more = cut(parsed.text)
    tone: Tone = "dim" if parsed.kind in _QUIET else _LEVELS.get(parsed.level, "plain")
    if parsed.kind is Kind.REPORT and tone == "plain":
        tone = "accent"
    level = f"{parsed.level.value:<5} " if parsed.level is not None and parsed.kind is Kind.APP else ""
    rest = f" +{more:,} bytes" if more else ""
    return Shown(format.clock(line.timestamp, millis=True), f"{level}{safe(text, newlines=True)}{rest}", tone)


def _spans(line: Shown) -> Iterable[Span]:
    return ((f"{line.time} ", "dim"), (line.text, line.tone))


class LogPane(Pane):
    """Shows `State.log`; scrolling up pauses, the end follows again."""

    SOURCE = "logs"

    def __init__(self) -> None:
        super().__init__()
        self._lines = LogLines(_spans, lambda line: line.text, head=TIME_WIDTH)
        self._next = 0
        self._function: str | None = None

    def content(self) -> Iterator[Widget]:
        yield self._lines

    def on_mount(self) -> None:
        self.watch(self._lines, "follow", self._retitle, init=False)

    def fill(self, old: State, new: State) -> None:
        if new.log is not old.log or new.focus is not old.focus:
            self._take(new)
        if new.health is not old.health or new.focus is not old.focus or new.log is not old.log:
            self._retitle()
            self._lines.stale = self.SOURCE in new.health
            empty = "no lines in the last 15 minutes" if new.log is not None else self.waiting()
            self.absent(None if self._lines.lines else empty)

    def _take(self, state: State) -> None:
        log = state.log
        if state.focus.function != self._function or log is None:
            self._function, self._next = state.focus.function, 0
            self._lines.clear()
        if log is not None:
            self._lines.extend(map(shown, log.lines[max(0, self._next - log.first) :]))
            self._next = log.first + len(log.lines)

    def _retitle(self) -> None:
        log, follows = self.state.log, self._lines.follow
        following = ("following" if follows else "paused · G follows") if log else None
        behind_s = log.tail.behind_s if log else None
        behind = f"{behind_s:.1f} s behind" if behind_s is not None and follows else None
        self.title("log", self.state.focus.function, following, behind)
