"""One invocation by hand: what can be sent, and what an answer says."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.invocations.by_hand import MOST_BYTES, ManualInvocation, decode_invoked, problem
from tests.odd import answers

SENT = ManualInvocation(function="checkout-api", qualifier="live", payload='{"sku": 1}')
TRACE = "1-6ac7d554-62c6b0e3a1b2c3d4e5f60718"
LOG = (
    "START RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95 Version: 42\n"
    "[ERROR]\t2026-11-03T14:32:07.118Z\t8f507cfc-1b1e-4697-b07a-ac58fc914c95\tKeyError: 'sku'\n"
    "END RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95\n"
    "REPORT RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95\tDuration: 41.50 ms\tBilled Duration: 352 ms\t"
    "Memory Size: 1024 MB\tMax Memory Used: 96 MB\tInit Duration: 310.20 ms\t\n"
    f"XRAY TraceId: {TRACE}\tSegmentId: 0b9c1d2e3f405162\tSampled: true\t\n"
)


def answer(**members: Any) -> dict[str, Any]:
    return {
        "StatusCode": 200,
        "ExecutedVersion": "42",
        "Payload": b'{"statusCode": 200}',
        "LogResult": base64.b64encode(LOG.encode()).decode(),
        **members,
    }


def test_what_came_back_is_told_with_the_report_and_the_trace_of_the_log() -> None:
    done = decode_invoked(SENT, answer(), 0.4)

    assert (done.version, done.payload, done.error, done.failed) == ("42", '{"statusCode": 200}', None, False)
    assert done.report is not None
    assert (done.report.duration_ms, done.report.billed_ms, done.report.used_mb) == (41.5, 352, 96)
    assert done.report.cold
    assert done.trace_id == TRACE
    assert "KeyError: 'sku'" in done.log


def test_a_failure_is_told_in_the_functions_own_words() -> None:
    told = b'{"errorMessage": "\'sku\'", "errorType": "KeyError", "stackTrace": []}'

    done = decode_invoked(SENT, answer(FunctionError="Unhandled", Payload=told), 0.4)

    assert done.failed
    assert done.reason == "KeyError: 'sku'"
    assert decode_invoked(SENT, answer(FunctionError="Unhandled", Payload=b"no JSON"), 0.4).reason == "Unhandled"


@pytest.mark.parametrize(
    ("header", "trace_id"),
    [
        (f"Root={TRACE};Parent=0b9c1d2e3f405162;Sampled=1", TRACE),
        (f"root={TRACE};sampled=1", TRACE),
        (f"Root={TRACE};Sampled=0", None),
        ("Root=;Sampled=1", None),
    ],
)
def test_without_a_log_the_trace_is_in_the_header_if_it_is_kept(header: str, trace_id: str | None) -> None:
    metadata = {"HTTPHeaders": {"x-amzn-trace-id": header}}

    done = decode_invoked(SENT, {"Payload": b"", "ResponseMetadata": metadata}, 0.4)

    assert (done.trace_id, done.report, done.log) == (trace_id, None, "")


@pytest.mark.parametrize("payload", ["", "  \n", "{}", "[1]", "null", '"text"', '{"a": {"b": [1, 2.5e3]}}'])
def test_any_json_can_be_sent_and_nothing_at_all(payload: str) -> None:
    assert problem(payload) is None


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ("{", "line 1, column 2"),
        ('{\n"a": 1,\n}', "line 3"),
        ("{'a': 1}", "line 1"),
        ("[" * 100_000, "too deep"),
        ('"' + "x" * MOST_BYTES + '"', "bytes"),
    ],
)
def test_what_cannot_be_sent_is_told_with_its_place(payload: str, told: str) -> None:
    assert told in (problem(payload) or "")


@given(st.text())
def test_whatever_is_typed_is_judged(payload: str) -> None:
    assert problem(payload) is None or isinstance(problem(payload), str)


@given(answers("lambda", "InvocationResponse"))
def test_odd_answers_are_read_without_an_error(odd: dict[str, Any]) -> None:
    done = decode_invoked(SENT, odd, 0.1)

    assert isinstance(done.payload, str)
