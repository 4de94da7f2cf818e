"""What the journal tells of earlier sessions and other terminals: of this account, lately, and again as it grows."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from lambdatop.actions.applying.follow_journal import KEPT, remembered
from lambdatop.actions.journal.journal import Journal
from lambdatop.model.changes.plan import Receipt
from lambdatop.updates import JournalRead
from tests.actions.applying import WHO
from tests.actions.test_journal import DONE, receipt, written
from tests.clocks import HandClock
from tests.model.factories import NOW

HERE = "http://127.0.0.1:4566"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl")


def ids(receipts: tuple[Receipt, ...]) -> list[str]:
    return [each.id for each in receipts]


async def first(journal: Journal, endpoint: str | None = None, later: timedelta = timedelta(0)) -> JournalRead:
    return await anext(remembered(journal, HandClock(NOW + later), WHO, endpoint))


async def test_changes_of_this_account_region_and_endpoint_are_remembered_for_a_week(journal: Journal) -> None:
    old = replace(receipt("old", DONE), begun=NOW - KEPT - timedelta(seconds=1))
    for each in (
        old,
        receipt("ours", DONE),
        replace(receipt("elsewhere", DONE), region="us-east-1"),
        replace(receipt("anothers", DONE), account="210987654321"),
        receipt("nothing"),
    ):
        written(journal, each)

    assert ids((await first(journal)).receipts) == ["ours"]
    assert ids((await first(journal, HERE)).receipts) == []


async def test_an_endpoint_is_the_same_with_and_without_the_password_in_its_address(journal: Journal) -> None:
    begun = receipt("ours", DONE)
    journal.begun(begun, "http://ada:secret@127.0.0.1:4566")
    journal.told(begun.id, 0, DONE, NOW)
    journal.ended(begun)

    assert ids((await first(journal, "http://ada:secret@127.0.0.1:4566")).receipts) == ["ours"]
    assert ids((await first(journal)).receipts) == []


async def test_what_was_left_in_the_middle_is_told_once_nobody_can_be_at_it_still(journal: Journal) -> None:
    written(journal, receipt("left", DONE), ended=False)

    assert both(await first(journal, later=timedelta(minutes=5))) == [[], []]
    assert both(await first(journal, later=timedelta(minutes=20))) == [[], ["left"]]
    assert both(await first(journal, later=timedelta(days=2))) == [[], []]

    written(journal, receipt("back", DONE, undoes="left"))
    assert both(await first(journal, later=timedelta(minutes=20))) == [["back"], []]


def both(read: JournalRead) -> list[list[str]]:
    """The ids of the changes that ended, and of those that were left in the middle."""
    return [ids(read.receipts), ids(read.left)]


async def grown(updates: AsyncIterator[JournalRead], clock: HandClock, journal: Journal) -> list[str]:
    """What is told after another terminal has changed something."""
    assert not clock.slept
    written(journal, receipt("theirs", DONE))
    return ids((await anext(updates)).receipts)


async def test_a_change_by_another_terminal_is_told_when_it_is_in_the_journal(journal: Journal) -> None:
    clock = HandClock(NOW)
    updates = remembered(journal, clock, WHO, None)

    assert ids((await anext(updates)).receipts) == []
    assert await grown(updates, clock, journal) == ["theirs"]
    assert len(clock.slept) == 1
