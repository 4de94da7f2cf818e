"""Which of the kept lines pass a test: a filter's lines, a search's hits, the errors.

A million lines are not tested at once: from the newest back, a chunk at a time, so that what the reader sees is there
first; and each line that arrives.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import neg

from lambdatop.model.logs.filter import Test
from lambdatop.model.logs.kept_lines import Lines


class FoundLines:
    """The numbers of the lines found so far, in order; `complete` once all that are kept have been tested.

    With `among` it looks at the lines alone that were found there: that one is to be told first of what is new, and to
    look back first.
    """

    def __init__(self, test: Test, lines: Lines, among: "FoundLines | None" = None) -> None:
        self.test = test
        self._among = among
        self._older = array("Q")  # downward from where the testing began
        self._newer = array("Q")
        self._first = self._end = lines.end
        self._kept = lines.first

    def __len__(self) -> int:
        return len(self._older) + len(self._newer)

    @property
    def complete(self) -> bool:
        """True if no kept line is left to be tested."""
        return self._first <= self._kept

    @property
    def tested_from(self) -> int:
        """All lines with this number or a greater one have been tested."""
        return self._first

    def arrived(self, lines: Lines) -> int:
        """Test the lines that are new, forget the ones that are no longer kept; how many of the new ones passed."""
        passed = len(self._newer)
        first = max(self._end, lines.first)
        self._newer.extend(self._passing(lines, first, lines.end))
        passed = len(self._newer) - passed
        self._end = lines.end
        if lines.first > self._kept:
            self._kept = lines.first
            self._forget(lines.first)
        return passed

    def look_back(self, lines: Lines) -> None:
        """Test one chunk more of the older lines."""
        if not self.complete:
            first = lines.chunk_before(self._first)
            self._older.extend(reversed(self._passing(lines, first, self._first)))
            self._first = first

    def number(self, place: int) -> int:
        """The number of the found line at a place."""
        older = len(self._older)
        return self._older[older - 1 - place] if place < older else self._newer[place - older]

    def place(self, number: int) -> int:
        """The place of the first found line with that number or a greater one; the length if there is none."""
        return len(self._older) - bisect_right(self._older, -number, key=neg) + bisect_left(self._newer, number)

    def between(self, first: int, end: int) -> Sequence[int]:
        """The found ones of the lines with these numbers, in order."""
        return [self.number(place) for place in range(self.place(first), self.place(end))]

    def _forget(self, first: int) -> None:
        while self._older and self._older[-1] < first:
            self._older.pop()
        del self._newer[: bisect_left(self._newer, first)]

    def _passing(self, lines: Lines, first: int, end: int) -> Sequence[int]:
        found = self._among.between(first, end) if self._among is not None else None
        if found == []:  # no chunk is unpacked for nothing
            return found
        passing: list[int] = []
        for stretch in lines.stretches(first, end):
            numbers = stretch.numbers
            passing += self.test(stretch, numbers if found is None else (each for each in found if each in numbers))
        return passing
