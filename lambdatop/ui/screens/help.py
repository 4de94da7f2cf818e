"""The keys that work where the user is, from the one declaration of them all."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lambdatop import __version__
from lambdatop.ui.commands import MOVING, Place, at
from lambdatop.ui.screens.leaving import Dialog

_MOUSE = (
    ("click", "select a row, press a key of the bottom line"),
    ("title", "a click on a column's title sorts by it, another turns the order"),
    ("wheel", "scroll"),
)
_GLYPHS = (
    ("▲", "$text-error", "sick: red is critical, amber a warning"),
    ("●", "$text-success", "fine"),
    ("○", "$text-muted", "idle: not invoked in three hours"),
    ("◌", "$text-muted", "not measured yet"),
    ("!", "$text-error", "an alarm is in ALARM"),
    ("–", "$text-muted", "unknown, which is not zero"),
)


class HelpScreen(Dialog[None]):
    """Scrolls where it does not fit; Escape, q, ? and Enter close it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1,enter", "dismiss", show=False)]

    def __init__(self, places: tuple[Place, ...], *, read_only: bool = False) -> None:
        super().__init__()
        self._places = places
        self._read_only = read_only

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as box:
            box.border_title = Content(f"lambdatop {__version__} · help")
            box.border_subtitle = Content("Escape closes")
            for place in self._places:
                yield Static(_section(place, self._read_only), classes="help-section")
            yield Static(_table("Moving", MOVING), classes="help-section")
            yield Static(_table("Mouse", _MOUSE), classes="help-section")
            yield Static(_legend(), classes="help-section")

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss()


def _section(place: Place, read_only: bool) -> Content:
    return _table(place.value, [(command.shown, command.help) for command in at(place, read_only=read_only)])


def _table(title: str, lines: "list[tuple[str, str]] | tuple[tuple[str, str], ...]") -> Content:
    parts: list[Content | tuple[str, str]] = [(f"{title}\n", "bold")]
    for key, text in lines:
        parts += [(f"{key:>8}", "$text-accent"), Content(f"  {text}\n")]
    return Content.assemble(*parts)


def _legend() -> Content:
    parts: list[Content | tuple[str, str]] = [("Signs\n", "bold")]
    for glyph, colour, text in _GLYPHS:
        parts += [(f"{glyph:>8}", colour), Content(f"  {text}\n")]
    return Content.assemble(*parts)
