"""What Lambda Insights knows of the function in focus, or how to get to know it."""

from collections.abc import Iterator

from textual.widget import Widget
from textual.widgets import Static

from lambdatop.state import State
from lambdatop.ui.panes.pane import Pane


class InsightsPane(Pane):
    """Shows `State.insights`."""

    SOURCE = "insights"

    def content(self) -> Iterator[Widget]:
        yield Static()

    def fill(self, old: State, new: State) -> None:
        self.title("insights")
        self.absent(self.waiting())
