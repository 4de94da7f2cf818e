"""What is of AWS's types passes, whatever else it is."""

from typing import Any

import botocore.session
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatop.aws.shapes import oddities
from tests.odd import answers


@pytest.mark.parametrize(
    ("service", "shape"),
    [
        ("lambda", "ListFunctionsResponse"),
        ("cloudwatch", "GetMetricDataOutput"),
        ("cloudwatch", "DescribeAlarmsOutput"),
        ("logs", "FilterLogEventsResponse"),
        ("logs", "GetQueryResultsResponse"),
        ("xray", "GetTraceSummariesResult"),
        ("xray", "GetServiceGraphResult"),
    ],
)
@settings(deadline=None, max_examples=30)
@given(st.data())
def test_no_well_typed_answer_is_odd(service: str, shape: str, data: st.DataObject) -> None:
    answer: dict[str, Any] = data.draw(answers(service, shape))

    assert oddities(botocore.session.get_session().get_service_model(service).shape_for(shape))(answer) is None


def test_a_shape_that_holds_itself_is_looked_through() -> None:
    fields = botocore.session.get_session().get_service_model("logs").shape_for("LogFieldType")
    inner = {"type": "struct", "fields": [{"logFieldName": "a", "logFieldType": {"type": 7}}]}

    assert oddities(fields)({"fields": [{"logFieldType": inner}]}) == "type"
