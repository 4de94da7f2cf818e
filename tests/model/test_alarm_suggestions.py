"""The recommended set: which alarms, at which thresholds, from what the last days tell; and amounts in words."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.alarms.alarm import Alarm, AlarmState
from lambdatop.model.alarms.condition_text import amount, condition, typed
from lambdatop.model.alarms.definition import Definition, Missing, Operator, Watched, problem
from lambdatop.model.alarms.evaluation import evaluate
from lambdatop.model.alarms.listing import listed
from lambdatop.model.alarms.suggestions import (
    Ceilings,
    Suggestion,
    What,
    already,
    is_sparse,
    nice,
    stepped,
    suggestions,
    usual,
    watched,
)
from lambdatop.model.metrics import Series
from tests.model.factories import NOW, function

DAY = 1440
CHECKOUT = function()
UNKNOWN = Ceilings()


def past(what: What, *days: float | None, incident: tuple[int, int, float] | None = None) -> Mapping[Watched, Series]:
    """The same value for each minute of each day but, if given, for an incident's minutes."""
    values = [value for day in days for value in [day] * DAY]
    if incident is not None:
        start, end, value = incident
        values[start:end] = [value] * (end - start)
    return {watched(CHECKOUT, what): Series(0, 60, tuple(values))}


def suggested(what: What, known: Mapping[Watched, Series], ceilings: Ceilings = UNKNOWN) -> Suggestion:
    return next(each for each in suggestions(CHECKOUT, known, ceilings) if each.what is what)


def alarm(name: str = "mine", metric: str = "Errors", state: AlarmState = AlarmState.OK) -> Alarm:
    return Alarm(name=name, state=state, function_name="checkout-api", metric=metric, reason="", updated=NOW)


def test_the_set_is_awss_with_its_statistics_and_datapoints() -> None:
    found = suggestions(CHECKOUT, {}, Ceilings(account=1000))

    assert [(each.what, condition(each.definition)) for each in found] == [
        (What.ERRORS, "sum of Errors > 0 in 3 of 3 minutes"),
        (What.THROTTLES, "sum of Throttles ≥ 1 in 5 of 5 minutes"),
        (What.DURATION, "p90 of Duration > 2,400 ms in 15 of 15 minutes"),
        (What.DURATION_P95, "p95 of Duration > 2,400 ms in 15 of 15 minutes"),
        (What.CONCURRENCY, "highest ConcurrentExecutions > 900 in 10 of 10 minutes"),
    ]
    assert {each.definition.missing for each in found} == {Missing.NOT_BREACHING}
    assert found[0].name == "lambdatop-checkout-api-errors"


def test_a_percentile_is_an_extended_statistic() -> None:
    members = suggested(What.DURATION, {}).definition.members()

    assert (members.get("ExtendedStatistic"), members.get("Statistic")) == ("p90", None)


def test_what_is_usual_sets_the_threshold_and_an_incident_does_not() -> None:
    incident = past(What.ERRORS, *[4.0] * 7, incident=(5000, 6500, 300.0))
    calm = suggested(What.ERRORS, past(What.ERRORS, *[4.0] * 7))
    troubled = suggested(What.ERRORS, incident)

    assert calm.definition.threshold == troubled.definition.threshold == 5.0
    assert evaluate(incident[ERRORS], troubled.definition)


def test_durations_stay_below_the_timeout() -> None:
    fast = suggested(What.DURATION, past(What.DURATION, *[120.0] * 7))
    slow = suggested(What.DURATION, past(What.DURATION, *[2_800.0] * 7))

    assert fast.definition.threshold == 200.0
    assert slow.definition.threshold == 2_400.0
    assert "80 % of the timeout of 3 s" in slow.why


def test_durations_are_against_the_objective_where_there_is_one_below_the_timeout() -> None:
    ours = suggested(What.DURATION_P95, past(What.DURATION_P95, *[120.0] * 7), Ceilings(objective_ms=800))

    assert (ours.definition.threshold, ours.why) == (800, "the objective in config.toml; usual is up to 120 ms")
    assert suggested(What.DURATION, {}, Ceilings(objective_ms=9_000)).definition.threshold == 2_400


def test_concurrency_is_against_what_bounds_it() -> None:
    own = suggested(What.CONCURRENCY, {}, Ceilings(account=1000, reserved=50))

    assert own.definition.threshold == 45
    assert all(each.what is not What.CONCURRENCY for each in suggestions(CHECKOUT, {}))


def test_an_iterators_age_is_warned_of_only_where_there_is_one() -> None:
    without = [each.what for each in suggestions(CHECKOUT, past(What.ITERATOR_AGE, None))]

    assert What.ITERATOR_AGE not in without
    assert suggested(What.ITERATOR_AGE, past(What.ITERATOR_AGE, 1_000.0)).definition.threshold == 60_000


@pytest.mark.parametrize(("values", "sparse"), [((1.0,) * 100, False), ((1.0, None) * 50, True), ((None,) * 9, True)])
def test_gaps_make_a_function_sparse(values: tuple[float | None, ...], sparse: bool) -> None:
    assert is_sparse(Series(0, 60, values)) is sparse


@given(st.lists(st.none() | st.floats(0, 1e9), max_size=200), st.integers(1, 15))
def test_usual_lies_within_what_was_seen(values: list[float | None], periods: int) -> None:
    known = [value for value in values if value is not None]

    level = usual(Series(0, 60, tuple(values)), periods)

    assert (level is None) is (not known)
    assert level is None or min(known) <= level <= max(known)


@given(st.floats(0, 1e12))
def test_a_nice_number_is_not_below_and_not_far_above(value: float) -> None:
    assert value * (1 - 1e-9) <= nice(value) <= max(1.0, 2 * value)


@given(st.integers(0, 10**9))
def test_steps_go_up_and_down_and_never_stay(value: int) -> None:
    up, down = stepped(value, 1), stepped(value, -1)

    assert up > value
    assert down < value or value == down == 0
    assert stepped(up, -1) <= value


def test_what_is_watched_already_is_known() -> None:
    errors = suggested(What.ERRORS, {})

    assert already([alarm("mine"), alarm("other", "Throttles")], errors) == ("mine",)


DURATION, ERRORS, MEMORY = (watched(CHECKOUT, what) for what in (What.DURATION, What.ERRORS, What.MEMORY))


@pytest.mark.parametrize(
    ("looks_at", "text", "value"),
    [
        (ERRORS, "5", 5.0),
        (ERRORS, "1,500", 1500.0),
        (DURATION, "1.5 s", 1500.0),
        (DURATION, "250ms", 250.0),
        (DURATION, "800", 800.0),
        (DURATION, "2 min", 120_000.0),
        (MEMORY, "90 %", 90.0),
        (ERRORS, "5 s", None),
        (ERRORS, "", None),
        (ERRORS, "many", None),
        (ERRORS, ",", None),
        (ERRORS, "1e9999", None),
        (ERRORS, "9" * 400, None),
    ],
)
def test_amounts_are_read_with_their_unit(looks_at: Watched, text: str, value: float | None) -> None:
    assert typed(looks_at, text) == value


@given(st.sampled_from([DURATION, ERRORS, MEMORY]), st.integers(0, 5_000_000))
def test_an_amount_as_it_is_written_can_be_typed(looks_at: Watched, value: int) -> None:
    read = typed(looks_at, amount(looks_at, value))

    assert read == pytest.approx(value, rel=0.01)


@given(st.text())
def test_any_text_is_an_amount_or_none(text: str) -> None:
    assert isinstance(typed(DURATION, text), float | None)


@pytest.mark.parametrize(
    ("period_s", "datapoints", "periods", "said"),
    [
        (60, 3, 3, None),
        (90, 1, 1, "whole minutes"),
        (30, 1, 1, "come by the minute"),
        (60, 4, 3, "1 to 3 of the 3"),
        (60, 0, 3, "1 to 3 of the 3"),
        (60, 1, 1441, "1 to 1,440 periods"),
        (3600, 1, 168, None),
        (3600, 1, 169, "1 to 168 periods"),
    ],
)
def test_what_aws_would_refuse_is_known_before(period_s: int, datapoints: int, periods: int, said: str | None) -> None:
    looks_at = Watched(namespace="AWS/Lambda", metric="Errors", dimensions=(), stat="Sum", period_s=period_s)
    wanted = Definition(watched=looks_at, operator=Operator.ABOVE, threshold=1, datapoints=datapoints, periods=periods)

    told = problem(wanted)

    assert told is None if said is None else said in str(told)


def test_the_list_has_what_rings_first_and_each_alarm_once() -> None:
    ringing, quiet = alarm("b", state=AlarmState.ALARM), alarm("a")

    assert [each.name for each in listed([quiet, ringing, ringing])] == ["b", "a"]
    assert [each.name for each in listed([quiet, ringing], "!alarm")] == ["a"]
    assert [each.name for each in listed([quiet, ringing], "checkout ERRORS b")] == ["b"]
