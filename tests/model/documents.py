"""Segment documents for tests, as Lambda and the SDKs write them. Times are seconds into the trace."""

import json
from typing import Any

from lambdatop.model.traces.assembly import assemble
from lambdatop.model.traces.segments import Trace

BEGAN_S = 0x6AC7D554
TRACE_ID = "1-6ac7d554-62c6b8a1d2e3f4a5b6c7d8e9"

Document = dict[str, Any]


def document(id: str, name: str, start: float, end: float | None, *inner: Document, **members: Any) -> Document:
    """A segment or subsegment; without an end it is in progress."""
    over: Document = {"in_progress": True} if end is None else {"end_time": BEGAN_S + end}
    nested: Document = {"subsegments": list(inner)} if inner else {}
    return {"id": id, "name": name, "start_time": BEGAN_S + start, **over, **nested, **members}


def service(id: str, name: str, start: float, end: float | None, *inner: Document, **members: Any) -> Document:
    members = {"aws": {"request_id": f"request of {name}"}, **members}
    return document(id, name, start, end, *inner, trace_id=TRACE_ID, origin="AWS::Lambda", **members)


def function(id: str, name: str, start: float, end: float | None, *inner: Document, **members: Any) -> Document:
    members = {"aws": {"cloudwatch_logs": [{"log_group": f"/aws/lambda/{name}"}]}, **members}
    return document(id, name, start, end, *inner, trace_id=TRACE_ID, origin="AWS::Lambda::Function", **members)


def query(id: str, start: float, end: float | None, **members: Any) -> Document:
    aws = {"operation": "Query", "table_name": "orders", "region": "eu-west-1", "retries": 0}
    members = {"aws": aws, "http": {"response": {"status": 200}}, **members}
    return document(id, "DynamoDB", start, end, namespace="aws", **members)


def cart() -> list[Document]:
    """The older style: a cold start, three queries one after another of which the last fails, and overhead."""
    exception = {
        "id": "e1",
        "type": "ConditionalCheckFailed",
        "message": "refused",
        "remote": True,
        "stack": [{"path": "app.py", "line": 12, "label": "handler"}],
    }
    failed = query("q3", 1.4, 1.85, error=True, cause={"exceptions": [exception]}, http={"response": {"status": "400"}})
    invocation = document("iv", "Invocation", 0.31, 1.88, query("q1", 0.35, 0.8), query("q2", 0.85, 1.3), failed)
    init = document("in", "Initialization", 0.01, 0.3)
    overhead = document("ov", "Overhead", 1.88, 1.89)
    return [
        service("s1", "checkout-api", 0.0, 1.9, http={"request": {"method": "GET", "url": "https://x.example/cart"}}),
        function("f1", "checkout-api", 0.31, 1.89, init, invocation, overhead, parent_id="s1", cause="e1", fault=True),
    ]


def chain() -> list[Document]:
    """A function that calls another, as each sends its own segments; clocks are 3 ms apart. The newer style."""
    invoke = document(
        "c1",
        "Lambda",
        0.1,
        0.9,
        namespace="aws",
        aws={"operation": "Invoke", "function_name": "arn:aws:lambda:eu-west-1:123456789012:function:send"},
    )
    inner = query("q1", 0.25, 0.8)
    return [
        service("s1", "post", 0.0, 1.0),
        function("f1", "post", 0.02, 0.99, invoke, parent_id="s1", annotations={"aws:responseLatency": 264.19}),
        service("s2", "send", 0.097, 0.903, parent_id="c1"),
        function("f2", "send", 0.2, 0.88, inner, parent_id="s2"),
    ]


def assembled(*documents: Document, limited: bool = False) -> Trace:
    return assemble(TRACE_ID, [json.dumps(each) for each in documents], limited=limited)
