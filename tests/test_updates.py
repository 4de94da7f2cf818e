"""Updates survive the way through bytes, every one of them; bytes that are no update are one error."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.model.changes.plan import Plan, Progress, Step
from lambdatop.model.focus import Focus, QueryAgreed
from lambdatop.updates import (
    FocusMoved,
    FunctionsListed,
    IdentityKnown,
    LimitsKnown,
    PlanAdvanced,
    SourceAnswered,
    Update,
)
from lambdatop.updates_codec import Undecodable, decode, encode
from tests.any_value import values_of

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
UPDATES = get_args(Update)


def same(one: Any, other: Any) -> bool:
    """True if both are of the same types and say the same, to their last leaf; identity does not count."""
    if type(one) is not type(other):
        return {type(one), type(other)} == {int, float} and one == other  # a whole number of seconds
    match one:
        case Struct():
            return all(same(getattr(one, name), getattr(other, name)) for name in one.__struct_fields__)
        case tuple() | list():
            return len(one) == len(other) and all(map(same, one, other))
        case Mapping():
            return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
        case datetime():
            return one == other and one.tzinfo is other.tzinfo
        case _:
            return bool(one == other)


@pytest.mark.parametrize("update", UPDATES, ids=lambda update: update.__name__)
@settings(max_examples=30)  # of each of thirty
@given(data=st.data())
def test_every_update_comes_back_from_bytes_as_it_was(update: type[Any], data: st.DataObject) -> None:
    sent = data.draw(values_of(update))

    back = decode(encode(sent))

    assert same(back, sent), (back, sent)


def test_an_update_comes_back_equal() -> None:
    sent = FunctionsListed((), complete=True, at=AT)

    back = decode(encode(sent))

    assert back == sent
    assert isinstance(back, FunctionsListed)
    assert back.at.tzinfo is UTC


def test_a_plans_setting_comes_back_as_what_reads_and_writes_it() -> None:
    step = Step(
        setting=AliasTarget("cart", "live"),
        before=target("3"),
        after=target("3", {"4": 0.1}),
        label="alias live",
        shown_before="3",
        shown_after="3 90 %, 4 10 %",
    )
    plan = Plan(action="alias", title="cart: live", functions=("cart",), steps=(step,))

    back = decode(encode(PlanAdvanced(Progress(plan=plan, outcomes=(), doing="sending", since=AT))))

    assert isinstance(back, PlanAdvanced)
    assert back.progress.plan == plan
    assert back.progress.plan.steps[0].call == step.call


def test_a_query_once_agreed_to_is_another_on_the_other_side() -> None:
    agreed = QueryAgreed("cart", 60, AT)

    back = decode(encode(FocusMoved(Focus("cart", query=agreed))))

    assert isinstance(back, FocusMoved)
    assert back.focus.query is not None
    assert back.focus.query != agreed
    assert (back.focus.query.function, back.focus.query.until) == ("cart", AT)


def test_text_that_is_not_unicode_does_not_stop_the_rest() -> None:
    back = decode(encode(IdentityKnown("1", "arn \ud800", "eu-west-1")))

    assert back == IdentityKnown("1", "arn \N{REPLACEMENT CHARACTER}", "eu-west-1")


@pytest.mark.parametrize(("number", "kept"), [(2**70, 2**64 - 1), (-(2**70), -(2**63))])
def test_a_number_beyond_64_bits_becomes_the_largest_there_is(number: int, kept: int) -> None:
    assert decode(encode(LimitsKnown(number))) == LimitsKnown(kept)


def test_an_update_of_another_kind_is_not_decoded_as_one_of_the_same_fields() -> None:
    answered = msgspec.msgpack.decode(encode(SourceAnswered("logs", AT)))

    assert answered["type"] == "SourceAnswered"
    with pytest.raises(Undecodable):
        decode(msgspec.msgpack.encode({**answered, "type": "LogsArrived"}))


_NESTED = b"\x91" * 100_000
_UNKNOWN = msgspec.msgpack.encode({"type": "SystemTold", "command": "rm"})
_ENDLESS = b"\x82\xa4type\xafFunctionsListed\xa9functions\xdd\xff\xff\xff\xff"
_EXTENSION = b"\x82\xa4type\xabLimitsKnown\xb5concurrent_executions\xc7\x01\x05a"


@given(st.binary(max_size=200))
@example(b"")
@example(_NESTED)
@example(_UNKNOWN)
@example(_ENDLESS)
@example(_EXTENSION)
def test_bytes_that_are_no_update_are_one_error(data: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(data)


@given(data=st.data())
def test_bytes_that_were_damaged_are_an_update_or_that_error(data: st.DataObject) -> None:
    sent = bytearray(encode(data.draw(st.one_of(*map(values_of, UPDATES)))))
    for _ in range(data.draw(st.integers(1, 4))):
        sent[data.draw(st.integers(0, len(sent) - 1))] = data.draw(st.integers(0, 255))

    try:
        back = decode(bytes(sent))
    except Undecodable:
        return
    assert isinstance(back, Update)
