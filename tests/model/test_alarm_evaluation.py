"""How an alarm would have judged: AWS's own examples, and the emulated account's judgement of the same data."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.emulator.contents.alarm_book import judge as judged_by_the_account
from lambdatop.model.alarms.alarm import AlarmState
from lambdatop.model.alarms.definition import Definition, Missing, Operator, Watched, definition_of
from lambdatop.model.alarms.evaluation import RANGE_BEYOND, Ringing, evaluate, fired, judge, states
from lambdatop.model.metrics import Series

ERRORS = Watched(namespace="AWS/Lambda", metric="Errors", dimensions=(("FunctionName", "f"),), stat="Sum")
WEEK = 7 * 86_400
ALARM, OK, INSUFFICIENT = AlarmState.ALARM, AlarmState.OK, AlarmState.INSUFFICIENT_DATA


def definition(
    datapoints: int = 3,
    periods: int = 3,
    *,
    missing: Missing = Missing.MISSING,
    threshold: float = 5.0,
    operator: Operator = Operator.ABOVE,
) -> Definition:
    return Definition(
        watched=ERRORS,
        operator=operator,
        threshold=threshold,
        datapoints=datapoints,
        periods=periods,
        missing=missing,
    )


def points(drawn: str) -> tuple[float | None, ...]:
    """AWS's drawing of data points: `0` is within the threshold, `X` breaches it, `-` is missing."""
    return tuple({"0": 1.0, "X": 9.0, "-": None}[each] for each in drawn)


TREATMENTS = (Missing.MISSING, Missing.IGNORE, Missing.BREACHING, Missing.NOT_BREACHING)


# AWS: "How alarm state is evaluated when data is missing"
@pytest.mark.parametrize(
    ("datapoints", "drawn", "expected"),
    [
        (3, "0-X-X", (OK, OK, OK, OK)),
        (3, "----0", (OK, OK, OK, OK)),
        (3, "-----", (INSUFFICIENT, None, ALARM, OK)),
        (3, "0XX-X", (ALARM, ALARM, ALARM, ALARM)),
        (3, "--X--", (ALARM, None, ALARM, OK)),
        (2, "0-X-X", (ALARM, ALARM, ALARM, ALARM)),
        (2, "00X0X", (ALARM, ALARM, ALARM, ALARM)),
        (2, "0-X--", (OK, OK, ALARM, OK)),
        (2, "----0", (OK, OK, ALARM, OK)),
    ],
)
def test_the_examples_of_awss_documentation_hold(
    datapoints: int, drawn: str, expected: tuple[AlarmState | None, ...]
) -> None:
    found = tuple(judge(points(drawn), definition(datapoints, missing=missing)) for missing in TREATMENTS)

    assert found == expected


@given(
    values=st.lists(st.none() | st.integers(0, 10).map(float), min_size=1, max_size=12),
    periods=st.integers(1, 6),
    needed=st.integers(1, 6),
    missing=st.sampled_from(Missing),
    operator=st.sampled_from(Operator),
    threshold=st.integers(0, 10).map(float),
)
def test_the_emulated_account_judges_the_same_data_alike(
    values: list[float | None], periods: int, needed: int, missing: Missing, operator: Operator, threshold: float
) -> None:
    wanted = definition(min(needed, periods), periods, missing=missing, operator=operator, threshold=threshold)
    window = values[-(periods + RANGE_BEYOND) :]

    verdict = judged_by_the_account(wanted.members(), window, "OK", [60 * i for i in range(len(window))])

    assert judge(window, wanted) == (AlarmState(verdict[0]) if verdict else None)


@given(
    values=st.lists(st.none() | st.integers(0, 10).map(float), max_size=60),
    periods=st.integers(1, 5),
    needed=st.integers(1, 5),
    missing=st.sampled_from(Missing),
)
def test_the_stretches_are_where_the_state_is_alarm(
    values: list[float | None], periods: int, needed: int, missing: Missing
) -> None:
    wanted = definition(min(needed, periods), periods, missing=missing)
    series = Series(600, 60, tuple(values))

    ringing = evaluate(series, wanted)

    for at, state in states(series, wanted):
        assert any(each.start <= at and (at < each.end or not each.over) for each in ringing) is (state is ALARM)
    assert all(each.over for each in ringing[:-1])
    assert all(before.end < after.start for before, after in pairwise(ringing))


@given(values=st.lists(st.none() | st.floats(0, 100), max_size=60), lower=st.floats(0, 50), more=st.floats(0, 50))
def test_a_higher_threshold_never_rings_longer(values: list[float | None], lower: float, more: float) -> None:
    series = Series(0, 60, tuple(values))

    low, high = (
        sum(each.seconds for each in evaluate(series, definition(2, 3, threshold=at, missing=Missing.NOT_BREACHING)))
        for at in (lower, lower + more)
    )

    assert high <= low


def test_it_rings_from_the_third_bad_minute_until_a_good_one() -> None:
    series = Series(0, 60, points("00" + "X" * 5 + "0" * 5 + "X" * 3))

    first, second = evaluate(series, definition())

    assert (first.start, first.end, first.over) == (5 * 60, 8 * 60, True)
    assert (second.start, second.end, second.over) == (15 * 60, 15 * 60, False)


@given(
    operator=st.sampled_from(Operator),
    missing=st.sampled_from(Missing),
    stat=st.sampled_from(["Sum", "Maximum", "p90", "p99.9", "TM(10%:90%)"]),
    threshold=st.floats(-1e6, 1e6),
    periods=st.integers(1, 10),
)
def test_a_definition_survives_awss_members(
    operator: Operator, missing: Missing, stat: str, threshold: float, periods: int
) -> None:
    watched = Watched(namespace="AWS/Lambda", metric="Duration", dimensions=(("FunctionName", "f"),), stat=stat)
    wanted = Definition(
        watched=watched, operator=operator, threshold=threshold, datapoints=1, periods=periods, missing=missing
    )

    assert definition_of(wanted.members()) == wanted


def ringing(minute: int, minutes: int, *, over: bool = True) -> Ringing:
    start = int(datetime(2026, 11, 3, 14, minute, tzinfo=UTC).timestamp())
    return Ringing(start, start + 60 * minutes, over=over)


@pytest.mark.parametrize(
    ("stretches", "said"),
    [
        ([], "would not have fired in 7 days"),
        ([ringing(5, 12)], "would have fired once in 7 days, last Tue 14:05 for 12 min"),
        ([ringing(1, 2), ringing(5, 12)], "would have fired 2 times in 7 days, last Tue 14:05 for 12 min"),
        (
            [ringing(5, 12, over=False)],
            "would have fired once in 7 days, and would be in ALARM now, since Tue 14:05",
        ),
    ],
)
def test_when_it_would_have_fired_is_a_sentence(stretches: list[Ringing], said: str) -> None:
    assert fired(stretches, WEEK, UTC) == said
