"""When a table was copied from which of AWS's pages: what AWS publishes there changes, and no API says that it has.

Every module of tables in this folder names its own in `READINGS`. A test fails a year after the oldest of them, and
`python -m tests.reference_review` prints what to look up.
"""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct


class ReadOn(Struct, frozen=True, kw_only=True):
    """One look at AWS's page.

    Where only the month was noted, `read_on` is its first day; where nothing was, the day on which the table was
    committed.
    """

    table: str
    """What was copied, in a few words."""
    page: str
    """Where it was read: the page's address without its scheme, or AWS's name for it."""
    read_on: date
    look_up: str
    """What to compare with the page, with its unit."""

    def age_days(self, today: date) -> int:
        """Days since it was read."""
        return (today - self.read_on).days

    @property
    def due_on(self) -> date:
        """The day, a year later, from which on it has to be read again."""
        return _a_year_after(self.read_on)


def overdue(readings: Iterable[ReadOn], today: date) -> tuple[ReadOn, ...]:
    """Those that were read a year ago or earlier, the oldest first."""
    return tuple(sorted((each for each in readings if each.due_on <= today), key=lambda each: each.read_on))


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)
