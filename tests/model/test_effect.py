"""Whether a change helped: windows, shifts and verdicts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lambdatop.actions.settings.alias import AliasTarget
from lambdatop.model.changes.aims import Measure
from lambdatop.model.changes.effect import Effect, Verdict, effect
from lambdatop.model.changes.plan import Receipt, Result
from lambdatop.model.changes.shifts import Turn
from lambdatop.model.changes.significance import Share
from lambdatop.model.changes.windows import LATE, LONGEST, Figures, changes_of, due, is_cut, windows
from lambdatop.model.metrics import Window
from lambdatop.words.effect import hint, sentence
from tests.model.factories import NOW
from tests.model.plans import memory_step, plan, receipt, step

MINUTE = timedelta(minutes=1)
CHANGED = receipt()
"""At 14:32:07, settled at 14:32:11."""


def figures(minutes: int = 15, **known: object) -> Figures:
    window = Window(NOW.replace(second=0), NOW.replace(second=0) + minutes * MINUTE)
    calm = Figures(
        window=window,
        invocations=4800.0,
        errors=3.0,
        throttles=0.0,
        p50_ms=1200.0,
        p95_ms=2800.0,
        p99_ms=4100.0,
        cost_usd_per_hour=0.131,
        memory_mb=1024,
        used_mb=1019,
        versions={"$LATEST": 1.0},
        cold=Share(10, 500),
        kills=0,
        timeouts=0,
    )
    return replace(calm, **known)


def told(before: Figures, after: Figures, change: Receipt = CHANGED, *, cut: bool = False) -> Effect:
    found = effect(change, before, after, cut=cut)
    assert found is not None
    return found


def test_neither_the_minute_of_the_change_nor_one_that_still_fills_is_looked_at() -> None:
    compared = windows(CHANGED, (), NOW.replace(minute=40, second=59))

    assert compared is not None
    assert compared.before == Window(NOW.replace(minute=26, second=0), NOW.replace(minute=32, second=0))
    assert compared.after == Window(NOW.replace(minute=33, second=0), NOW.replace(minute=39, second=0))


def test_of_a_plan_over_several_functions_each_has_its_own_part() -> None:
    steps = [
        replace(memory_step(512, mb, name), item=name, label=f"{name} memory") for name, mb in (("a", 1), ("b", 2))
    ]
    made = receipt(replace(plan(*steps), functions=("a", "b")))
    failed = replace(made, outcomes=(made.outcomes[0], replace(made.outcomes[1], result=Result.NOT_APPLIED)))

    (its,) = changes_of("b", [made], NOW)

    assert [(step.label, step.after) for step in its.plan.steps] == [("memory", {"MemorySize": 2})]
    assert [outcome.step for outcome in its.outcomes] == list(its.plan.steps)
    assert [bool(changes_of(name, [failed], NOW)) for name in ("a", "b")] == [True, False]


def test_before_the_first_figures_are_due_there_is_nothing_to_compare() -> None:
    assert windows(CHANGED, (), due(CHANGED) - timedelta(seconds=1)) is None
    assert windows(CHANGED, (), due(CHANGED)) is not None


def test_no_window_reaches_across_another_change() -> None:
    earlier = receipt(id="r0", begun=NOW - 4 * MINUTE)
    later = receipt(id="r2", begun=NOW + 9 * MINUTE)

    compared = windows(CHANGED, (earlier,), NOW + 30 * MINUTE)
    assert compared is not None
    assert compared.before.start > earlier.ended
    assert compared.after.seconds == compared.before.seconds == 180
    compared = windows(CHANGED, (later,), NOW + 30 * MINUTE)
    assert compared is not None
    assert compared.after.end <= later.begun
    assert is_cut(CHANGED, (later,))
    assert not is_cut(CHANGED, (earlier,))


@given(
    st.integers(0, 3600),
    st.integers(0, 1000),
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(-5000, 8000), st.integers(0, 300)), max_size=3),
)
def test_both_windows_are_equally_long_and_hold_nothing_but_full_minutes_without_a_change(
    at: int, took: int, passed: int, others: list[tuple[int, int]]
) -> None:
    change = receipt(begun=NOW + timedelta(seconds=at), took=timedelta(seconds=took))
    rest = [
        receipt(id=f"o{index}", begun=NOW + timedelta(seconds=begun), took=timedelta(seconds=lasted))
        for index, (begun, lasted) in enumerate(others)
    ]
    now = change.ended + timedelta(seconds=passed)

    compared = windows(change, rest, now)

    if compared is None:
        return
    assert compared.before.seconds == compared.after.seconds
    assert MINUTE <= timedelta(seconds=compared.after.seconds) <= LONGEST
    assert compared.after.seconds % 60 == 0
    assert compared.before.end <= change.begun
    assert compared.after.start > change.ended
    assert compared.after.end + LATE <= now
    for other in rest:
        apart = other.ended <= change.begun or other.begun >= change.ended
        assert not apart or other.ended < compared.before.start or other.begun >= compared.after.end


def test_more_memory_helped_if_nothing_is_killed_any_more_though_it_costs_more() -> None:
    before = figures(kills=9)

    found = told(before, figures(p95_ms=2000.0, cost_usd_per_hour=0.147, memory_mb=1536, used_mb=1040))

    assert found.verdict is Verdict.HELPED
    assert found.final
    turns = {shift.measure: shift.turn for shift in found.shifts}
    assert turns[Measure.KILLS] is turns[Measure.P95] is Turn.BETTER
    assert turns[Measure.COST] is Turn.WORSE


def test_more_memory_that_changes_nothing_made_no_difference() -> None:
    assert told(figures(), figures(p95_ms=2750.0)).verdict is Verdict.SAME


def test_less_memory_that_kills_got_worse_though_it_is_cheaper() -> None:
    change = receipt(plan(memory_step(1024, 512)))

    found = told(figures(), figures(kills=40, errors=43.0, cost_usd_per_hour=0.07), change)

    assert found.verdict is Verdict.WORSE


def test_less_memory_helped_if_it_is_cheaper_and_nothing_else_has_moved() -> None:
    change = receipt(plan(memory_step(1024, 512)))

    assert told(figures(), figures(cost_usd_per_hour=0.08), change).verdict is Verdict.HELPED


def test_twice_the_traffic_is_named_and_is_neither_dearer_nor_worse() -> None:
    after = figures(invocations=9600.0, errors=6.0, cost_usd_per_hour=0.262)

    found = told(figures(), after)

    assert found.verdict is Verdict.SAME
    assert found.traffic == 2.0


def test_without_a_figure_of_what_was_aimed_at_no_difference_is_not_said() -> None:
    change = receipt(plan(memory_step(1536, 1024)))

    found = told(figures(), figures(cost_usd_per_hour=None), change)

    assert (found.verdict, found.final) == (Verdict.EARLY, False)
    assert "too early to tell; what it costs is unknown." in sentence(change, found)
    assert told(figures(60), figures(60, cost_usd_per_hour=None), change).verdict is Verdict.UNKNOWN


def test_a_change_of_latest_alone_did_nothing_for_callers_who_run_a_version() -> None:
    faster = figures(p95_ms=1400.0, versions={"42": 0.9, "41": 0.1})
    released = plan(memory_step(), step(AliasTarget("image-resize", "live"), {}, {"FunctionVersion": "43"}, "alias"))

    found = told(figures(), faster)

    assert (found.verdict, found.final) == (Verdict.UNREACHED, False)
    assert "memory 1,536 MB: it has reached no caller yet; they run version 42, not $LATEST." in sentence(
        CHANGED, found
    )
    assert hint(CHANGED, found) is None
    assert told(figures(), faster, receipt(released)).verdict is Verdict.HELPED


def test_a_change_that_has_reached_few_of_the_invocations_says_so() -> None:
    found = told(figures(), figures(p95_ms=1400.0, versions={"42": 0.97, "$LATEST": 0.03}))

    assert found.verdict is Verdict.UNREACHED
    assert "it has reached 3.00 % of the invocations only; version 42 runs." in sentence(CHANGED, found)


def test_where_it_is_unknown_what_ran_it_cannot_be_told_whether_it_helped() -> None:
    found = told(figures(kills=9), figures(versions=None))

    assert found.verdict is Verdict.EARLY
    assert "whether its callers run $LATEST is unknown" in sentence(CHANGED, found)
    assert told(figures(60, kills=9), figures(60, versions=None)).verdict is Verdict.UNKNOWN


def test_with_few_invocations_it_is_too_early_and_at_last_it_cannot_be_told() -> None:
    few = figures(invocations=40.0, errors=0.0)

    assert told(few, few).verdict is Verdict.EARLY
    assert not told(few, few).final
    hour = figures(60, invocations=40.0, errors=0.0)
    assert told(hour, hour).verdict is Verdict.UNKNOWN
    assert told(hour, hour).final
    assert told(few, few, cut=True).verdict is Verdict.UNKNOWN


def test_no_difference_is_not_said_in_the_first_minutes_but_a_difference_is() -> None:
    assert told(figures(2), figures(2)).verdict is Verdict.EARLY
    assert told(figures(2, kills=20), figures(2)).verdict is Verdict.HELPED
    assert not told(figures(2, kills=20), figures(2)).final


def test_without_any_window_yet_it_is_too_early() -> None:
    found = effect(CHANGED, None, None)

    assert found is not None
    assert (found.verdict, found.final) == (Verdict.EARLY, False)


@pytest.mark.parametrize("moved", [1.05, 0.95])
def test_a_percentile_that_wavers_has_not_moved(moved: float) -> None:
    found = told(figures(), figures(p95_ms=2800.0 * moved))

    assert {shift.measure: shift.turn for shift in found.shifts}[Measure.P95] is Turn.SAME


def test_the_fewer_the_invocations_the_more_a_percentile_must_move() -> None:
    def turn(invocations: float) -> Turn:
        found = told(figures(invocations=invocations), figures(invocations=invocations, p95_ms=2300.0))
        return {shift.measure: shift.turn for shift in found.shifts}[Measure.P95]

    assert turn(150.0) is Turn.SAME
    assert turn(15_000.0) is Turn.BETTER
    assert turn(50.0) is Turn.UNKNOWN


_COUNTS = st.none() | st.integers(0, 100_000).map(float)


@given(
    st.integers(1, 60),
    *[
        st.fixed_dictionaries(
            {
                "invocations": _COUNTS,
                "errors": _COUNTS,
                "throttles": _COUNTS,
                "p50_ms": st.none() | st.floats(0, 1e6),
                "p95_ms": st.none() | st.floats(0, 1e6),
                "cost_usd_per_hour": st.none() | st.floats(0, 1e3),
                "kills": st.none() | st.integers(0, 1000),
                "used_mb": st.none() | st.floats(0, 10_240),
            }
        )
        for _ in range(2)
    ],
    st.booleans(),
    st.booleans(),
)
def test_whatever_was_measured_there_is_a_verdict_and_none_is_final_too_soon(
    minutes: int, one: dict[str, object], other: dict[str, object], cut: bool, less: bool
) -> None:
    change = receipt(plan(memory_step(1536, 1024) if less else memory_step()))

    found = told(figures(minutes, **one), figures(minutes, **other), change, cut=cut)

    assert found.final <= (cut or minutes >= 15)
    if found.verdict is Verdict.EARLY:
        assert not found.final
    if found.verdict is Verdict.SAME:
        assert minutes >= 5 or cut


@given(st.integers(5, 60), st.integers(100, 100_000), st.integers(0, 100))
def test_what_did_not_change_made_no_difference(minutes: int, invocations: int, failed: int) -> None:
    same = figures(minutes, invocations=float(invocations), errors=float(failed))

    assert told(same, same).verdict is Verdict.SAME
