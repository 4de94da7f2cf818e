"""Plans as JSON and back: nothing is lost, and whatever somebody made of the file, reading it never fails."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lambdatop.actions.journal.journal import Journal
from lambdatop.actions.journal.records import (
    SETTINGS,
    UnreadableRecord,
    plan_record,
    read_plan,
    read_setting,
    setting_record,
)
from lambdatop.actions.settings.alarm import AlarmActions, AlarmStateForced, MetricAlarm
from lambdatop.actions.settings.alias import AliasTarget
from lambdatop.actions.settings.concurrency import ProvisionedConcurrency, ReservedConcurrency
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.actions.settings.event_source import EventSourceMapping
from lambdatop.actions.settings.invocation import InvokedFunction
from lambdatop.actions.settings.retention import LogRetention
from lambdatop.actions.settings.role_policy import RolePolicy
from lambdatop.actions.settings.version import PublishedVersion
from lambdatop.model.changes.plan import Cost, Plan, Receipt, Result, Setting, Step, StepOutcome
from tests.actions.applying import WHO, plan, step
from tests.model.factories import NOW

TEXT = st.text(max_size=12)
KEYS: list[st.SearchStrategy[Setting]] = [
    st.builds(Configuration, TEXT, st.lists(TEXT, max_size=3).map(tuple)),
    st.builds(ReservedConcurrency, TEXT),
    st.builds(ProvisionedConcurrency, TEXT, TEXT),
    st.builds(AliasTarget, TEXT, TEXT),
    st.builds(PublishedVersion, TEXT, st.none() | TEXT),
    st.builds(EventSourceMapping, TEXT),
    st.builds(MetricAlarm, TEXT),
    st.builds(AlarmActions, TEXT),
    st.builds(AlarmStateForced, TEXT),
    st.builds(LogRetention, TEXT),
    st.builds(RolePolicy, TEXT, TEXT),
    st.builds(InvokedFunction, TEXT, TEXT),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT.filter(lambda key: key != "Environment"), inner),
    max_leaves=6,
)
FACTS = st.none() | st.dictionaries(TEXT.filter(lambda key: key != "Environment"), VALUES, max_size=3)
COSTS = st.none() | st.builds(
    Cost,
    before_usd=st.none() | st.floats(0, 1e6),
    after_usd=st.none() | st.floats(0, 1e6),
    estimated=st.booleans(),
)
STEPS: st.SearchStrategy[Step] = st.builds(
    Step,
    setting=st.one_of(KEYS),
    before=FACTS,
    after=FACTS,
    label=TEXT,
    shown_before=TEXT,
    shown_after=TEXT,
    item=TEXT,
    also=st.lists(TEXT, max_size=2).map(tuple),
)
PLANS: st.SearchStrategy[Plan] = st.builds(
    Plan,
    action=TEXT,
    title=TEXT,
    functions=st.lists(TEXT, max_size=3).map(tuple),
    steps=st.lists(STEPS, max_size=3).map(tuple),
    why=st.none() | TEXT,
    expect=st.none() | TEXT,
    warnings=st.lists(TEXT, max_size=2).map(tuple),
    cost=COSTS,
    hurts=st.booleans(),
    typed=st.none() | TEXT,
    undoes=st.none() | TEXT,
)


@given(made=PLANS)
def test_a_plan_comes_back_as_it_was(made: Plan) -> None:
    assert read_plan(json.loads(json.dumps(plan_record(made)))) == made


@given(setting=st.one_of(KEYS))
def test_every_kind_of_setting_comes_back_as_it_was(setting: Setting) -> None:
    assert read_setting(json.loads(json.dumps(setting_record(setting)))) == setting


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len({kind.kind for kind in SETTINGS}) == len(SETTINGS) == len(KEYS)


@pytest.mark.parametrize(
    "record", [None, 7, "x", [], {}, {"kind": 7}, {"kind": "alias"}, {"kind": "alias", "function": {}}]
)
def test_what_is_no_setting_is_unreadable(record: Any) -> None:
    with pytest.raises(UnreadableRecord):
        read_setting(record)


WHOLE = replace(
    plan(
        step(AliasTarget("f", "live"), None, {"FunctionVersion": "1"}), step(MetricAlarm("a"), {"Threshold": 1.5}, None)
    ),
    cost=Cost(before_usd=1.0, after_usd=None),
    warnings=("beware",),
)


def lines() -> list[dict[str, Any]]:
    """A journal of one plan, as JSON."""
    journal = Journal()
    outcomes = tuple(StepOutcome(step=each, result=Result.APPLIED) for each in WHOLE.steps)
    receipt = Receipt(
        id="a",
        plan=WHOLE,
        outcomes=outcomes,
        begun=NOW,
        ended=NOW,
        account=WHO.account,
        region=WHO.region,
        caller=WHO.arn,
    )
    journal.begun(receipt, None)
    for index, outcome in enumerate(outcomes):
        journal.sending("a", index, outcome.step, NOW)
        journal.told("a", index, outcome, NOW)
    journal.ended(receipt)
    assert journal.entries()[0].receipt == receipt
    return [json.loads(line) for line in journal._lines]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of a value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*path, key))


PLACES = [path for path in places(lines()) if len(path) > 1]


@settings(max_examples=400, deadline=None)
@given(path=st.sampled_from(PLACES), value=VALUES | st.just(10**400) | st.just(float("inf")), gone=st.booleans())
def test_one_part_of_the_file_changed_never_stops_the_reading(path: tuple[Any, ...], value: Any, gone: bool) -> None:
    records: Any = copy.deepcopy(lines())
    holder = records
    for key in path[:-1]:
        holder = holder[key]
    if gone:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    journal = Journal()
    journal._lines.extend(json.dumps(record).encode() for record in records)

    for entry in journal.entries():
        assert entry.receipt.inverse is not None
        assert isinstance(entry.receipt.applied, bool)
