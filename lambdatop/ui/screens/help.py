"""The keys that work where the user is, from the one declaration of them all."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from lambdatop import __version__
from lambdatop.ui.commands import MOVING, Area, at
from lambdatop.ui.screens.base import Dialog
from lambdatop.ui.widgets.paragraphs import Paragraphs
from lambdatop.words.spans import Span, Tone

_MOUSE = (
    ("click", "select a row, press a key of the bottom line"),
    ("title", "a click on a column's title sorts by it, another turns the order"),
    ("wheel", "scroll"),
)
_GLYPHS: Final[tuple[tuple[str, Tone, str], ...]] = (
    ("▲", "bad", "sick: red is critical, amber a warning"),
    ("●", "good", "fine"),
    ("○", "dim", "idle: not invoked in three hours"),
    ("◌", "dim", "not measured yet"),
    ("!", "bad", "an alarm is in ALARM"),
    ("–", "dim", "unknown, which is not zero"),
)
_KEYS: Final = 8
"""Cells for a key."""
Line = Sequence[Span]


class HelpScreen(Dialog[None]):
    """Scrolls where it does not fit; Escape, q, ? and Enter close it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1,enter", "dismiss", show=False)]

    def __init__(self, places: tuple[Area, ...], *, read_only: bool = False) -> None:
        super().__init__()
        self._places = places
        self._read_only = read_only

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as box:
            box.border_title = Content(f"lambdatop {__version__} · help")
            box.border_subtitle = Content("Escape closes")
            for place in self._places:
                yield self._part(_section(place, self._read_only))
            yield self._part(_table("Moving", MOVING))
            yield self._part(_table("Mouse", _MOUSE))
            yield self._part(_lines("Signs", _GLYPHS))

    def _part(self, lines: Iterable[Line]) -> Paragraphs:
        part = Paragraphs(indent=_KEYS + 2, classes="help-section")
        part.show(lines)
        return part

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss()


def _section(place: Area, read_only: bool) -> Iterator[Line]:
    return _table(place.value, [(command.shown, command.help) for command in at(place, read_only=read_only)])


def _table(title: str, lines: Iterable[tuple[str, str]]) -> Iterator[Line]:
    return _lines(title, ((key, "accent", text) for key, text in lines))


def _lines(title: str, lines: Iterable[tuple[str, Tone, str]]) -> Iterator[Line]:
    yield [(title, "strong")]
    for key, tone, text in lines:
        yield [(f"{key:>{_KEYS}}", tone), (f"  {text}", "plain")]
