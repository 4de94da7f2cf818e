"""The line that opens under the table to type a filter in; its input is created when it first opens."""

from typing import TYPE_CHECKING

from textual import events
from textual.containers import Container
from textual.message import Message

if TYPE_CHECKING:
    from textual.widgets import Input


_NAMES = "words that a function's name or runtime contains; !word inverts"


class FilterBar(Container):
    """Tells every change of the text. Enter keeps the filter, Escape takes it away; both close the line."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        display: none;
        &.-open { display: block; }
        & > Input { padding: 0 1; background: $panel; }
    }
    """

    class Changed(Message):
        """The filter is now this."""

        def __init__(self, pattern: str) -> None:
            super().__init__()
            self.pattern = pattern

    class Closed(Message):
        """The line closed; the filter stays as last typed."""

    async def open(self, pattern: str, placeholder: str = _NAMES) -> None:
        """Show the line with this text to edit, and a placeholder while it is empty."""
        from textual.widgets import Input  # 20 ms that the first frame need not wait for

        self.add_class("-open")
        field = Input(pattern, placeholder, compact=True)
        await self.mount(field)
        field.focus()

    def on_input_changed(self, message: "Input.Changed") -> None:
        message.stop()
        self.post_message(self.Changed(message.value.strip()))

    async def on_input_submitted(self, message: "Input.Submitted") -> None:
        message.stop()
        await self._close()

    async def key_escape(self, event: events.Key) -> None:
        event.stop()  # else what has the keyboard then, and the screen after it, would act on it, too
        self.post_message(self.Changed(""))
        await self._close()

    async def _close(self) -> None:
        self.remove_class("-open")
        await self.remove_children()
        self.post_message(self.Closed())
