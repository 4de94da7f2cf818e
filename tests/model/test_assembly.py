"""Whatever documents X-Ray gives, in whatever order, they become one tree of finite times; nothing raises."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lambdatop.model.traces.assembly import assemble
from lambdatop.model.traces.segments import Segment, SegmentKind, Trace
from lambdatop.model.traces.summary import TraceStatus
from tests.model.documents import (
    BEGAN_S,
    TRACE_ID,
    Document,
    assembled,
    cart,
    chain,
    document,
    function,
    query,
    service,
)


def tree(trace: Trace) -> list[tuple[int, str]]:
    """The ids in order, each with its depth."""
    waiting = [(0, root) for root in reversed(trace.roots)]
    found = []
    while waiting:
        depth, segment = waiting.pop()
        found.append((depth, segment.id))
        waiting += [(depth + 1, child) for child in reversed(segment.children)]
    return found


def find(trace: Trace, identifier: str) -> Segment:
    return next(each for each in trace.walk() if each.id == identifier)


def test_both_of_lambdas_segments_make_one_tree_in_the_older_style() -> None:
    trace = assembled(*cart())

    assert tree(trace) == [(0, "s1"), (1, "f1"), (2, "in"), (2, "iv"), (3, "q1"), (3, "q2"), (3, "q3"), (2, "ov")]
    assert [each.kind for each in trace.walk()] == [
        *(SegmentKind.SERVICE, SegmentKind.FUNCTION, SegmentKind.INIT, SegmentKind.INVOCATION),
        *(SegmentKind.CALL, SegmentKind.CALL, SegmentKind.CALL, SegmentKind.OVERHEAD),
    ]
    assert trace.start_s == BEGAN_S
    assert trace.seconds == pytest.approx(1.9)
    assert trace.request_id("checkout-api") == "request of checkout-api"


def test_segments_hang_under_the_call_that_led_to_them_in_the_newer_style() -> None:
    trace = assembled(*chain())

    assert tree(trace) == [(0, "s1"), (1, "f1"), (2, "c1"), (3, "s2"), (4, "f2"), (5, "q1")]
    assert find(trace, "c1").title == "Lambda Invoke send"
    assert find(trace, "f1").annotations == {"aws:responseLatency": 264.19}


def test_a_documented_segment_is_read_as_documented() -> None:
    text = (
        '{"id":"03e476fc59b9eecd","name":"post","start_time":1.681574430822835E9,"trace_id":"1-643aca1d-02e095f7",'
        '"end_time":1.6815744310206673E9,"parent_id":"5f8d1a23aa89bd66","aws":{"account_id":"123456789012",'
        '"resource_names":["post"]},"origin":"AWS::Lambda::Function","subsegments":[{"id":"8a2b10d894511fc9",'
        '"name":"Initialization","start_time":1.681574429970087E9,"end_time":1.6815744308215926E9},'
        '{"id":"9a00f74249b3df61","name":"Invocation","start_time":1.6815744308230484E9,'
        '"end_time":1.6815744310199275E9,"subsegments":[{"id":"72196dbd1971fbad","name":"Lambda","namespace":"aws",'
        '"start_time":1.68157443093E9,"end_time":1.681574431015E9,"http":{"response":{"status":200}},'
        '"aws":{"retries":0,"function_name":"send","region":"us-east-1","operation":"Invoke","request_id":"1a61"}}]}]}'
    )

    trace = assemble("1-643aca1d-02e095f7", [text])

    call = find(trace, "72196dbd1971fbad")
    assert (call.title, call.http_status, call.retries, call.request_id) == ("Lambda Invoke send", 200, 0, "1a61")
    assert find(trace, "03e476fc59b9eecd").title == "post"
    assert find(trace, "8a2b10d894511fc9").seconds == pytest.approx(0.8515, abs=1e-4)


def test_an_init_that_ran_ahead_is_cut_at_the_window_and_keeps_its_length() -> None:
    ahead = document("in", "Init", -3600.0, -3590.0)

    trace = assembled(service("s1", "a", 0, 1), function("f1", "a", 0.1, 0.9, ahead, parent_id="s1"))

    init = find(trace, "in")
    assert (trace.start_s, trace.seconds) == (BEGAN_S, 1.0)
    assert (init.start_s, init.end_s) == (BEGAN_S, BEGAN_S)
    assert init.seconds == 10.0


def test_what_a_part_called_init_is_depends_on_where_it_hangs() -> None:
    code = document("p1", "Init", 0.2, 0.3)
    handler = document("p0", "handler", 0.1, 0.5, code)

    trace = assembled(function("f1", "a", 0, 1, handler))

    assert find(trace, "p1").kind is SegmentKind.PART


def test_a_subsegment_sent_on_its_own_is_put_under_its_parent() -> None:
    alone = query("q1", 0.3, 0.5, type="subsegment", parent_id="f1")

    trace = assembled(alone, function("f1", "a", 0, 1))

    assert tree(trace) == [(0, "f1"), (1, "q1")]
    assert not find(trace, "q1").adopted


def test_the_final_version_replaces_the_one_in_progress() -> None:
    under_way = function("f1", "a", 0, None, query("q1", 0.3, None), query("q0", 0.1, 0.2))
    final = function("f1", "a", 0, 1)
    alone = query("q1", 0.3, 0.5, type="subsegment", parent_id="f1")

    trace = assembled(under_way, final, alone)

    assert tree(trace) == [(0, "f1"), (1, "q0"), (1, "q1")]
    assert [each.in_progress for each in trace.walk()] == [False, False, False]
    assert find(trace, "q1").end_s == BEGAN_S + 0.5


def test_what_is_in_progress_has_no_end() -> None:
    trace = assembled(service("s1", "a", 0, None), function("f1", "a", 0.2, 0.7, parent_id="s1"))

    assert find(trace, "s1").in_progress
    assert find(trace, "s1").end_s is None
    assert trace.seconds == pytest.approx(0.7)


def test_a_part_whose_parent_never_came_hangs_where_it_happened() -> None:
    orphan = query("q1", 0.4, 0.5, type="subsegment", parent_id="lost")
    handler = document("p1", "handler", 0.3, 0.6)

    trace = assembled(
        orphan, service("s1", "a", 0, 1, parent_id="x"), function("f1", "a", 0.1, 0.9, handler, parent_id="s1")
    )

    assert tree(trace) == [(0, "s1"), (1, "f1"), (2, "p1"), (3, "q1")]
    assert find(trace, "q1").adopted


def test_a_part_that_fits_nowhere_is_a_root() -> None:
    late = query("q1", 5, 6, type="subsegment", parent_id="lost")

    trace = assembled(late, service("s1", "a", 0, 1))

    assert tree(trace) == [(0, "s1"), (0, "q1")]
    assert not find(trace, "q1").adopted


def test_children_of_one_lost_parent_stay_beside_each_other() -> None:
    trace = assembled(service("s1", "a", 0, 1, parent_id="client"), service("s2", "b", 0.2, 0.8, parent_id="client"))

    assert tree(trace) == [(0, "s1"), (0, "s2")]


def test_circles_are_broken_above_their_earliest_part() -> None:
    circle = [
        document("c", "c", 0.4, 0.5, type="subsegment", parent_id="b"),
        document("b", "b", 0.3, 0.5, type="subsegment", parent_id="a"),
        document("a", "a", 0.2, 0.5, type="subsegment", parent_id="c"),
        document("own", "own", 3, 4, type="subsegment", parent_id="own"),
    ]

    trace = assembled(*circle)

    assert tree(trace) == [(0, "a"), (1, "b"), (2, "c"), (0, "own")]


def test_parts_that_share_an_id_are_all_shown() -> None:
    inner = [document("x", "one", 0.1, 0.2), document("x", "two", 0.3, 0.4), document("", "three", 0.5, 0.6)]

    trace = assembled(function("x", "a", 0, 1, *inner))

    assert sorted(each.name for each in trace.walk()) == ["a", "one", "three", "two"]
    assert len({each.id for each in trace.walk()}) == 4


@pytest.mark.parametrize(
    ("members", "start", "end"),
    [
        ({"start_time": BEGAN_S + 0.5, "end_time": BEGAN_S + 0.2}, 0.5, 0.5),
        ({"end_time": BEGAN_S + 0.5}, 0.0, 0.5),
        ({"start_time": str(BEGAN_S + 0.25), "end_time": f"{BEGAN_S + 0.5}"}, 0.25, 0.5),
        ({"start_time": BEGAN_S + 0.25, "end_time": math.nan}, 0.25, None),
        ({"start_time": BEGAN_S + 0.25, "end_time": math.inf}, 0.25, None),
        ({"start_time": BEGAN_S + 0.25, "end_time": 1e300}, 0.25, None),
        ({"start_time": BEGAN_S + 0.25, "end_time": 10**400}, 0.25, None),
        ({"start_time": True, "end_time": [1]}, 0.0, None),
        ({}, 0.0, None),
    ],
)
def test_times_that_are_none_are_unknown(members: Document, start: float, end: float | None) -> None:
    trace = assembled(function("f1", "a", 0, 1, {"id": "p1", "name": "part", **members}))

    part = find(trace, "p1")
    assert part.start_s == BEGAN_S + start
    assert part.end_s == (None if end is None else BEGAN_S + end)
    assert trace.seconds == 1.0


def test_documents_that_cannot_be_read_are_counted() -> None:
    texts = ["{", "[1]", "null", '"text"', "", '{"a":' * 100_000, json.dumps(service("s1", "a", 0, 1))]

    trace = assemble(TRACE_ID, texts, limited=True)

    assert (trace.unreadable, trace.limited, tree(trace)) == (6, True, [(0, "s1")])


def test_a_trace_of_nothing_is_empty_at_the_second_of_its_id() -> None:
    assert assemble(TRACE_ID, []) == Trace(id=TRACE_ID, start_s=BEGAN_S, end_s=BEGAN_S, roots=())
    assert assemble("nonsense", []).seconds == 0


def test_a_deep_trace_is_no_deep_recursion() -> None:
    levels = [document(f"{n}", "part", n / 1e4, 1, type="subsegment", parent_id=f"{n - 1}") for n in range(1, 5_000)]

    trace = assembled(service("0", "a", 0, 1), *levels)

    assert max(depth for depth, _ in tree(trace)) == 4_999


def test_a_cause_may_be_an_exception_that_another_part_tells() -> None:
    trace = assembled(*cart())

    (failure,) = find(trace, "f1").failures
    assert (failure.type, failure.message, failure.stack) == (
        "ConditionalCheckFailed",
        "refused",
        ("handler (app.py:12)",),
    )
    assert failure == find(trace, "q3").failures[0]


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"error": True, "throttle": True}, TraceStatus.THROTTLE),
        ({"error": True, "fault": True}, TraceStatus.FAULT),
        ({"error": True}, TraceStatus.ERROR),
        ({"http": {"response": {"status": "503"}}}, TraceStatus.FAULT),
        ({"http": {"response": {"status": 429}}}, TraceStatus.THROTTLE),
        ({"http": {"response": {"status": 404}}}, TraceStatus.ERROR),
        ({"http": {"response": {"status": "OK"}}}, TraceStatus.OK),
    ],
)
def test_how_a_part_ended_is_its_marks_or_else_its_http_status(members: Document, status: TraceStatus) -> None:
    trace = assembled(document("p1", "part", 0, 1, **members))

    assert find(trace, "p1").status is status


@pytest.mark.parametrize(
    ("aws", "resource"),
    [
        ({"bucket_name": "media"}, "media"),
        ({"queue_url": "https://sqs.eu-west-1.amazonaws.com/123456789012/fulfilment"}, "fulfilment"),
        ({"topic_arn": "arn:aws:sns:eu-west-1:123456789012:orders"}, "orders"),
        ({"function_name": "send"}, "send"),
        ({"resource_names": [None, "arn:aws:states:eu-west-1:1:stateMachine:flow"]}, "flow"),
        ({"table_name": 7}, None),
    ],
)
def test_a_call_names_what_it_was_about(aws: Document, resource: str | None) -> None:
    trace = assembled(document("c1", "Service", 0, 1, type="subsegment", namespace="aws", aws=aws))

    assert find(trace, "c1").resource == resource


@pytest.mark.parametrize(
    ("members", "url"),
    [
        (
            {"sql": {"url": "jdbc:postgresql://me:hunter2@db:5432/shop?password=hunter2"}},
            "jdbc:postgresql://db:5432/shop",
        ),
        ({"sql": {"url": "jdbc:sqlserver://db:1433;user=me;password=hunter2"}}, "jdbc:sqlserver://db:1433"),
        ({"sql": {"url": "jdbc:oracle:thin:me/hunter2@//db:1521/shop"}}, "//db:1521/shop"),
        ({"sql": {"url": "postgres://me:hunt/er2@hunter2@db/shop"}}, "postgres://db/shop"),
        ({"sql": {"connection_string": "me:hunter2@db", "user": "me", "sanitized_query": "select 'hunter2'"}}, None),
        (
            {"http": {"request": {"url": "https://me:hunter2@api.example/v2?page=a@b"}}},
            "https://api.example/v2?page=a@b",
        ),
    ],
)
def test_no_password_is_read(members: Document, url: str | None) -> None:
    trace = assembled(document("c1", "db", 0, 1, namespace="remote", type="subsegment", **members))

    assert find(trace, "c1").url == url
    assert "hunter2" not in repr(trace)


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_documents_is_of_no_account(chance: Any) -> None:
    final = function("f9", "late", 2, 3, query("q9", 2.1, 2.5))
    under_way = function("f9", "late", 2, None, query("q9", 2.1, None))
    orphans = [query(f"o{n}", 0.4, 0.5, type="subsegment", parent_id="lost") for n in range(3)]
    texts = [json.dumps(each) for each in (*cart(), final, under_way, *orphans, document("q9", "other", 0, 9))]
    shuffled = [*texts, texts[0], "{"]
    chance.shuffle(shuffled)

    assert assemble(TRACE_ID, shuffled) == assemble(TRACE_ID, [*texts, "{"])


MEMBERS = (
    *("id", "parent_id", "name", "type", "start_time", "end_time", "in_progress", "subsegments", "cause", "aws"),
    *("http", "sql", "namespace", "origin", "annotations", "error", "fault", "throttle", "inferred", "exceptions"),
    *("stack", "response", "request", "status", "retries", "resource_names", "cloudwatch_logs"),
)
IDS = st.sampled_from(["", "s1", "f1", "q1", "q2", "q3", "e1", "zz"])
NAMES = st.sampled_from(["Init", "Invocation", "Overhead", "AWS::Lambda", "AWS::Lambda::Function", "aws", "remote"])
NUMBERS = st.floats() | st.integers() | st.floats(-2, 4).map(lambda at: BEGAN_S + at)
LEAVES = st.none() | st.booleans() | NUMBERS | NUMBERS.map(str) | IDS | NAMES | st.text(max_size=4)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=6),
    max_leaves=20,
)


def places(value: object) -> list[tuple[Any, Any]]:
    """Every member of every object and list inside."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        at = waiting.pop()
        keys: Any = at.keys() if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else ()
        for key in keys:
            found.append((at, key))
            waiting.append(at[key])  # type: ignore[index]
    return found


@st.composite
def mutated(draw: st.DrawFn) -> list[Document]:
    documents = [*cart(), *chain(), query("q7", 0.4, 0.5, type="subsegment", parent_id="f1")]
    for _ in range(draw(st.integers(1, 6))):
        holder, key = draw(st.sampled_from(places(documents)))
        holder[key] = draw(VALUES)
    return documents


def whole(trace: Trace) -> bool:
    """True if every number is finite, no bar is backwards or before the window, and ids are unique."""
    segments = list(trace.walk())
    times = [
        trace.start_s,
        trace.end_s,
        *(each.start_s for each in segments),
        *(each.end_s or 0.0 for each in segments),
    ]
    notes = [value for each in segments for value in each.annotations.values() if isinstance(value, float)]
    return (
        all(map(math.isfinite, [*times, *notes]))
        and trace.start_s <= trace.end_s
        and all(trace.start_s <= each.start_s for each in segments)
        and all(each.end_s is None or each.start_s <= each.end_s <= trace.end_s for each in segments)
        and len({each.id for each in segments}) == len(segments)
    )


@settings(deadline=None, max_examples=300)
@given(st.lists(VALUES.map(json.dumps) | st.text(max_size=9), max_size=5))
@example(['{"end_time": 0.0}'])
def test_any_documents_make_a_trace(texts: list[str]) -> None:
    assert whole(assemble(TRACE_ID, texts))


@settings(deadline=None, max_examples=300)
@given(mutated(), st.randoms(use_true_random=False))
def test_good_documents_gone_wrong_make_the_same_trace_in_any_order(documents: list[Document], chance: Any) -> None:
    texts = [json.dumps(each) for each in documents]
    trace = assemble(TRACE_ID, texts)
    chance.shuffle(texts)

    assert whole(trace)
    assert assemble(TRACE_ID, texts) == trace
