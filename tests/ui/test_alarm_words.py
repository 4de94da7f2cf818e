"""Alarms in words: when one would have gone off, what is offered for a function, and whom it can tell."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from lambdatop.actions.alarms.basis import EVERYTHING
from lambdatop.model.alarms.alarm import Alarm, AlarmKind, AlarmState, Topics
from lambdatop.model.alarms.evaluation import Ringing
from lambdatop.model.alarms.listing import Listed
from lambdatop.model.alarms.suggestions import What, watched
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.metrics import Series
from lambdatop.state import State, reduce
from lambdatop.ui.content import alarms as alarm_words
from lambdatop.ui.content.alarm_offers import AS_IT_IS, NOBODY, Editing, Making
from lambdatop.updates import AlarmsListed, FunctionsListed, IdentityKnown, LimitsKnown, TopicsListed
from tests.model.factories import NOW, function

CHECKOUT = function()
ONCALL, OTHER = (f"arn:aws:sns:eu-west-1:123456789012:{name}" for name in ("oncall", "other"))


def ringing(minute: int, minutes: int, *, over: bool = True) -> Ringing:
    start = int(datetime(2026, 11, 3, 14, minute, tzinfo=UTC).timestamp())
    return Ringing(start, start + 60 * minutes, over=over)


def alarm(**members: object) -> Alarm:
    definition = Making(CHECKOUT).offers(State())[0].definition
    assert definition is not None
    usual = Alarm(
        name="theirs",
        state=AlarmState.OK,
        function_name="checkout-api",
        metric="Errors",
        reason="",
        updated=NOW,
        settings={**definition.members(), "AlarmActions": [ONCALL]},
    )
    return replace(usual, **members)


def known(*alarms: Alarm, topics: Topics | None = None) -> State:
    state = reduce(State(), FunctionsListed((CHECKOUT,), True, NOW))
    state = reduce(reduce(state, LimitsKnown(1000)), AlarmsListed(alarms, NOW))
    return reduce(state, TopicsListed(topics)) if topics is not None else state


def test_the_plot_has_the_threshold_and_a_mark_for_each_time() -> None:
    definition = alarm().definition
    assert definition is not None

    plot = alarm_words.plot(Series(0, 60, (1.0, None, 3.0)), definition, [Ringing(60, 120), Ringing(180, 180)])

    assert [(line.name, line.values) for line in plot.lines] == [("Sum", (1.0, None, 3.0)), ("limit", (0.0,) * 3)]
    assert [(mark.at, mark.label) for mark in plot.marks] == [(60, "▲"), (180, "▲")]


def test_the_set_is_offered_with_what_is_there_and_all_that_is_lacking() -> None:
    offers = Making(CHECKOUT).offers(known(alarm()))

    assert [(offer.key, offer.there) for offer in offers] == [
        ("errors", ("theirs",)),
        ("throttles", ()),
        ("duration", ()),
        ("duration-p95", ()),
        ("concurrency", ()),
        (EVERYTHING, None),
    ]
    assert offers[-1].words == "all 3 lacking"


def test_a_topic_that_is_in_use_is_proposed_and_otherwise_nobody() -> None:
    topics = Topics((ONCALL, OTHER))

    used = Making(CHECKOUT).tells(known(alarm(), topics=topics))
    unused = Making(CHECKOUT).tells(known(topics=topics))

    assert [tell.words for tell in used] == ["oncall", "other", "nobody"]
    assert [tell.words for tell in unused] == ["nobody", "oncall", "other"]


def test_topics_that_cannot_be_listed_are_those_of_the_alarms() -> None:
    state = known(alarm(), topics=Topics(refused="no", complete=False))

    assert [tell.words for tell in Making(CHECKOUT).tells(state)] == ["oncall", "nobody"]


def test_an_answer_makes_a_plan() -> None:
    state = known()
    errors = Making(CHECKOUT).offers(state)[0].definition

    one = Making(CHECKOUT).plan(state, "errors", errors, ONCALL)
    all_ = Making(CHECKOUT).plan(state, EVERYTHING, None, NOBODY)

    assert isinstance(one, Plan)
    assert isinstance(all_, Plan)
    assert (len(one.steps), len(all_.steps)) == (1, 4)


def test_a_topic_that_is_not_there_makes_no_plan() -> None:
    topics = Topics(arns=(OTHER,))
    state = reduce(known(topics=topics), IdentityKnown("123456789012", "arn:aws:iam::123456789012:user/a", "eu-west-1"))
    there = alarm(settings={**alarm().settings, "AlarmActions": []})
    assert there.definition is not None

    made = Making(CHECKOUT).plan(state, "errors", there.definition, ONCALL)
    edited = Editing(there, there.definition).plan(state, "theirs", there.definition, ONCALL)

    for answer in (made, edited):
        assert isinstance(answer, Refusal)
        assert "there is no SNS topic oncall" in answer.reason


def test_an_edit_leaves_the_topics_as_they_are_unless_others_are_chosen() -> None:
    there = alarm()
    assert there.definition is not None
    editing, wanted = Editing(there, there.definition), replace(there.definition, threshold=5.0)

    kept, silent = (editing.plan(known(there), "theirs", wanted, topic) for topic in (AS_IT_IS, NOBODY))

    assert isinstance(kept, Plan)
    assert isinstance(silent, Plan)
    assert [step.after["AlarmActions"] for plan in (kept, silent) for step in plan.steps if step.after] == [
        [ONCALL],
        [],
    ]
    assert isinstance(editing.plan(known(there), "theirs", there.definition, AS_IT_IS), Refusal)
    assert next(tell.words for tell in editing.tells(known(there))) == "as it is: oncall"


def test_the_metrics_that_are_asked_for_are_those_of_the_function() -> None:
    assert Making(CHECKOUT).watched == tuple(watched(CHECKOUT, what) for what in What if what is not What.MEMORY)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (alarm(), "sum of Errors > 0 in 3 of 3 minutes"),
        (alarm(kind=AlarmKind.MATH, rule="e / i"), "metric math: e / i"),
        (alarm(kind=AlarmKind.COMPOSITE, rule=""), "composite"),
    ],
)
def test_what_an_alarm_judges_is_told(shown: Alarm, said: str) -> None:
    assert alarm_words.judged(shown) == said


def test_whom_it_tells_is_told() -> None:
    silent = alarm(settings={"ActionsEnabled": False, "AlarmActions": [ONCALL]})

    assert alarm_words.tells(alarm()) == "oncall"
    assert alarm_words.tells(silent) == (("off", "warn"),)
    assert alarm_words.tells(alarm(settings={})) == (("nobody", "dim"),)


def test_a_row_of_several_functions_names_the_first_and_counts_the_others() -> None:
    row = Listed(alarm=alarm(), functions=("a", "b", "c"))

    cells = {column.key: column.cell(row) for column in alarm_words.COLUMNS}

    assert cells["function"] == "a +2"
    assert cells["state"] == (("●", "good"), (" ", "plain"), ("OK", "plain"))
