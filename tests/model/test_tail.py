"""The tail's cursor against a log that shows lines late, at once, out of order and from the future."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatop.model.tail import LONG_EVERY, LONG_MS, MIDDLE_MS, SHORT_MS, Tail

POLL_MS = 2_000
T0 = 1_790_000_000_000


class Line(NamedTuple):
    """An event of the pretended log; `visible` is when a reading first returns it."""

    key: str
    time: int
    visible: int


def read(tail: Tail, log: list[Line], now: int) -> list[str]:
    """One poll at `now`: what CloudWatch Logs would answer, and what of it is new."""
    start = tail.next_start(now)
    answer = sorted((line for line in log if line.visible <= now and line.time >= start), key=lambda line: line.time)
    fresh = tail.unseen(answer, key=lambda line: line.key, time_ms=lambda line: line.time)
    tail.finished(now)
    return [line.key for line in fresh]


def moments(pauses: list[int], last: int) -> Iterator[int]:
    """When polls happen: after these pauses, and then at the usual pace until the latest line must have been found."""
    now = T0
    yield now
    for pause in pauses:
        now += pause
        yield now
    for _ in range(max(0, last - now) // POLL_MS + LONG_EVERY + 1):
        now += POLL_MS
        yield now


times = st.integers(0, 90_000).map(lambda ms: ms // 500 * 500)  # coarse, so that many are equal
delays = st.one_of(st.integers(0, 12_000), st.integers(0, 60_000), st.integers(0, LONG_MS), st.just(LONG_MS))
ahead = st.one_of(st.just(0), st.just(0), st.integers(0, 3_600_000))
pauses = st.lists(st.one_of(st.just(POLL_MS), st.integers(1, 60_000), st.integers(60_000, 1_800_000)), max_size=12)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(times, delays, ahead), max_size=25), pauses)
def test_no_line_is_lost_or_doubled(arrivals: list[tuple[int, int, int]], pauses: list[int]) -> None:
    log = [
        Line(f"e{index}", T0 + at + future, T0 + at + (0 if future else delay))
        for index, (at, delay, future) in enumerate(arrivals)
    ]
    tail = Tail(T0)
    last = max((line.visible for line in log), default=T0)

    shown = Counter(key for now in moments(pauses, last) for key in read(tail, log, now))

    assert shown == Counter(line.key for line in log)


def test_a_line_visible_after_exactly_a_quarter_of_an_hour_is_found() -> None:
    log = [Line("late", T0 + 1, T0 + 1 + LONG_MS), Line("steady", T0, T0)]
    log += [Line(f"s{n}", T0 + n * POLL_MS, T0 + n * POLL_MS) for n in range(1, 700)]
    tail = Tail(T0)

    shown = [key for n in range(700) for key in read(tail, log, T0 + n * POLL_MS)]

    assert shown.count("late") == 1


def test_lines_of_a_pause_are_found_although_one_is_dated_in_the_future() -> None:
    hour = 3_600_000
    log = [Line("future", T0 + 10 * hour, T0), Line("in the pause", T0 + hour, T0 + hour)]
    tail = Tail(T0)
    read(tail, log, T0)

    assert read(tail, log, T0 + 2 * hour) == ["in the pause"]


def test_most_readings_are_short() -> None:
    log = [Line(f"s{n}", T0 + n * POLL_MS, T0 + n * POLL_MS) for n in range(2000)]
    tail = Tail(T0)
    for n in range(1000):
        read(tail, log, T0 + n * POLL_MS)
    backs = []
    for n in range(1000, 1060):
        now = T0 + n * POLL_MS
        backs.append(now - tail.next_start(now))
        read(tail, log, now)

    assert sorted(backs)[:48] == [SHORT_MS + POLL_MS] * 48
    assert sum(back > MIDDLE_MS + 5 * POLL_MS for back in backs) == 2


def test_nothing_older_than_the_start_is_read() -> None:
    tail = Tail(T0)

    assert {tail.next_start(T0 + n) for n in range(100)} == {T0}


def test_ids_that_no_reading_returns_again_are_forgotten() -> None:
    log = [Line(f"s{n}", T0 + n * 100, T0 + n * 100) for n in range(20_000)]
    tail = Tail(T0)
    for n in range(200):
        read(tail, log, T0 + n * 10_000)

    assert len(tail.seen) < 14_000


def test_a_reading_that_fails_is_made_again_in_full() -> None:
    tail = Tail(T0)
    tail.finished(T0)
    for n in range(1, 30):
        tail.next_start(T0 + n * POLL_MS)
        tail.finished(T0 + n * POLL_MS)
    now = T0 + LONG_MS * 4

    first = tail.next_start(now)

    assert tail.next_start(now + POLL_MS) == first
