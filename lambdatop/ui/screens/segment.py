"""One segment of a trace over the waterfall: its times, what it called, and why it failed."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from lambdatop.model.text import safe
from lambdatop.model.traces.segments import Segment, Trace
from lambdatop.ui.content.segments import facts
from lambdatop.ui.notify import copy
from lambdatop.ui.screens.base import Dialog
from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.ui.widgets.rows import Numbers
from lambdatop.words.spans import Span


class SegmentScreen(Dialog[None]):
    """Scrolls; `w` wraps, `y` copies, Escape closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", show=False),
        Binding("y,c", "copy", show=False),
    ]

    def __init__(self, segment: Segment, trace: Trace) -> None:
        super().__init__()
        self._segment = segment
        self._lines = [*facts(segment, trace)]
        self._view = LogLines(self._style, id="segment")
        self._view.set_reactive(LogLines.follow, False)
        self._view.set_reactive(LogLines.wrap, True)

    def compose(self) -> ComposeResult:
        yield self._view

    def on_mount(self) -> None:
        self._view.border_title = Content(safe(self._segment.title))
        self._view.border_subtitle = Content("y copies · w wraps · Escape closes")
        self._view.show(Numbers(0, len(self._lines)))
        self._view.focus()

    def _style(self, number: int) -> Sequence[Span]:
        return self._lines[number]

    def action_copy(self) -> None:
        copy(self.app, "\n".join("".join(text for text, _ in line) for line in self._lines))
