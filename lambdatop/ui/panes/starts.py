"""The cold starts of the function in focus: how many, how long, of which version, at what cost."""

from collections.abc import Iterator

from textual.widget import Widget
from textual.widgets import Static

from lambdatop.state import State
from lambdatop.ui.panes.pane import Pane


class StartsPane(Pane):
    """Shows `State.starts`."""

    SOURCE = "starts"

    def content(self) -> Iterator[Widget]:
        yield Static()

    def fill(self, old: State, new: State) -> None:
        self.title("starts")
        self.absent(self.waiting())
