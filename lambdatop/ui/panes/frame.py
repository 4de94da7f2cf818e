"""What every pane has around it: a title with the function's name, and in the frame the trouble of its source."""

from textual.content import Content
from textual.widget import Widget

from lambdatop.model.text import safe
from lambdatop.state import SourceFailed, State


def title(widget: Widget, *parts: str | None) -> None:
    """Put the parts that are there into the frame's title, as plain text."""
    shown = Content(" · ".join(safe(part) for part in parts if part))
    if widget.border_title != shown.markup:
        widget.border_title = shown


def trouble(widget: Widget, failed: SourceFailed | None) -> None:
    """Say in the frame what keeps the pane's source from answering, or take it away."""
    widget.set_class(failed is not None, "-troubled")
    shown = Content(f"▲ {safe(failed.error)}") if failed else Content("")
    if (widget.border_subtitle or "") != shown.markup:
        widget.border_subtitle = shown


def waiting(state: State, source: str) -> str:
    """What an empty pane says: why there is nothing yet."""
    failed = state.health.get(source)
    if failed is not None:
        return safe(failed.error)
    return "…" if state.focus.function else "no function selected"
