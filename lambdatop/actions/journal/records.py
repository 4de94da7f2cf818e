"""Plans and outcomes as plain JSON, for the journal: written so that another process can undo them, read with care.

The values of environment variables are never written, whatever a plan holds.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import asdict

from lambdatop.actions.settings.alarm import AlarmActions, AlarmStateForced, MetricAlarm
from lambdatop.actions.settings.alias import AliasTarget
from lambdatop.actions.settings.concurrency import ProvisionedConcurrency, ReservedConcurrency
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.actions.settings.event_source import EventSourceMapping
from lambdatop.actions.settings.invocation import InvokedFunction
from lambdatop.actions.settings.retention import LogRetention
from lambdatop.actions.settings.role_policy import RolePolicy
from lambdatop.actions.settings.version import PublishedVersion
from lambdatop.model.changes.plan import Call, Cost, Facts, Plan, Result, Setting, Step, StepOutcome

Json = Any
"""What json.loads returns."""

SETTINGS: tuple[type[Any], ...] = (
    Configuration,
    ReservedConcurrency,
    ProvisionedConcurrency,
    AliasTarget,
    PublishedVersion,
    EventSourceMapping,
    MetricAlarm,
    AlarmActions,
    AlarmStateForced,
    LogRetention,
    RolePolicy,
    InvokedFunction,
)
"""Every kind of setting that a journal may tell of."""
_OF_KIND = {setting.kind: setting for setting in SETTINGS}
_MOST_USD = 1e12
_SECRET = "Environment"
_UNTOLD = "not recorded"


class UnreadableRecord(ValueError):
    """Not a record of ours, or of a later version."""


def setting_record(setting: Setting) -> Json:
    """A setting under its kind."""
    return {"kind": setting.kind, **asdict(cast(Struct, setting))}


def step_record(step: Step) -> Json:
    """A step with its setting, what was and what shall be, and how a person reads both."""
    return {
        "setting": setting_record(step.setting),
        "label": step.label,
        "before": plain(step.before),
        "after": plain(step.after),
        "shown": [step.shown_before, step.shown_after],
        **({"item": step.item} if step.item else {}),
        **({"also": list(step.also)} if step.also else {}),
    }


def call_record(call: Call) -> Json:
    """A call by its IAM action, with its parameters."""
    return {"action": call.action, "params": plain(call.params)}


def plan_record(plan: Plan) -> Json:
    """A whole plan, so that another process can show it and take it back."""
    cost = plan.cost
    return {
        "action": plan.action,
        "title": plan.title,
        "functions": list(plan.functions),
        "steps": [step_record(step) for step in plan.steps],
        "why": plan.why,
        "expect": plan.expect,
        "warnings": list(plan.warnings),
        "cost": None if cost is None else asdict(cost),
        "hurts": plan.hurts,
        "typed": plan.typed,
        "undoes": plan.undoes,
    }


def outcome_record(outcome: StepOutcome) -> Json:
    """What became of a step, with the step as it was sent: the number of its version is known by then."""
    return {
        "result": outcome.result.value,
        "error": outcome.error,
        "theirs": plain(outcome.theirs),
        "settled": outcome.settled,
        **step_record(outcome.step),
    }


def plain(value: Any) -> Json:
    """A value as JSON has it, without the values of environment variables."""
    match value:
        case Mapping():
            return {str(key): _UNTOLD if key == _SECRET else plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case _:
            return value


def read_setting(record: Json) -> Setting:
    """The setting of a record. Raises Unreadable, as all that follow."""
    kind = _OF_KIND.get(_text(record, "kind"))
    if kind is None:
        raise UnreadableRecord(f"no setting of kind {record['kind']!r}")
    values = {name: _frozen(record[name]) for name in kind.__struct_fields__ if name in record}
    if not all(isinstance(value, str | tuple) or value is None for value in values.values()):
        raise UnreadableRecord("a setting is named by text")
    try:
        setting: Setting = kind(**values)
    except TypeError as missing:
        raise UnreadableRecord(str(missing)) from missing
    return setting


def read_step(record: Json) -> Step:
    """The step of a record that `step_record` made."""
    shown = _list(record, "shown")
    if len(shown) != 2:
        raise UnreadableRecord("shown is what was and what shall be")
    return Step(
        setting=read_setting(_value(record, "setting")),
        before=_facts(record, "before"),
        after=_facts(record, "after"),
        label=_text(record, "label"),
        shown_before=str(shown[0]),
        shown_after=str(shown[1]),
        item=str(record.get("item", "")),
        also=tuple(map(str, _list(record, "also"))) if "also" in record else (),
    )


def read_plan(record: Json) -> Plan:
    """The plan of a record that `plan_record` made."""
    cost = record.get("cost") if isinstance(record, dict) else None
    return Plan(
        action=_text(record, "action"),
        title=_text(record, "title"),
        functions=tuple(map(str, _list(record, "functions"))),
        steps=tuple(read_step(step) for step in _list(record, "steps")),
        why=_maybe(record, "why"),
        expect=_maybe(record, "expect"),
        warnings=tuple(map(str, _list(record, "warnings"))),
        cost=_cost(cost),
        hurts=bool(record.get("hurts")),
        typed=_maybe(record, "typed"),
        undoes=_maybe(record, "undoes"),
    )


def read_outcome(record: Json) -> StepOutcome:
    """The outcome of a record that `outcome_record` made; the step is in the same record."""
    try:
        result = Result(_text(record, "result"))
    except ValueError as unknown:
        raise UnreadableRecord(str(unknown)) from unknown
    return StepOutcome(
        step=read_step(record),
        result=result,
        error=_maybe(record, "error"),
        theirs=_facts(record, "theirs"),
        settled=bool(record.get("settled")),
    )


def _cost(value: Json) -> Cost | None:
    if not isinstance(value, dict):
        return None
    before, after = (_number(value.get(name)) for name in ("before_usd", "after_usd"))
    return Cost(
        before_usd=before,
        after_usd=after,
        estimated=bool(value.get("estimated")),
        unknown=_maybe(value, "unknown"),
        prices_of=_maybe(value, "prices_of"),
    )


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < _MOST_USD else None


def _value(record: Json, name: str) -> Json:
    if not (isinstance(record, dict) and name in record):
        raise UnreadableRecord(f"{name} is missing")
    return record[name]


def _text(record: Json, name: str) -> str:
    value = _value(record, name)
    if not isinstance(value, str):
        raise UnreadableRecord(f"{name} is no text")
    return value


def _maybe(record: Json, name: str) -> str | None:
    return None if record.get(name) is None else _text(record, name)


def _list(record: Json, name: str) -> Sequence[Json]:
    value = _value(record, name)
    if not isinstance(value, list):
        raise UnreadableRecord(f"{name} is no list")
    return value


def _facts(record: Json, name: str) -> Facts | None:
    value = _value(record, name)
    if value is not None and not isinstance(value, dict):
        raise UnreadableRecord(f"{name} is no set of facts")
    return value


def _frozen(value: Json) -> Json:
    return tuple(map(str, value)) if isinstance(value, list) else value
