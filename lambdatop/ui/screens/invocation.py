"""One invocation over the screen: what it came to in a line, and under it all its lines."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from lambdatop.model.invocations.invocation import Invocation
from lambdatop.model.logs.line import LogLine
from lambdatop.model.text import safe
from lambdatop.ui.content.invocations import memory, outcome
from lambdatop.ui.messages import LogEventOpened, TraceOpened
from lambdatop.ui.notify import copy, say
from lambdatop.ui.panes.log.style import TIME_WIDTH, styled
from lambdatop.ui.screens.base import Dialog
from lambdatop.ui.widgets.bar import Bar
from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.ui.widgets.rows import Numbers
from lambdatop.words import format
from lambdatop.words.spans import Span


class InvocationScreen(Dialog[None]):
    """Scrolls; Enter opens a line's whole event, `x` the trace, `y` copies the request id, Escape closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,i", "dismiss", show=False),
        Binding("enter", "open", show=False),
        Binding("x", "trace", show=False),
        Binding("y,c", "copy", show=False),
    ]

    def __init__(self, invocation: Invocation, lines: Sequence[LogLine], no_trace: str) -> None:
        """`no_trace` says why it has no trace, should it have none."""
        super().__init__()
        self._invocation = invocation
        self._no_trace = no_trace
        self._lines = lines
        self._view = LogLines(lambda number: styled(lines[number]), head=TIME_WIDTH)
        self._view.set_reactive(LogLines.follow, False)
        self._view.set_reactive(LogLines.wrap, True)
        self._summary = Bar()

    def compose(self) -> ComposeResult:
        with Vertical(id="invocation") as box:
            box.border_title = Content(safe(f"{self._invocation.function_name} · {self._invocation.request_id}"))
            box.border_subtitle = Content("Enter opens a line · x trace · y copies the id · w wraps · Esc closes")
            yield self._summary
            yield self._view

    def on_mount(self) -> None:
        self._summary.show(list(summary(self._invocation)))
        self._view.show(Numbers(0, len(self._lines)))
        self._view.focus()

    def on_log_lines_opened(self, message: LogLines.Opened) -> None:
        message.stop()
        self.action_open()

    def action_open(self) -> None:
        if self._view.cursor is not None:
            self.post_message(LogEventOpened(self._lines[self._view.cursor]))

    def action_trace(self) -> None:
        if self._invocation.trace_id is not None:
            self.post_message(TraceOpened(self._invocation.trace_id))
        else:
            say(self.app, self._no_trace)

    def action_copy(self) -> None:
        copy(self.app, self._invocation.request_id)


def summary(invocation: Invocation) -> Iterator[Span]:
    """What the invocation came to: `▲ error · KeyError: 'sku' · 1.9 s · billed 2.1 s · 412/1,024 MB · init 310 ms`."""
    yield from outcome(invocation)
    used = memory(invocation)
    size = "" if isinstance(used, str) or invocation.used_mb is None else "".join(text for text, _ in used)
    facts = (
        safe(invocation.error or ""),
        _fact("", invocation.duration_ms),
        _fact("billed ", invocation.billed_ms),
        f"{size} MB" if size else "",
        _fact("init ", invocation.init_ms),
        _fact("restore ", invocation.restore_ms),
        safe(f"version {invocation.version}") if invocation.version else "",
        f"attempt {invocation.attempts}" if invocation.attempts > 1 else "",
        f"{invocation.lines:,} lines",
        safe(f"trace {invocation.trace_id}") if invocation.trace_id else "",
    )
    for fact in filter(None, facts):
        yield (" · ", "dim")
        yield (fact, "plain")


def _fact(name: str, ms: float | None) -> str:
    return f"{name}{format.duration(ms)}" if ms is not None else ""
