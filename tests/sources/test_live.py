"""Live Tail with polling behind it: where a session begins, breaks off or is refused, nothing is lost or doubled."""

from collections.abc import AsyncIterator, Callable

import pytest

from lambdatop.emulator.faults import Fault
from lambdatop.emulator.logs import live_tail as livetail
from lambdatop.sources.logs import live_tail as live
from lambdatop.sources.logs.tail import LogTail
from lambdatop.updates import LogsArrived, Update
from tests.sources.followed import T0, FastClock, Scene, function, scene, stream_of

SPEED = 10.0


@pytest.fixture
async def made(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """Time runs ten times as fast; the patience with a silent session less so, as a busy machine may be silent, too."""
    monkeypatch.setattr(live, "SILENCE_S", live.SILENCE_S / 4)
    async with scene(FastClock(SPEED), tail_every_s=1 / SPEED) as made:
        yield made


def plant(made: Scene, seconds: int) -> None:
    """Steadily, some late, half of them with the same text in the same millisecond."""
    for second in range(-10, seconds):
        for number in range(4):
            text = f"{second}.{number // 2}\n"
            made.plant(text, second, late_s=1 + 5 * (number == 3 and second % 7 == 0), stream=stream_of("orders"))


def once_live(key: str, fault: Fault, after_s: float, made: Scene) -> Callable[[Update], None]:
    """The fault, the first time that lines are pushed after so long."""
    done = False

    def trouble(update: Update) -> None:
        nonlocal done
        pushed = isinstance(update, LogsArrived) and update.tail.mode == "live"
        if not done and pushed and made.clock.time() > T0 + after_s:
            done = True
            made.emulator.faults[key] = fault

    return trouble


async def test_lines_are_pushed_once_after_those_that_were_read(made: Scene) -> None:
    plant(made, 20)

    await made.follow(LogTail((function(),), live=True), 40)

    assert made.lost_and_doubled() == ({}, {})
    assert made.statuses[-1].mode == "live"
    assert made.statuses[-1].poll_s is None
    assert made.emulator.calls["logs.FilterLogEvents"] <= 4


@pytest.mark.parametrize("fault", [Fault.reset(times=1), Fault.delayed(1000, times=1)], ids=["cut", "silent"])
async def test_a_session_that_breaks_off_leaves_no_gap(made: Scene, fault: Fault) -> None:
    plant(made, 40)

    await made.follow(
        LogTail((function(),), live=True), 80, meanwhile=once_live("logs.StartLiveTail.frame", fault, 15, made)
    )

    assert made.lost_and_doubled() == ({}, {})
    assert made.statuses[-1].gaps == 1
    assert made.emulator.calls["logs.StartLiveTail"] == 2
    assert made.statuses[-1].mode == "live"


async def test_left_and_followed_once_more_it_goes_on_where_the_session_was(made: Scene) -> None:
    plant(made, 60)
    tail = LogTail((function(),), live=True)
    await made.follow(tail, 40)
    before = len(made.updates)
    await made.clock.sleep(10)
    made.emulator.faults["logs.StartLiveTail"] = Fault.denied()

    await made.follow(tail, 90)

    assert made.lost_and_doubled() == ({}, {})
    resumed = [update.tail for update in made.updates[before:] if isinstance(update, LogsArrived)]
    assert {status.mode for status in resumed} == {"polling"}


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault.denied(), "Live Tail: needs logs:StartLiveTail on arn:aws:logs:eu-west-1:123456789012:log-group:"),
        (Fault.limit(), "Live Tail: too many sessions or calls"),
    ],
    ids=["denied", "limit"],
)
async def test_where_it_is_refused_polling_goes_on_and_says_why(made: Scene, fault: Fault, why: str) -> None:
    plant(made, 10)
    made.emulator.faults["logs.StartLiveTail"] = fault

    await made.follow(LogTail((function(),), live=True), 25)

    assert made.lost_and_doubled() == ({}, {})
    assert made.statuses[-1].mode == "polling"
    assert (made.statuses[-1].note or "").startswith(why)
    assert made.emulator.calls["logs.StartLiveTail"] == 1
    assert not made.failures


async def test_more_than_five_hundred_lines_a_second_are_marked_as_sampled(made: Scene) -> None:
    plant(made, 5)
    for number in range(1200):
        made.plant(f"burst {number}\n", 12 + number / 10_000)

    await made.follow(LogTail((function(),), live=True), 25)

    assert made.statuses[-1].sampled
    assert 500 <= sum("burst" in message for message in made.shown) < 1200


async def test_the_pattern_is_applied_by_the_server(made: Scene) -> None:
    for second in range(20):
        made.plant("ERROR here\n" if second % 2 else "INFO there\n", second)

    await made.follow(LogTail((function(),), pattern="ERROR", live=True), 30)

    assert made.shown == ["ERROR here\n"] * 10


async def test_it_follows_ten_log_groups_at_most(made: Scene) -> None:
    eleven = tuple(function(f"f{number}", f"/g{number}") for number in range(11))
    for each in eleven:
        made.plant("here\n", -1, group=each.log_group, stream=stream_of(each.name))

    await made.follow(LogTail(eleven, live=True), 10)

    assert made.statuses[-1].note == "Live Tail: it follows at most 10 log groups, not 11"
    assert len(made.shown) == 11


async def test_a_session_is_renewed_when_its_time_is_up(made: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(livetail, "_SESSION_S", 62)
    plant(made, 80)

    await made.follow(LogTail((function(),), live=True), 100)

    assert made.lost_and_doubled() == ({}, {})
    assert made.statuses[-1].mode == "live"
    assert made.emulator.calls["logs.StartLiveTail"] == 2
