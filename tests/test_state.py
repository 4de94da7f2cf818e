"""The reducer: what each update changes, and that all else stays the very same value."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from lambdatop.model.alarms.alarm import Alarm, AlarmState
from lambdatop.model.changes.marks import Change, ChangeKind
from lambdatop.model.changes.plan import Progress
from lambdatop.model.fleet.diagnosis import Rule
from lambdatop.model.fleet.fleet import AccountMetrics
from lambdatop.model.focus import Focus
from lambdatop.model.logs.line import LogLine
from lambdatop.model.logs.tail_status import TailStatus
from lambdatop.model.metrics import Charts, window_of
from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.model.traces.why_no_traces import Destination
from lambdatop.state import FocusSlices, State, reduce
from lambdatop.updates import (
    AccountMeasured,
    AlarmsListed,
    ApiUsed,
    ChangesFound,
    ChartsMeasured,
    FleetMeasured,
    FocusMoved,
    FunctionsListed,
    IdentityKnown,
    JournalRead,
    LimitsKnown,
    LogsArrived,
    PlanAdvanced,
    PlanEnded,
    RegionKnown,
    ReportsSampled,
    ReservedRead,
    SourceAnswered,
    SourceFailed,
    SourceName,
    TraceDestinationKnown,
    TracesArrived,
    Update,
)
from tests.model.factories import NOW, function, metrics, sample, trend
from tests.model.plans import memory_step, plan, receipt

API = function(name="checkout-api")
WORKER = function(name="billing-worker")


def after(*updates: Update, state: State | None = None) -> State:
    state = state or State()
    for update in updates:
        state = reduce(state, update)
    return state


def listed(*functions: object, complete: bool = True) -> FunctionsListed:
    return FunctionsListed(tuple(functions), complete, NOW)  # type: ignore[arg-type]


def alarm(name: str = "too many errors", *, watches: str | None = "checkout-api", state: str = "ALARM") -> Alarm:
    return Alarm(name=name, state=AlarmState(state), function_name=watches, metric="Errors", reason="", updated=NOW)


def line(number: int) -> LogLine:
    at = NOW + timedelta(milliseconds=number)
    return LogLine(
        timestamp=at, ingestion_time=at, stream="s", event_id=str(number), message="m", function_name="checkout-api"
    )


def trouble(source: SourceName, at: datetime = NOW) -> SourceFailed:
    return SourceFailed(source=source, error="throttled", at=at, retry_in_s=2)


def changed(before: State, after: State) -> set[str]:
    """The slices that are not the same object any more, those of the focus function under their own names."""
    fields = {*State.__struct_fields__} - {"seen"}
    of_focus = {
        name for name in FocusSlices.__struct_fields__ if getattr(before.seen, name) is not getattr(after.seen, name)
    }
    return {name for name in fields if getattr(before, name) is not getattr(after, name)} | of_focus


FOCUSED = after(listed(API, WORKER), FocusMoved(Focus("checkout-api")))
CHARTS = Charts(window=window_of(NOW, 180), series={"errors": trend(0)})
TRACE = TraceSummary(id="1-a-b", start=NOW, duration_s=1, response_time_s=1, status=TraceStatus.OK)
MOMENT = window_of(NOW, 1)
DEPLOYED = Change(NOW - timedelta(days=1), ChangeKind.VERSION, "v42")
ACCOUNT = AccountMetrics(
    invocations=trend(1),
    errors=trend(0),
    throttles=trend(0),
    duration_p95_ms=trend(5),
    concurrent_executions=trend(1),
    window_p95_ms=5.0,
)


def test_an_update_changes_its_slice_and_no_other() -> None:
    slices: Sequence[tuple[Update, set[str]]] = [
        (IdentityKnown("123456789012", "arn", "eu-west-1"), {"identity", "region"}),
        (RegionKnown("eu-west-1"), {"region"}),
        (LimitsKnown(1000), {"fleet"}),
        (listed(API), {"fleet"}),
        (FleetMeasured({"checkout-api": metrics()}, NOW), {"fleet"}),
        (AccountMeasured(ACCOUNT), {"fleet"}),
        (AlarmsListed((alarm(),), NOW), {"fleet"}),
        (ReportsSampled("checkout-api", sample(), NOW), {"fleet"}),
        (FocusMoved(Focus("checkout-api", 60)), {"focus"}),
        (ChartsMeasured("checkout-api", CHARTS), {"charts"}),
        (LogsArrived("checkout-api", (line(1),)), {"log"}),
        (TracesArrived("checkout-api", (TRACE,)), {"traces"}),
        (trouble("metrics"), {"health"}),
        (SourceAnswered("metrics", NOW), set()),
        (ApiUsed(calls=1, cost_usd=0.1, usd_per_hour=0.2), {"api"}),
    ]

    assert [changed(FOCUSED, reduce(FOCUSED, update)) for update, _ in slices] == [names for _, names in slices]


def test_answers_about_a_function_no_longer_in_focus_are_dropped() -> None:
    stale: Sequence[Update] = [
        ChartsMeasured("billing-worker", CHARTS),
        LogsArrived("billing-worker", (line(1),)),
        TracesArrived("billing-worker", (TRACE,)),
    ]

    assert all(reduce(FOCUSED, update) is FOCUSED for update in stale)


def test_another_function_in_focus_begins_with_nothing_of_the_last_one() -> None:
    before = after(
        ChartsMeasured("checkout-api", CHARTS),
        LogsArrived("checkout-api", (line(1),)),
        TracesArrived("checkout-api", ()),
        trouble("logs"),
        trouble("alarms"),
        state=FOCUSED,
    )

    moved = reduce(before, FocusMoved(Focus("billing-worker")))

    assert (moved.seen.charts, moved.seen.log, moved.seen.traces) == (None, None, None)
    assert set(moved.health) == {"alarms"}
    assert changed(before, moved) == {"focus", "health", "charts", "log", "traces"}


def test_another_function_in_focus_keeps_the_very_same_account() -> None:
    before = after(
        IdentityKnown("123456789012", "arn:aws:iam::123456789012:user/eve", "eu-west-1"),
        TraceDestinationKnown(Destination.LOGS),
        ReservedRead("checkout-api", 5),
        PlanEnded(receipt(plan(memory_step(function="checkout-api"), function="checkout-api"))),
        ApiUsed(calls=1, cost_usd=0.1, usd_per_hour=0.2),
        state=FOCUSED,
    )

    moved = reduce(before, FocusMoved(Focus("billing-worker")))

    assert changed(before, moved) - {*FocusSlices.__struct_fields__} == {"focus", "health"}


def test_another_window_keeps_what_is_shown_until_the_new_one_is_there() -> None:
    before = after(ChartsMeasured("checkout-api", CHARTS), LogsArrived("checkout-api", (line(1),)), state=FOCUSED)

    moved = reduce(before, FocusMoved(Focus("checkout-api", 60)))

    assert changed(before, moved) == {"focus"}


def test_a_moment_begins_with_nothing_and_what_was_live_is_there_again_after_it() -> None:
    before = after(LogsArrived("checkout-api", (line(1),)), TracesArrived("checkout-api", (TRACE,)), state=FOCUSED)

    pointed = after(FocusMoved(replace(before.focus, cursor=MOMENT, moment=MOMENT)), state=before)
    read = after(LogsArrived("checkout-api", (line(2),)), TracesArrived("checkout-api", ()), state=pointed)
    elsewhere = after(FocusMoved(replace(before.focus, moment=window_of(NOW, 5))), state=read)
    back = after(FocusMoved(before.focus), state=elsewhere)

    assert (pointed.seen.log, pointed.seen.traces) == (elsewhere.seen.log, elsewhere.seen.traces) == (None, None)
    assert (back.seen.log, back.seen.traces, back.seen.aside) == (before.seen.log, before.seen.traces, None)


def test_moving_the_cursor_alone_changes_nothing_that_was_read() -> None:
    before = after(LogsArrived("checkout-api", (line(1),)), TracesArrived("checkout-api", (TRACE,)), state=FOCUSED)

    moved = after(FocusMoved(replace(before.focus, cursor=MOMENT)), state=before)

    assert changed(before, moved) == {"focus"}


def test_a_window_that_ends_elsewhere_has_another_log_also_behind_a_moment() -> None:
    before = after(LogsArrived("checkout-api", (line(1),)), state=FOCUSED)
    pointed = after(
        FocusMoved(replace(before.focus, moment=MOMENT)), LogsArrived("checkout-api", (line(2),)), state=before
    )

    stepped = after(FocusMoved(replace(pointed.focus, until=NOW)), state=pointed)
    back = after(FocusMoved(replace(stepped.focus, moment=None)), state=stepped)

    assert stepped.seen.log is pointed.seen.log
    assert back.seen.log is None
    assert after(FocusMoved(replace(before.focus, until=NOW)), state=before).seen.log is None


def test_an_edit_seen_in_a_listing_is_marked_also_once_the_function_is_looked_at() -> None:
    old, new = (replace(API, last_modified=NOW - timedelta(minutes=age)) for age in (60, 1))
    edited = replace(new, memory_mb=2048)
    before = after(listed(old, WORKER), FocusMoved(Focus("billing-worker")), listed(edited, WORKER))

    moved = after(FocusMoved(Focus("checkout-api")), state=before)
    found = after(ChangesFound("checkout-api", (DEPLOYED,)), state=moved)
    away = after(FocusMoved(Focus("billing-worker")), state=found)

    assert before.seen.changes == away.seen.changes == ()
    assert [change.label for change in moved.seen.changes] == ["1,024 → 2,048 MB"]
    assert [change.label for change in found.seen.changes] == ["v42", "1,024 → 2,048 MB"]


def test_what_lambdatop_has_changed_is_marked() -> None:
    done = receipt(plan(memory_step(function="checkout-api"), function="checkout-api"))

    state = after(PlanEnded(done), state=FOCUSED)

    assert state.seen.changes == (Change(done.begun, ChangeKind.OURS, "memory → 1,536 MB"),)


def test_plans_that_are_on_their_way_at_once_are_told_apart() -> None:
    first, second = (
        Progress(plan=plan(function=name), outcomes=(), doing="sending", since=NOW)
        for name in ("checkout-api", "billing-worker")
    )
    settling = replace(first, doing="settling")

    both = after(PlanAdvanced(first), PlanAdvanced(second), PlanAdvanced(settling))

    assert both.progress == (second, settling)
    assert after(FocusMoved(Focus("checkout-api")), state=both).progress == both.progress
    assert after(PlanEnded(receipt(first.plan)), state=both).progress == (second,)


def test_what_the_journal_tells_is_marked_once_and_stands_by_time_among_what_was_done_here() -> None:
    made = plan(memory_step(function="checkout-api"), function="checkout-api")
    earlier, ours = receipt(made, id="a", begun=NOW - timedelta(hours=2)), receipt(made, id="b")
    state = after(PlanEnded(ours), state=FOCUSED)

    told = after(JournalRead((earlier, replace(ours)), ()), state=state)

    assert told.receipts == (earlier, ours)
    assert told.receipts[1] is ours
    assert [change.at for change in told.seen.changes] == [earlier.begun, ours.begun]
    assert after(JournalRead((earlier,), ()), state=told) is told
    assert after(PlanEnded(ours), state=after(JournalRead((ours,), ()), state=FOCUSED)).receipts == (ours,)


def test_trouble_stays_until_its_source_has_answered() -> None:
    first, again = trouble("metrics"), trouble("metrics", NOW + timedelta(minutes=1))

    state = after(trouble("alarms"), first, again)
    recovered = reduce(state, SourceAnswered("metrics", NOW))

    assert state.health == {"alarms": trouble("alarms"), "metrics": again}
    assert recovered.health == {"alarms": trouble("alarms")}


def test_an_answer_of_a_healthy_source_changes_nothing() -> None:
    assert reduce(FOCUSED, SourceAnswered("metrics", NOW)) is FOCUSED


def test_lines_are_added_in_the_order_in_which_they_arrive() -> None:
    state = after(
        LogsArrived("checkout-api", (line(1), line(3)), TailStatus(behind_s=1.5)),
        LogsArrived("checkout-api", (line(2),), TailStatus(behind_s=1.5)),
        state=FOCUSED,
    )

    assert state.seen.log is not None
    assert [each.event_id for each in state.seen.log.lines] == ["1", "3", "2"]
    assert (state.seen.log.first, state.seen.log.tail.behind_s) == (0, 1.5)


def test_another_range_of_the_log_begins_it_anew_and_leaves_the_rest() -> None:
    state = after(LogsArrived("checkout-api", (line(1),)), TracesArrived("checkout-api", ()), state=FOCUSED)

    moved = after(FocusMoved(replace(state.focus, log_minutes=60)), state=state)

    assert moved.seen.log is None
    assert moved.seen.traces == ()


def test_an_empty_poll_of_a_log_is_no_change() -> None:
    state = after(LogsArrived("checkout-api", (line(1),), TailStatus(behind_s=1.5)), state=FOCUSED)

    assert reduce(state, LogsArrived("checkout-api", (), TailStatus(behind_s=1.5))).seen.log is state.seen.log


def test_the_first_empty_poll_tells_that_the_log_is_empty() -> None:
    state = reduce(FOCUSED, LogsArrived("checkout-api", ()))

    assert state.seen.log is not None
    assert state.seen.log.lines == ()


def test_the_oldest_lines_are_dropped_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lambdatop.state.LOG_LINES_KEPT", 2_000)
    many = tuple(map(line, range(2_000)))

    state = after(LogsArrived("checkout-api", many), LogsArrived("checkout-api", (line(-1), line(-2))), state=FOCUSED)

    assert state.seen.log is not None
    assert len(state.seen.log.lines) == 2_000
    assert state.seen.log.first == 2
    assert state.seen.log.lines[0] == many[2]


def test_a_row_is_diagnosed_anew_by_whatever_is_learnt_of_it() -> None:
    state = after(listed(API))
    assert state.fleet.rows["checkout-api"].findings == ()

    failing = reduce(state, FleetMeasured({"checkout-api": metrics(errors=50)}, NOW))
    ringing = reduce(state, AlarmsListed((alarm(),), NOW))
    killed = reduce(state, ReportsSampled("checkout-api", sample(ooms=9), NOW))
    retired = reduce(state, listed(function(name="checkout-api", runtime="nodejs12.x")))

    found = [[each.rule for each in s.fleet.rows["checkout-api"].findings] for s in (failing, ringing, killed, retired)]
    assert found[0][0] in (Rule.ERRORS, Rule.ERRORS_RISING)
    assert all(rules for rules in found)
    assert len({rules[0] for rules in found}) == 4


def test_what_is_known_of_a_function_survives_a_new_listing() -> None:
    state = after(
        listed(API),
        FleetMeasured({"checkout-api": metrics()}, NOW),
        ReportsSampled("checkout-api", sample(), NOW),
        AlarmsListed((alarm(),), NOW),
    )
    grown = replace(API, memory_mb=2048)

    row = reduce(state, listed(grown, WORKER)).fleet.rows["checkout-api"]

    assert row.function is grown
    assert row.metrics is state.fleet.rows["checkout-api"].metrics
    assert row.reports is not None
    assert row.alarm_state is AlarmState.ALARM


def test_a_listing_that_tells_nothing_new_leaves_every_row_as_it_is() -> None:
    state = after(listed(API, WORKER), FleetMeasured({"checkout-api": metrics()}, NOW))

    again = reduce(state, listed(replace(API), replace(WORKER)))

    assert all(again.fleet.rows[name] is row for name, row in state.fleet.rows.items())


def test_rows_are_by_name_in_whatever_order_functions_are_listed() -> None:
    state = after(listed(WORKER, complete=False), listed(WORKER, API), FleetMeasured({API.name: metrics()}, NOW))

    assert list(state.fleet.rows) == [WORKER.name, API.name]
    assert list(after(listed(API, WORKER)).fleet.rows) == [WORKER.name, API.name]


def test_how_many_functions_are_active_is_known_after_whatever_is_learnt() -> None:
    busy, idle = metrics(invocations=5), metrics(invocations=0)
    learnt: tuple[Update, ...] = (
        listed(API, complete=False),
        FleetMeasured({API.name: busy}, NOW),
        listed(API, WORKER),
        FleetMeasured({API.name: busy, WORKER.name: busy, "deleted-meanwhile": busy}, NOW),
        FleetMeasured({API.name: idle}, NOW),
        listed(API),
    )

    state = State()
    told = [(state := reduce(state, update)).fleet.active for update in learnt]

    assert told == [None, 1, 1, 2, 1, 0]


def test_figures_of_some_functions_leave_the_rows_of_others() -> None:
    state = after(listed(API, WORKER))

    measured = reduce(state, FleetMeasured({"checkout-api": metrics(), "gone": metrics()}, NOW))

    assert measured.fleet.rows["billing-worker"] is state.fleet.rows["billing-worker"]
    assert set(measured.fleet.rows) == {"checkout-api", "billing-worker"}
    assert measured.fleet.measured == NOW


def test_a_function_that_was_deleted_is_gone_with_the_next_complete_listing() -> None:
    state = after(listed(API, WORKER), listed(API))

    assert set(state.fleet.rows) == {"checkout-api"}


def test_a_new_listing_that_is_still_under_way_takes_no_row_away() -> None:
    state = after(listed(API, WORKER))

    assert reduce(state, listed(API, complete=False)).fleet is state.fleet


def test_the_first_listing_shows_rows_page_by_page() -> None:
    state = after(listed(API, complete=False))
    assert (set(state.fleet.rows), state.fleet.complete) == ({"checkout-api"}, False)

    state = reduce(state, listed(API, WORKER))
    assert (set(state.fleet.rows), state.fleet.complete) == ({"checkout-api", "billing-worker"}, True)


def test_a_first_listing_that_broke_off_and_begins_again_takes_no_row_away() -> None:
    broken_off = listed(function(name="a"), function(name="b"), function(name="c"), complete=False)
    state = reduce(reduce(State(), broken_off), SourceFailed("functions", "throttled", NOW, 2.0))

    begun_again = reduce(state, listed(function(name="a"), complete=False))
    whole = reduce(begun_again, listed(function(name="a"), function(name="d")))

    assert list(begun_again.fleet.rows) == ["a", "b", "c"]
    assert list(whole.fleet.rows) == ["a", "d"]


def test_alarms_known_before_the_functions_are_joined_when_those_come() -> None:
    state = after(AlarmsListed((alarm(), alarm("account", watches=None)), NOW), listed(API, WORKER))

    assert state.fleet.rows["checkout-api"].alarms == (alarm(),)
    assert state.fleet.rows["billing-worker"].alarms == ()


def test_an_alarm_that_was_deleted_leaves_its_row() -> None:
    state = after(listed(API), AlarmsListed((alarm(),), NOW), AlarmsListed((), NOW))

    assert state.fleet.rows["checkout-api"].alarm_state is None


def test_alarms_that_tell_nothing_new_leave_the_fleet_as_it_is() -> None:
    state = after(listed(API), AlarmsListed((alarm(),), NOW))

    assert reduce(state, AlarmsListed((alarm(),), NOW)).fleet is state.fleet


def test_a_sample_of_an_unknown_function_or_the_same_sample_changes_nothing() -> None:
    state = after(listed(API), ReportsSampled("checkout-api", sample(), NOW))

    assert reduce(state, ReportsSampled("gone", sample(), NOW)).fleet is state.fleet
    assert reduce(state, ReportsSampled("checkout-api", sample(), NOW)).fleet is state.fleet
