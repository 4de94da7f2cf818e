"""What every live pane has around its content: a titled frame, its source's trouble, and a word where it is empty."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.commands import Area, hints, remedy_key
from lambdatop.ui.widgets.fitting import fitting
from lambdatop.ui.widgets.tones import width_of
from lambdatop.updates import FocusSource

_BETWEEN: Final = " · "
_CORNERS: Final = 6
"""Cells of the frame beside a title, with the blanks around that."""
PAUSED: Final = "paused · p goes on"


class Pane(Container):
    """A pane over one source of the focus function. A subclass gives `content` and overrides `fill`."""

    SOURCE: ClassVar[FocusSource]
    """The source's name in `State.health`."""
    ASKS: ClassVar[tuple[FocusSource, ...]] = ()
    """What else is asked while the pane is in view."""
    PLACE: ClassVar[Area | None] = None
    """Where its own keys are declared; those of the footer stand in its frame while it has the keyboard."""
    state: reactive[State] = reactive(State(), repaint=False, init=False)
    paused: reactive[bool] = reactive(False, repaint=False, init=False)

    class Seen(Message):
        """The pane came into view or went out of it."""

    def __init__(self) -> None:
        super().__init__(classes="pane")
        self._in_view = False
        self._enters_later = False
        self._absence = Static(classes="absence")
        self._told_absent: str | None = None
        self._title: tuple[str, ...] = ()

    def content(self) -> Iterator[Widget]:
        """The widgets that show the source's answers."""
        raise NotImplementedError

    def fill(self, old: State, new: State) -> None:
        """Show the new state."""
        raise NotImplementedError

    @property
    def sources(self) -> frozenset[FocusSource]:
        """What has to be asked for the pane as it is: nothing while nobody sees it."""
        return frozenset({self.SOURCE, *self.ASKS}) if self._in_view else frozenset()

    def on_show(self, event: events.Show) -> None:
        self._turn(in_view=True)

    def on_hide(self, event: events.Hide) -> None:
        self._turn(in_view=False)

    def _turn(self, *, in_view: bool) -> None:
        if in_view is not self._in_view:
            self._in_view = in_view
            self.post_message(self.Seen())

    def enter(self) -> None:
        """Take the keyboard at once, as keys may follow; while there is nothing to show yet, as soon as there is."""
        self._enters_later = self.has_class("-absent")
        if self.is_attached and not self.has_focus_within:  # its screen was left, or the user is typing here already
            self.screen.set_focus(None if self._enters_later else self.reader, scroll_visible=False)

    @property
    def reader(self) -> Widget:
        """What takes the keyboard."""
        return next(self.content())

    def compose(self) -> ComposeResult:
        yield from self.content()
        yield self._absence

    def on_mount(self) -> None:
        self.fill(State(), self.state)

    def watch_state(self, old: State, new: State) -> None:
        self.fill(old, new)
        failed = new.health.get(self.SOURCE)
        if failed is not old.health.get(self.SOURCE):
            self.set_class(failed is not None, "-troubled")
            self._foot()

    def watch_paused(self) -> None:
        """What is told where nothing is known depends on it as it does on the source's health."""
        self.fill(replace(self.state, health={}), self.state)

    def on_resize(self, event: events.Resize) -> None:
        self._head()
        self._foot()

    def on_descendant_focus(self) -> None:
        self._foot()

    def on_descendant_blur(self) -> None:
        self._foot()

    def _foot(self) -> None:
        """Its source's trouble in the lower edge of the frame, or else its keys."""
        failed = self.state.health.get(self.SOURCE)
        keys = self._in_frame(hints(self.PLACE)) if self.PLACE is not None and self.has_focus_within else None
        self.border_subtitle = Content(f"▲ {safe(failed.error)}") if failed else keys

    def remedy(self, name: str) -> str | None:
        """The key of a remedy for what is missing here; None where it cannot be used, as in read-only mode."""
        return remedy_key(name) if self.app.check_action("remedy", (name,)) else None

    def title(self, *parts: str | None) -> None:
        """Put the parts that are there into the frame's title, as plain text, the last ones if there is room."""
        self._title = tuple(safe(part) for part in parts if part)
        self._head()

    def _head(self) -> None:
        shown = self._in_frame(self._title)
        if self.border_title != shown.markup:
            self.border_title = shown

    def _in_frame(self, parts: Sequence[str]) -> Content:
        """The parts for which there is room between the frame's corners."""
        fit = fitting(parts, self.outer_size.width - _CORNERS, width=width_of, gap=len(_BETWEEN))
        return Content(_BETWEEN.join(fit))

    def absent(self, reason: str | None) -> None:
        """Say why there is nothing to show, in the place of the content; None shows the content."""
        if reason != self._told_absent:  # telling it anew would lay out the whole screen
            self._told_absent = reason
            self.set_class(reason is not None, "-absent")
            self._absence.update(Content(safe(reason or "")))
        if reason is None and self._enters_later:
            self.call_after_refresh(self.enter)

    def waiting(self) -> str:
        """What is said before the first answer: the source's trouble, or that it has been asked, or is not."""
        failed = self.state.health.get(self.SOURCE)
        if failed is not None:
            return failed.error
        if not self.state.focus.function:
            return "no function selected"
        return f"nothing is asked while {PAUSED}" if self.paused else "asking AWS …"
