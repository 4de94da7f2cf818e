"""Did it help? The changes of the demo, applied to an account whose clock the test moves on."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from lambdatop.actions.settings.configuration import Configuration
from lambdatop.aws.errors import AccessDenied
from lambdatop.aws.session import Connection
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.aims import Measure
from lambdatop.model.changes.effect import Effect, Verdict
from lambdatop.model.changes.plan import Call, Facts, Reading, Receipt
from lambdatop.model.changes.windows import own
from lambdatop.model.cost.cost import HOURS_PER_MONTH, cost_usd, provisioned_usd_per_month
from lambdatop.model.function import Function
from lambdatop.sources.fleet.inventory import decode_function
from lambdatop.sources.function.effect import EffectMeter
from lambdatop.updates import EffectMeasured
from lambdatop.words.effect import hint, sentence
from tests.clocks import HandClock
from tests.gates import CREDENTIALS
from tests.model.plans import memory_step, plan, receipt, step
from tests.serving import serving
from tests.sources.conftest import NotingGate

IMAGES, CHECKOUT, QUOTES, RUNAWAY = "image-resize", "checkout-api", "shipping-quote-api", "partner-webhook"


@pytest.fixture
def changing() -> Iterator[tuple[Emulator, HandClock]]:
    """An account of the test's own: it is changed for good."""
    clock = HandClock()
    with serving(Emulator(functions=20, lint=True, clock=clock.monotonic)) as emulator:
        emulator.account()
        yield emulator, clock


@pytest.fixture
async def at(changing: tuple[Emulator, HandClock]) -> AsyncIterator[NotingGate]:
    emulator, clock = changing
    gate = NotingGate(Connection(region="eu-west-1", endpoint_url=lambda: emulator.url, credentials=CREDENTIALS), clock)
    yield gate
    await gate.close()


@pytest.fixture
def time(changing: tuple[Emulator, HandClock]) -> HandClock:
    return changing[1]


class Read:
    """A setting that is only ever told of here; the changes themselves are calls."""

    reversible = True

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def reading(self) -> Call:
        raise NotImplementedError

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        raise NotImplementedError

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        raise NotImplementedError


async def described(aws: NotingGate, name: str) -> Function:
    return decode_function(await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name))


async def measured(aws: NotingGate, time: HandClock, meter: EffectMeter, *done: Receipt) -> Effect | None:
    """The verdict on the last of the changes."""
    function = await described(aws, done[-1].plan.functions[0])
    async for update in meter.measure(aws, time, function, lambda: done):
        assert isinstance(update, EffectMeasured)
    return meter.known.get((function.name, done[-1].id))


async def raised(aws: NotingGate, time: HandClock, mb: int) -> Receipt:
    """The memory of image-resize set to so much, settled."""
    begun = time.now()
    await aws.call("lambda", "UpdateFunctionConfiguration", FunctionName=IMAGES, MemorySize=mb)
    time.move(4)
    return receipt(plan(memory_step(1024, mb)), begun=begun)


async def test_more_memory_cures_image_resize_and_the_sentence_says_so(at: NotingGate, time: HandClock) -> None:
    change, meter = await raised(at, time, 1536), EffectMeter()

    time.move(16 * 60)
    found = await measured(at, time, meter, change)

    assert found is not None
    assert found.verdict is Verdict.HELPED
    assert found.before is not None
    assert found.after is not None
    assert (found.before.kills or 0) >= 10
    assert found.after.kills == 0
    assert (found.after.p95_ms or 0) < (found.before.p95_ms or 0)
    assert found.after.used_mb is not None
    told = sentence(change, found)
    assert "memory 1,536 MB: it helped. Out of memory " in told
    assert " → 0 in 14 min" in told
    assert "$0." in told
    assert hint(change, found) == "u undoes"


async def test_at_first_it_is_too_early_then_a_verdict_comes_and_in_the_end_nothing_is_asked(
    at: NotingGate, time: HandClock
) -> None:
    change, meter = await raised(at, time, 1536), EffectMeter()

    first = await measured(at, time, meter, change)
    time.move(4 * 60)
    some = await measured(at, time, meter, change)
    time.move(14 * 60)
    last = await measured(at, time, meter, change)
    asked = len(at.asked_of("GetMetricData"))
    time.move(60)
    again = await measured(at, time, meter, change)

    assert first is not None
    assert "first figures at" in sentence(change, first)
    assert some is not None
    assert (some.minutes, some.final) == (2, False)
    assert last is not None
    assert last.final
    assert again is last
    assert len(at.asked_of("GetMetricData")) == asked


async def test_too_little_memory_got_worse_and_a_key_undoes_it(at: NotingGate, time: HandClock) -> None:
    change, meter = await raised(at, time, 512), EffectMeter()

    time.move(10 * 60)
    found = await measured(at, time, meter, replace(change, plan=plan(memory_step(1024, 512))))

    assert found is not None
    assert found.verdict is Verdict.WORSE
    assert hint(change, found) == "u undoes"


async def test_the_brake_stops_the_runaway(at: NotingGate, time: HandClock) -> None:
    begun = time.now()
    await at.call("lambda", "PutFunctionConcurrency", FunctionName=RUNAWAY, ReservedConcurrentExecutions=0)
    braked = step(Read("reserved concurrency"), None, {"ReservedConcurrentExecutions": 0}, "brake")
    change = receipt(plan(braked, action="brake", function=RUNAWAY), begun=begun)

    time.move(6 * 60)
    found = await measured(at, time, EffectMeter(), change)

    assert found is not None
    assert found.verdict is Verdict.HELPED
    assert found.after is not None
    assert not found.after.invocations
    assert "invocations" in sentence(change, found).lower()
    assert "→ 0/min in 4 min" in sentence(change, found)
    assert "→ $0/h" in sentence(change, found)


async def provisioned(aws: NotingGate, time: HandClock, id: str = "later") -> Receipt:
    """40 environments provisioned for the callers of `live`, settled."""
    begun = time.now()
    count: dict[str, object] = {"ProvisionedConcurrentExecutions": 40}
    await aws.call("lambda", "PutProvisionedConcurrencyConfig", FunctionName=QUOTES, Qualifier="live", **count)
    time.move(4 * 60)
    kept = step(Read("provisioned concurrency"), None, count, "provisioned")
    made = plan(kept, action="provisioned", function=QUOTES)
    return receipt(made, id=id, begun=begun, took=timedelta(minutes=4))


async def test_provisioned_concurrency_spares_cold_starts_and_is_in_the_cost_used_or_not(
    at: NotingGate, time: HandClock
) -> None:
    change = await provisioned(at, time)

    time.move(16 * 60)
    found = await measured(at, time, EffectMeter(), change)

    assert found is not None
    assert found.verdict is Verdict.HELPED
    assert found.before is not None
    assert found.after is not None
    ready = provisioned_usd_per_month(await described(at, QUOTES), 40) / HOURS_PER_MONTH
    before, after = found.before.cost_usd_per_hour or 0, found.after.cost_usd_per_hour or 0
    assert before < 0.2 * ready
    assert ready < after < ready + 2 * before


async def test_what_a_later_change_has_provisioned_is_not_in_the_cost_of_an_earlier_one(
    at: NotingGate, time: HandClock
) -> None:
    longer = step(Read("configuration"), {"Timeout": 10}, {"Timeout": 12}, "timeout")
    earlier = receipt(plan(longer, action="timeout", function=QUOTES), begun=time.now(), id="earlier")
    time.move(10 * 60)
    later, meter = await provisioned(at, time), EffectMeter()

    time.move(10 * 60)
    await measured(at, time, meter, earlier, later)
    first, second = meter.known[QUOTES, "earlier"].after, meter.known[QUOTES, "later"].after

    assert first is not None
    assert second is not None
    assert 5 * (first.cost_usd_per_hour or 1) < (second.cost_usd_per_hour or 0)


async def test_where_it_is_unknown_what_is_provisioned_no_cost_is_told_and_why(
    changing: tuple[Emulator, HandClock], at: NotingGate, time: HandClock
) -> None:
    change, meter = await provisioned(at, time), EffectMeter()
    changing[0].faults["lambda.ListProvisionedConcurrencyConfigs"] = Fault.denied()
    time.move(10 * 60)

    with pytest.raises(AccessDenied, match="lambda:ListProvisionedConcurrencyConfigs"):
        await measured(at, time, meter, change)
    found = meter.known[QUOTES, change.id]

    assert found.before is not None
    assert found.after is not None
    assert (found.before.cost_usd_per_hour, found.after.cost_usd_per_hour) == (None, None)
    assert "$" not in sentence(change, found)


async def test_the_rollback_ends_the_bad_deployment(at: NotingGate, time: HandClock) -> None:
    begun = time.now()
    await at.call("lambda", "UpdateAlias", FunctionName=CHECKOUT, Name="live", FunctionVersion="41")
    back = step(Read("alias"), {"FunctionVersion": "42"}, {"FunctionVersion": "41"}, "alias live")
    change = receipt(plan(back, action="rollback", function=CHECKOUT), begun=begun)

    time.move(6 * 60)
    found = await measured(at, time, EffectMeter(), change)

    assert found is not None
    assert found.verdict is Verdict.HELPED
    shifts = {shift.measure: shift for shift in found.shifts}
    assert (shifts[Measure.ERRORS].before or 0) > 0.03
    assert (shifts[Measure.ERRORS].after or 1) < 0.01
    assert "Errors " in sentence(change, found)


async def test_tracing_turned_on_makes_no_difference(at: NotingGate, time: HandClock) -> None:
    begun = time.now()
    await at.call("lambda", "UpdateFunctionConfiguration", FunctionName=IMAGES, TracingConfig={"Mode": "PassThrough"})
    member = Configuration(IMAGES, ("TracingConfig",))
    off = step(member, {"TracingConfig": {"Mode": "Active"}}, {"TracingConfig": {"Mode": "PassThrough"}}, "tracing")
    change = receipt(plan(off, action="tracing", function=IMAGES), begun=begun)

    time.move(9 * 60)
    found = await measured(at, time, EffectMeter(), change)

    assert found is not None
    assert found.verdict is Verdict.SAME


async def test_a_change_of_latest_alone_has_reached_no_caller_of_an_alias(
    changing: tuple[Emulator, HandClock], at: NotingGate, time: HandClock
) -> None:
    begun, meter = time.now(), EffectMeter()
    await at.call("lambda", "UpdateFunctionConfiguration", FunctionName=CHECKOUT, MemorySize=2048)
    change = receipt(plan(memory_step(1024, 2048, CHECKOUT), function=CHECKOUT), begun=begun)

    time.move(9 * 60)
    found = await measured(at, time, meter, change)
    changing[0].faults["logs.FilterLogEvents"] = Fault.denied()
    with pytest.raises(AccessDenied):
        await measured(at, time, meter, change)
    unread = meter.known[CHECKOUT, change.id]

    assert found is not None
    assert found.verdict is Verdict.UNREACHED
    assert "it has reached no caller yet; they run version 42, not $LATEST." in sentence(change, found)
    assert unread.verdict is Verdict.EARLY
    assert "whether its callers run $LATEST is unknown" in sentence(change, unread)


async def test_before_and_after_are_priced_by_the_memory_that_ran_then(at: NotingGate, time: HandClock) -> None:
    begun, meter = time.now(), EffectMeter()
    await at.call("lambda", "UpdateFunctionConfiguration", FunctionName=CHECKOUT, MemorySize=2048)
    time.move(4)
    published = await at.call("lambda", "PublishVersion", FunctionName=CHECKOUT)
    time.move(4)
    await at.call("lambda", "UpdateAlias", FunctionName=CHECKOUT, Name="live", FunctionVersion=published["Version"])
    moved = step(Read("alias"), {"FunctionVersion": "42"}, {"FunctionVersion": published["Version"]}, "alias live")
    change = receipt(plan(moved, action="rollback", function=CHECKOUT), begun=begun, took=timedelta(seconds=10))

    time.move(9 * 60)
    found = await measured(at, time, meter, change)

    assert found is not None
    assert found.before is not None
    assert found.after is not None
    assert (found.before.memory_mb, found.after.memory_mb) == (1024, 2048)
    for its, mb in ((found.before, 1024), (found.after, 2048)):
        spent = cost_usd(
            await described(at, CHECKOUT),
            duration_ms=its.duration_sum_ms or 0,
            invocations=its.invocations or 0,
            memory_mb=mb,
        )
        assert its.cost_usd_per_hour == pytest.approx(spent * 3600 / its.window.seconds)


async def test_each_function_of_a_plan_over_several_has_its_own_verdict(at: NotingGate, time: HandClock) -> None:
    begun = time.now()
    for name in (CHECKOUT, IMAGES):
        await at.call("lambda", "UpdateFunctionConfiguration", FunctionName=name, MemorySize=1536)
    steps = [
        replace(memory_step(was, 1536, name), item=name, label=f"{name} memory")
        for name, was in ((CHECKOUT, 1024), (IMAGES, 1024))
    ]
    change = receipt(replace(plan(*steps), functions=(CHECKOUT, IMAGES)), begun=begun)
    meter = EffectMeter()

    time.move(16 * 60)
    for name in (CHECKOUT, IMAGES):
        function = await described(at, name)
        assert [update async for update in meter.measure(at, time, function, lambda: (change,))]
    first, second = meter.known[CHECKOUT, change.id], meter.known[IMAGES, change.id]

    assert first.before is not None
    assert second.before is not None
    assert first.before.invocations != second.before.invocations
    assert second.verdict is Verdict.HELPED
    assert "memory 1,536 MB: it helped" in sentence(own(change, IMAGES), second)


async def test_without_the_log_the_figures_of_cloudwatch_stand_and_what_was_refused_is_told(
    changing: tuple[Emulator, HandClock], at: NotingGate, time: HandClock
) -> None:
    change, meter = await raised(at, time, 1536), EffectMeter()
    changing[0].faults["logs.FilterLogEvents"] = Fault.denied()
    time.move(10 * 60)

    with pytest.raises(AccessDenied):
        await measured(at, time, meter, change)

    assert meter.known[IMAGES, change.id].after is not None
    assert meter.known[IMAGES, change.id].verdict is Verdict.HELPED


async def test_a_function_without_changes_costs_no_call(at: NotingGate, time: HandClock) -> None:
    other = receipt(plan(function=CHECKOUT), begun=time.now() - timedelta(minutes=5))
    function = await described(at, IMAGES)
    at.asked.clear()

    updates = [update async for update in EffectMeter().measure(at, time, function, lambda: (other,))]

    assert (updates, at.asked) == ([], [])
