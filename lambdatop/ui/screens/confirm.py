"""A question over the screen before something that costs: no is what Enter answers unless yes is chosen."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from lambdatop.model.text import safe
from lambdatop.ui.screens.question import Question
from lambdatop.ui.widgets.options import Options


class ConfirmScreen(Question[bool]):
    """Answers True only for a yes; Escape and `n` are a no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,n", "answer(False)", show=False),
        Binding("y", "answer(True)", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str], *, yes: str, no: str) -> None:
        super().__init__()
        self._title = title
        self._text = Static(Content("\n").join(Content(safe(line)) for line in lines))
        self._choice = Options(Option(Content(safe(no)), id="no"), Option(Content(safe(yes)), id="yes"))

    def compose(self) -> ComposeResult:
        with Vertical(id="confirm") as box:
            box.border_title = Content(safe(self._title))
            box.border_subtitle = Content("y yes · n no · Escape closes")
            yield self._text
            yield self._choice

    def on_mount(self) -> None:
        self._choice.highlighted = 0
        self._choice.focus()

    def action_answer(self, yes: bool) -> None:
        if self.armed or not yes:
            self.dismiss(yes)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        self.action_answer(message.option_id == "yes")
