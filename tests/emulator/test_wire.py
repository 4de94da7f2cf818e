"""The wire: what botocore's serialisers write is understood, and what is answered its parsers read."""

import math
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.parsers import ResponseParserFactory
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.wire import cbor
from lambdatop.emulator.wire.json_ import JsonRpc, RestJson
from lambdatop.emulator.wire.message import WireCall, WireProtocol, WireRequest
from lambdatop.emulator.wire.models import service
from lambdatop.emulator.wire.protocols import protocol_of
from lambdatop.emulator.wire.query import QueryProtocol
from lambdatop.emulator.wire.rpc_cbor import RpcCbor
from lambdatop.emulator.wire.shapes import epoch, lint

CLOUDWATCH: list[tuple[str, WireProtocol]] = [
    ("json", JsonRpc()),
    ("smithy-rpc-v2-cbor", RpcCbor()),
    ("query", QueryProtocol()),
]
QUESTION: dict[str, Any] = {
    "StartTime": 1_795_435_200.0,
    "EndTime": 1_795_435_800.0,
    "ScanBy": "TimestampDescending",
    "MetricDataQueries": [
        {
            "Id": "m0",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": "Duration",
                    "Dimensions": [{"Name": "FunctionName", "Value": 'a<&>"é'}],
                },
                "Period": 60,
                "Stat": "p95",
            },
            "ReturnData": False,
        }
    ],
}
RESULT: dict[str, Any] = {
    "MetricDataResults": [
        {
            "Id": "m0",
            "Label": 'a<&>"é',
            "Timestamps": [1_795_435_260.0],
            "Values": [1.0],
            "StatusCode": "Complete",
        }
    ],
    "Messages": [],
}
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def sent(protocol: str, name: str, operation: str, params: dict[str, Any]) -> WireRequest:
    """The request as botocore writes it."""
    model = service(name).operation(operation)
    written = create_serializer(protocol).serialize_to_request(params, model)
    body = written["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    return WireRequest(
        method=written["method"],
        path=written["url_path"],
        query="&".join(f"{key}={value}" for key, value in dict(written["query_string"] or {}).items()),
        headers={key.lower(): str(value) for key, value in written["headers"].items()},
        body=body.encode() if isinstance(body, str) else body,
    )


def received(protocol: str, reply: Any, shape: Any) -> dict[str, Any]:
    """The answer as botocore reads it, with epoch seconds."""
    factory = ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=epoch)
    parser = factory.create_parser(protocol)
    response = {"status_code": reply.status, "headers": dict(reply.headers), "body": reply.body}
    parsed: dict[str, Any] = parser.parse(response, shape)
    return parsed


@pytest.mark.parametrize(("name", "protocol"), CLOUDWATCH)
def test_a_request_means_the_same_in_every_protocol(name: str, protocol: WireProtocol) -> None:
    request = sent(name, "cloudwatch", "GetMetricData", QUESTION)

    assert protocol_of(service("cloudwatch"), request) == protocol
    assert protocol.read(service("cloudwatch"), request).params == QUESTION


@pytest.mark.parametrize(("name", "protocol"), CLOUDWATCH)
def test_an_answer_means_the_same_in_every_protocol(name: str, protocol: WireProtocol) -> None:
    operation = service("cloudwatch").operation("GetMetricData")

    reply = protocol.answer(WireCall(operation=operation, params={}), RESULT)

    parsed = received(name, reply, operation.output_shape)
    parsed.pop("ResponseMetadata")
    assert parsed == RESULT


@pytest.mark.parametrize(("name", "protocol"), CLOUDWATCH)
def test_an_error_keeps_its_code_in_every_protocol(name: str, protocol: WireProtocol) -> None:
    reply = protocol.error(service("cloudwatch"), ServiceError("ResourceNotFound", "no <such> alarm", 404))

    error = received(name, reply, None)["Error"]
    assert (error["Code"], error["Message"]) == ("ResourceNotFound", "no <such> alarm")


@pytest.mark.parametrize(("name", "protocol"), CLOUDWATCH)
def test_a_body_that_is_no_such_thing_is_refused(name: str, protocol: WireProtocol) -> None:
    request = sent(name, "cloudwatch", "GetMetricData", QUESTION)
    broken = WireRequest(
        method="POST", path=request.path, query="", headers=request.headers, body=b"\xff{" + request.body[:40]
    )

    with pytest.raises(ServiceError):
        protocol.read(service("cloudwatch"), broken)


@pytest.mark.parametrize("name", ["lambda", "xray"])
def test_every_rest_operation_is_found_at_its_own_address(name: str) -> None:
    for route in service(name).routes:
        path = "/" + "/".join("x%2Fy" if part.startswith("{") else part for part in route.segments)

        operation, labels = service(name).route(route.method, path, route.query)

        assert operation.name == route.operation
        assert set(labels.values()) <= {"x/y"}


def test_an_arn_in_the_path_and_lists_in_the_query_arrive_whole() -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:f"
    request = WireRequest(
        method="DELETE",
        path=f"/2017-03-31/tags/{arn.replace(':', '%3A')}",
        query="tagKeys=a&tagKeys=b%20c",
        headers={},
        body=b"",
    )

    call = RestJson().read(service("lambda"), request)

    assert call.operation.name == "UntagResource"
    assert call.params == {"Resource": arn, "TagKeys": ["a", "b c"]}


def test_numbers_and_booleans_of_path_and_query_get_their_types() -> None:
    request = sent("rest-json", "lambda", "ListFunctions", {"MaxItems": 7, "FunctionVersion": "ALL"})

    assert RestJson().read(service("lambda"), request).params == {"MaxItems": 7, "FunctionVersion": "ALL"}


def test_an_unknown_operation_is_told_by_name() -> None:
    with pytest.raises(ServiceError, match="lambda has no operation at GET /nowhere"):
        service("lambda").route("GET", "/nowhere")
    with pytest.raises(ServiceError, match="logs has no operation 'Nonsense'"):
        service("logs").operation("Nonsense")


@given(values)
def test_cbor_gives_back_what_it_was_given(value: Any) -> None:
    assert cbor.decode(cbor.encode(value)) == value


@given(st.binary(max_size=60))
def test_cbor_refuses_nonsense_without_falling_over(data: bytes) -> None:
    with suppress(ServiceError):
        cbor.decode(data)


def test_cbor_reads_indefinite_items_short_floats_and_tags() -> None:
    assert cbor.decode(bytes.fromhex("bf6161 9f0102ff 6162 7f6163 6164ff ff".replace(" ", ""))) == {
        "a": [1, 2],
        "b": "cd",
    }
    assert cbor.decode(b"\xf9\x3c\x00") == 1.0
    assert cbor.decode(cbor.encode(cbor.Timestamp(12.5))) == 12.5
    assert math.isinf(cbor.decode(b"\xfa\x7f\x80\x00\x00"))


def test_the_lint_finds_what_aws_could_not_have_said() -> None:
    shape = service("lambda").operation("GetFunctionConfiguration").output_shape
    answer = {"Bogus": 1, "MemorySize": "512", "State": "Fine", "Layers": {}, "Timeout": True, "Runtime": "python3.13"}

    assert sorted(lint(shape, answer)) == [
        ".Bogus: unknown member",
        ".Layers: want list, got dict",
        ".MemorySize: want integer, got str",
        ".State: 'Fine' is not in the enum",
        ".Timeout: want integer, got bool",
    ]


@pytest.mark.parametrize("text", ["2026-11-23T12:00:00Z", "Mon, 23 Nov 2026 12:00:00 GMT", "1795435200", 1_795_435_200])
def test_a_moment_is_understood_in_every_form(text: str | float) -> None:
    assert epoch(text) == 1_795_435_200.0
