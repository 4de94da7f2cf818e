"""The log of the function in focus, following its end."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.reactive import reactive

from lambdatop.model.logs import Kind, Level, LogLine, read
from lambdatop.model.text import cut, safe
from lambdatop.state import State
from lambdatop.ui import format
from lambdatop.ui.commands import Place, bindings
from lambdatop.ui.panes import frame
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


def spans(line: LogLine) -> list[Span]:
    """One event as it is shown: time, level, text. Made harmless here, as nothing of it may be trusted."""
    parsed = read(line.message)
    text, more = cut(parsed.text)
    tone: Tone = "dim" if parsed.kind in _QUIET else _LEVELS.get(parsed.level, "plain")
    shown: list[Span] = [(f"{format.clock(line.timestamp, millis=True)} ", "dim")]
    if parsed.kind is Kind.REPORT and tone == "plain":
        tone = "accent"
    if parsed.level is not None and parsed.kind is Kind.APP:
        shown.append((f"{parsed.level.value:<5} ", tone))
    shown.append((safe(text, newlines=True), tone))
    if more:
        shown.append((f" +{more:,} characters", "dim"))
    return shown


class LogPane(Container):
    """Shows `State.log`; scrolling up pauses, the end follows again."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Place.LOG)]
    state: reactive[State] = reactive(State(), repaint=False, init=False)

    def __init__(self) -> None:
        super().__init__(classes="pane")
        self._lines = LogLines(spans)
        self._next = 0
        self._function: str | None = None

    def enter(self) -> None:
        """Take the keyboard."""
        self._lines.focus()

    def compose(self) -> ComposeResult:
        yield self._lines

    def on_mount(self) -> None:
        self._title()

    def watch_state(self, old: State, new: State) -> None:
        if new.log is not old.log or new.focus.function != self._function:
            self._take(new)
        if new.health is not old.health or new.focus is not old.focus or new.log is not old.log:
            self._title()

    def _take(self, state: State) -> None:
        log = state.log
        if state.focus.function != self._function or log is None:
            self._function, self._next = state.focus.function, 0
            self._lines.clear()
        if log is not None:
            self._lines.extend(log.lines[max(0, self._next - log.first) :])
            self._next = log.first + len(log.lines)

    def on_log_lines_follow_changed(self) -> None:
        self._title()

    def _title(self) -> None:
        state = self.state
        function, log = state.focus.function, state.log
        following = "following" if self._lines.follow else "paused · G follows"
        behind = f"{log.behind_s:.1f} s behind" if log and log.behind_s is not None and self._lines.follow else None
        frame.title(self, "log", function, following if log else None, behind)
        frame.trouble(self, state.health.get("logs"))
        self._lines.placeholder = frame.waiting(state, "logs") if log is None else "no lines in the last 15 minutes"

    def action_newest(self) -> None:
        self._lines.follow = True

    def action_oldest(self) -> None:
        self._lines.action_scroll_home()

    def action_toggle_wrap(self) -> None:
        self._lines.wrap = not self._lines.wrap
