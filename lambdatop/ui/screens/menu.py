"""F9: all that can be done to the functions meant, with their keys."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from lambdatop.model.text import safe
from lambdatop.ui.commands import MENU, Area, Command, at
from lambdatop.ui.screens.base import Dialog
from lambdatop.ui.widgets.options import Options


class MenuScreen(Dialog[str | None]):
    """Answers the action that was chosen, or None. The actions' own keys choose them here, too."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,f9", "dismiss", show=False)]

    def __init__(self, functions: Sequence[str], *, read_only: bool) -> None:
        super().__init__()
        self._commands = [each for each in at(Area.REMEDY, read_only=read_only) if each.action != "app.menu"]
        self._list = Options(*(Option(_line(command), id=command.action) for command in self._commands), id="menu")
        self._title = functions[0] if len(functions) == 1 else f"{len(functions)} functions"

    def compose(self) -> ComposeResult:
        yield self._list

    def on_mount(self) -> None:
        self._list.border_title = Content(safe(self._title))
        self._list.border_subtitle = Content("Enter opens a plan, which asks first · Escape closes")
        self._list.focus()

    def on_key(self, event: events.Key) -> None:
        chosen = next((each for each in self._commands if event.key in each.keys.split(",")), None)
        if chosen is not None:
            event.stop()
            self.dismiss(chosen.action)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option_id)


def _line(command: Command) -> Content:
    key = "" if command.shown == MENU else command.shown
    return Content.assemble((f"{key:>3}  ", "bold"), command.help)
