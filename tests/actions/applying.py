"""Plans for the tests of what carries them out: of one step or several, on functions of the emulated account."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from lambdatop.actions.applying.apply import apply
from lambdatop.actions.applying.read_setting import read
from lambdatop.actions.journal.journal import Journal
from lambdatop.actions.journal.undo import plan_undo
from lambdatop.actions.settings.alarm import AlarmActions, AlarmStateForced, MetricAlarm, definition
from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.actions.settings.concurrency import PROVISIONED, RESERVED, ProvisionedConcurrency, ReservedConcurrency
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.actions.settings.event_source import EventSourceMapping
from lambdatop.actions.settings.retention import LogRetention
from lambdatop.actions.settings.role_policy import RolePolicy
from lambdatop.actions.settings.version import PublishedVersion
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import PUBLISHED, Facts, Plan, Reading, Receipt, Result, Setting, Step, StepOutcome
from lambdatop.updates import IdentityKnown, PlanEnded

NAME = "cart-api"
WHO = IdentityKnown(
    account="123456789012", arn="arn:aws:sts::123456789012:assumed-role/oncall/demo", region="eu-west-1"
)
INSIGHTS = "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy"
ALARM = "lambdatop-cart-api-errors"

DEFINITION: Mapping[str, Any] = {
    "AlarmDescription": "made by a test",
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "FunctionName", "Value": NAME}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 3,
    "Threshold": 5.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def step(setting: Setting, before: Facts | None, after: Facts | None, item: str = "") -> Step:
    return Step(
        setting=setting,
        before=before,
        after=after,
        label=setting.kind,
        shown_before=str(before),
        shown_after=str(after),
        item=item,
    )


def plan(*steps: Step) -> Plan:
    return Plan(action="test", title="a change", functions=(NAME,), steps=steps)


async def applied(aws: Gate, clock: Clock, wanted: Plan, journal: Journal | None = None) -> Receipt:
    """What comes of a plan in the end."""
    async for update in apply(aws, clock, wanted, journal or Journal(), WHO):
        last = update
    assert isinstance(last, PlanEnded)
    return last.receipt


async def facts(aws: Gate, setting: Setting) -> Facts | None:
    """What a setting is now."""
    reading = await read(aws, setting, setting.reading())
    assert isinstance(reading, Reading)
    return reading.facts


async def change(aws: Gate, setting: Setting, after: Facts | None, item: str = "") -> Step:
    """The step from what a setting is now."""
    return step(setting, await facts(aws, setting), after, item)


async def undone(aws: Gate, clock: Clock, receipt: Receipt, journal: Journal | None = None) -> Receipt:
    back = plan_undo(receipt, WHO, journal.entries() if journal else ())
    assert isinstance(back, Plan)
    return await applied(aws, clock, back, journal)


def told(receipt: Receipt) -> list[tuple[Result, bool]]:
    """Each outcome's result, and whether it has settled."""
    return [(outcome.result, outcome.settled) for outcome in receipt.outcomes]


def only(receipt: Receipt) -> StepOutcome:
    (outcome,) = receipt.outcomes
    return outcome


class Case(Struct, frozen=True):
    """One kind of setting, something else than what it is at first, and the call that makes it so."""

    setting: Setting
    after: Facts | None
    call: str
    """`service.Operation`, as the emulator counts them."""

    @property
    def name(self) -> str:
        return f"{self.setting.kind}: {self.call.partition('.')[2]}"


def cases(account: Emulator) -> dict[str, Case]:
    """Every kind, and of those with several calls each of them; the alarm of ALARM has to exist."""
    mapping = next(each.uuid for each in account.account().mappings.values() if each.function.name == "orders-consumer")
    found = (
        Case(Configuration(NAME, ("MemorySize", "Timeout")), {"MemorySize": 640, "Timeout": 29}, _UPDATE),
        Case(Configuration(NAME, ("TracingConfig",)), {"TracingConfig": {"Mode": "PassThrough"}}, _UPDATE),
        Case(Configuration(NAME, ("Layers",)), {"Layers": [f"{_LAYER}:64"]}, _UPDATE),
        Case(ReservedConcurrency(NAME), {RESERVED: 0}, "lambda.PutFunctionConcurrency"),
        Case(ReservedConcurrency("shipping-quote-api"), {RESERVED: 9}, "lambda.PutFunctionConcurrency"),
        Case(ProvisionedConcurrency(NAME, "live"), {PROVISIONED: 5}, "lambda.PutProvisionedConcurrencyConfig"),
        Case(ProvisionedConcurrency("catalog-api", "live"), None, "lambda.DeleteProvisionedConcurrencyConfig"),
        Case(AliasTarget(NAME, "live"), target("7", {"8": 0.1}, "what callers use"), "lambda.UpdateAlias"),
        Case(AliasTarget(NAME, "canary"), target("8", {"7": 0.5}), "lambda.CreateAlias"),
        Case(AliasTarget("fraud-score", "live"), None, "lambda.DeleteAlias"),
        Case(PublishedVersion("payment-capture"), {"Version": PUBLISHED}, "lambda.PublishVersion"),
        Case(EventSourceMapping(mapping), {"Enabled": False}, "lambda.UpdateEventSourceMapping"),
        Case(MetricAlarm("new one"), definition(DEFINITION), "cloudwatch.PutMetricAlarm"),
        Case(MetricAlarm(ALARM), definition({**DEFINITION, "Threshold": 9}), "cloudwatch.PutMetricAlarm"),
        Case(MetricAlarm("checkout-api errors"), None, "cloudwatch.DeleteAlarms"),
        Case(AlarmActions(ALARM), {"ActionsEnabled": False}, "cloudwatch.DisableAlarmActions"),
        Case(AlarmStateForced(ALARM), {"StateValue": "ALARM"}, "cloudwatch.SetAlarmState"),
        Case(LogRetention(f"/aws/lambda/{NAME}"), {"retentionInDays": 30}, "logs.PutRetentionPolicy"),
        Case(LogRetention("/aws/lambda/payment-capture"), None, "logs.DeleteRetentionPolicy"),
        Case(RolePolicy(NAME, INSIGHTS), {"PolicyArn": INSIGHTS}, "iam.AttachRolePolicy"),
        Case(RolePolicy("image-resize", INSIGHTS), None, "iam.DetachRolePolicy"),
    )
    return {f"{case.name} {number}": case for number, case in enumerate(found)}


_UPDATE = "lambda.UpdateFunctionConfiguration"
_LAYER = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension"
CASES = 21
"""How many there are, for tests that are made before the account."""
