"""Every kind of trouble, made at the socket or in the settings, becomes a typed error that says what to do."""

import asyncio
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdatop.aws.errors import (
    AccessDenied,
    AwsError,
    BadAnswer,
    Conflict,
    CredentialsError,
    NotFound,
    SettingsError,
    Stale,
    Throttled,
    Unreachable,
)
from lambdatop.aws.gate import Gate
from lambdatop.aws.session import Connection
from lambdatop.clock import SystemClock
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from tests.gates import gate_to
from tests.model.factories import NOW
from tests.speaker import speaking

_END = NOW.timestamp()
_SPAN = {"StartTime": _END - 60, "EndTime": _END}
READS: dict[str, dict[str, Any]] = {
    "sts.GetCallerIdentity": {},
    "lambda.ListFunctions": {},
    "lambda.GetAccountSettings": {},
    "lambda.GetFunctionConfiguration": {"FunctionName": "sms-gateway"},
    "cloudwatch.DescribeAlarms": {},
    "cloudwatch.ListMetrics": {},
    "cloudwatch.GetMetricData": {"MetricDataQueries": [], **_SPAN},
    "logs.DescribeLogGroups": {},
    "logs.FilterLogEvents": {"logGroupName": "/aws/lambda/sms-gateway", "startTime": int(_END * 1000), "limit": 10},
    "xray.GetTraceSummaries": _SPAN,
    "xray.BatchGetTraces": {"TraceIds": ["1-581cf771-a006649127e371903a2de979"]},
}
"""What the program reads."""


async def trouble(gate: Gate, read: str) -> AwsError | None:
    service, _, operation = read.partition(".")
    try:
        await gate.call(service, operation, **READS[read])
    except AwsError as error:
        return error
    return None


async def troubles(gate: Gate, emulator: Emulator, fault: Fault) -> dict[str, AwsError | None]:
    """What each read meets while all of them meet the fault; at once, since retried ones take their time."""
    emulator.faults["*"] = fault
    return dict(zip(READS, await asyncio.gather(*(trouble(gate, read) for read in READS)), strict=True))


async def test_without_faults_every_read_answers(gate: Gate) -> None:
    assert [await trouble(gate, read) for read in READS] == [None] * len(READS)


@pytest.mark.parametrize(
    ("fault", "kind", "asked"),
    [
        (Fault.throttled(), Throttled, 3),
        (Fault.unavailable(), Unreachable, 3),
        (Fault.html(), BadAnswer, 1),
        (Fault.broken_json(), BadAnswer, 1),
        (Fault.null_members(), BadAnswer, 1),
        (Fault.denied(), AccessDenied, 1),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
async def test_a_fault_is_the_same_trouble_for_every_read(
    gate: Gate, emulator: Emulator, fault: Fault, kind: type[AwsError], asked: int
) -> None:
    met = await troubles(gate, emulator, fault)

    assert {read: type(error) for read, error in met.items()} == dict.fromkeys(READS, kind)
    assert dict(emulator.calls) == dict.fromkeys(READS, asked)


async def test_a_broken_connection_is_tried_again_and_then_told(gate: Gate, emulator: Emulator) -> None:
    met = await troubles(gate, emulator, Fault.reset())

    assert {str(error) for error in met.values()} == {f"cannot reach {emulator.url}"}
    assert {error.remedy for error in met.values() if error} == {"check the network, the Region and --endpoint-url"}
    assert min(emulator.calls.values()) >= 3


async def test_one_bad_moment_is_not_trouble(gate: Gate, emulator: Emulator) -> None:
    met = await troubles(gate, emulator, Fault.reset(times=1))

    assert set(met.values()) == {None}


async def test_denied_names_the_iam_action_and_the_resource(gate: Gate, emulator: Emulator) -> None:
    met = await troubles(gate, emulator, Fault.denied())

    assert str(met["xray.GetTraceSummaries"]) == "needs xray:GetTraceSummaries"
    assert str(met["logs.FilterLogEvents"]).startswith(
        "needs logs:FilterLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/sms-gateway:"
    )
    assert str(met["lambda.GetFunctionConfiguration"]) == (
        "needs lambda:GetFunctionConfiguration on arn:aws:lambda:eu-west-1:123456789012:function:sms-gateway"
    )


async def test_a_web_page_is_named_as_what_it_may_be(gate: Gate, emulator: Emulator) -> None:
    emulator.faults["lambda.ListFunctions"] = Fault.html()

    error = await trouble(gate, "lambda.ListFunctions")

    assert error is not None
    assert error.line() == (
        f"unexpected answer from {emulator.url} to ListFunctions (text/html, 105 bytes); "
        "is a proxy or captive portal in between?"
    )


@pytest.mark.parametrize(
    ("read", "body"),
    [
        ("lambda.ListFunctions", b'{"Functions": [7]}'),
        ("lambda.ListFunctions", b'{"Functions": [{"FunctionName": "a"}, {"Runtime": "python3.13"}]}'),
        ("logs.FilterLogEvents", b'{"events": [{"timestamp": 1793707200000}]}'),
        ("logs.FilterLogEvents", b'{"events": [{"timestamp": "noon", "message": "m"}]}'),
        ("logs.FilterLogEvents", b'{"events": [{"timestamp": 9999999999999999, "message": "m"}]}'),
        ("cloudwatch.GetMetricData", b'{"MetricDataResults": [{"Values": [1]}]}'),
    ],
)
async def test_an_item_that_lacks_what_each_item_holds_is_a_bad_answer(read: str, body: bytes) -> None:
    async with speaking(body) as speaker, gate_to(speaker.url) as gate:
        assert isinstance(await trouble(gate, read), BadAnswer)


@pytest.mark.parametrize(
    ("read", "body", "odd"),
    [
        ("lambda.ListFunctions", b'{"Functions": [], "NextMarker": ["x"]}', "NextMarker"),
        ("lambda.GetFunctionConfiguration", b'{"FunctionName": "a", "MemorySize": 1, "Runtime": 7}', "Runtime"),
        ("lambda.GetFunctionConfiguration", b'{"FunctionName": "a", "LoggingConfig": {"LogGroup": []}}', "LogGroup"),
        (
            "logs.FilterLogEvents",
            b'{"events": [{"timestamp": 1, "message": "", "ingestionTime": "x"}]}',
            "ingestionTime",
        ),
        ("logs.FilterLogEvents", b'{"events": [{"timestamp": 1, "message": "", "eventId": {}}]}', "eventId"),
        ("logs.DescribeLogGroups", b'{"logGroups": [{"creationTime": "x"}]}', "creationTime"),
        ("cloudwatch.ListMetrics", b'{"Metrics": [{"Dimensions": "x"}]}', "Dimensions"),
        ("cloudwatch.ListMetrics", b'{"Metrics": [{"Dimensions": ["x"]}]}', "Dimensions"),
        ("cloudwatch.GetMetricData", b'{"MetricDataResults": [{"Id": "q0", "Timestamps": 5}]}', "Timestamps"),
        ("cloudwatch.GetMetricData", b'{"MetricDataResults": [{"Id": "q0", "Timestamps": ["x"]}]}', "Timestamps"),
        ("cloudwatch.GetMetricData", b'{"MetricDataResults": [{"Id": "q0", "Values": [1, null]}]}', "Values"),
        ("cloudwatch.DescribeAlarms", b'{"MetricAlarms": [{"AlarmName": 5}]}', "AlarmName"),
        ("xray.GetTraceSummaries", b'{"TraceSummaries": [{"Http": "x"}]}', "Http"),
        ("xray.GetTraceSummaries", b'{"TraceSummaries": [{"Annotations": {"ColdStart": "x"}}]}', "Annotations"),
        ("xray.GetTraceSummaries", b'{"TraceSummaries": [{"FaultRootCauses": [{"Services": [1]}]}]}', "Services"),
        ("xray.GetTraceSummaries", b'{"TraceSummaries": [{"Duration": true}]}', "Duration"),
    ],
)
async def test_a_member_of_another_type_is_a_bad_answer_that_names_it(read: str, body: bytes, odd: str) -> None:
    async with speaking(body) as speaker, gate_to(speaker.url) as gate:
        error = await trouble(gate, read)

    assert isinstance(error, BadAnswer)
    assert f"to {read.partition('.')[2]} ({odd} is not as AWS has it, application/json, {len(body)} bytes)" in str(
        error
    )


@pytest.mark.parametrize(
    ("read", "body"),
    [
        ("lambda.GetFunctionConfiguration", b'{"FunctionName": "a", "Layers": null, "NewInNextYear": 7}'),
        ("lambda.GetFunctionConfiguration", b'{"FunctionName": "a", "CodeSize": 3.0}'),
        (
            "cloudwatch.GetMetricData",
            b'{"MetricDataResults": [{"Id": "q0", "Timestamps": [1, 1.5], "Values": [1, 0.5]}]}',
        ),
        (
            "cloudwatch.GetMetricData",
            b'{"MetricDataResults": [{"Id": "q0", "Timestamps": ["2026-11-03T14:00:00Z"], "Values": [1]}]}',
        ),
        ("xray.GetTraceSummaries", b'{"TraceSummaries": [{"Duration": 1, "Http": {}}]}'),
    ],
)
async def test_what_is_null_new_or_a_whole_number_is_no_bad_answer(read: str, body: bytes) -> None:
    async with speaking(body) as speaker, gate_to(speaker.url) as gate:
        assert await trouble(gate, read) is None


async def test_a_web_page_is_no_success_of_a_write(gate: Gate, emulator: Emulator) -> None:
    emulator.faults["lambda.DeleteFunctionConcurrency"] = Fault.html()

    with pytest.raises(BadAnswer):
        await gate.call("lambda", "DeleteFunctionConcurrency", FunctionName="sms-gateway")


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"Functions": 7}', b'"x"'])
async def test_a_body_that_is_not_awss_is_a_bad_answer(body: bytes) -> None:
    async with speaking(body) as speaker, gate_to(speaker.url) as gate:
        with pytest.raises(BadAnswer, match="unexpected answer from http"):
            await gate.call("lambda", "ListFunctions")


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (404, BadAnswer, "the endpoint does not know logs DescribeLogGroups (404)"),
        (501, BadAnswer, "the endpoint does not know logs DescribeLogGroups (501)"),
        (403, BadAnswer, "a web page came instead of an answer to logs DescribeLogGroups (403)"),
        (502, Unreachable, "a web page came instead of an answer to logs DescribeLogGroups (502)"),
    ],
)
async def test_an_error_page_says_whose_fault_it_may_be(status: int, kind: type[AwsError], said: str) -> None:
    page = b"<!DOCTYPE html>\n<html><body>No</body></html>"
    async with speaking(page, status=status, content_type="text/html") as speaker, gate_to(speaker.url) as gate:
        error = await trouble(gate, "logs.DescribeLogGroups")

    assert isinstance(error, kind)
    assert str(error) == said


@pytest.mark.parametrize("status", [302, 404, 502])
async def test_an_error_page_is_told_in_one_line(status: int) -> None:
    page = b"<!DOCTYPE html>\n<html><body>Bad gateway</body></html>"
    async with speaking(page, status=status, content_type="text/html") as speaker, gate_to(speaker.url) as gate:
        error = await trouble(gate, "logs.DescribeLogGroups")

    assert isinstance(error, BadAnswer | Unreachable)
    assert "\n" not in error.line()
    assert "<" not in error.line()


async def test_nobody_listening_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        async with gate_to(url) as gate:
            error = await trouble(gate, "sts.GetCallerIdentity")

    assert isinstance(error, Unreachable)
    assert error.line() == f"cannot reach {url}; check the network, the Region and --endpoint-url"


async def test_what_does_not_exist_is_not_found(gate: Gate) -> None:
    with pytest.raises(NotFound, match="Function not found"):
        await gate.call("lambda", "GetFunctionConfiguration", FunctionName="no-such-function")


def json_error(code: str) -> bytes:
    return f'{{"__type": "{code}", "message": "The security token included in the request is no good"}}'.encode()


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
async def test_expired_credentials_name_the_command_that_renews_them(
    code: str, settings: Callable[[str], None]
) -> None:
    settings("[profile prod]\naws_access_key_id = AKID\naws_secret_access_key = canary\nregion = eu-west-1\n")
    async with speaking(json_error(code), status=403) as speaker:
        gate = Gate(Connection(profile="prod", endpoint_url=lambda: speaker.url), SystemClock())
        error = await trouble(gate, "lambda.ListFunctions")
        await gate.close()

    assert isinstance(error, CredentialsError)
    assert error.line() == "the credentials have expired; run: aws sso login --profile prod"
    assert speaker.asked == 1


@pytest.mark.parametrize("code", ["UnrecognizedClientException", "InvalidSignatureException", "SignatureDoesNotMatch"])
async def test_wrong_credentials_are_no_missing_permission(code: str) -> None:
    async with speaking(json_error(code), status=403) as speaker, gate_to(speaker.url) as gate:
        with pytest.raises(CredentialsError, match=code):
            await gate.call("lambda", "ListFunctions")


@pytest.mark.parametrize(
    ("code", "hinted"),
    [("UnrecognizedClientException", True), ("InvalidClientTokenId", True), ("SignatureDoesNotMatch", False)],
)
async def test_a_region_that_may_not_be_enabled_is_thought_of(code: str, hinted: bool) -> None:
    async with speaking(json_error(code), status=403) as speaker, gate_to(speaker.url) as gate:
        error = await trouble(gate, "lambda.ListFunctions")

    assert error is not None
    assert ("or is the Region not enabled in this account?" in error.line()) is hinted


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "Signature expired: 20261103T142500Z is now earlier than 20261103T142700Z (20261103T143200Z - 5 min.)",
            "this machine's clock is 7 min behind that of AWS",
        ),
        (
            "Signature not yet current: 20261103T170000Z is still later than 20261103T143700Z"
            " (20261103T143200Z + 5 min.)",
            "this machine's clock is 2 h ahead of that of AWS",
        ),
        ("Signature expired: then is now earlier than now", "this machine's clock is not that of AWS"),
    ],
)
@pytest.mark.parametrize("code", ["InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired"])
async def test_a_wrong_clock_is_no_fault_of_the_credentials(code: str, message: str, said: str) -> None:
    body = json.dumps({"__type": code, "message": message}).encode()
    async with speaking(body, status=403) as speaker, gate_to(speaker.url) as gate:
        error = await trouble(gate, "logs.DescribeLogGroups")

    assert isinstance(error, SettingsError)
    assert error.line() == f"{said}; set it, since AWS refuses what is signed at another time"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Writes an AWS config file that the SDK reads."""

    def write(text: str) -> None:
        path = tmp_path / "config"
        path.write_text(text)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
        monkeypatch.setenv("HOME", str(tmp_path))

    return write


SSO = """\
[profile prod]
region = eu-west-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = oncall
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://127.0.0.1:9/start
"""


@pytest.mark.parametrize("by", ["flag", "environment"])
@pytest.mark.parametrize(
    "url", ["http://[::1", "ftp://x", "127.0.0.1:5000", "http://", "http://127.0.0.1:99999", "http://a b", "http://:80"]
)
async def test_an_endpoint_that_is_no_url_says_so_in_a_line(url: str, by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if by == "environment":
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    connection = Connection(region="eu-west-1", endpoint_url=(lambda: url) if by == "flag" else None)
    gate = Gate(connection, SystemClock())

    error = await trouble(gate, "lambda.ListFunctions")

    assert isinstance(error, SettingsError)
    assert error.certain
    assert str(error) == "the endpoint's URL cannot be read"
    assert error.remedy == "use one such as http://127.0.0.1:4599 for --endpoint-url or AWS_ENDPOINT_URL"
    assert gate.endpoint_url is None


@pytest.mark.parametrize("by", ["flag", "environment"])
async def test_a_login_that_is_missing_names_the_command(
    by: str, settings: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(SSO)
    if by == "environment":
        monkeypatch.setenv("AWS_PROFILE", "prod")
    gate = Gate(Connection(profile="prod" if by == "flag" else None), SystemClock())

    error = await trouble(gate, "lambda.ListFunctions")

    await gate.close()
    assert isinstance(error, CredentialsError)
    assert error.line() == "the login of profile prod has expired; run: aws sso login --profile prod"


@pytest.mark.parametrize(
    ("connection", "kind", "line"),
    [
        (
            Connection(profile="nope"),
            SettingsError,
            "The config profile (nope) could not be found; list them with: aws configure list-profiles",
        ),
        (
            Connection(region="xx-nowhere-9"),
            SettingsError,
            "there is no Region xx-nowhere-9; use --region with one such as eu-west-1",
        ),
        (
            Connection(credentials=("a", "b")),
            SettingsError,
            "You must specify a region; use --region, or set AWS_REGION",
        ),
        (
            Connection(region="eu-west-1"),
            CredentialsError,
            "no AWS credentials found; set AWS_PROFILE, use --profile, or run: aws configure"
            " (lambdatop --demo needs none)",
        ),
    ],
    ids=["profile", "region", "no region", "no credentials"],
)
async def test_settings_that_cannot_be_say_what_to_do(connection: Connection, kind: type[AwsError], line: str) -> None:
    gate = Gate(connection, SystemClock())

    error = await trouble(gate, "lambda.ListFunctions")

    await gate.close()
    assert isinstance(error, kind)
    assert error.line() == line


async def test_settings_that_are_mended_are_taken_up(settings: Callable[[str], None], emulator: Emulator) -> None:
    gate = Gate(Connection(profile="late", endpoint_url=lambda: emulator.url), SystemClock())
    assert isinstance(await trouble(gate, "sts.GetCallerIdentity"), SettingsError)

    settings("[profile late]\naws_access_key_id = AKID\naws_secret_access_key = canary\nregion = eu-west-1\n")

    assert await trouble(gate, "sts.GetCallerIdentity") is None
    await gate.close()


async def test_no_credential_is_in_what_may_be_shown(emulator: Emulator) -> None:
    canary = "wJalrXUtnFEMI-CANARY"
    connection = Connection(region="eu-west-1", endpoint_url=lambda: emulator.url, credentials=("AKIACANARY", canary))
    gate = Gate(connection, SystemClock())
    emulator.faults["lambda.*"] = Fault.denied()
    emulator.faults["xray.*"] = Fault.html()
    errors = [await trouble(gate, read) for read in ("lambda.ListFunctions", "xray.GetTraceSummaries")]
    await gate.call("sts", "GetCallerIdentity")
    await gate.close()

    shown = [connection, gate, vars(gate), gate.meter, *errors, *(error.__cause__ for error in errors if error)]

    assert [text for text in map(repr, shown) if "CANARY" in text] == []
    assert "CANARY" not in "".join(map(str, errors))
    assert "AKIACANARY" not in os.environ.values()


WRITE: dict[str, Any] = {"FunctionName": "sms-gateway", "ReservedConcurrentExecutions": 3}


async def refused(gate: Gate, **params: Any) -> AwsError:
    with pytest.raises(AwsError) as met:
        await gate.call("lambda", "PutFunctionConcurrency", **(params or WRITE))
    return met.value


@pytest.mark.parametrize(
    ("fault", "certain"),
    [
        (Fault.denied(), True),
        (Fault.throttled(), True),
        (Fault.limit(), True),
        (Fault.unavailable(), False),
        (Fault.failed_after(), False),
        (Fault.reset(), False),
        (Fault.cut(), False),
        (Fault.html(), False),
        (Fault.broken_json(), False),
        (Fault.null_members(), False),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
async def test_a_write_is_refused_for_certain_only_if_aws_says_so(
    gate: Gate, emulator: Emulator, fault: Fault, certain: bool
) -> None:
    emulator.faults["lambda.PutFunctionConcurrency"] = fault

    assert (await refused(gate)).certain is certain


async def test_a_write_whose_answer_never_came_may_have_taken_effect(emulator: Emulator) -> None:
    async with gate_to(emulator.url) as gate:
        await gate.call("lambda", "GetAccountSettings")
        emulator.faults["lambda.PutFunctionConcurrency"] = Fault.silent()
        gate.deadline_s = 0.3

        assert (await refused(gate)).certain is False


async def test_what_was_never_sent_took_no_effect_for_certain(settings: Callable[[str], None]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        async with gate_to(f"http://127.0.0.1:{free.getsockname()[1]}") as gate:
            nobody = await refused(gate)
            malformed = await refused(gate, FunctionName=7)
    async with gate_to("http://name.invalid") as gate:
        unnamed = await refused(gate)
    signed_out = await refused(Gate(Connection(region="eu-west-1"), SystemClock()))

    assert [type(error) for error in (nobody, malformed, unnamed, signed_out)] == [
        Unreachable,
        SettingsError,
        Unreachable,
        CredentialsError,
    ]
    assert all(error.certain for error in (nobody, malformed, unnamed, signed_out))


@pytest.mark.parametrize(
    ("status", "body"), [(403, b"<html>no</html>"), (404, b"{}"), (302, b""), (408, b"{}"), (400, b"")]
)
async def test_a_refusal_without_awss_name_for_it_is_not_certain(status: int, body: bytes) -> None:
    async with speaking(body, status=status) as speaker, gate_to(speaker.url) as gate:
        assert (await refused(gate)).certain is False


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ResourceConflictException", 409, Conflict),
        ("ResourceInUseException", 400, Conflict),
        ("OperationAbortedException", 400, Conflict),
        ("PreconditionFailedException", 412, Stale),
        ("NoSuchEntityException", 404, NotFound),
        ("ProvisionedConcurrencyConfigNotFoundException", 404, NotFound),
    ],
)
async def test_conflicts_and_stale_revisions_have_a_type(code: str, status: int, kind: type[AwsError]) -> None:
    async with speaking(json_error(code), status=status) as speaker, gate_to(speaker.url) as gate:
        error = await refused(gate)

    assert (type(error), error.certain) == (kind, True)
