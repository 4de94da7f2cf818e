"""The simulation: one source of numbers, and a past that never changes."""

from collections import defaultdict
from itertools import pairwise

import pytest

from lambdatop.emulator.invocation import EmulatedInvocation
from lambdatop.emulator.simulation.stories import STORIES, TRUTH
from tests.emulator.simulated import NOON, Simulated

SICK = [story.name for story in STORIES]
CALM = ["search-suggest", "session-authorizer", "fraud-score", "email-sender"]


@pytest.mark.parametrize("name", [*SICK, *CALM])
def test_counts_in_closed_form_are_those_of_the_invocations(name: str) -> None:
    demo = Simulated()
    start, end = NOON - 1200, NOON

    happened = demo.account.invocations(name, start, end)

    assert sum(demo.values(name, "Invocations", "Sum", start, end)) == len(happened)
    failed = [invocation for invocation in happened if invocation.outcome != "ok"]
    assert sum(demo.values(name, "Errors", "Sum", start, end)) == len(failed)


@pytest.mark.parametrize("name", SICK)
@pytest.mark.parametrize("share", [50, 90, 95, 99])
def test_percentiles_in_closed_form_are_close_to_those_of_the_invocations(name: str, share: int) -> None:
    demo = Simulated()
    start, end = NOON - 900, NOON
    durations = sorted(invocation.duration_ms for invocation in demo.account.invocations(name, start, end))

    [told] = demo.values(name, "Duration", f"p{share}", start, end, period=900)

    seen = durations[min(len(durations) - 1, int(len(durations) * share / 100))]
    assert told == pytest.approx(seen, rel=0.06)


def test_the_open_minute_is_counted_as_far_as_it_has_come() -> None:
    demo = Simulated(at=NOON + 20)

    early = demo.values("checkout-api", "Invocations", "Sum", NOON, NOON + 60)
    demo.clock.pass_(20)
    late = demo.values("checkout-api", "Invocations", "Sum", NOON, NOON + 60)

    assert early == [len(demo.account.invocations("checkout-api", NOON, NOON + 20))]
    assert late == [len(demo.account.invocations("checkout-api", NOON, NOON + 40 + 1e-6))]
    assert 0.4 < early[0] / late[0] < 0.6


def test_an_invocation_is_the_same_whenever_it_is_asked_for() -> None:
    demo, again = Simulated(), Simulated()

    first = demo.account.invocations("checkout-api", NOON - 90, NOON)
    demo.clock.pass_(600)
    later = demo.account.invocations("checkout-api", NOON - 90, NOON)

    assert first == later == again.account.invocations("checkout-api", NOON - 90, NOON + 900)


def test_another_seed_is_another_fleet() -> None:
    one, other = Simulated(seed=7), Simulated(seed=8)

    assert one.values("cart-api", "Invocations", "Sum", NOON - 600, NOON) != other.values(
        "cart-api", "Invocations", "Sum", NOON - 600, NOON
    )


@pytest.mark.parametrize("name", ["checkout-api", "image-resize", "orders-consumer", "nightly-rollup", "fraud-score"])
def test_invocations_of_one_stream_never_overlap_and_their_memory_never_falls(name: str) -> None:
    demo = Simulated()
    streams = defaultdict[str, list[EmulatedInvocation]](list)
    for invocation in demo.account.invocations(name, NOON - 600, NOON):
        streams[invocation.stream].append(invocation)

    for invocations in streams.values():
        for before, after in pairwise(invocations):
            assert before.end <= after.start
            assert before.max_used_mb <= after.max_used_mb


def test_a_cold_start_is_the_first_of_its_stream() -> None:
    demo = Simulated()
    seen = set[str]()

    for invocation in demo.account.invocations("shipping-quote-api", NOON - 1800, NOON):
        assert invocation.init_ms is None or invocation.stream not in seen
        seen.add(invocation.stream)


def test_the_first_request_of_a_second_is_traced_and_few_others() -> None:
    demo = Simulated()
    happened = demo.account.invocations("checkout-api", NOON - 60, NOON)

    traced = [invocation for invocation in happened if invocation.trace_id]

    assert {int(invocation.start) for invocation in traced} == {int(invocation.start) for invocation in happened}
    assert 0.03 < (len(traced) - 60) / len(happened) < 0.07
    assert not any(each.trace_id for each in demo.account.invocations("audit-writer", NOON - 60, NOON))


def test_billed_is_duration_and_init_rounded_up() -> None:
    demo = Simulated()

    for each in demo.account.invocations("shipping-quote-api", NOON - 600, NOON):
        assert 0 <= each.billed_ms - each.duration_ms - (each.init_ms or 0) < 1.01


def test_the_bad_deployment_begins_thirteen_minutes_before_the_start() -> None:
    demo = Simulated()
    moved = NOON - 13 * 60

    before = demo.account.invocations("checkout-api", moved - 300, moved)
    after = demo.account.invocations("checkout-api", moved, moved + 300)

    assert {each.version for each in before} == {"41"}
    assert {each.version for each in after} == {"42"}
    assert sum(each.outcome == "error" for each in before) / len(before) == pytest.approx(0.004, rel=0.2)
    assert sum(each.error == ("KeyError", "'sku'") for each in after) / len(after) == pytest.approx(0.06, rel=0.1)
    assert TRUTH["checkout-api"].ago_s == 13 * 60


def test_about_ten_run_out_of_memory_in_a_quarter_of_an_hour() -> None:
    demo = Simulated()
    happened = demo.account.invocations("image-resize", NOON - 900, NOON)

    killed = [each for each in happened if each.outcome == "oom"]

    assert 5 <= len(killed) <= 16
    assert {each.max_used_mb for each in killed} == {1024}


def test_a_throttled_stream_falls_behind() -> None:
    demo = Simulated()

    ages = demo.values("orders-consumer", "IteratorAge", "Maximum", NOON - 1800, NOON)

    assert ages[0] < 1000
    assert 120_000 < ages[-1] < 420_000
    assert demo.values("orders-consumer", "ConcurrentExecutions", "Maximum", NOON - 60, NOON) == [50]


def test_a_large_fleet_is_mostly_idle_and_has_the_stories_too() -> None:
    demo = Simulated(functions=2000)

    called = demo.account.called(int(NOON // 3600) - 1)

    assert len(demo.account.functions) == 2000
    assert 400 < len(called) < 800
    assert set(SICK) <= demo.account.functions.keys()


def test_two_functions_write_to_the_shared_log_group() -> None:
    demo = Simulated()

    assert demo.account.log_groups()["/shop/identity"] == ("identity-token-refresh", "session-authorizer")
    [first, *_] = demo.account.invocations("session-authorizer", NOON - 60, NOON)
    assert first.stream.startswith("2026/11/23/session-authorizer[$LATEST]")
