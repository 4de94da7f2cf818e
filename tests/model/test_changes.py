"""Marks of what was changed: deployments, aliases, edits, lambdatop's own; each told once, and by what says most."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from lambdatop.model.changes.marks import Change, ChangeKind, Pointer, deployed, edits, merged, modified, moves
from tests.model.factories import NOW, function

DAY = timedelta(days=1)
PUBLISHED = {"41": NOW - 8 * DAY, "42": NOW - timedelta(minutes=13)}


def labels(changes: Iterable[Change]) -> list[str]:
    return [change.label for change in changes]


def test_a_version_that_an_alias_points_to_is_named_by_the_alias() -> None:
    told = list(deployed(PUBLISHED, {"live": Pointer("42"), "beta": Pointer("42")}))

    assert [(change.at, change.label) for change in told] == [
        (PUBLISHED["41"], "v41"),
        (PUBLISHED["42"], "beta → 42, live → 42"),
    ]


def test_a_share_of_the_callers_is_told_with_its_size() -> None:
    told = deployed(PUBLISHED, {"live": Pointer("41", (("42", 0.1),))})

    assert labels(told) == ["live → 41", "live 10 % → 42"]


def test_an_alias_that_was_moved_is_told_when_its_version_came_or_else_when_it_was_seen() -> None:
    before = {"live": Pointer("41")}
    since, now = NOW - timedelta(minutes=1), NOW

    rolled_back = moves({"live": Pointer("42")}, before, PUBLISHED, since, now)
    released = moves(before, {"live": Pointer("43")}, {"43": NOW - timedelta(seconds=20)}, since, now)

    assert [(change.at, change.label) for change in rolled_back] == [(NOW, "live → 41")]
    assert [(change.at, change.label) for change in released] == [(NOW - timedelta(seconds=20), "live → 43")]


def test_an_alias_that_stays_is_no_move_and_of_another_share_only_that_is_told() -> None:
    before, after = {"live": Pointer("41", (("42", 0.1),))}, {"live": Pointer("41", (("42", 0.5),))}

    assert list(moves(before, before, PUBLISHED, NOW, NOW)) == []
    assert labels(moves(before, after, PUBLISHED, NOW, NOW)) == ["live 50 % → 42"]


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({"memory_mb": 1536}, "1,024 → 1,536 MB"),
        ({"timeout_s": 30}, "timeout 3 → 30 s"),
        ({"memory_mb": 512, "timeout_s": 30}, "1,024 → 512 MB, timeout 3 → 30 s"),
        ({"runtime": "python3.14"}, "python3.13 → python3.14"),
        ({"architecture": "arm64"}, "x86_64 → arm64"),
        ({"ephemeral_mb": 1024}, "/tmp 512 → 1,024 MB"),
        ({"tracing": True}, "tracing on"),
        ({"layers": ("arn:layer",)}, "layers"),
        ({"revision_id": "another"}, "changed"),
    ],
)
def test_an_edit_says_what_was_changed(changed: dict[str, Any], label: str) -> None:
    old = function(last_modified=NOW - DAY)

    told = list(edits(old, replace(old, last_modified=NOW, **changed)))

    assert told == [Change(NOW, ChangeKind.CONFIGURATION, label)]


def test_without_another_time_of_modification_nothing_was_edited() -> None:
    old = function(last_modified=NOW)

    assert list(edits(old, replace(old, description="another"))) == []
    assert list(edits(old, replace(old, last_modified=None))) == []


def test_what_says_more_about_the_same_moment_stands_for_what_says_less() -> None:
    published = deployed(PUBLISHED, {"live": Pointer("42")})
    just_before = function(last_modified=PUBLISHED["42"] - timedelta(seconds=3))

    told = merged(modified(just_before), published)

    assert labels(told) == ["v41", "live → 42"]


def test_a_modification_of_another_time_is_told_beside_the_versions() -> None:
    told = merged(deployed(PUBLISHED, {}), modified(function(last_modified=NOW)))

    assert labels(told) == ["v41", "v42", "changed"]


def test_a_change_of_our_own_is_not_told_again_when_a_listing_shows_it() -> None:
    own = Change(NOW, ChangeKind.OURS, "alias live → 41")
    seen = Change(NOW + timedelta(seconds=58), ChangeKind.ALIAS, "live → 41")
    another = Change(NOW + timedelta(minutes=5), ChangeKind.ALIAS, "live → 42")

    assert merged([seen, another], [own], [own]) == (own, another)
