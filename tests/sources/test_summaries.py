"""What one trace summary tells, in whatever words X-Ray says it, and the expression that finds a function's traces."""

from typing import Any

import pytest
from hypothesis import given, settings

from lambdatop.aws.errors import AwsError
from lambdatop.model.traces.summary import TraceStatus
from lambdatop.sources.traces.summaries import decode_summary, of_function
from tests.odd import answers


def path(*entities: dict[str, Any], service: str = "orders") -> dict[str, Any]:
    return {"Services": [{"Name": service, "EntityPath": list(entities)}]}


def raised(name: str, exception: str) -> dict[str, Any]:
    return {"Name": name, "Exceptions": [{"Name": exception, "Message": "no"}]}


def test_the_worst_mark_of_a_trace_counts_and_its_cause_is_named() -> None:
    causes = [path(raised("orders", "TimeoutError"))]

    faulty = decode_summary(
        {"Id": "1-6908bb80-abc", "HasError": True, "HasFault": True, "FaultRootCauses": causes}, "orders"
    )

    assert (faulty.status, faulty.cause) == (TraceStatus.FAULT, "TimeoutError")
    assert faulty.start is not None
    assert faulty.start.timestamp() == 0x6908BB80


@pytest.mark.parametrize(
    ("causes", "told"),
    [
        ({"FaultRootCauses": [path({"Name": "orders"}, raised("DynamoDB", "Timeout"))]}, "Timeout in DynamoDB"),
        ({"FaultRootCauses": [path(raised("Invocation", "KeyError"))]}, "KeyError"),
        ({"ErrorRootCauses": [path({"Name": "orders"}, {"Name": "S3"})]}, "error in S3"),
        ({"FaultRootCauses": [path({"Name": "orders"})]}, None),
        ({"ResponseTimeRootCauses": [path({"Name": "orders", "Coverage": 1.0})]}, "orders 100 %"),
        (
            {"ResponseTimeRootCauses": [path({"Name": "orders"}, {"Name": "DynamoDB", "Coverage": 0.824})]},
            "DynamoDB 82 %",
        ),
        ({}, None),
    ],
)
def test_the_root_cause_is_readable(causes: dict[str, Any], told: str | None) -> None:
    assert decode_summary({"Id": "1-6908bb80-abc", **causes}, "orders").cause == told


def test_a_cold_start_is_told_by_the_annotation_or_by_an_init_that_is_to_blame() -> None:
    annotated = {"Annotations": {"ColdStart": [{"AnnotationValue": {"BooleanValue": False}}]}}
    blamed = {"ResponseTimeRootCauses": [path({"Name": "orders"}, {"Name": "Initialization", "Coverage": 0.7})]}

    assert decode_summary(annotated).cold is False
    assert decode_summary(blamed).cold is True
    assert decode_summary({}).cold is None


def test_a_partial_trace_is_in_progress() -> None:
    assert decode_summary({"IsPartial": True}).in_progress


def test_nothing_but_a_name_gets_into_an_expression() -> None:
    assert of_function("a-b_9", "responsetime > 2") == (
        'service(id(name: "a-b_9", type: "AWS::Lambda::Function")) AND responsetime > 2'
    )
    with pytest.raises(AwsError, match="is not a function's name"):
        of_function('x")) OR (service("y')


@settings(deadline=None, max_examples=100)
@given(answers("xray", "TraceSummary"))
def test_any_well_typed_trace_summary_is_decoded(raw: dict[str, Any]) -> None:
    assert decode_summary(raw, "orders").id == raw.get("Id", "")
