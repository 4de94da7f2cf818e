"""What AWS publishes that has to be read again: `python -m tests.reference_review`.

Lists every table copied from AWS's pages, the oldest reading first, with its age, the page and what to compare. Change
the table and its `read_on` together. The exit code is 1 if a reading is a year old.
"""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from importlib import import_module
from pkgutil import iter_modules

from lambdatop.model import reference
from lambdatop.model.reference.reading import ReadOn, overdue


def readings() -> Mapping[str, tuple[ReadOn, ...]]:
    """Every module of tables, by its file's path, with its readings; empty where it names none."""
    names = [each.name for each in iter_modules(reference.__path__) if each.name != "reading"]
    return {
        f"lambdatop/model/reference/{name}.py": getattr(import_module(f"{reference.__name__}.{name}"), "READINGS", ())
        for name in names
    }


def review(tables: Mapping[str, tuple[ReadOn, ...]], today: date) -> Iterator[str]:
    """The lines of the review, four for each reading."""
    late = overdue((each for known in tables.values() for each in known), today)
    by_age = sorted(((each, path) for path, known in tables.items() for each in known), key=lambda at: at[0].read_on)
    for reading, path in by_age:
        due = "READ IT AGAIN" if reading in late else f"due on {reading.due_on}"
        yield f"{reading.table}: read on {reading.read_on}, {reading.age_days(today)} days ago, {due}"
        yield f"  page     {reading.page}"
        yield f"  look up  {reading.look_up}"
        yield f"  table    {path}"
    yield f"{len(by_age)} readings, {len(late)} of them a year old or older on {today}"


def main() -> int:
    """Print the review as of today."""
    today, tables = datetime.now(UTC).date(), readings()
    print(*review(tables, today), sep="\n")
    return 1 if overdue((each for known in tables.values() for each in known), today) else 0


if __name__ == "__main__":
    sys.exit(main())
