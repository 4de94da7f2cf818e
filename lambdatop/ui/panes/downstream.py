"""Where the time of the function in focus goes, across its traces, and the service map around it."""

from collections.abc import Iterator

from textual.widget import Widget
from textual.widgets import Static

from lambdatop.state import State
from lambdatop.ui.panes.pane import Pane


class DownstreamPane(Pane):
    """Shows `State.downstream`."""

    SOURCE = "downstream"

    def content(self) -> Iterator[Widget]:
        yield Static()

    def fill(self, old: State, new: State) -> None:
        self.title("downstream")
        self.absent(self.waiting())
