"""A log pane alone in an app, as the screens hold it: fed with updates, pressed, and read back as text."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive

from lambdatop.model.focus import Focus
from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.tail_status import POLLING, TailStatus
from lambdatop.state import State, reduce
from lambdatop.ui.messages import LogEventOpened, LogWanted
from lambdatop.ui.panes.log.pane import LogPane
from lambdatop.ui.screens.log_event import EventScreen
from lambdatop.ui.theme import THEME
from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.updates import FocusMoved, LogsArrived, Update
from tests.model.factories import NOW

STREAM = "2026/11/03/[$LATEST]8f507cfc"


def line(number: int, message: str, stream: str = STREAM) -> LogLine:
    at = NOW + timedelta(milliseconds=number)
    return LogLine(
        timestamp=at,
        ingestion_time=at,
        stream=stream,
        event_id=str(number),
        message=message,
        function_name="checkout-api",
    )


class LogHost(App[None]):
    """Keys that the pane must have for itself while it has the focus are noted in `escaped` if they get through."""

    CSS_PATH = "../../lambdatop/ui/lambdatop.tcss"
    BINDINGS = [Binding(key, f"escaped('{key}')") for key in ("escape", "y", "E", "1", "l")]  # noqa: RUF012

    state: reactive[State] = reactive(State(), repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(THEME)
        self.theme = THEME.name
        self.pane = LogPane()
        self.escaped: list[str] = []
        self.wanted: list[tuple[int | None, bool]] = []
        self.copied: list[str] = []
        self._sent = 0

    def compose(self) -> ComposeResult:
        yield self.pane.data_bind(LogHost.state)

    def on_mount(self) -> None:
        self.take(FocusMoved(Focus("checkout-api")))
        self.pane.enter()

    def take(self, update: Update) -> None:
        self.state = reduce(self.state, update)

    def logs(self, *messages: str, tail: TailStatus = POLLING) -> None:
        """Let these messages arrive, a millisecond apart."""
        self.lines([line(self._sent + place, message) for place, message in enumerate(messages)], tail)

    def lines(self, lines: Sequence[LogLine], tail: TailStatus = POLLING) -> None:
        self._sent += len(lines)
        self.take(LogsArrived("checkout-api", tuple(lines), tail))

    def on_log_wanted(self, message: LogWanted) -> None:
        self.wanted.append((message.minutes, message.live))

    def on_log_event_opened(self, message: LogEventOpened) -> None:
        self.push_screen(EventScreen(message.line))

    def action_escaped(self, key: str) -> None:
        self.escaped.append(key)

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    # What is seen

    @property
    def view(self) -> LogLines:
        return self.screen.query_one(LogLines)

    @property
    def title_text(self) -> str:
        return Content.from_markup(self.pane.border_title or "").plain

    @property
    def note(self) -> str:
        """The line under the log, without its right part."""
        text = self.screen.query_one(".note")
        return "".join(text_of(text)).rpartition("Esc")[0].strip() if text.display else ""

    def seen(self) -> list[str]:
        """The rows of the log without their times."""
        return [row[13:].rstrip(" ▄▀█") for row in text_of(self.view) if row.strip()]


def text_of(widget: object) -> Iterable[str]:
    size = widget.size  # type: ignore[attr-defined]
    return [widget.render_line(y).text for y in range(size.height)]  # type: ignore[attr-defined]


def numbered(first: int, last: int) -> list[str]:
    return [f"line {number}" for number in range(first, last + 1)]
