"""The tail over the emulated log while its time goes on, and the samples of REPORT lines."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.aws.errors import AwsError
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.function import Function
from lambdatop.model.logs import LogLine
from lambdatop.sources.inventory import decode_function
from lambdatop.sources.logs import FIRST_LINES, LogTail, ReportSampler, decode_event, sample_reports, writes
from lambdatop.state import LogsArrived, ReportsSampled
from tests.clocks import HandClock
from tests.model.factories import function
from tests.sources.conftest import NotingGate

QUIET, SHARED, IDLE, JSON = "support-ticket-router", "identity-token-refresh", "identity-cleaner", "webhook-dispatch"


async def described(aws: NotingGate, name: str) -> Function:
    return decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name))


async def read(tail: LogTail, aws: NotingGate, clock: HandClock) -> LogsArrived:
    (update,) = [update async for update in tail.read(aws, clock)]
    assert isinstance(update, LogsArrived)
    return update


async def lost_or_doubled(lines: Sequence[LogLine], aws: NotingGate, one: Function, clock: HandClock) -> Counter[str]:
    """The ids that were not shown exactly once, of all after the first line (its own millisecond was cut)."""
    since = lines[0].timestamp
    pages = aws.pages(
        "logs",
        "FilterLogEvents",
        logGroupName=one.log_group,
        startTime=int(since.timestamp() * 1000) + 1,
        endTime=int(clock.monotonic() * 1000),
    )
    there = [event async for page in pages for event in page["events"]]
    differing = Counter(line.event_id for line in lines if line.timestamp > since)
    differing.subtract(event["eventId"] for event in there if writes(one, event["logStreamName"]))
    return Counter({identifier: count for identifier, count in differing.items() if count})


@pytest.mark.parametrize("name", [QUIET, SHARED])
async def test_no_line_is_lost_or_doubled_while_time_goes_on(name: str, aws: NotingGate, clock: HandClock) -> None:
    one = await described(aws, name)
    tail = LogTail(one)
    lines = list((await read(tail, aws, clock)).lines)
    for pause in [2, 2, 2, 7, 2, 30, 2, 2, 61, *[2] * 26]:
        clock.move(pause)
        lines += (await read(tail, aws, clock)).lines

    assert not await lost_or_doubled(lines, aws, one, clock)
    assert {line.function_name for line in lines} == {name}


async def test_the_first_reading_is_the_newest_lines_in_their_order(aws: NotingGate, clock: HandClock) -> None:
    told = await read(LogTail(await described(aws, "checkout-api")), aws, clock)

    assert len(told.lines) == FIRST_LINES
    assert [line.timestamp for line in told.lines] == sorted(line.timestamp for line in told.lines)
    assert told.behind_s is not None
    assert told.behind_s < 10


async def test_a_shared_log_group_shows_only_the_functions_own_lines(aws: NotingGate, clock: HandClock) -> None:
    told = await read(LogTail(await described(aws, SHARED)), aws, clock)

    assert told.lines
    assert all(f"/{SHARED}[" in line.stream for line in told.lines)


async def test_a_log_group_that_does_not_exist_yet_is_an_empty_log(aws: NotingGate, clock: HandClock) -> None:
    tail = LogTail(function(name="never-called"))

    assert await read(tail, aws, clock) == LogsArrived("never-called", (), None)
    assert await read(tail, aws, clock) == LogsArrived("never-called", (), None)


@pytest.mark.parametrize("fault", [Fault.denied(times=1), Fault.html(times=1)], ids=lambda fault: str(fault.kind))
async def test_a_reading_that_fails_loses_nothing(
    fault: Fault, aws: NotingGate, account: Emulator, clock: HandClock
) -> None:
    one = await described(aws, QUIET)
    tail = LogTail(one)
    lines = list((await read(tail, aws, clock)).lines)
    clock.move(20)
    account.faults["logs.FilterLogEvents"] = fault
    with pytest.raises(AwsError):
        await read(tail, aws, clock)
    for _ in range(8):
        clock.move(2)
        lines += (await read(tail, aws, clock)).lines

    assert not await lost_or_doubled(lines, aws, one, clock)


async def test_a_second_page_that_fails_does_not_take_the_first_with_it(
    aws: NotingGate, account: Emulator, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdatop.sources.logs.PAGE_LINES", 40)
    one = await described(aws, "sms-gateway")
    tail = LogTail(one)
    lines = list((await read(tail, aws, clock)).lines)
    clock.move(120)
    account.faults.update({"logs.FilterLogEvents": Fault.delayed(0, times=1), "logs.Filter*": Fault.denied(times=1)})
    with pytest.raises(AwsError):
        await read(tail, aws, clock)
    assert not account.faults
    lines += (await read(tail, aws, clock)).lines

    assert not await lost_or_doubled(lines, aws, one, clock)


async def test_report_lines_are_sampled_in_text_and_in_json(aws: NotingGate, clock: HandClock) -> None:
    for name in (QUIET, JSON):
        sampled = await sample_reports(aws, clock, await described(aws, name))

        assert sampled.sample is not None
        assert sampled.sample.count > 10
        assert sampled.sample.used_mb


async def test_without_a_log_group_or_a_line_there_is_no_sample(aws: NotingGate, clock: HandClock) -> None:
    assert await sample_reports(aws, clock, function(name="never")) == ReportsSampled("never", None, clock.now())


async def test_a_sample_holds_only_the_functions_own_reports(aws: NotingGate, clock: HandClock) -> None:
    own = [await sample_reports(aws, clock, await described(aws, each)) for each in (SHARED, "session-authorizer")]

    counts = [each.sample.count for each in own if each.sample]
    assert len(counts) == 2
    assert sum(counts) <= 200


async def test_samples_are_taken_one_after_another_and_not_again_too_soon(aws: NotingGate, clock: HandClock) -> None:
    sampler, names = ReportSampler(), [await described(aws, QUIET), await described(aws, JSON)]

    async def sampled() -> list[str]:
        return [
            update.function
            async for update in sampler.sample(aws, clock, lambda: names)
            if isinstance(update, ReportsSampled)
        ]

    assert await sampled() == [QUIET, JSON]
    assert clock.slept == [0.25, 0.25]
    assert await sampled() == []
    clock.move(120)
    assert await sampled() == [QUIET, JSON]


@pytest.mark.parametrize(
    ("stream", "own"),
    [
        ("2026/11/03/orders[$LATEST]0123", True),
        ("2026/11/03/orders[42]0123", True),
        ("2026/11/03/orders-archive[$LATEST]0123", False),
        ("2026/11/03/old-orders[$LATEST]0123", False),
        ("", False),
    ],
)
def test_a_stream_of_a_shared_group_names_its_function(stream: str, own: bool) -> None:
    shared = decode_function({"FunctionName": "orders", "LoggingConfig": {"LogGroup": "/shop"}})

    assert writes(shared, stream) is own


@given(
    st.fixed_dictionaries(
        {"timestamp": st.integers(0, 253_402_300_799_999)},
        optional={
            "message": st.text(),
            "eventId": st.text(),
            "logStreamName": st.text(),
            "ingestionTime": st.integers(0, 253_402_300_799_999),
        },
    )
)
def test_any_event_is_decoded_and_its_message_stays_as_it_came(raw: dict[str, Any]) -> None:
    assert decode_event(raw, "f").message == raw.get("message", "")


async def test_of_a_busy_log_only_the_newest_lines_are_read_again(
    aws: NotingGate, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdatop.sources.logs.MOST_AGAIN", 20)
    one = await described(aws, QUIET)
    tail = LogTail(one)
    lines = list((await read(tail, aws, clock)).lines)
    for _ in range(3):
        clock.move(300)
        newest = max(line.timestamp for line in lines)
        lines += (await read(tail, aws, clock)).lines

    begun = datetime.fromtimestamp(aws.asked_of("FilterLogEvents")[-1]["startTime"] / 1000, UTC)
    assert len([line for line in lines if begun <= line.timestamp <= newest]) == 20
    assert not await lost_or_doubled(lines, aws, one, clock)
