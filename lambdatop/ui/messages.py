"""What screens and panes tell the app: past tense, never a call."""

from typing import Literal

from textual.message import Message

PaneName = Literal["charts", "log", "invocations", "traces"]


class FocusWanted(Message):
    """The cursor rests on this function: its charts, log and traces are wanted."""

    def __init__(self, function: str) -> None:
        super().__init__()
        self.function = function


class FunctionOpened(Message):
    """A function was opened, perhaps on one of its panes."""

    def __init__(self, function: str, pane: PaneName | None = None) -> None:
        super().__init__()
        self.function = function
        self.pane = pane


class LogWanted(Message):
    """The log read so far back in minutes, None for its newest lines; by Live Tail or by polling."""

    def __init__(self, minutes: int | None, *, live: bool) -> None:
        super().__init__()
        self.minutes = minutes
        self.live = live


class WindowWanted(Message):
    """Another length of the focus window, in minutes."""

    def __init__(self, minutes: int) -> None:
        super().__init__()
        self.minutes = minutes
