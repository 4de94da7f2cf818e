"""The tables copied from AWS's pages: each bears the day it was read, and none of them is older than a year."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lambdatop.model.reference.reading import ReadOn, overdue
from tests.reference_review import readings, review

PACKAGE = Path(__file__).parents[2] / "lambdatop"


def reading(read_on: date, table: str = "prices") -> ReadOn:
    return ReadOn(table=table, page="aws.amazon.com/pricing", read_on=read_on, look_up="USD a month")


def test_no_table_was_read_a_year_ago() -> None:
    """If this fails: `python -m tests.reference_review` says what to look up."""
    late = overdue((each for known in readings().values() for each in known), datetime.now(UTC).date())

    assert [f"{each.table}: read {each.page} again" for each in late] == []


def test_every_table_that_is_there_is_overdue_in_some_year() -> None:
    known = [each for tables in readings().values() for each in tables]

    assert len(overdue(known, date(2099, 1, 1))) == len(known) >= 9


@pytest.mark.parametrize(
    ("today", "late"), [(date(2027, 9, 29), False), (date(2027, 9, 30), True), (date(2030, 1, 1), True)]
)
def test_a_reading_is_overdue_a_year_later(today: date, late: bool) -> None:
    assert bool(overdue([reading(date(2026, 9, 30))], today)) is late


def test_a_reading_of_29_february_is_overdue_on_1_march() -> None:
    assert reading(date(2028, 2, 29)).due_on == date(2029, 3, 1)


def test_the_oldest_reading_stands_first() -> None:
    old, older = reading(date(2025, 2, 1)), reading(date(2025, 1, 1))

    assert overdue([old, older], date(2026, 11, 30)) == (older, old)


@pytest.mark.parametrize("path", readings())
def test_every_module_of_tables_says_when_and_where_it_was_read(path: str) -> None:
    assert readings()[path]
    assert [each for each in readings()[path] if not (each.table and each.page and each.look_up)] == []


def test_no_reading_lies_in_the_future() -> None:
    today = datetime.now(UTC).date()

    assert [each.table for known in readings().values() for each in known if each.age_days(today) < 0] == []


def test_the_review_says_what_to_look_up_and_how_old_it_is() -> None:
    tables = {"prices.py": (reading(date(2026, 11, 1), "alarms"),), "runtimes.py": (reading(date(2025, 10, 1)),)}

    assert list(review(tables, date(2026, 11, 30))) == [
        "prices: read on 2025-10-01, 425 days ago, READ IT AGAIN",
        "  page     aws.amazon.com/pricing",
        "  look up  USD a month",
        "  table    runtimes.py",
        "alarms: read on 2026-11-01, 29 days ago, due on 2027-11-01",
        "  page     aws.amazon.com/pricing",
        "  look up  USD a month",
        "  table    prices.py",
        "2 readings, 1 of them a year old or older on 2026-11-30",
    ]


def test_prices_stand_in_one_place() -> None:
    """A module-level constant that names USD and holds a number is a price; a cap of what a journal may say is none."""
    elsewhere = [
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != PACKAGE / "model/reference/prices.py"
        for name in prices_in(path)
        if name != "_MOST_USD"
    ]

    assert elsewhere == []
    assert "ALARM_USD" in set(prices_in(PACKAGE / "model/reference/prices.py"))


def prices_in(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text()).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        numbers = [each for each in ast.walk(node.value) if isinstance(each, ast.Constant) and _is_number(each.value)]
        names = [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
        yield from (name for name in names if numbers and re.search(r"(^|_)USD(_|$)", name))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
