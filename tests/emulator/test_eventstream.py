"""Live Tail: frames as AWS frames them, and sessions as a real client sees them."""

from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from botocore.exceptions import ClientError, EventStreamError
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.emulator.logs import event_stream as eventstream
from lambdatop.emulator.server import Emulator
from tests.emulator.served import client
from tests.emulator.simulated import NOON, Clock

ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/{}"


class Running(Clock):
    """A clock that goes on by a step each time a session looks at it."""

    def __init__(self, at: float, step: float) -> None:
        super().__init__(at)
        self.step = step

    def __call__(self) -> float:
        self.at += self.step
        return self.at


@given(st.dictionaries(st.sampled_from([":message-type", "a", "b"]), st.text(max_size=20)), st.binary(max_size=200))
def test_a_frame_is_read_back_by_botocore(headers: dict[str, str], payload: bytes) -> None:
    buffer = EventStreamBuffer()
    buffer.add_data(eventstream.frame(headers, payload))

    message: Any = next(iter(buffer))

    assert message.headers == headers
    assert message.payload == payload


async def updates(emulator: Emulator, count: int, **params: Any) -> list[dict[str, Any]]:
    """The start of a session and its first updates."""
    async with client(emulator, "logs") as made:
        stream = (await made.start_live_tail(**params))["responseStream"]
        events: list[dict[str, Any]] = []
        async for event in stream:
            events.append(event)
            if len(events) > count:
                break
        stream.close()
    return events


async def test_a_session_starts_and_then_tells_what_was_ingested_each_once() -> None:
    group = ARN.format("payment-capture")
    async with Emulator(clock=Running(NOON, 0.2), tail_every_s=0.001) as emulator:
        start, *rest = await updates(emulator, 20, logGroupIdentifiers=[group], logEventFilterPattern="REPORT")

    results = [result for update in rest for result in update["sessionUpdate"]["sessionResults"]]
    assert start["sessionStart"]["logGroupIdentifiers"] == [group]
    assert results
    assert all(result["message"].startswith("REPORT RequestId: ") for result in results)
    assert len({result["message"] for result in results}) == len(results)
    assert {result["logGroupIdentifier"] for result in results} == {group}
    assert not any(update["sessionUpdate"]["sessionMetadata"]["sampled"] for update in rest)


async def test_more_than_five_hundred_events_are_sampled() -> None:
    async with Emulator(clock=Running(NOON, 3), tail_every_s=0.001) as emulator:
        _, update = await updates(emulator, 1, logGroupIdentifiers=[ARN.format("checkout-api")])

    assert update["sessionUpdate"]["sessionMetadata"]["sampled"]
    assert len(update["sessionUpdate"]["sessionResults"]) == 500


async def test_a_still_clock_gives_empty_updates() -> None:
    async with Emulator(clock=Clock(NOON), tail_every_s=0.001) as emulator:
        _, *rest = await updates(emulator, 3, logGroupIdentifiers=[ARN.format("checkout-api")])

    assert [update["sessionUpdate"]["sessionResults"] for update in rest] == [[], [], []]


async def test_a_session_ends_after_three_hours_with_an_exception() -> None:
    async with Emulator(clock=Running(NOON, 4000), tail_every_s=0.001) as emulator:
        with pytest.raises(EventStreamError, match="SessionTimeoutException"):
            await updates(emulator, 100, logGroupIdentifiers=[ARN.format("nightly-rollup")])


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"logGroupIdentifiers": [ARN.format("nope")]}, "ResourceNotFoundException"),
        ({"logGroupIdentifiers": [ARN.format("checkout-api") + ":*"]}, "InvalidParameterException"),
        ({"logGroupIdentifiers": ["/aws/lambda/checkout-api"]}, "InvalidParameterException"),
        ({"logGroupIdentifiers": [ARN.format("checkout-api")] * 11}, "InvalidParameterException"),
        (
            {"logGroupIdentifiers": [ARN.format("checkout-api")], "logEventFilterPattern": "{ x"},
            "InvalidParameterException",
        ),
        (
            {"logGroupIdentifiers": [ARN.format("checkout-api"), ARN.format("cart-api")], "logStreamNames": ["a"]},
            "InvalidParameterException",
        ),
    ],
)
async def test_a_session_may_be_refused_before_it_starts(params: dict[str, Any], code: str) -> None:
    async with Emulator(clock=Clock(NOON)) as emulator:
        with pytest.raises(ClientError, match=code):
            await updates(emulator, 1, **params)
