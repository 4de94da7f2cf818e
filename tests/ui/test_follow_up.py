"""What follows from an update, as the app is told to do it: no screen, no loop, only states before and after."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from lambdatop.actions.settings.alarm import AlarmActions
from lambdatop.config import Config
from lambdatop.model.alarms.history import AlarmHistory
from lambdatop.model.changes.effect import Effect, Verdict, effect
from lambdatop.model.changes.plan import Receipt, Result
from lambdatop.model.changes.windows import Figures
from lambdatop.model.metrics import Window
from lambdatop.state import State, reduce
from lambdatop.ui.app_parts.follow_up import (
    NEWS,
    End,
    FinishStart,
    FollowUp,
    MeasureFleet,
    Notify,
    OpenFunction,
    ReadJournal,
    RereadAlarms,
    follow_ups,
)
from lambdatop.updates import (
    AlarmHistoryRead,
    EffectMeasured,
    FunctionsListed,
    IdentityKnown,
    JournalRead,
    PlanEnded,
    SourceAnswered,
    SourceFailed,
    SourceName,
    Trouble,
    Update,
)
from tests.model.factories import NOW, function
from tests.model.plans import memory_step, plan, receipt, step

API, RESIZE = function(name="checkout-api"), function(name="image-resize")
EVE = IdentityKnown("123456789012", "arn:aws:iam::123456789012:user/eve", "eu-west-1")
CHANGED = receipt(plan(memory_step()), begun=NOW - timedelta(minutes=1))

WINDOW = Window(NOW - timedelta(minutes=15), NOW)
BEFORE = Figures(window=WINDOW, invocations=4800.0, errors=9.0, kills=9, p95_ms=2800.0, cost_usd_per_hour=0.131)
AFTER = replace(BEFORE, errors=0.0, kills=0, p95_ms=2000.0, cost_usd_per_hour=0.147, versions={"$LATEST": 1.0})
HELPED = effect(CHANGED, BEFORE, AFTER) or pytest.fail("there are figures")


def follows(*updates: Update, config: Config | None = None) -> list[tuple[FollowUp, ...]]:
    """What follows from each of these updates, one after another."""
    state, told = State(), []
    for update in updates:
        before, state = state, reduce(state, update)
        told.append(follow_ups(before, state, update, config=config or Config(), now=NOW))
    return told


def last(*updates: Update, config: Config | None = None) -> tuple[FollowUp, ...]:
    """What follows from the last of these updates."""
    return follows(*updates, config=config)[-1]


def listed(*names: str, complete: bool = True) -> FunctionsListed:
    return FunctionsListed(tuple(function(name=name) for name in names), complete, NOW)


def refused(trouble: Trouble = Trouble.PASSING, source: SourceName = "functions") -> SourceFailed:
    return SourceFailed(source=source, error="throttled", at=NOW, retry_in_s=2.0, trouble=trouble)


def test_the_first_functions_finish_the_start_and_are_measured_and_later_ones_do_neither() -> None:
    pages = follows(listed("a", complete=False), listed("a", "b"), SourceAnswered("functions", NOW), listed("b"))

    assert pages == [(FinishStart(), MeasureFleet()), (), (), ()]


def test_a_passing_trouble_finishes_the_start_too_and_functions_are_measured_once_there_are_some() -> None:
    assert follows(refused(), refused(), listed("a")) == [(FinishStart(),), (), (MeasureFleet(),)]


def test_an_account_without_functions_finishes_the_start_once() -> None:
    first, again = follows(listed(), listed())

    assert FinishStart() in first
    assert FinishStart() not in again


@pytest.mark.parametrize("trouble", [Trouble.CREDENTIALS, Trouble.SETTINGS])
def test_trouble_that_only_the_user_can_end_ends_the_program_unless_there_is_something_to_look_at(
    trouble: Trouble,
) -> None:
    assert End(refused(trouble)) in last(refused(trouble))
    assert last(listed("a"), refused(trouble)) == ()


@pytest.mark.parametrize("called", [RESIZE.name, RESIZE.arn])
def test_the_function_the_command_line_calls_is_opened_once_it_is_listed(called: str) -> None:
    config = Config(function=called)

    pages = follows(
        listed("checkout-api", complete=False),
        listed("image-resize", complete=False),
        listed("checkout-api", "image-resize"),
        listed("checkout-api"),
        listed("checkout-api", "image-resize"),
        config=config,
    )

    assert [OpenFunction("image-resize") in page for page in pages] == [False, True, False, False, False]
    assert not any(isinstance(each, End) for page in pages for each in page)


def test_a_function_that_does_not_exist_ends_the_program_once_all_are_listed() -> None:
    config = Config(function="chekout-api")

    first, whole = follows(listed("checkout-api", complete=False), listed("checkout-api"), config=config)

    assert first == (FinishStart(), MeasureFleet())
    assert whole == (End("there is no function chekout-api in this account and Region; did you mean checkout-api?"),)


def test_the_journal_is_read_once_it_is_known_whose_it_is_but_not_for_the_demo() -> None:
    assert last(EVE) == (ReadJournal(EVE),)
    assert last(EVE, config=Config(demo=True)) == ()


def test_what_was_left_in_the_middle_is_told_once() -> None:
    one, other, third = (receipt(plan(memory_step()), id=id) for id in "abc")

    told = follows(JournalRead((), (one, other)), JournalRead((), (one, other)), JournalRead((), (other, third)))

    text = "left in the middle: image-resize: memory{}; J shows what is known of it"
    assert told == [
        (Notify(text.format(", and 1 more"), severity="warning"),),
        (),
        (Notify(text.format(""), severity="warning"),),
    ]


def measured(verdict: Effect = HELPED) -> EffectMeasured:
    return EffectMeasured("image-resize", CHANGED.id, verdict)


def test_a_verdict_is_told_when_it_is_known_and_again_when_it_turns() -> None:
    worse = measured(replace(HELPED, verdict=Verdict.WORSE))

    _, helped, again, turned = follows(PlanEnded(CHANGED), measured(), measured(), worse)

    assert [(each.title, each.severity) for each in helped if isinstance(each, Notify)] == [
        ("image-resize", "information")
    ]
    assert "it helped" in str(helped)
    assert again == ()
    assert [each.severity for each in turned if isinstance(each, Notify)] == ["warning"]


@pytest.mark.parametrize("verdict", [Verdict.EARLY, Verdict.SAME, Verdict.UNREACHED, Verdict.UNKNOWN])
def test_what_is_no_verdict_is_not_told(verdict: Verdict) -> None:
    assert last(PlanEnded(CHANGED), measured(replace(HELPED, verdict=verdict))) == ()


def test_a_verdict_on_what_nobody_knows_or_on_an_old_change_is_no_news() -> None:
    old = replace(CHANGED, ended=NOW - NEWS - timedelta(seconds=1))

    assert last(measured()) == ()
    assert last(PlanEnded(old), measured()) == ()


def of_alarms(result: Result = Result.APPLIED) -> Receipt:
    muted = step(AlarmActions("too many errors"), {"ActionsEnabled": True}, {"ActionsEnabled": False}, "actions")
    return receipt(plan(muted, action="alarm"), result=result)


def test_a_change_of_alarms_has_them_read_again_with_the_history_that_is_shown() -> None:
    shown = AlarmHistoryRead(AlarmHistory(name="too many errors", items=(), complete=True))

    assert last(PlanEnded(of_alarms())) == (RereadAlarms(None),)
    assert last(shown, PlanEnded(of_alarms())) == (RereadAlarms("too many errors"),)


def test_other_changes_and_ones_that_were_not_made_leave_the_alarms_alone() -> None:
    assert last(PlanEnded(CHANGED)) == ()
    assert last(PlanEnded(of_alarms(Result.NOT_APPLIED))) == ()
