"""The samples of REPORT lines, and whose a log stream is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.aws.errors import AccessDenied
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.function import Function
from lambdatop.sources.fleet.inventory import decode_function
from lambdatop.sources.logs.log_group import decode_event, writes
from lambdatop.sources.logs.report_samples import ReportSampler, sample_reports
from lambdatop.updates import ReportsSampled, Update
from tests.clocks import HandClock
from tests.model.factories import function
from tests.sources.conftest import NotingGate

QUIET, SHARED, IDLE, JSON = "support-ticket-router", "identity-token-refresh", "identity-cleaner", "webhook-dispatch"


async def described(aws: NotingGate, name: str) -> Function:
    return decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name))


async def test_report_lines_are_sampled_in_text_and_in_json(aws: NotingGate, clock: HandClock) -> None:
    for name in (QUIET, JSON):
        sampled = await sample_reports(aws, clock, await described(aws, name))

        assert sampled.sample is not None
        assert sampled.sample.count > 10
        assert sampled.sample.used_mb
        assert sampled.sample.memory_mb == (await described(aws, name)).memory_mb


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


async def test_one_refused_log_group_does_not_keep_the_others_from_being_sampled(
    account: Emulator, aws: NotingGate, clock: HandClock
) -> None:
    names = [await described(aws, QUIET), await described(aws, JSON)]
    account.faults["logs.FilterLogEvents"] = Fault.denied(times=1)
    told: list[Update] = []

    async def one_pass() -> None:
        async for update in ReportSampler().sample(aws, clock, lambda: names):
            told.append(update)

    with pytest.raises(AccessDenied, match="logs:FilterLogEvents"):
        await one_pass()

    assert [update.function for update in told if isinstance(update, ReportsSampled)] == [JSON]


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
