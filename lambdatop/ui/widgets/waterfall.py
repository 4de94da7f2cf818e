"""A trace as bars to scale under one another: what waited for what, and where the time went.

A table whose rows are the trace's branches and whose last column is time. The critical path is bright in the row that
it is spent in, so that from left to right exactly one row is: the eye follows it down to what took so long.
"""

from collections.abc import Callable, Sequence
from typing import Final

from textual import events

from lambdatop.model.traces.critical_path import CriticalStretch
from lambdatop.model.traces.segments import Segment, Trace
from lambdatop.model.traces.waterfall_rows import Branch, WaterfallRow, above, branches, rows
from lambdatop.ui.widgets.table import Table
from lambdatop.ui.widgets.timeline import columns, fails, indent

_GUTTER: Final = 2
_SIGN: Final = 2


class Waterfall(Table[WaterfallRow]):
    """One trace. When it is read again, the cursor stays on its row, and opened rows stay open."""

    # With the scroll bar's cell always kept, one that comes does not have all lines drawn twice.
    DEFAULT_CSS = "Waterfall { scrollbar-gutter: stable; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__((), key=lambda row: row.key, gap=1, id=id)
        self._trace: Trace | None = None
        self._tree: Sequence[Branch] = ()
        self._toggled: set[str] = set()
        self._named: frozenset[str] = frozenset()

    def show_trace(self, trace: Trace | None, path: Sequence[CriticalStretch], named: frozenset[str]) -> None:
        """Show a trace and its critical path; `named` are the ids of the segments that are its bottleneck."""
        if trace is None or self._trace is None or trace.id != self._trace.id:
            self._toggled.clear()
            self.action_first()
        self._trace, self._named = trace, named
        self._tree = branches(trace, path) if trace is not None else ()
        self.lay_out(self.view_width)
        self.forget_strips()
        self._lay()

    def _lay(self) -> None:
        self.show([*rows(self._tree, self._toggled)])

    def lay_out(self, width: int) -> None:
        if self._trace is not None:
            self._columns = columns(self._trace, self._tree, self._named, width - _GUTTER)
        super().lay_out(width)

    # What is open

    def turn(self) -> None:
        """Open or close the row under the cursor."""
        row = self.cursor_row
        if row is not None and row.opens:
            self._toggled ^= {row.key}
            self._lay()

    def unfold(self) -> None:
        """Open the row under the cursor; if it is open, go to the first under it."""
        row = self.cursor_row
        if row is not None and row.is_open:
            self.action_move(1)
        else:
            self.turn()

    def fold(self) -> None:
        """Close the row under the cursor; if there is nothing to close, go to what it hangs under."""
        row = self.cursor_row
        if row is None:
            return
        if row.is_open:
            self.turn()
        elif row.branch.parent is not None:
            self.move_to(self._tree[row.branch.parent].key)

    def on_click(self, event: events.Click) -> None:
        row = self._with_sign_at(event)
        if row is not None:
            event.prevent_default()  # a double click on the sign is two clicks
            self.move_to(row.key)
            self.turn()

    def _with_sign_at(self, event: events.Click) -> WaterfallRow | None:
        """The row whose open/close marker was clicked."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y == 0 or not self._places:
            return None
        index = self.scroll_offset.y + offset.y - 1
        row = self.rows[index] if index < len(self.rows) else None
        if row is None or not row.opens:
            return None
        return row if 0 <= offset.x - _GUTTER - indent(row.branch, self._places[0].width) < _SIGN else None

    # Where to go

    def go_to_error(self, step: int) -> bool:
        """Go to the next failing segment, or the one before; False if there is none."""
        return self._go_round(fails, step)

    def go_to_bottleneck(self) -> bool:
        """Go to the segment that is the bottleneck, or to the next of them; False if there is none."""
        return self._go_round(lambda segment: segment.id in self._named, 1)

    def _go_round(self, wanted: Callable[[Segment], bool], step: int) -> bool:
        """Go to the next segment of that kind, and behind the last one to the first."""
        row = self.cursor_row
        each = enumerate(self._tree)
        places = [place for place, branch in each if not branch.is_run and wanted(branch.segments[0])]
        if row is None or not places:
            return False
        ahead = [place for place in places if (place > row.place if step > 0 else place < row.place)]
        self._reveal((ahead or places)[0 if step > 0 else -1])
        return True

    def _reveal(self, place: int) -> None:
        for branch in above(self._tree, place):
            if branch.is_run:
                self._toggled.add(branch.key)
            else:
                self._toggled.discard(branch.key)
        self._lay()
        self.move_to(self._tree[place].key)
