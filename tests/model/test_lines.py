"""A million lines in little memory: what was appended is what is found, and no view ever changes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatop.model.logs.kept_lines import CHUNK_CHARACTERS, CHUNK_LINES, Lines
from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.packed_lines import packed

START = datetime(2026, 11, 3, 14, 32, tzinfo=UTC)
EVERYTHING = 10**9


def line(number: int, message: str = "order accepted", *, ingested: bool = True) -> LogLine:
    at = START + timedelta(milliseconds=number)
    return LogLine(
        timestamp=at,
        ingestion_time=at + timedelta(milliseconds=300) if ingested else None,
        stream=f"2026/11/03/[$LATEST]{number % 20:032x}",
        event_id=f"{number:056d}",
        message=message,
        function_name="checkout-api",
    )


def many(first: int, end: int) -> tuple[LogLine, ...]:
    return tuple(line(number, f"order {number}") for number in range(first, end))


def test_what_is_appended_is_found() -> None:
    all_lines = many(0, 3 * CHUNK_LINES + 5)

    kept = Lines().appended(all_lines[:700], EVERYTHING).appended(all_lines[700:], EVERYTHING)

    assert kept == all_lines
    assert (len(kept), kept.first, kept.end) == (len(all_lines), 0, len(all_lines))
    assert (kept[0], kept[CHUNK_LINES], kept[-1]) == (all_lines[0], all_lines[CHUNK_LINES], all_lines[-1])
    assert kept[1000:2100] == all_lines[1000:2100]
    assert kept[::1000] == all_lines[::1000]


def test_only_the_newest_are_kept_and_keep_their_numbers() -> None:
    all_lines = many(0, 4 * CHUNK_LINES)

    kept = Lines().appended(all_lines, 1500)

    assert kept == all_lines[-1500:]
    assert (kept.first, kept.at(4 * CHUNK_LINES - 7)) == (4 * CHUNK_LINES - 1500, all_lines[-7])
    with pytest.raises(IndexError):
        kept.at(kept.first - 1)


def test_an_old_view_stays_what_it_was() -> None:
    all_lines = many(0, 2 * CHUNK_LINES)
    old = Lines().appended(all_lines[:100], 200)

    new = old.appended(all_lines[100:], 200)

    assert old == all_lines[:100]
    assert new == all_lines[-200:]


def test_two_may_go_on_from_one_view() -> None:
    old = Lines().appended(many(0, CHUNK_LINES + 10), EVERYTHING)

    one, other = old.appended(many(5000, 5003), EVERYTHING), old.appended(many(6000, 6002), EVERYTHING)
    from_a_part = old[3 : CHUNK_LINES - 4].appended(many(7000, 7001), EVERYTHING)  # type: ignore[attr-defined]

    assert one == (*many(0, CHUNK_LINES + 10), *many(5000, 5003))
    assert other == (*many(0, CHUNK_LINES + 10), *many(6000, 6002))
    assert from_a_part == (*many(3, CHUNK_LINES - 4), *many(7000, 7001))


def test_huge_events_push_out_the_old_ones_by_their_size() -> None:
    noise = "".join(chr(33 + (i * i * 7919 + i // 7) % 90) for i in range(CHUNK_CHARACTERS))
    one = packed(0, [line(0, noise)]).size

    kept = Lines()
    for number in range(12):
        kept = kept.appended((line(number, noise),), EVERYTHING, keep_bytes=one * 5)

    assert 3 <= len(kept) <= 6
    assert kept[-1] == line(11, noise)


def test_steps_backward_end_where_chunks_begin() -> None:
    kept = Lines().appended(many(0, 2 * CHUNK_LINES + 9), 2 * CHUNK_LINES)

    steps = [kept.end]
    while steps[-1] > kept.first:
        steps.append(kept.chunk_before(steps[-1]))

    assert steps == [2 * CHUNK_LINES + 9, 2 * CHUNK_LINES, CHUNK_LINES, 9]


_TIMES = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(deadline=None)
@given(st.text(st.characters(), max_size=50), st.booleans(), _TIMES)
def test_packing_loses_nothing(message: str, ingested: bool, at: datetime) -> None:
    wanted = LogLine(
        timestamp=at.replace(microsecond=at.microsecond // 1000 * 1000),  # AWS: whole milliseconds
        ingestion_time=START if ingested else None,
        stream="s",
        event_id="",
        message=message,
        function_name="f",
    )

    kept = Lines().appended((wanted,) * CHUNK_LINES, EVERYTHING)

    assert kept.at(0) == wanted


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 900), max_size=8), st.integers(1, 2_000))
def test_appending_is_what_it_is_for_tuples(sizes: Sequence[int], keep: int) -> None:
    kept, wanted = Lines(), list[LogLine]()
    for size in sizes:
        new = many(len(wanted), len(wanted) + size)
        wanted += new
        kept = kept.appended(new, keep)

        assert kept == wanted[-keep:]
        assert kept.end == len(wanted)
