"""The critical path adds up to the trace, and its bottleneck is told as a person would."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatop.model.traces.critical_path import bottleneck, critical_path, told
from lambdatop.model.traces.segments import Trace
from tests.model.documents import BEGAN_S, Document, assembled, cart, chain, document, function, query, service


def path(trace: Trace) -> list[tuple[str, float, float]]:
    """The stretches: segment id, from, to, in seconds into the trace."""
    stretches = critical_path(trace)
    return [(each.segment_id, round(each.start_s - BEGAN_S, 6), round(each.end_s - BEGAN_S, 6)) for each in stretches]


def sentence(*documents: Document) -> str:
    trace = assembled(*documents)
    found = bottleneck(trace)
    assert found is not None
    return told(found, trace)


def test_the_path_of_a_cold_start_runs_through_init_and_the_calls() -> None:
    trace = assembled(*cart())

    assert path(trace) == [
        ("s1", 0.0, 0.01),
        ("in", 0.01, 0.3),
        ("f1", 0.3, 0.31),
        ("iv", 0.31, 0.35),
        ("q1", 0.35, 0.8),
        ("iv", 0.8, 0.85),
        ("q2", 0.85, 1.3),
        ("iv", 1.3, 1.4),
        ("q3", 1.4, 1.85),
        ("iv", 1.85, 1.88),
        ("ov", 1.88, 1.89),
        ("s1", 1.89, 1.9),
    ]


def test_the_path_goes_into_a_called_function_whose_clock_differs() -> None:
    trace = assembled(*chain())

    assert path(trace) == [
        ("s1", 0.0, 0.02),
        ("f1", 0.02, 0.097),
        ("s2", 0.097, 0.2),
        ("f2", 0.2, 0.25),
        ("q1", 0.25, 0.8),
        ("f2", 0.8, 0.88),
        ("s2", 0.88, 0.9),
        ("f1", 0.9, 0.99),
        ("s1", 0.99, 1.0),
    ]


def test_of_calls_at_the_same_time_the_last_to_end_is_waited_for() -> None:
    trace = assembled(function("f1", "a", 0, 1, query("q1", 0.1, 0.5), query("q2", 0.1, 0.9), query("q3", 0.11, 0.3)))

    assert path(trace) == [("f1", 0.0, 0.1), ("q2", 0.1, 0.9), ("f1", 0.9, 1.0)]


def test_a_call_that_was_still_running_when_another_began_is_not_what_that_one_waited_for() -> None:
    trace = assembled(function("f1", "a", 0, 1, query("q1", 0.1, 0.8), query("q2", 0.5, 1.0)))

    assert path(trace) == [("f1", 0.0, 0.5), ("q2", 0.5, 1.0)]


def test_what_is_in_progress_reaches_to_the_end() -> None:
    trace = assembled(
        function("f1", "a", 0, None, query("q1", 0.2, None), query("q2", 0.1, 0.15), query("q3", 0.1, 0.6))
    )

    assert path(trace) == [("f1", 0.0, 0.1), ("q2", 0.1, 0.15), ("f1", 0.15, 0.2), ("q1", 0.2, 0.6)]


def test_an_asynchronous_function_that_ends_last_is_on_the_path_and_so_is_what_led_to_it() -> None:
    invoke = document("c1", "Lambda", 0.2, 0.25, namespace="aws", aws={"operation": "Invoke", "function_name": "later"})
    caller = function("f1", "now", 0, 0.6, invoke, query("q1", 0.3, 0.6))
    queueing = document("dw", "Dwell Time", 0.3, 0.9)
    trace = assembled(caller, service("s2", "later", 0.3, 2, queueing, parent_id="c1"))

    assert path(trace) == [("f1", 0.0, 0.2), ("c1", 0.2, 0.3), ("dw", 0.3, 0.9), ("s2", 0.9, 2.0)]


def test_an_init_from_long_before_costs_the_request_nothing() -> None:
    ahead = document("in", "Init", -3600.0, -3590.0)
    trace = assembled(service("s1", "a", 0, 1), function("f1", "a", 0.1, 0.9, ahead, parent_id="s1"))

    assert path(trace) == [("s1", 0.0, 0.1), ("f1", 0.1, 0.9), ("s1", 0.9, 1.0)]


def test_time_between_two_trees_belongs_to_the_later_one() -> None:
    trace = assembled(service("s1", "a", 0, 1), service("s2", "b", 2, 3))

    assert path(trace) == [("s1", 0.0, 1.0), ("s2", 1.0, 3.0)]


def test_steps_of_one_segment_are_one_stretch() -> None:
    ids = [segment_id for segment_id, _, _ in path(assembled(*cart(), service("s2", "b", 3, 4)))]

    assert all(one != other for one, other in pairwise(ids))


PARTS = st.lists(
    st.tuples(st.integers(-1, 30), st.floats(0, 3), st.floats(-0.5, 3) | st.none(), st.booleans()),
    min_size=1,
    max_size=30,
)


@settings(deadline=None, max_examples=300)
@given(PARTS)
def test_the_stretches_follow_each_other_and_make_up_the_trace(
    parts: list[tuple[int, float, float | None, bool]],
) -> None:
    documents = [
        (service if whole else document)(
            f"{number}",
            "part",
            start,
            None if length is None else start + length,
            **({"parent_id": f"{parent}"} if parent >= 0 else {}),
            **({} if whole else {"type": "subsegment"}),
        )
        for number, (parent, start, length, whole) in enumerate(parts)
    ]
    trace = assembled(*documents)
    stretches = critical_path(trace)

    ids = {each.id for each in trace.walk()}
    assert all(one.end_s == other.start_s for one, other in pairwise(stretches))
    assert all(each.seconds > 0 and each.segment_id in ids for each in stretches)
    assert sum(each.seconds for each in stretches) == pytest.approx(trace.seconds)
    assert (bottleneck(trace) is None) == (trace.seconds == 0)
    if stretches:
        assert (stretches[0].start_s, stretches[-1].end_s) == (trace.start_s, trace.end_s)


def test_a_deep_trace_has_a_path() -> None:
    levels = [document(f"{n}", "part", n / 1e4, 1, type="subsegment", parent_id=f"{n - 1}") for n in range(1, 5_000)]

    stretches = critical_path(assembled(service("0", "a", 0, 1), *levels))

    assert len(stretches) == 5_000


def test_a_trace_without_a_length_has_no_bottleneck() -> None:
    assert bottleneck(assembled()) is None
    assert bottleneck(assembled(service("s1", "a", 0, 0))) is None


def test_calls_one_after_another_are_told_with_what_running_them_together_would_bring() -> None:
    trace = assembled(*cart())
    found = bottleneck(trace)

    assert found is not None
    assert (found.what, found.calls, found.sequential, found.segment_ids) == (
        "DynamoDB Query orders",
        3,
        True,
        ("q1", "q2", "q3"),
    )
    assert found.parallel_s == pytest.approx(1.0)
    assert told(found, trace) == (
        "71 % of 1.90 s is DynamoDB Query orders: 3 calls one after another (0.45 s each), "
        "1 of 3 failed: ConditionalCheckFailed; in parallel about 1.0 s"
    )


def test_calls_that_overlap_are_not_sequential() -> None:
    overlapping = function("f1", "a", 0, 1, query("q1", 0.0, 0.497), query("q2", 0.49, 1))

    assert sentence(overlapping) == "100 % of 1.00 s is DynamoDB Query orders: 2 calls (0.50 s each)"


def test_calls_that_nobody_waited_for_are_told_apart() -> None:
    together = function("f1", "a", 0, 1, query("q1", 0.1, 0.5), query("q2", 0.1, 0.9), query("q3", 0.1, 0.3))

    assert sentence(together) == "80 % of 1.00 s is DynamoDB Query orders: 1 of 3 calls"


def test_calls_of_different_lengths_are_told_by_their_extremes() -> None:
    uneven = function("f1", "a", 0, 1, query("q1", 0.0, 0.1), query("q2", 0.1, 0.9))

    assert sentence(uneven) == (
        "90 % of 1.00 s is DynamoDB Query orders: 2 calls one after another (0.10 s to 0.80 s); "
        "in parallel about 0.90 s"
    )


def test_init_is_a_cold_start() -> None:
    init = document("in", "Init", 0, 0.2)

    assert sentence(service("s1", "a", 0, 0.25), function("f1", "a", 0.2, 0.25, init, parent_id="s1")) == (
        "80 % of 250 ms is init (cold start)"
    )


def test_restoring_a_snapshot_is_a_cold_start_too() -> None:
    restore = document("re", "Restore", 0, 0.2)

    assert sentence(service("s1", "a", 0, 0.25), function("f1", "a", 0.2, 0.25, restore, parent_id="s1")) == (
        "80 % of 250 ms is restore (cold start)"
    )


def test_named_parts_of_the_code_are_the_functions_own() -> None:
    handler = document("h", "## handler", 0.0, 0.9, document("p", "## price", 0.1, 0.8))

    assert sentence(function("f1", "quotes", 0, 0.9, handler)) == "100 % of 900 ms is quotes's own code"


def test_a_call_that_timed_out_says_so() -> None:
    call = document(
        "c1", "api.payments.example", 0.5, 10, namespace="remote", fault=True, http={"response": {"status": 504}}
    )

    assert sentence(function("f1", "a", 0, 10, call)) == "95 % of 10.0 s is api.payments.example: 1 call, timed out"


def test_retries_are_told() -> None:
    call = query("q1", 0.01, 0.085, aws={"operation": "Query", "table_name": "orders", "retries": 2}, throttle=True)

    assert sentence(function("f1", "a", 0, 0.09, call)) == (
        "83 % of 90 ms is DynamoDB Query orders: 1 call, 2 retries, throttled"
    )


def test_what_x_ray_infers_under_a_call_is_the_call() -> None:
    inferred = document("i1", "orders", 0.1, 0.9, parent_id="q1", origin="AWS::DynamoDB::Table", inferred=True)

    assert sentence(function("f1", "a", 0, 1, query("q1", 0.1, 0.9)), inferred) == (
        "80 % of 1.00 s is DynamoDB Query orders: 1 call"
    )


def test_a_called_function_is_seen_into() -> None:
    invoke = document("c1", "Lambda", 0.1, 0.9, namespace="aws", aws={"operation": "Invoke", "function_name": "send"})
    called = function("f2", "send", 0.12, 0.88, parent_id="c1")

    assert sentence(function("f1", "post", 0, 1, invoke), called) == "76 % of 1.00 s is send's own code"


def test_waiting_in_lambdas_queue_is_named() -> None:
    queueing = document("dw", "Dwell Time", 0, 100)

    assert sentence(service("s1", "a", 0, 130, queueing), function("f1", "a", 101, 130, parent_id="s1")) == (
        "77 % of 2 m 10 s is queueing"
    )
