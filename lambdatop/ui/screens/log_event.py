"""One log event in full, over the log: JSON indented, up to 1 MB of it, the first screen at once."""

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from lambdatop.model.logs import pretty_event as pretty
from lambdatop.model.logs.line import LogLine
from lambdatop.model.text import safe
from lambdatop.ui.notify import copy
from lambdatop.ui.panes.log.style import size
from lambdatop.ui.screens.base import Dialog
from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.ui.widgets.rows import Numbers
from lambdatop.words import format
from lambdatop.words.spans import Span

ROWS_AT_ONCE = 1_000
LONGEST_ROW = 4_000
"""A longer one is several, so that none takes long to wrap."""


class EventScreen(Dialog[None]):
    """Scrolls; `w` wraps, `y` copies, Escape closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", show=False),
        Binding("y,c", "copy", show=False),
    ]

    def __init__(self, line: LogLine) -> None:
        super().__init__()
        self._line = line
        self._rows: list[str] = []
        self._view = LogLines(self._style, id="event")
        self._view.set_reactive(LogLines.follow, False)
        self._view.set_reactive(LogLines.wrap, True)

    def compose(self) -> ComposeResult:
        yield self._view

    def on_mount(self) -> None:
        line = self._line
        bytes_ = size(len(line.message.encode("utf-8", "surrogatepass")))
        parts = (format.clock(line.timestamp, millis=True), line.function_name, line.stream, bytes_)
        self._view.border_title = Content(safe(" · ".join(parts)))
        self._view.border_subtitle = Content("y copies · w wraps · Escape closes")
        self._view.focus()
        self._fill(_pieces(line.message))

    @work
    async def _fill(self, rows: Iterator[str]) -> None:
        while more := list(islice(rows, ROWS_AT_ONCE)):
            self._rows += more
            self._view.show(Numbers(0, len(self._rows)))
            await asyncio.sleep(0)

    def _style(self, number: int) -> tuple[Span, ...]:
        return ((safe(self._rows[number]), "plain"),)

    def action_copy(self) -> None:
        copy(self.app, self._line.message)


def _pieces(message: str) -> Iterator[str]:
    for row in pretty.rows(message):
        for start in range(0, max(1, len(row)), LONGEST_ROW):
            yield row[start : start + LONGEST_ROW]
