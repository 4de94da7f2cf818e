"""Every action the whole way on the emulated account: settings read, planned, applied, read again, taken back."""

import pytest
from msgspec.structs import replace

from lambdatop.actions.applying.apply import apply
from lambdatop.actions.catalogue import Form, form_of, plan_many, plan_of
from lambdatop.actions.journal.before_brake import former
from lambdatop.actions.journal.journal import ChangeSite, Journal
from lambdatop.actions.journal.undo import plan_undo
from lambdatop.actions.planning.form import Values
from lambdatop.actions.planning.subject import Subject
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import Plan, Receipt
from lambdatop.model.controls import Controls
from lambdatop.sources.function.controls import read_controls
from lambdatop.updates import PlanEnded
from tests.actions.subjects import planned
from tests.clocks import HandClock


async def subject_of(aws: Gate, clock: Clock, name: str) -> Subject:
    return Subject(controls=await read_controls(aws, name, insights=True), row=None, now=clock.now())


async def applied(aws: Gate, clock: Clock, plan: Plan, journal: Journal | None = None) -> Receipt:
    async for update in apply(aws, clock, plan, journal or Journal()):
        last = update
    assert isinstance(last, PlanEnded)
    assert last.receipt.applied, [(outcome.step.label, outcome.error) for outcome in last.receipt.outcomes]
    return last.receipt


def lasting(controls: Controls) -> Controls:
    """Without what an undo does not bring back: revisions, the moment of the change, versions once published."""
    aliases = tuple(replace(alias, revision_id=None) for alias in controls.aliases or ())
    function = replace(controls.function, revision_id=None, last_modified=None)
    return replace(controls, function=function, aliases=aliases, versions=None)


@pytest.mark.parametrize(
    ("name", "action", "answers"),
    [
        ("image-resize", "memory", {"memory": "1536"}),
        ("checkout-api", "memory", {"memory": "1536", "publish": "live"}),
        ("payment-capture", "timeout", {"timeout": "30"}),
        ("checkout-api", "provisioned", {"qualifier": "live", "count": "20"}),
        ("image-resize", "provisioned", {"qualifier": "live", "count": "5"}),
        ("catalog-api", "provisioned", {"qualifier": "live", "count": ""}),
        ("orders-consumer", "reserved", {"reserved": "75"}),
        ("orders-consumer", "reserved", {"reserved": ""}),
        ("image-resize", "reserved", {"reserved": "100"}),
        ("orders-consumer", "brake", {}),
        ("catalog-api", "brake", {}),
        ("checkout-api", "rollback", {}),
        ("checkout-api", "weights", {"alias": "live", "version": "41", "percent": "25"}),
        ("orders-consumer", "event_source", {}),
        ("stock-sync", "tracing", {}),
        ("checkout-api", "tracing", {"tracing": "off", "publish": ""}),
        ("payment-capture", "insights", {}),
        ("image-resize", "insights", {}),
        ("invoice-render", "logging", {"format": "JSON", "application": "DEBUG", "system": "WARN"}),
        ("webhook-dispatch", "logging", {"format": "Text"}),
        ("checkout-api", "retention", {"days": "7"}),
        ("checkout-api", "retention", {"days": "never"}),
    ],
)
async def test_applied_it_is_so_and_undone_it_is_as_it_was(
    aws: Gate, clock: HandClock, name: str, action: str, answers: Values
) -> None:
    before = await subject_of(aws, clock, name)
    plan = planned(plan_of(action, before, answers))

    receipt = await applied(aws, clock, plan)
    clock.move(60)

    changed = await subject_of(aws, clock, name)
    assert lasting(changed.controls) != lasting(before.controls)
    await applied(aws, clock, planned(plan_undo(receipt)))
    clock.move(60)
    after = await subject_of(aws, clock, name)
    assert lasting(after.controls) == lasting(before.controls)


@pytest.mark.parametrize("reserved", ["20", ""])
async def test_the_brake_released_gives_back_what_it_took(aws: Gate, clock: HandClock, reserved: str) -> None:
    """The catalogue has provisioned concurrency, which goes before nothing may run."""
    journal = Journal()
    if reserved:
        began = await subject_of(aws, clock, "catalog-api")
        readied = await applied(aws, clock, planned(plan_of("reserved", began, {"reserved": reserved})), journal)
    before = await subject_of(aws, clock, "catalog-api")
    pulled = await applied(aws, clock, planned(plan_of("brake", before, {"brake": "on"})), journal)
    stopped = await subject_of(aws, clock, "catalog-api")
    assert (stopped.controls.reserved, stopped.controls.provisioned) == (0, ())

    had = former(journal.entries(), "catalog-api", ChangeSite(pulled.account, pulled.region, aws.endpoint_url))
    await applied(aws, clock, planned(plan_of("brake", replace(stopped, former=had), {"brake": "off"})), journal)
    clock.move(60)

    after = await subject_of(aws, clock, "catalog-api")
    assert lasting(after.controls) == lasting(before.controls)
    if reserved:
        await applied(aws, clock, planned(plan_undo(readied)))


async def test_what_the_forms_propose_is_what_aws_takes(aws: Gate, clock: HandClock) -> None:
    """Planned and read back, action by action, on one function."""
    for action in ("memory", "timeout", "provisioned", "reserved", "weights", "logging", "retention", "publish"):
        subject = await subject_of(aws, clock, "shipping-quote-api")
        form = form_of(action, subject)
        assert isinstance(form, Form)
        answer = plan_of(action, subject, form.proposed)
        if isinstance(answer, Plan):
            receipt = await applied(aws, clock, answer)
            clock.move(60)
            undo = plan_undo(receipt)
            if isinstance(undo, Plan):
                await applied(aws, clock, undo)
                clock.move(60)


async def test_a_version_published_for_an_alias_is_the_one_it_gets(
    aws: Gate, account: Emulator, clock: HandClock
) -> None:
    before = await subject_of(aws, clock, "checkout-api")
    newest = int((before.controls.versions or ())[-1].version)

    receipt = await applied(aws, clock, planned(plan_of("memory", before, {"memory": "2048", "publish": "live"})))

    function = account.account().function("checkout-api")
    assert function.aliases["live"].version == str(newest + 1)
    assert function.versions[str(newest + 1)]["MemorySize"] == 2048
    assert receipt.outcomes[2].step.shown_after == f"version {newest + 1}"
    clock.move(60)
    await applied(aws, clock, planned(plan_undo(receipt)))


async def test_several_functions_are_changed_by_one_plan(aws: Gate, account: Emulator, clock: HandClock) -> None:
    many = [await subject_of(aws, clock, name) for name in ("image-resize", "invoice-render", "stock-sync")]

    receipt = await applied(aws, clock, planned(plan_many("timeout", many, {"timeout": "45"})))

    timeouts = [account.account().function(each.name).config["Timeout"] for each in many]
    assert timeouts == [45, 45, 45]
    clock.move(60)
    await applied(aws, clock, planned(plan_undo(receipt)))


async def test_who_scales_it_is_read(aws: Gate, clock: HandClock) -> None:
    (provisioned,) = (await read_controls(aws, "catalog-api")).provisioned or ()

    assert (provisioned.qualifier, provisioned.requested, provisioned.autoscaled) == ("live", 4, True)


async def test_insights_needs_are_read_where_they_are_asked_for(aws: Gate, clock: HandClock) -> None:
    asked = await read_controls(aws, "payment-capture", insights=True)
    unasked = await read_controls(aws, "payment-capture")

    assert str(asked.insights_layer_arn).endswith(":580247275435:layer:LambdaInsightsExtension:64")
    assert asked.role_policies is not None
    assert (unasked.insights_layer_arn, unasked.role_policies) == (None, None)
