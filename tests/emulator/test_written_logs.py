"""Log groups created by name and events written into them, as an AWS client sees them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdatop.emulator.server import Emulator
from tests.emulator.served import client
from tests.emulator.simulated import NOON

GROUP, STREAM = "/team/orders", "a stream of its own"
NOW_MS = int(NOON * 1000)


@pytest.fixture
async def logs() -> Any:
    """A client of an account whose clock stands at noon."""
    async with Emulator(functions=3, lint=True, clock=lambda: NOON) as emulator, client(emulator, "logs") as made:
        made.emulator = emulator
        yield made
        assert not emulator.problems


async def write(logs: Any, *times_ms: int) -> dict[str, Any]:
    await logs.create_log_group(logGroupName=GROUP)
    await logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    events = [{"timestamp": at, "message": f"at {at - NOW_MS}"} for at in times_ms]
    answer: dict[str, Any] = await logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)
    return answer


async def test_what_was_put_is_read_the_future_and_equal_times_too(logs: Any) -> None:
    await write(logs, NOW_MS - 5, NOW_MS - 5, NOW_MS + 60_000)

    answer = await logs.filter_log_events(logGroupName=GROUP, startTime=NOW_MS - 1000)
    by_stream = await logs.get_log_events(logGroupName=GROUP, logStreamName=STREAM, startFromHead=True)

    assert [event["message"] for event in answer["events"]] == ["at -5", "at -5", "at 60000"]
    assert len({event["eventId"] for event in answer["events"]}) == 3
    assert [event["message"] for event in by_stream["events"]] == ["at -5", "at -5", "at 60000"]


async def test_what_is_too_far_ahead_is_told_and_not_kept(logs: Any) -> None:
    answer = await write(logs, NOW_MS, NOW_MS + 3 * 3_600_000)

    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 1}
    assert len((await logs.filter_log_events(logGroupName=GROUP, startTime=0))["events"]) == 1


async def test_a_planted_event_is_not_seen_before_its_time(logs: Any) -> None:
    account = logs.emulator.account()
    account.write_log(GROUP, STREAM, NOW_MS - 1000, "later", visible_ms=NOW_MS + 1)
    account.write_log(GROUP, STREAM, NOW_MS - 1000, "now", visible_ms=NOW_MS)

    answer = await logs.filter_log_events(logGroupName=GROUP, startTime=0)

    assert [event["message"] for event in answer["events"]] == ["now"]


async def test_an_infrequent_access_group_is_described_but_not_read(logs: Any) -> None:
    await logs.create_log_group(logGroupName=GROUP, logGroupClass="INFREQUENT_ACCESS")

    described = await logs.describe_log_groups(logGroupClass="INFREQUENT_ACCESS")
    assert [group["logGroupName"] for group in described["logGroups"]] == [GROUP]
    with pytest.raises(ClientError, match=r"InvalidOperationException.*log-group-class INFREQUENT_ACCESS"):
        await logs.filter_log_events(logGroupName=GROUP, startTime=0)
    with pytest.raises(ClientError, match="StartLiveTail is not supported for this log class"):
        await logs.start_live_tail(logGroupIdentifiers=[f"arn:aws:logs:eu-west-1:123456789012:log-group:{GROUP}"])


async def test_a_group_is_created_once_and_a_stream_must_be_there(logs: Any) -> None:
    await logs.create_log_group(logGroupName=GROUP)

    with pytest.raises(ClientError, match="ResourceAlreadyExistsException"):
        await logs.create_log_group(logGroupName=GROUP)
    with pytest.raises(ClientError, match="The specified log stream does not exist"):
        await logs.put_log_events(
            logGroupName=GROUP, logStreamName=STREAM, logEvents=[{"timestamp": NOW_MS, "message": "x"}]
        )
