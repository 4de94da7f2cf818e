"""X-Ray of the emulated account: summaries in pages, filters, and documents that agree with the logs."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.xray.filter import FilteredTrace, compile_filter
from tests.emulator.simulated import NOON, Simulated

CHECKOUT = 'service(id(name: "checkout-api", type: "AWS::Lambda::Function"))'


def summaries(account: Simulated, start: float, end: float, expression: str = "") -> list[dict[str, Any]]:
    """All pages of a GetTraceSummaries."""
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = account.call(
            "xray.GetTraceSummaries", StartTime=start, EndTime=end, FilterExpression=expression, **token
        )
        found += page["TraceSummaries"]
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}


def segments(account: Simulated, trace_id: str) -> list[dict[str, Any]]:
    (trace,) = account.call("xray.BatchGetTraces", TraceIds=[trace_id])["Traces"]
    return [json.loads(segment["Document"]) for segment in trace["Segments"]]


def test_summaries_come_newest_first_each_once() -> None:
    account = Simulated()

    found = summaries(account, NOON - 30, NOON)

    ids = [summary["Id"] for summary in found]
    starts = [summary["StartTime"] for summary in found]
    assert len(ids) > 200
    assert len(ids) == len(set(ids))
    assert starts == sorted(starts, reverse=True)
    assert all(NOON - 30 <= start < NOON for start in starts)


def test_what_was_updated_in_the_range_may_have_begun_before_it() -> None:
    account = Simulated()
    asked = {"StartTime": NOON - 30, "EndTime": NOON, "FilterExpression": f"{CHECKOUT} AND duration > 1"}

    began = {each["Id"] for each in account.call("xray.GetTraceSummaries", **asked)["TraceSummaries"]}
    answer = account.call("xray.GetTraceSummaries", **asked, TimeRangeType="Event")

    updated = {each["Id"]: each for each in answer["TraceSummaries"]}
    assert began < updated.keys()
    assert all(each["StartTime"] + each["Duration"] >= NOON - 30.01 for each in updated.values())


def test_a_service_and_its_fault_can_be_asked_for() -> None:
    account = Simulated()

    everything = summaries(account, NOON - 60, NOON, CHECKOUT)
    faults = summaries(account, NOON - 60, NOON, f"{CHECKOUT} {{ fault = true }}")

    assert {summary["ResourceARNs"][0]["ARN"].split(":")[-1] for summary in everything} == {"checkout-api"}
    assert faults == [summary for summary in everything if summary["HasFault"]]
    assert 0 < len(faults) < len(everything)
    assert faults[0]["FaultRootCauses"][0]["Services"][0]["EntityPath"][0]["Exceptions"][0]["Name"] == "KeyError"


def test_a_filter_by_time_or_called_service_narrows_as_it_should() -> None:
    account = Simulated()

    slow = summaries(account, NOON - 60, NOON, 'service("payment-capture") AND responsetime > 5')
    calling = summaries(account, NOON - 15, NOON, 'service("S3")')

    assert slow
    assert all(summary["Duration"] > 5 for summary in slow)
    assert calling
    assert all("S3" in [service["Name"] for service in summary["ServiceIds"]] for summary in calling)


def test_a_trace_has_lambdas_segment_and_the_functions_in_it() -> None:
    account = Simulated()
    summary = summaries(account, NOON - 60, NOON, f"{CHECKOUT} {{ fault }}")[0]

    service, function = segments(account, summary["Id"])

    assert (service["origin"], function["origin"]) == ("AWS::Lambda", "AWS::Lambda::Function")
    assert function["parent_id"] == service["id"]
    assert {service["trace_id"], function["trace_id"]} == {summary["Id"]}
    assert function["cause"]["exceptions"][0]["type"] == "KeyError"
    assert service["start_time"] <= function["start_time"] < function["end_time"] <= service["end_time"]


def test_the_older_style_has_the_calls_under_invocation_and_the_newer_on_the_function() -> None:
    account = Simulated()
    styles = {}
    for name in ("checkout-api", "payment-capture", "orders-consumer", "image-resize", "invoice-render"):
        summary = summaries(account, NOON - 120, NOON, f'service("{name}")')[0]
        names = [part["name"] for part in segments(account, summary["Id"])[1]["subsegments"]]
        styles[name] = "Invocation" in names

    assert set(styles.values()) == {True, False}
    assert styles["checkout-api"]


def test_the_report_line_names_the_trace_and_its_segment() -> None:
    account = Simulated()
    summary = summaries(account, NOON - 60, NOON - 30, CHECKOUT)[0]
    service, _ = segments(account, summary["Id"])

    page = account.call(
        "logs.FilterLogEvents",
        logGroupName="/aws/lambda/checkout-api",
        startTime=int(summary["StartTime"] * 1000) - 1,
        filterPattern=f'"{summary["Id"]}"',
        limit=1,
    )

    assert f"SegmentId: {service['id']}\tSampled: true" in page["events"][0]["message"]
    assert f"RequestId: {service['aws']['request_id']}\t" in page["events"][0]["message"]


def test_a_function_without_tracing_has_no_traces() -> None:
    assert summaries(Simulated(), NOON - 600, NOON, 'service("audit-writer")') == []


def test_unknown_traces_come_back_unprocessed() -> None:
    unknown = ["1-6b048ce8-000000000000000000000000", "nonsense"]

    answer = Simulated().call("xray.BatchGetTraces", TraceIds=unknown)

    assert answer == {"Traces": [], "UnprocessedTraceIds": unknown}


def test_the_graph_counts_what_the_summaries_list() -> None:
    account = Simulated()
    found = summaries(account, NOON - 10, NOON)

    services = account.call("xray.GetServiceGraph", StartTime=NOON - 10, EndTime=NOON)["Services"]

    roots = [service for service in services if service["Root"]]
    assert sum(service["SummaryStatistics"]["TotalCount"] for service in roots) == len(found)
    assert all(0 <= edge["ReferenceId"] < len(services) for service in services for edge in service["Edges"])


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("GetTraceSummaries", {"StartTime": NOON - 6 * 3600 - 1, "EndTime": NOON}),
        ("GetTraceSummaries", {"StartTime": NOON, "EndTime": NOON - 1}),
        ("GetTraceSummaries", {"StartTime": NOON - 1, "EndTime": NOON, "NextToken": "x"}),
        ("GetTraceSummaries", {"StartTime": NOON - 1, "EndTime": NOON, "FilterExpression": "service("}),
        ("GetServiceGraph", {"StartTime": NOON - 6 * 3600 - 1, "EndTime": NOON}),
        ("BatchGetTraces", {"TraceIds": ["1-6b048ce8-000000000000000000000000"] * 6}),
        ("BatchGetTraces", {"TraceIds": []}),
    ],
)
def test_a_wrong_question_is_an_invalid_request(operation: str, params: dict[str, Any]) -> None:
    with pytest.raises(ServiceError) as refused:
        Simulated().call(f"xray.{operation}", **params)

    assert refused.value.code == "InvalidRequestException"


TRACE = FilteredTrace(
    {"responsetime": 2.5, "duration": 3.0, "http.status": 502, "http.url": "https://a/b", "fault": True, "ok": False},
    {"ColdStart": True, "order_id": "42", "aws:responseLatency": 7.0},
    (
        FilteredTrace({"name": "f", "type": "AWS::Lambda", "fault": False, "responsetime": 2.5}, {}),
        FilteredTrace({"name": "f", "type": "AWS::Lambda::Function", "fault": True, "responsetime": 2.0}, {}),
    ),
)


@pytest.mark.parametrize(
    ("expression", "passes"),
    [
        ("", True),
        ("fault", True),
        ("ok", False),
        ("!ok", True),
        ("fault = false", False),
        ("responsetime > 2 AND duration <= 3", True),
        ("responsetime > 3 OR http.status = 502", True),
        ("(responsetime > 3 OR fault) AND ok", False),
        ("responsetime > 3 OR fault AND ok", False),
        ('http.url CONTAINS "a/b"', True),
        ('http.url BEGINSWITH "http:"', False),
        ('annotation.order_id = "42"', True),
        ('annotation[order_id] = "42"', True),
        ("annotation.order_id = 42", False),
        ("annotation.ColdStart = true", True),
        ("annotation[aws:responseLatency] > 6", True),
        ("annotation.absent", False),
        ('service("f") { fault }', True),
        ('service("f") { error = true OR fault = true }', True),
        ('service(id(name: "f", type: "AWS::Lambda")) { fault }', False),
        ('service(id(name: "f", type: "AWS::Lambda::Function")) { fault AND responsetime = 2 }', True),
        ('service("g")', False),
        ("service() { fault }", True),
    ],
)
def test_filter_expressions(expression: str, passes: bool) -> None:
    assert compile_filter(expression).test(TRACE) is passes


@given(st.text(alphabet=' "(){}!=<>service.fault AND OR annotation[]:,1', max_size=40))
def test_any_filter_compiles_or_is_refused(expression: str) -> None:
    try:
        compiled = compile_filter(expression)
    except ServiceError as refused:
        assert refused.code == "InvalidRequestException"  # noqa: PT017
    else:
        assert compiled.test(TRACE) in (True, False)
