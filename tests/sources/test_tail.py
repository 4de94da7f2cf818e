"""The tail against an account that writes late, at once, out of order and in bursts, and that fails meanwhile."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from lambdatop.aws.errors import AwsError
from lambdatop.emulator.faults import Fault
from lambdatop.sources.logs.tail import LogTail
from lambdatop.updates import LogsArrived, SourceAnswered, Update
from tests.sources.followed import GROUP, T0, Scene, function, scene, stream_of

QUARTER_S = 900.0


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(T0 + seconds, UTC)


def lateness(chance: random.Random) -> float:
    """As Lambda's lines come: nearly all within two seconds, some after ten to a hundred, one after minutes."""
    kind = chance.random()
    if kind < 0.97:
        return chance.uniform(0.2, 2.0)
    return chance.uniform(10, 110) if kind < 0.995 else chance.uniform(110, QUARTER_S)


def plant_much(made: Scene, seed: int, seconds: int) -> None:
    """Lines at a steady pace from a changing set of streams, with equal milliseconds, equal texts and the future."""
    chance = random.Random(seed)
    for second in range(seconds):
        for _ in range(chance.choice((0, 3, 5, 8))):
            text = chance.choice(("tick\n", f"line {chance.random()}\n"))
            made.plant(
                text,
                second + chance.choice((0.0, 0.5)),
                late_s=lateness(chance),
                stream=stream_of("orders", second // 120 * 8 + chance.randrange(8)),
            )
    made.plant("from the future\n", 3600, late_s=-3500)


FAULTS: tuple[Fault, ...] = (
    Fault.unavailable(times=3),
    Fault.reset(times=3),
    Fault.html(times=1),
    Fault.broken_json(times=1),
    Fault.null_members(times=1),
    Fault.same_token(times=2),
)


def troubled(made: Scene, every: int) -> Callable[[Update], None]:
    """Another fault each so many updates."""
    passed = 0

    def trouble(_: Update) -> None:
        nonlocal passed
        passed += 1
        if passed % every == 0:
            made.emulator.faults["logs.FilterLogEvents"] = FAULTS[passed // every % len(FAULTS)]

    return trouble


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_line_visible_within_a_quarter_of_an_hour_is_shown_once(seed: int) -> None:
    async with scene() as made:
        plant_much(made, seed, seconds=300)

        await made.follow(LogTail((function(),), since=at(0)), 300 + 2 * QUARTER_S, meanwhile=troubled(made, 300))

    assert made.lost_and_doubled() == ({}, {})
    assert made.statuses[-1].gaps > 0


async def test_each_batch_is_in_order_of_time() -> None:
    async with scene() as made:
        plant_much(made, 3, seconds=60)
        await made.follow(LogTail((function(),), since=at(0)), 90)

    for update in made.updates:
        if isinstance(update, LogsArrived):
            keys = [(line.timestamp, line.event_id) for line in update.lines]
            assert keys == sorted(keys)


async def test_a_burst_is_read_page_by_page_within_the_regions_calls() -> None:
    async with scene() as made:
        for number in range(8_000):
            made.plant(f"{number}\n", 10 + number // 2_000 / 1000, late_s=1)
        await made.follow(LogTail((function(),), since=at(0)), 40)

    assert made.lost_and_doubled() == ({}, {})
    assert max(map(len, made.batches)) <= 1000
    assert made.emulator.calls["logs.FilterLogEvents"] < 40 * 6


async def test_the_newest_lines_are_there_after_one_call() -> None:
    async with scene() as made:
        for number in range(800):
            made.plant(f"{number}\n", number - 800)

        await made.follow(LogTail((function(),)), 0)

    assert made.emulator.calls["logs.FilterLogEvents"] == 1
    assert made.batches[0] == [f"{number}\n" for number in range(300, 800)]


async def test_functions_that_share_a_group_are_read_together_and_only_theirs() -> None:
    async with scene() as made:
        for number, name in enumerate(["orders", "orders-copy", "payments"] * 2):
            made.plant(f"{name} {number}\n", number - 10, stream=stream_of(name))

        await made.follow(LogTail((function("orders"), function("payments"))), 0)

    assert made.shown == ["orders 0\n", "payments 2\n", "orders 3\n", "payments 5\n"]
    arrived = [update for update in made.updates if isinstance(update, LogsArrived)]
    assert arrived[0].function == "orders"
    assert [line.function_name for line in arrived[0].lines] == ["orders", "payments"] * 2
    assert made.emulator.calls["logs.FilterLogEvents"] == 1


async def test_several_groups_are_merged_by_time() -> None:
    both = (function("orders", "/a"), function("payments", "/b"))
    async with scene() as made:
        for number in range(5000):
            group, name = ("/a", "orders") if number % 3 else ("/b", "payments")
            made.plant(f"{number}\n", number / 1000, group=group, stream=stream_of(name))
        made.clock.at += 10

        await made.follow(LogTail(both, since=at(0)), 20)

    assert made.shown == [f"{number}\n" for number in range(5000)]


async def test_what_one_group_refuses_does_not_keep_the_lines_of_another() -> None:
    both = (function("missing", "/missing"), function("orders"))
    async with scene() as made:
        made.plant("here\n", -1)

        await made.follow(LogTail(both), 3)

    assert made.shown == ["here\n"]
    assert made.statuses[-1].note == "1 of 2 log groups do not exist yet"


async def test_a_log_group_may_come_later() -> None:
    def create(_: Update) -> None:
        if made.clock.at > T0 + 40 and not made.planted:
            made.plant("the first\n", 41)

    async with scene() as made:
        await made.follow(LogTail((function(),)), 60, meanwhile=create)

    assert (made.statuses[0].note, made.statuses[0].poll_s) == ("no log group yet", 5.0)
    assert made.shown == ["the first\n"]
    assert made.statuses[-1].poll_s == 1.0
    assert made.statuses[-1].note is None
    assert not made.failures


async def test_an_infrequent_access_group_says_what_is_possible() -> None:
    async with scene() as made:
        made.emulator.account().create_log_group(GROUP, "INFREQUENT_ACCESS")
        await made.follow(LogTail((function(),)), 3)

    assert made.failures[0].error == (
        f"Infrequent Access: {GROUP} can be read by Logs Insights only, neither polled nor followed"
    )


async def test_throttling_slows_the_poll_and_is_forgotten() -> None:
    async with scene() as made:
        made.plant("before\n", -1)
        made.plant("after\n", 100)
        made.emulator.faults["logs.FilterLogEvents"] = Fault.throttled(times=6)
        await made.follow(LogTail((function(),)), 120)

    assert made.failures
    throttled = [status.poll_s for status in made.statuses if status.note == "throttled"]
    assert throttled == sorted(throttled, reverse=True, key=lambda poll_s: poll_s or 0)
    assert made.statuses[-1].note is None
    assert made.lost_and_doubled() == ({}, {})


async def test_a_quiet_log_is_asked_less_often_until_a_line_comes() -> None:
    async with scene() as made:
        made.plant("first\n", -1)
        made.plant("again\n", 400)
        await made.follow(LogTail((function(),)), 500)

    paces = [status.poll_s for status in made.statuses]
    assert paces[0] == 1.0
    assert 5.0 in paces
    assert paces[paces.index(5.0) :].count(1.0) > 0
    assert made.statuses[-1].note is None


async def test_an_outage_of_minutes_leaves_no_hole() -> None:
    async with scene() as made:
        for second in range(0, 400, 2):
            made.plant(f"{second}\n", second, late_s=0.5)

        def outage(_: Update) -> None:
            if T0 + 50 < made.clock.at < T0 + 350:
                made.emulator.faults["logs.*"] = Fault.html()
            else:
                made.emulator.faults.pop("logs.*", None)

        await made.follow(LogTail((function(),)), 420, meanwhile=outage)

    assert made.lost_and_doubled() == ({}, {})
    assert made.statuses[-1].gaps == 1
    assert max(failed.retry_in_s for failed in made.failures) == 10.0


async def test_reading_once_gives_the_asked_for_stretch_oldest_first() -> None:
    async with scene() as made:
        for number in range(2500):
            made.plant(f"{'ERROR' if number % 2 else 'INFO'} {number}\n", number / 10)
        made.clock.at += 1000
        tail = LogTail((function(),), since=at(10), until=at(240), pattern="ERROR")

        read = [update async for update in tail.read(made.gate, made.clock)]

    messages = [line.message for update in read for line in update.lines]
    assert messages == [f"ERROR {number}\n" for number in range(101, 2401, 2)]
    assert len(read) > 1


async def test_reading_once_raises_what_cannot_be_read() -> None:
    async with scene() as made:
        with pytest.raises(AwsError, match="does not exist"):
            [update async for update in LogTail((function(),)).read(made.gate, made.clock)]


async def test_each_round_without_trouble_is_told() -> None:
    async with scene() as made:
        made.plant("line\n", -1)
        await made.follow(LogTail((function(),)), 5)

    assert sum(isinstance(update, SourceAnswered) for update in made.updates) >= 5
    assert made.statuses[0].behind_s == pytest.approx(timedelta(seconds=1).total_seconds())


async def test_a_stretch_that_is_past_is_read_whole_and_then_the_tail_is_over() -> None:
    async with scene() as made:
        for number in range(2500):
            made.plant(f"{number}\n", number / 10)
        made.clock.at += 2000

        tail = LogTail((function(),), since=at(60), until=at(120))
        await made.follow(tail, QUARTER_S * 10)
        calls = made.emulator.calls["logs.FilterLogEvents"]
        await made.follow(tail, QUARTER_S * 10)

    assert made.shown == [f"{number}\n" for number in range(600, 1200)]
    assert made.statuses[-1].whole
    assert calls == 1
    assert made.emulator.calls["logs.FilterLogEvents"] <= 2 * calls


async def test_late_lines_of_a_stretch_that_has_just_ended_are_waited_for() -> None:
    async with scene() as made:
        made.plant("at once\n", -30)
        made.plant("late\n", -20, late_s=400)
        made.plant("after it\n", 5)

        await made.follow(LogTail((function(),), since=at(-60), until=at(0)), QUARTER_S * 10)

    assert made.shown == ["at once\n", "late\n"]
    assert made.clock.time() - T0 >= QUARTER_S


async def test_of_a_window_that_is_past_the_last_lines_are_read() -> None:
    async with scene() as made:
        for number in range(1000):
            made.plant(f"{number}\n", number - 2000)

        await made.follow(LogTail((function(),), until=at(-1200)), QUARTER_S * 10)

    assert made.shown == [f"{number}\n" for number in range(300, 800)]


async def test_a_stretch_that_cannot_be_read_at_first_is_read_later() -> None:
    async with scene() as made:
        made.plant("line\n", -1800)
        made.emulator.faults["logs.FilterLogEvents"] = Fault.unavailable(times=12)

        await made.follow(LogTail((function(),), since=at(-1860), until=at(-1740)), QUARTER_S * 10)

    assert made.failures
    assert made.shown == ["line\n"]
