"""What of the kept lines a log pane shows, and where in it the hits and the errors are. No widget, no event loop."""

from typing import Final

from lambdatop.model.logs.filter import AtLeast, Test, all_of, of_messages
from lambdatop.model.logs.kept_lines import Lines
from lambdatop.model.logs.levels import Level
from lambdatop.ui.panes.log.found import FoundLines
from lambdatop.ui.widgets.rows import Numbers, Shown

_ERRORS: Final = of_messages(AtLeast(Level.ERROR).matches)


class Selection:
    """The lines that pass the reader's filter, the search's hits among them, and the errors once they are asked for."""

    def __init__(self) -> None:
        self.lines = Lines()
        self.chosen: FoundLines | None = None
        self.hits: FoundLines | None = None
        self.errors: FoundLines | None = None

    @property
    def shown(self) -> Shown:
        """The lines to show, by their numbers."""
        return self.chosen if self.chosen is not None else Numbers(self.lines.first, self.lines.end)

    def begin(self, lines: Lines) -> None:
        """These are the lines now: another log's, or the same one's read anew."""
        self.lines = lines
        chosen, hits, errors = self.chosen, self.hits, self.errors
        self.chosen = FoundLines(chosen.test, lines) if chosen is not None else None
        self.hits = FoundLines(hits.test, lines, self.chosen) if hits is not None else None
        self.errors = FoundLines(errors.test, lines, self.chosen) if errors is not None else None

    def arrived(self, lines: Lines) -> bool:
        """The same lines and newer ones, perhaps without the oldest; True if what is shown is not what it was."""
        fewer = lines.first > self.lines.first
        self.lines = lines
        passed = [found.arrived(lines) for found in (self.chosen, self.hits, self.errors) if found is not None]
        return fewer or self.chosen is None or passed[0] > 0

    def choose(self, *tests: Test) -> None:
        """Show only the lines for which all of these hold."""
        search = self.hits.test if self.hits is not None else None
        self.chosen = FoundLines(all_of(tests), self.lines) if tests else None
        self.errors = None
        self.search(search)

    def search(self, test: Test | None) -> None:
        """Find this among the shown lines."""
        self.hits = FoundLines(test, self.lines, self.chosen) if test is not None else None

    def find_errors(self) -> FoundLines:
        """The errors among the shown lines, from now on."""
        if self.errors is None:
            self.errors = FoundLines(_ERRORS, self.lines, self.chosen)
        return self.errors

    def look_back(self) -> bool:
        """Test one chunk more of older lines; False if all have been tested."""
        founds = (self.chosen, self.hits, self.errors)
        unfinished = [found for found in founds if found is not None and not found.complete]
        for found in unfinished:
            found.look_back(self.lines)
        return bool(unfinished)


def step(found: FoundLines, here: int | None, direction: int) -> int | None:
    """The found line next after `here`, or before it; the newest if `here` is None; from either end on to the other.

    None if there is none, or if it is not known yet.
    """
    count = len(found)
    if not count:
        return None
    if here is None:
        return found.number(count - 1)
    if direction > 0:
        place = found.place(here + 1)
        known = found.complete or (found.tested_from <= here + 1 and place < count)
    else:
        place = found.place(here) - 1
        known = found.complete or place >= 0
    return found.number(place % count) if known else None
