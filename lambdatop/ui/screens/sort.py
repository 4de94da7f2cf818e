"""The menu of the columns that the table can be ordered by."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from lambdatop.config import SORT_COLUMNS, SortColumn
from lambdatop.ui.screens.base import Dialog
from lambdatop.ui.widgets.options import Options

_WORDS: dict[SortColumn, str] = {
    "sick": "sickest first",
    "name": "name",
    "invocations": "invocations a minute",
    "errors": "error rate",
    "throttles": "throttles",
    "p50": "p50 duration",
    "p95": "p95 duration",
    "p99": "p99 duration",
    "concurrency": "concurrent executions",
    "cold": "cold starts",
    "memory": "memory size",
    "cost": "cost per hour",
}


class SortMenu(Dialog[SortColumn | None]):
    """Answers the chosen column, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,f6", "dismiss", show=False)]

    def __init__(self, current: str) -> None:
        super().__init__()
        self._list = Options(*(Option(Content(words), id=column) for column, words in _WORDS.items()), id="sort")
        self._list.border_title = Content("sort by")
        self._current = current

    def compose(self) -> ComposeResult:
        yield self._list

    def on_mount(self) -> None:
        self._list.highlighted = next(i for i, column in enumerate(SORT_COLUMNS) if column == self._current)
        self._list.focus()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(next(column for column in SORT_COLUMNS if column == message.option_id))
