"""The live panes side by side: which are open, which is chosen where there is room for one, which has it all."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import reactive

from lambdatop.clock import Clock
from lambdatop.state import State
from lambdatop.ui.commands import Area, tabs
from lambdatop.ui.messages import PaneName, PanesChanged
from lambdatop.ui.widgets.bar import KeyBar
from lambdatop.updates import FocusSource

if TYPE_CHECKING:
    from lambdatop.ui.panes.pane import Pane

USUAL: Final[Sequence[PaneName]] = ("charts", "log", "invocations", "traces")
DETAILED: Final[Sequence[PaneName]] = ("downstream", "insights", "starts")
"""What looks deeper, and costs calls of its own."""
_TAKES_DIGITS: Final = "log"
"""The pane in which digits are stretches of time, and open and close no panes."""


@runtime_checkable
class Watching(Protocol):
    """A screen that shows the function in focus."""

    @property
    def sources(self) -> frozenset[FocusSource]:
        """What has to be asked for what it shows now."""


class LivePanes(Container):
    """Panes over the function in focus.

    The stylesheet shows all that are not `-closed`, or in a `-narrow` screen the `-chosen` one; with `-maximised` the
    chosen one alone, wherever. There are none until `furnish`: their modules and widgets would take a third of the time
    to the first rows.
    """

    state: reactive[State] = reactive(State(), repaint=False, init=False)
    paused: reactive[bool] = reactive(False, repaint=False, init=False)

    def __init__(
        self,
        clock: Clock,
        names: Sequence[PaneName] = USUAL,
        *,
        chosen: PaneName = "log",
        closed: Sequence[PaneName] = (),
        only: bool = False,
        place: Area = Area.FLEET,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id, classes="-empty")
        self._clock = clock
        self._names = names
        self._chosen = chosen
        self._shut = set(closed)
        self._only = only
        """The screen has nothing else: a pane takes the keyboard as soon as there is one, and the last one stays."""
        self._panes: dict[PaneName, Pane] = {}
        self._telling = False
        self._tabs = KeyBar(tabs(place, names), classes="tabs")
        """Where there is room for one pane: which others there are."""

    def compose(self) -> ComposeResult:
        yield self._tabs

    async def furnish(self) -> None:
        """Make the panes. To be called by `call_next`, as they are bound to this widget's values."""
        if not self.is_attached:  # the program has ended meanwhile
            return
        made = makers(self._clock)
        self._panes = {name: made[name]() for name in self._names}
        self._arrange()
        await self.mount(*(pane.data_bind(LivePanes.state, LivePanes.paused) for pane in self._panes.values()))
        if self.maximised or self._only:
            self._panes[self._chosen].enter()

    @property
    def sources(self) -> frozenset[FocusSource]:
        """What has to be asked for the panes that are in view."""
        return frozenset().union(*(pane.sources for pane in self._panes.values()))

    def on_pane_seen(self) -> None:
        """Tell of all that came and went with one layout at once."""
        if not self._telling:
            self._telling = True
            self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        self._telling = False
        self.post_message(PanesChanged())

    @property
    def maximised(self) -> bool:
        """True while one pane has all the room."""
        return self.has_class("-maximised")

    def shows_alone(self, name: PaneName) -> bool:
        """True while this pane has all the room."""
        return self.maximised and self._chosen == name

    @property
    def focused(self) -> PaneName | None:
        """The pane that has the keyboard."""
        return next((name for name, pane in self._panes.items() if pane.has_focus_within), None)

    def toggle(self, name: PaneName, *, alone: bool) -> bool:
        """Open or close a pane; where one stands `alone`, choose it, or close it if it is the one.

        True if the keyboard has to go elsewhere: it was in what is closed now, or would get to the log, where the
        digits that led there are stretches of time.
        """
        had, is_open = self.focused, self._open(alone)
        if name not in is_open:
            self.open(name, alone=alone)
            if not alone or not (had or self._only):
                return False
            if name in self._panes and name != _TAKES_DIGITS:
                self._panes[name].enter()
            return name == _TAKES_DIGITS
        if self._only and len(is_open) == 1:
            return False
        if alone:
            self.add_class("-closed")
        else:
            self._shut.add(name)
        self._arrange()
        return had == name

    def open(self, name: PaneName, *, alone: bool) -> None:
        """Have a pane seen beside the others, or where one stands `alone` in their place."""
        if alone:
            self._chosen = name
            self.remove_class("-closed")
        else:
            self._shut.discard(name)
        self._arrange()

    def enter(self, *, alone: bool) -> None:
        """Give the keyboard to the first open pane where the digits are those of the panes."""
        others = [name for name in self._open(alone) if name != _TAKES_DIGITS]
        if others:
            self._panes[others[0]].enter()
        else:
            self.screen.set_focus(None)

    def _open(self, alone: bool) -> Sequence[PaneName]:
        if alone:
            return [self._chosen] if not self.has_class("-closed") else []
        return [name for name in self._names if name not in self._shut]

    def on_descendant_focus(self) -> None:
        self._tabs.tell_keys(self.focused != _TAKES_DIGITS)

    def on_descendant_blur(self) -> None:
        self._tabs.tell_keys(True)

    def maximise(self, name: PaneName) -> None:
        """Give one pane all the room."""
        self._chosen = name
        self._arrange()
        self.add_class("-maximised")
        if name in self._panes:
            self._panes[name].enter()

    def restore(self) -> None:
        """Back to all open panes."""
        self.remove_class("-maximised")

    def _arrange(self) -> None:
        """Give the panes that there are their classes."""
        for name, pane in self._panes.items():
            pane.set_class(name == self._chosen, "-chosen")
            pane.set_class(name in self._shut, "-closed")
        self._tabs.mark(self._chosen)
        self.set_class(self._shut >= self._panes.keys(), "-empty")


def makers(clock: Clock) -> Mapping[PaneName, Callable[[], "Pane"]]:
    """How each pane is made. Their modules are imported here, behind the first rows."""
    from lambdatop.ui.panes.charts import ChartsPane
    from lambdatop.ui.panes.cold_starts import StartsPane
    from lambdatop.ui.panes.downstream import DownstreamPane
    from lambdatop.ui.panes.insights import InsightsPane
    from lambdatop.ui.panes.invocations import InvocationsPane
    from lambdatop.ui.panes.log.pane import LogPane
    from lambdatop.ui.panes.traces import TracesPane

    return {
        "charts": ChartsPane,
        "log": LogPane,
        "invocations": lambda: InvocationsPane(clock),
        "traces": TracesPane,
        "downstream": DownstreamPane,
        "insights": InsightsPane,
        "starts": StartsPane,
    }
