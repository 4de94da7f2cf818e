"""The number of a version that a plan publishes: known only once AWS has answered, needed by the steps behind it."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from lambdatop.model.changes.plan import PUBLISHED, Setting, Step, StepOutcome


def filled(step: Step, earlier: Iterable[StepOutcome]) -> Step:
    """The step with the number of the version that an earlier one of its item has published."""
    numbers = [
        str(outcome.step.after["Version"])
        for outcome in earlier
        if outcome.step.setting.kind == "version" and outcome.step.after
    ]
    if not numbers or step.setting.kind == "version":
        return step
    number = numbers[-1]
    return replace(
        step,
        setting=_numbered_setting(step.setting, number),
        before=_numbered(step.before, number),
        after=_numbered(step.after, number),
        label=step.label.replace(PUBLISHED, number),
        shown_before=step.shown_before.replace(PUBLISHED, number),
        shown_after=step.shown_after.replace(PUBLISHED, number),
    )


def _numbered_setting(setting: Setting, number: str) -> Setting:
    """A setting may be that of the version itself: provisioned concurrency without an alias."""
    changes = {name: number for name in cast(Struct, setting).__struct_fields__ if getattr(setting, name) == PUBLISHED}
    return cast(Setting, replace(cast(Struct, setting), **changes)) if changes else setting


def _numbered(value: Any, number: str) -> Any:
    match value:
        case Mapping():
            return {number if key == PUBLISHED else key: _numbered(each, number) for key, each in value.items()}
        case _:
            return number if value == PUBLISHED else value
