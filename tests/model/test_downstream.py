"""Many traces of one function summed up, and the service map around it as a tree."""

import pytest

from lambdatop.model.traces.downstream import Spender, downstream
from lambdatop.model.traces.segments import SegmentKind, Trace
from lambdatop.model.traces.service_map import FUNCTION, SERVICE, Edge, Link, MapFigures, Node, edges_around
from tests.model.documents import Document, assembled, cart, chain, document, function, query, service


def warm(seconds: float) -> Trace:
    """Half of it is a query."""
    inner = query("q1", 0.1 * seconds, 0.6 * seconds)
    return assembled(service("s1", "a", 0, seconds), function("f1", "a", 0, seconds, inner, parent_id="s1"))


def cold(init: float) -> Trace:
    inner = query("q1", init, init + 0.1)
    start = document("in", "Init", 0, init)
    code = function("f1", "a", init, init + 0.1, start, inner, parent_id="s1")
    return assembled(service("s1", "a", 0, init + 0.1), code)


def spender(traces: list[Trace], name: str, what: str) -> Spender:
    return next(each for each in downstream(traces, name).spenders if each.what == what)


def test_time_is_shared_out_by_what_it_is_spent_for() -> None:
    told = downstream([warm(1.0), warm(3.0)], "a")

    assert told.traces == 2
    assert told.p50_ms == pytest.approx(1000)
    assert told.p99_ms == pytest.approx(3000)
    assert [(each.what, each.kind, round(each.share, 6)) for each in told.spenders] == [
        ("DynamoDB Query orders", SegmentKind.CALL, 0.5),
        ("a's own code", SegmentKind.FUNCTION, 0.5),
        ("Lambda around a's code", SegmentKind.SERVICE, 0.0),
    ]


def test_calls_are_counted_and_measured_each() -> None:
    query = spender([assembled(*cart()), warm(1.0)], "checkout-api", "DynamoDB Query orders")

    assert (query.traces, query.calls, query.errors, query.faults) == (1, 3, 1, 0)
    assert (query.mean_ms, query.p50_ms, query.p99_ms) == pytest.approx((1350, 450, 450))


def test_a_call_beside_the_critical_path_is_counted_but_takes_nothing() -> None:
    beside = document("c1", "S3", 0.2, 0.3, namespace="aws", fault=True)
    told = spender([assembled(function("f1", "a", 0, 1, query("q1", 0.1, 0.9), beside))], "a", "S3")

    assert (told.share, told.calls, told.faults) == (0, 1, 1)
    assert told.p50_ms == pytest.approx(100)


def test_only_the_functions_own_part_of_a_trace_counts() -> None:
    told = downstream([assembled(*chain())], "send")

    assert told.p50_ms == pytest.approx(806)
    assert {each.what for each in told.spenders} == {
        "DynamoDB Query orders",
        "send's own code",
        "Lambda around send's code",
    }


def test_what_the_function_did_not_wait_for_takes_none_of_its_time() -> None:
    invoke = document("c1", "Lambda", 0.2, 0.25, namespace="aws", aws={"operation": "Invoke", "function_name": "later"})
    caller = function("f1", "now", 0, 0.6, invoke)

    told = downstream([assembled(caller, service("s2", "later", 0.3, 9, parent_id="c1"))], "now")

    assert told.p50_ms == pytest.approx(600)
    assert told.spenders[0].what == "now's own code"


def test_the_slowest_are_told_from_the_median() -> None:
    told = downstream([*[warm(0.1 + n / 1000) for n in range(30)], cold(2.0), cold(2.2)], "a")

    assert told.difference in (
        "p99 is spent in init; p50 in a's own code",
        "p99 is spent in init; p50 in DynamoDB Query orders",
    )


def test_the_slowest_may_be_slow_in_the_same() -> None:
    def trace(seconds: float) -> Trace:
        return assembled(function("f1", "a", 0, seconds + 0.01, query("q1", 0, seconds)))

    told = downstream([*[trace(0.1)] * 30, trace(0.42)], "a")

    assert told.difference == "p99 and p50 are both spent in DynamoDB Query orders, ×2.6 as long at p99"


def test_a_few_traces_tell_no_difference() -> None:
    assert downstream([warm(1.0)] * 19, "a").difference is None


def test_traces_of_others_tell_nothing() -> None:
    told = downstream([warm(1.0)], "b")

    assert (told.traces, told.p50_ms, told.spenders, told.edges) == (0, None, (), ())


def brief(edges: tuple[Edge, ...]) -> list[tuple[int, str, str, int]]:
    return [(each.depth, each.name, each.kind, each.calls) for each in edges]


def test_the_map_is_counted_in_the_traces() -> None:
    told = downstream([assembled(*chain())] * 2, "post")

    assert told.edges_counted
    assert brief(told.edges) == [
        (0, "post", FUNCTION, 2),
        (1, "send", SERVICE, 2),
        (2, "orders", "AWS::DynamoDB::Table", 2),
    ]


def test_a_caller_stands_above_the_function() -> None:
    gateway = document("g1", "shop", 0, 2, origin="AWS::ApiGateway::Stage")
    lambdas: list[Document] = [
        service("s1", "a", 0.1, 1.9, parent_id="g1"),
        function("f1", "a", 0.2, 1.8, query("q1", 0.3, 1.3, fault=True), parent_id="s1"),
    ]

    told = downstream([assembled(gateway, *lambdas)], "a")

    assert brief(told.edges) == [
        (-1, "shop", "AWS::ApiGateway::Stage", 1),
        (0, "a", FUNCTION, 1),
        (1, "orders", "AWS::DynamoDB::Table", 1),
    ]
    assert told.edges[2].faults == 1
    assert told.edges[2].mean_ms == pytest.approx(1000)


def test_a_map_that_runs_in_circles_ends() -> None:
    def node(key: str, name: str, type: str, *links: str) -> Node:
        figures = MapFigures(calls=1, seconds=None)
        return Node(key=key, name=name, type=type, figures=figures, links=tuple(Link(to, figures) for to in links))

    nodes = [
        node("0", "client", "client", "1"),
        node("1", "a", SERVICE, "2"),
        node("2", "a", FUNCTION, "3", "1", "gone"),
        node("3", "b", SERVICE, "4"),
        node("4", "b", FUNCTION, "1", "3"),
    ]

    assert brief(edges_around(nodes, "a")) == [
        (-1, "b", FUNCTION, 1),
        (-1, "client", "client", 1),
        (0, "a", FUNCTION, 1),
        (1, "b", SERVICE, 1),
        (2, "b", SERVICE, 1),
        (2, "a", SERVICE, 1),
        (1, "a", SERVICE, 1),
    ]
    assert all(edge.mean_ms is None for edge in edges_around(nodes, "a"))
