"""Polling: its pace, its patience under trouble, and how trouble is told."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta

import pytest

from lambdatop.aws.errors import (
    AccessDenied,
    AwsError,
    BadAnswer,
    CredentialsError,
    SettingsError,
    Throttled,
    Unreachable,
)
from lambdatop.sources.poll import each_minute, every, failed, polled, retry_in_s
from lambdatop.updates import LimitsKnown, SourceAnswered, SourceFailed, Trouble, Update
from tests.clocks import HandClock
from tests.model.factories import NOW

Pass = Sequence[Update | AwsError]


def passes(*each: Pass) -> Callable[[], AsyncIterator[Update]]:
    """A source whose first pass yields or raises the first of these, and so on; the last one stays."""
    turns = iter(each)
    turn: Pass = ()

    async def ask() -> AsyncIterator[Update]:
        nonlocal turn
        turn = next(turns, turn)
        for update in turn:
            if isinstance(update, AwsError):
                raise update
            yield update

    return ask


async def told(
    clock: HandClock, ask: Callable[[], AsyncIterator[Update]], count: int, *, pause_s: float = 60.0
) -> list[Update]:
    updates: list[Update] = []
    async for update in polled("limits", clock, lambda: pause_s, ask):
        updates.append(update)
        if len(updates) == count:
            break
    return updates


async def test_each_pass_is_told_and_followed_by_a_pause() -> None:
    clock = HandClock()

    updates = await told(clock, passes([LimitsKnown(1)], [LimitsKnown(2)], [LimitsKnown(3)]), 5)

    assert updates == [
        LimitsKnown(1),
        SourceAnswered("limits", NOW),
        LimitsKnown(2),
        SourceAnswered("limits", NOW + timedelta(seconds=60)),
        LimitsKnown(3),
    ]
    assert clock.slept == [60.0, 60.0]


async def test_a_failed_pass_is_told_with_its_remedy_and_tried_again() -> None:
    clock = HandClock()
    trouble = Unreachable("cannot reach lambda", remedy="check the network")

    updates = await told(clock, passes([trouble], [LimitsKnown(1)]), 3)

    assert updates == [
        SourceFailed(source="limits", error="cannot reach lambda; check the network", at=NOW, retry_in_s=2.0),
        LimitsKnown(1),
        SourceAnswered("limits", NOW + timedelta(seconds=2)),
    ]


async def test_what_was_told_before_a_pass_failed_stands() -> None:
    updates = await told(HandClock(), passes([LimitsKnown(1), Throttled("throttled")]), 2)

    assert updates[0] == LimitsKnown(1)
    assert isinstance(updates[1], SourceFailed)


async def test_the_wait_doubles_up_to_a_minute_and_begins_anew_after_an_answer() -> None:
    clock = HandClock()
    bad = [Throttled("throttled")]

    await told(clock, passes(*[bad] * 7, [LimitsKnown(1)], bad, bad), 11)

    assert clock.slept == [2, 4, 8, 16, 32, 60, 60, 60.0, 2]


async def test_a_missing_permission_is_asked_again_after_ten_minutes() -> None:
    clock = HandClock()

    await told(clock, passes([AccessDenied("needs lambda:ListFunctions")]), 3)

    assert clock.slept == [600, 600]


async def test_a_pass_that_told_something_keeps_its_pace_although_a_part_is_denied() -> None:
    clock = HandClock()

    updates = await told(clock, passes([LimitsKnown(1), AccessDenied("needs cloudwatch:ListMetrics")]), 4)

    assert clock.slept == [60.0]
    assert updates[1] == SourceFailed(source="limits", error="needs cloudwatch:ListMetrics", at=NOW, retry_in_s=60.0)


async def test_a_part_that_is_denied_of_what_is_seldom_asked_is_asked_again_after_ten_minutes_too() -> None:
    updates = await told(HandClock(), passes([LimitsKnown(1), AccessDenied("no")]), 2, pause_s=3600.0)

    assert isinstance(updates[1], SourceFailed)
    assert updates[1].retry_in_s == 600


async def test_what_is_not_awss_trouble_is_a_crash() -> None:
    async def ask() -> AsyncIterator[Update]:
        yield LimitsKnown(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await told(HandClock(), ask, 5)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (CredentialsError("expired"), Trouble.CREDENTIALS),
        (SettingsError("no profile"), Trouble.SETTINGS),
        (Throttled("throttled"), Trouble.PASSING),
        (AccessDenied("needs x:Y"), Trouble.PASSING),
        (BadAnswer("html"), Trouble.PASSING),
    ],
)
def test_trouble_says_whether_asking_again_can_help(error: AwsError, trouble: Trouble) -> None:
    assert failed("limits", error, HandClock(), 1.0).trouble is trouble


def test_the_wait_does_not_overflow() -> None:
    assert retry_in_s(Throttled("throttled"), 10_000) == 60


def test_programs_started_together_do_not_ask_in_step() -> None:
    pauses = [pause() for pause in [every(60)] * 50]

    assert all(54 <= pause <= 66 for pause in pauses)
    assert len(set(pauses)) > 1


def test_metrics_are_asked_shortly_after_the_full_minute() -> None:
    clock = HandClock()
    pause = each_minute(clock)

    moments = [(clock.now() + timedelta(seconds=pause())) for _ in range(50)]

    assert {moment.replace(second=0, microsecond=0) for moment in moments} == {NOW.replace(minute=33, second=0)}
    assert all(1 <= moment.second + moment.microsecond / 1e6 <= 3 for moment in moments)
