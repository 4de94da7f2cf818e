"""Which traces are slow: the longest tenth, and never all of those that took as long as most do."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.ui.panes.traces_choice import Only, TraceChoice, slow_from_s

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
SLOW = TraceChoice(only=frozenset({Only.SLOW}))


def lasting(*seconds: float | None) -> list[TraceSummary]:
    return [
        TraceSummary(id=f"1-{n}-x", start=AT, duration_s=each, response_time_s=each, status=TraceStatus.OK)
        for n, each in enumerate(seconds)
    ]


def test_the_longest_tenth_is_slow() -> None:
    found = SLOW.of(lasting(*(n / 10 for n in range(40))))

    assert [trace.duration_s for trace in found] == [3.6, 3.7, 3.8, 3.9]


def test_what_took_as_long_as_the_usual_ones_is_not_slow() -> None:
    found = SLOW.of(lasting(5.0, *[0.1] * 19))

    assert [trace.duration_s for trace in found] == [5.0]


def test_where_all_are_alike_none_is_left_out() -> None:
    assert len(SLOW.of(lasting(*[0.1] * 20))) == 20


def test_of_none_nothing_is_slow() -> None:
    assert slow_from_s(()) is None
    assert slow_from_s(lasting(None)) is None


@given(st.lists(st.none() | st.floats(0, 1e6)), st.floats(0, 1e6))
def test_the_slowest_is_always_among_the_slow(seconds: list[float | None], another: float) -> None:
    traces = lasting(another, *seconds)
    longest = max(traces, key=lambda trace: -1.0 if trace.duration_s is None else trace.duration_s)
    found = SLOW.of(traces)

    assert longest in found
    assert len(found) <= -(-len(traces) // 10) or {each.duration_s for each in found} == {longest.duration_s}
