"""CloudWatch Logs of the emulated account: pages, order, lateness, and lines as Lambda writes them."""

import itertools
import re
from typing import Any

import pytest

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.invocation import EmulatedInvocation, Outcome
from lambdatop.emulator.logs.lines import Manner, lines
from lambdatop.emulator.logs.scan import ingested
from tests.emulator.simulated import NOON, Simulated

GROUP = "/aws/lambda/checkout-api"
NOW_MS = int(NOON * 1000)


def pages(account: Simulated, **params: Any) -> list[dict[str, Any]]:
    """Every page of a FilterLogEvents."""
    found = [account.call("logs.FilterLogEvents", **params)]
    while token := found[-1].get("nextToken"):
        found.append(account.call("logs.FilterLogEvents", **params, nextToken=token))
    return found


def events(account: Simulated, **params: Any) -> list[dict[str, Any]]:
    return [event for page in pages(account, **params) for event in page["events"]]


def invocation(
    outcome: Outcome = "ok", *, init_ms: float | None = None, trace_id: str | None = None
) -> EmulatedInvocation:
    return EmulatedInvocation(
        function_name="checkout-api",
        request_id="8f507cfc-1b1e-4697-b07a-ac58fc914c95",
        version="$LATEST",
        stream="2026/11/23/[$LATEST]00000000000000000000000000000000",
        start=NOON,
        duration_ms=10_010.0 if outcome == "timeout" else 2.75,
        billed_ms=3,
        memory_mb=128,
        max_used_mb=56,
        init_ms=init_ms,
        outcome=outcome,
        error=("KeyError", "'sku'") if outcome == "error" else None,
        trace_id=trace_id,
        steps=(),
        http=None,
    )


def manner(runtime: str = "python3.13", *, json_format: bool = False) -> Manner:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:checkout-api"
    return Manner(runtime=runtime, json_format=json_format, arn=arn, insights=False)


def messages(made: EmulatedInvocation, how: Manner) -> list[str]:
    return [message for _, message in lines(made, how)]


def test_a_warm_invocation_has_start_end_and_report_as_lambda_writes_them() -> None:
    written = messages(invocation(), manner())

    assert written[0] == "START RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95 Version: $LATEST\n"
    assert re.fullmatch(r"\[INFO\]\t2026-11-23T12:00:00\.\d{3}Z\t8f507cfc-[^\t]+\t[^\t]+\n", written[1])
    assert written[-2] == "END RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95\n"
    assert written[-1] == (
        "REPORT RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95\tDuration: 2.75 ms\tBilled Duration: 3 ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 56 MB\t\n"
    )


def test_a_cold_and_traced_one_names_its_init_and_its_trace_in_the_report() -> None:
    written = messages(invocation(init_ms=130.49, trace_id="1-6ac7d554-62c6be2f6c1bd8032dac9acf"), manner())

    assert written[0].startswith("INIT_START Runtime Version: python:3.13.v")
    assert written[-1].endswith(
        "Max Memory Used: 56 MB\tInit Duration: 130.49 ms\t\n"
        "XRAY TraceId: 1-6ac7d554-62c6be2f6c1bd8032dac9acf\tSegmentId: b07aac58fc914c95\tSampled: true\t\n"
    )


def test_a_python_error_has_a_traceback_indented_with_no_break_spaces() -> None:
    written = messages(invocation("error"), manner())

    assert written[-3].startswith(
        "[ERROR] KeyError: 'sku'\nTraceback (most recent call last):\n\u00a0\u00a0File \"/var"
    )
    assert written[-1].endswith("\tStatus: error\tError Type: Runtime.Unknown\n")


@pytest.mark.parametrize(
    ("runtime", "signature"),
    [
        ("nodejs22.x", '\tERROR\tInvoke Error \t{"errorType":"KeyError"'),
        ("java21", "'sku': KeyError\nKeyError: 'sku'\n\tat "),
        ("dotnet8", "\tfail\tSystem.KeyError: 'sku'\n   at "),
        ("ruby3.4", "Error raised from handler method\n{"),
        ("provided.al2023", '{"errorMessage": "\'sku\'", "errorType": "KeyError"'),
    ],
)
def test_every_runtime_fails_in_its_own_words(runtime: str, signature: str) -> None:
    assert signature in messages(invocation("error"), manner(runtime))[-3]


def test_a_timeout_is_told_in_the_log_and_in_the_report() -> None:
    written = messages(invocation("timeout"), manner())

    assert written[-3].endswith(" 8f507cfc-1b1e-4697-b07a-ac58fc914c95 Task timed out after 10.01 seconds\n\n")
    assert written[-1].endswith("\tStatus: timeout\n")


def test_running_out_of_memory_is_told_by_the_report() -> None:
    assert messages(invocation("oom"), manner())[-1].endswith("\tStatus: error\tError Type: Runtime.OutOfMemory\n")


def test_json_format_has_system_and_application_events() -> None:
    written = messages(invocation("error", init_ms=1.5), manner(json_format=True))

    assert [re.match(r'\{"(time|timestamp)":"[^"]+","(?:type|level)":"([^"]+)', each).group(2) for each in written] == [  # type: ignore[union-attr]
        "platform.initStart",
        "platform.start",
        "INFO",
        "ERROR",
        "platform.report",
    ]
    assert '"message"' not in written[3]
    assert '"status":"error"' in written[4]


def test_events_come_in_order_each_once_and_only_within_the_window() -> None:
    account = Simulated()
    window = {"startTime": NOW_MS - 60_000, "endTime": NOW_MS - 30_000}

    found = events(account, logGroupName=GROUP, **window)

    ids = [event["eventId"] for event in found]
    assert len(found) > 5000
    assert ids == sorted(set(ids))
    assert [event["timestamp"] for event in found] == sorted(event["timestamp"] for event in found)
    assert window["startTime"] <= found[0]["timestamp"] <= found[-1]["timestamp"] <= window["endTime"]


def test_both_bounds_of_the_window_are_inclusive() -> None:
    account = Simulated()
    at = events(account, logGroupName=GROUP, startTime=NOW_MS - 60_000, endTime=NOW_MS - 59_000)[3]["timestamp"]

    assert {event["timestamp"] for event in events(account, logGroupName=GROUP, startTime=at, endTime=at)} == {at}


def test_small_pages_hold_what_one_large_page_holds() -> None:
    account = Simulated()
    question = {"logGroupName": GROUP, "startTime": NOW_MS - 20_000, "endTime": NOW_MS - 19_000}

    large = events(account, **question)
    small = pages(account, **question, limit=7)

    assert [event for page in small for event in page["events"]] == large
    assert all(len(page["events"]) <= 7 for page in small)


def test_newest_first_is_the_same_backwards() -> None:
    account = Simulated()
    question = {"logGroupName": GROUP, "startTime": NOW_MS - 20_000, "endTime": NOW_MS - 19_000}

    assert events(account, **question, startFromHead=False, limit=50) == events(account, **question)[::-1]


def test_a_page_is_at_most_a_megabyte_and_may_be_empty() -> None:
    account = Simulated()

    page = account.call("logs.FilterLogEvents", logGroupName=GROUP, startTime=NOW_MS - 900_000)
    rare = account.call(
        "logs.FilterLogEvents", logGroupName=GROUP, startTime=NOW_MS - 3_600_000, filterPattern="nowhere"
    )

    assert sum(len(event["message"].encode()) + 26 for event in page["events"]) <= 1_048_576
    assert "nextToken" in page
    assert rare["events"] == []
    assert "nextToken" in rare


def test_a_token_answers_only_the_question_it_was_given_for() -> None:
    account = Simulated()
    question = {"logGroupName": GROUP, "startTime": NOW_MS - 60_000, "limit": 1}
    token = account.call("logs.FilterLogEvents", **question)["nextToken"]

    for wrong in ({"filterPattern": "x", "nextToken": token}, {"nextToken": "f/xyz"}):
        with pytest.raises(ServiceError, match="nextToken is invalid"):
            account.call("logs.FilterLogEvents", **question, **wrong)


def test_an_event_shows_when_it_is_ingested_and_late_ones_turn_up_behind() -> None:
    account = Simulated()
    question = {"logGroupName": GROUP, "startTime": NOW_MS - 30_000, "endTime": NOW_MS}
    before = {event["eventId"]: event for event in events(account, **question)}

    account.clock.pass_(15)
    after = {event["eventId"]: event for event in events(account, **question)}

    assert before.items() < after.items()
    assert all(event["ingestionTime"] <= NOW_MS for event in before.values())
    assert all(after[late]["ingestionTime"] > NOW_MS for late in after.keys() - before.keys())


def test_ingestion_keeps_the_order_of_a_stream_and_lags_up_to_nine_seconds() -> None:
    for key in range(0, 4_000_000_000, 97_000_003):
        seen = [ingested(at, key) for at in range(NOW_MS, NOW_MS + 3_600_000, 173)]
        lags = [moment - at for moment, at in zip(seen, range(NOW_MS, NOW_MS + 3_600_000, 173), strict=True)]

        assert all(one <= two for one, two in itertools.pairwise(seen))
        assert 200 <= min(lags) <= max(lags) <= 9_100


def test_a_long_invocation_writes_as_it_goes() -> None:
    account = Simulated()
    runs = account.account.invocations("nightly-rollup", NOON - 3600, NOON)
    account.clock.at = runs[-1].end - 10

    written = events(account, logGroupName="/aws/lambda/nightly-rollup", startTime=int(runs[-1].start * 1000))

    assert [event["message"].split()[0] for event in written][:2] == ["INIT_START", "START"]
    assert not any("REPORT" in event["message"] for event in written)


def test_streams_can_be_chosen_by_name_and_by_prefix() -> None:
    account = Simulated()
    question = {"logGroupName": GROUP, "startTime": NOW_MS - 20_000, "endTime": NOW_MS - 10_000}
    stream = events(account, **question)[0]["logStreamName"]

    by_name = events(account, **question, logStreamNames=[stream])

    assert {event["logStreamName"] for event in by_name} == {stream}
    assert events(account, **question, logStreamNamePrefix=stream) == by_name
    assert by_name == [event for event in events(account, **question) if event["logStreamName"] == stream]


def test_a_stream_is_read_to_its_end_where_the_token_stays() -> None:
    account = Simulated()
    question = {"logGroupName": GROUP, "startTime": NOW_MS - 20_000, "endTime": NOW_MS - 10_000}
    stream = events(account, **question)[0]["logStreamName"]
    expected = [event["message"] for event in events(account, **question, logStreamNames=[stream])]

    read: list[str] = []
    token: dict[str, str] = {}
    for _ in range(200):
        page = account.call("logs.GetLogEvents", **question, logStreamName=stream, startFromHead=True, limit=3, **token)
        read += [event["message"] for event in page["events"]]
        if token.get("nextToken") == page["nextForwardToken"]:
            break
        token = {"nextToken": page["nextForwardToken"]}

    assert read == expected


def test_a_shared_group_holds_the_lines_of_all_its_functions() -> None:
    account = Simulated()

    found = events(account, logGroupName="/shop/identity", startTime=NOW_MS - 120_000, limit=500)

    owners = {event["logStreamName"].split("/")[3].partition("[")[0] for event in found}
    assert owners == {"identity-token-refresh", "session-authorizer"}


def test_groups_are_listed_by_name_and_only_functions_that_ran_have_one() -> None:
    account = Simulated()
    names: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = account.call("logs.DescribeLogGroups", limit=20, **token)
        names += [group["logGroupName"] for group in page["logGroups"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}

    assert names == sorted(set(names))
    assert GROUP in names
    assert "/aws/lambda/session-authorizer" not in names
    assert len(names) < 142


def test_streams_are_listed_by_last_event() -> None:
    account = Simulated()

    listed = account.call(
        "logs.DescribeLogStreams", logGroupName=GROUP, orderBy="LastEventTime", descending=True, limit=10
    )["logStreams"]

    last = [stream["lastEventTimestamp"] for stream in listed]
    assert len(listed) == 10
    assert last == sorted(last, reverse=True)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"logGroupName": "/aws/lambda/nope"}, "ResourceNotFoundException"),
        ({}, "InvalidParameterException"),
        ({"logGroupName": GROUP, "logGroupIdentifier": GROUP}, "InvalidParameterException"),
        ({"logGroupName": GROUP, "logStreamNames": ["a"], "logStreamNamePrefix": "a"}, "InvalidParameterException"),
        ({"logGroupName": GROUP, "filterPattern": "{ broken"}, "InvalidParameterException"),
        ({"logGroupName": GROUP, "limit": 10_001}, "InvalidParameterException"),
        ({"logGroupName": GROUP, "startTime": 2, "endTime": 1}, "InvalidParameterException"),
        ({"logGroupName": GROUP, "startFromHead": False}, "InvalidParameterException"),
    ],
)
def test_a_wrong_question_is_refused_as_aws_refuses_it(params: dict[str, Any], code: str) -> None:
    with pytest.raises(ServiceError) as refused:
        Simulated().call("logs.FilterLogEvents", **params)

    assert refused.value.code == code
