"""What the journal knows of aliases that were moved to an older version."""

import pytest

from lambdatop.actions.journal.rollbacks import rolled_back
from lambdatop.actions.planning.subject import RolledBack
from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.model.changes.plan import Facts, Result
from tests.actions.applying import NAME, step
from tests.actions.test_former import HERE, entry
from tests.model.factories import NOW

LIVE = AliasTarget(NAME, "live")


@pytest.mark.parametrize(
    ("before", "version", "shown"),
    [
        (target("42"), "41", "version 42"),
        (target("$LATEST"), "41", "version $LATEST"),
        (target("41", {"42": 0.1}), "41", "version 41 · 10 % 42"),
        (target("9"), "8", "version 9"),
        (target("10"), "9", "version 10"),
    ],
)
def test_a_move_to_an_older_version_is_one_back(before: Facts, version: str, shown: str) -> None:
    moved = entry(step(LIVE, before, target(version)))

    assert rolled_back([moved], NAME, HERE) == {"live": RolledBack(at=NOW, before=shown, version=version)}


@pytest.mark.parametrize(
    "after", [target("43"), target("42", {"41": 0.5}), target("41", {"42": 0.5}), target("$LATEST"), None]
)
def test_what_was_moved_on_since_is_not_back(after: Facts | None) -> None:
    back = entry(step(LIVE, target("42"), target("41")))

    assert rolled_back([back, entry(step(LIVE, target("41"), after))], NAME, HERE) == {}


def test_what_was_not_done_here_does_not_count() -> None:
    back = step(LIVE, target("42"), target("41"))

    assert rolled_back([entry(back, result=Result.NOT_APPLIED)], NAME, HERE) == {}
    assert rolled_back([entry(back, endpoint="http://127.0.0.1:4566")], NAME, HERE) == {}
    assert rolled_back([entry(back)], "other", HERE) == {}
