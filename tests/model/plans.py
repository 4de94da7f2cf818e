"""Plans and receipts for tests of what follows a change."""

from datetime import datetime, timedelta

from lambdatop.actions.settings.configuration import Configuration
from lambdatop.model.changes.plan import Plan, Receipt, Result, Setting, Step, StepOutcome
from tests.model.factories import NOW


def memory_step(before: int = 1024, after: int = 1536, function: str = "image-resize") -> Step:
    return Step(
        setting=Configuration(function, ("MemorySize",)),
        before={"MemorySize": before},
        after={"MemorySize": after},
        label="memory",
        shown_before=f"{before:,} MB",
        shown_after=f"{after:,} MB",
    )


def step(setting: Setting, before: dict[str, object] | None, after: dict[str, object] | None, label: str) -> Step:
    return Step(
        setting=setting, before=before, after=after, label=label, shown_before=str(before), shown_after=str(after)
    )


def plan(*steps: Step, action: str = "memory", function: str = "image-resize") -> Plan:
    return Plan(action=action, title=f"{function}: {action}", functions=(function,), steps=steps or (memory_step(),))


def receipt(
    made: Plan | None = None,
    *,
    id: str = "r1",
    begun: datetime = NOW,
    took: timedelta = timedelta(seconds=4),
    result: Result = Result.APPLIED,
) -> Receipt:
    made = made or plan()
    return Receipt(
        id=id,
        plan=made,
        outcomes=tuple(StepOutcome(step=each, result=result) for each in made.steps),
        begun=begun,
        ended=begun + took,
        account="123456789012",
        region="eu-west-1",
        caller="arn:aws:sts::123456789012:assumed-role/oncall/ada",
    )
