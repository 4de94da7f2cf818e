"""What all charts of a screen share, in any pane: the time cursor, and the marks of changes."""

from collections.abc import Iterable

from msgspec.structs import replace

from lambdatop.model.changes.marks import Change
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.widgets.charts import Mark, Plot


def overlaid(plots: Iterable[Plot], state: State) -> list[Plot]:
    """The plots with cursor and marks; in a window that is past no period is still filling."""
    cursor = state.focus.cursor
    at = cursor.start.timestamp() if cursor is not None else None
    marks = tuple(_mark(change) for change in state.seen.changes)
    is_past = state.focus.until is not None
    return [replace(_filled(plot) if is_past else plot, cursor=at, marks=marks) for plot in plots]


def is_changed(old: State, new: State) -> bool:
    """True if the overlay of the charts has to be redrawn."""
    return new.focus is not old.focus or new.seen.changes is not old.seen.changes


def _mark(change: Change) -> Mark:
    return Mark(change.at.timestamp(), safe(change.label), "strong")


def _filled(plot: Plot) -> Plot:
    return replace(plot, lines=tuple(replace(line, filling=False) for line in plot.lines))
