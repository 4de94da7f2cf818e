"""Test events: kept for each function, by its owner alone."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.actions.journal.saved_payloads import MOST_SAVED, Events, EventStore

NAME = "checkout-api"


@pytest.mark.parametrize("in_memory", [False, True])
def test_what_was_saved_and_what_was_used_last_is_there_again(tmp_path: Path, in_memory: bool) -> None:
    store = EventStore(None if in_memory else tmp_path / "events")

    store.used(NAME, '{"a": 1}')
    store.save(NAME, "empty cart", "{}")
    store.save(NAME, "full cart", "[1, 2]")
    store.save(NAME, "empty cart", "null")
    store.delete(NAME, "full cart")

    again = store if in_memory else EventStore(tmp_path / "events")
    assert again.of(NAME) == Events('{"a": 1}', {"empty cart": "null"})
    assert again.of("another") == Events()


def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    EventStore(tmp_path / "events").used(NAME, "{}")

    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "events", tmp_path / "events" / f"{NAME}.json")]
    assert modes == [0o700, 0o600]
    assert [path.name for path in (tmp_path / "events").iterdir()] == [f"{NAME}.json"]


def test_what_cannot_be_saved_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.json").mkdir()

    with pytest.raises(OSError, match="irectory"):
        EventStore(tmp_path).used(NAME, "{}")

    assert [path.name for path in tmp_path.iterdir()] == [f"{NAME}.json"]


@given(st.binary(max_size=200) | st.sampled_from([b"[" * 9000, b'{"last": 3, "saved": [1]}', b'{"saved": {"a": 1}}']))
def test_a_broken_file_is_as_if_nothing_had_been_saved(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("events")
    (folder / f"{NAME}.json").write_bytes(content)

    assert EventStore(folder).of(NAME).saved == {}


@given(st.text(max_size=50))
def test_any_payload_is_the_same_when_it_is_read_again(tmp_path_factory: pytest.TempPathFactory, payload: str) -> None:
    store = EventStore(tmp_path_factory.mktemp("events"))

    store.used(NAME, payload)

    assert store.of(NAME).last == payload


def test_a_name_that_is_no_functions_makes_no_file(tmp_path: Path) -> None:
    store = EventStore(tmp_path / "events")

    store.used("../../etc/passwd", "{}")

    assert not (tmp_path / "events").exists()


def test_there_are_not_more_than_can_be_chosen_from(tmp_path: Path) -> None:
    store = EventStore(None)
    for number in range(MOST_SAVED):
        store.save(NAME, str(number), "{}")

    with pytest.raises(ValueError, match="delete one"):
        store.save(NAME, "one more", "{}")
