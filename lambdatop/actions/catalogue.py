"""Every action once: its name, what it asks, and the plan that it makes. Keys, menu and command line follow from here.

An action is asked for with `form_of`, and answered with `plan_of`; where there is nothing to ask there is a plan at
once. A new action is one more entry of ACTIONS.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from lambdatop.actions.alarms.form import alarm_form, alarm_from
from lambdatop.actions.planning.alias import rollback_form, rollback_from, weights_form, weights_from
from lambdatop.actions.planning.event_source import event_source_form, event_source_from, event_source_together
from lambdatop.actions.planning.form import Choice, Field, Form, Values
from lambdatop.actions.planning.insights import insights_form, insights_from, insights_together
from lambdatop.actions.planning.log_format import logging_form, logging_from
from lambdatop.actions.planning.memory import memory_form, memory_from
from lambdatop.actions.planning.provisioned import provisioned_form, provisioned_from
from lambdatop.actions.planning.publish import publish_form, publish_from
from lambdatop.actions.planning.reserved import (
    brake_at_once,
    brake_from,
    brake_together,
    reserved_form,
    reserved_from,
)
from lambdatop.actions.planning.retention import retention_form, retention_from
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.timeout import timeout_form, timeout_from
from lambdatop.actions.planning.tracing import tracing_form, tracing_from, tracing_together
from lambdatop.actions.several import asked_together, combined
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.text import safe

__all__ = ["ACTIONS", "Action", "Choice", "Field", "Form", "Values", "form_many", "form_of", "plan_many", "plan_of"]


class Action(Struct, frozen=True, kw_only=True):
    """One thing that can be done to a function."""

    name: str
    """In a word, as `lambdatop set`, the journal and a plan's `action` have it."""
    label: str
    """As the menu has it."""
    form: Callable[[Subject], Form | Plan | Refusal]
    plan: Callable[[Subject, Values], Plan | Refusal]
    together: Callable[[Sequence[Subject], Values], Values] | None = None
    """For several functions at once: the answers that mean the same for all of them."""


ACTIONS: tuple[Action, ...] = (
    Action(name="memory", label="memory", form=memory_form, plan=memory_from),
    Action(name="timeout", label="timeout", form=timeout_form, plan=timeout_from),
    Action(name="provisioned", label="provisioned concurrency", form=provisioned_form, plan=provisioned_from),
    Action(name="reserved", label="reserved concurrency", form=reserved_form, plan=reserved_from),
    Action(name="brake", label="brake", form=brake_at_once, plan=brake_from, together=brake_together),
    Action(name="rollback", label="roll back an alias", form=rollback_form, plan=rollback_from),
    Action(name="weights", label="shift an alias", form=weights_form, plan=weights_from),
    Action(
        name="event_source",
        label="event sources",
        form=event_source_form,
        plan=event_source_from,
        together=event_source_together,
    ),
    Action(name="tracing", label="X-Ray tracing", form=tracing_form, plan=tracing_from, together=tracing_together),
    Action(
        name="insights", label="Lambda Insights", form=insights_form, plan=insights_from, together=insights_together
    ),
    Action(name="logging", label="log format and levels", form=logging_form, plan=logging_from),
    Action(name="retention", label="log retention", form=retention_form, plan=retention_from),
    Action(name="publish", label="publish a version", form=publish_form, plan=publish_from),
    Action(name="alarm", label="alarm", form=alarm_form, plan=alarm_from),
)
"""In the order of the menu."""

MOST_AT_ONCE = 50
"""So many functions may be changed by one plan: AWS's control plane takes 15 calls a second from everyone together."""

_BY_NAME: Mapping[str, Action] = {action.name: action for action in ACTIONS}


def form_of(action: str, subject: Subject) -> Form | Plan | Refusal:
    """What the action asks of that function; the plan itself where there is nothing to ask."""
    answer = _BY_NAME[action].form(subject)
    return _with_gaps(answer, subject) if isinstance(answer, Plan) else answer


def plan_of(action: str, subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for these answers. A refusal quotes them, and is one harmless line all the same."""
    answer = _BY_NAME[action].plan(subject, values)
    if isinstance(answer, Refusal):
        return replace(answer, reason=safe(answer.reason))
    return _with_gaps(answer, subject)


def _with_gaps(plan: Plan, subject: Subject) -> Plan:
    """The plan with a warning for each piece of evidence that it has to do without."""
    return replace(plan, warnings=(*plan.warnings, *subject.gaps)) if subject.gaps else plan


def plan_many(action: str, subjects: Sequence[Subject], values: Values) -> Plan | Refusal:
    """One plan for several functions; how many they are must be typed. Those that cannot have it are told."""
    if len(subjects) == 1:
        return plan_of(action, subjects[0], values)
    chosen = _BY_NAME[action]
    alike = chosen.together(subjects, values) if chosen.together else values
    answers = [(subject.name, plan_of(action, subject, _own(subject, alike))) for subject in subjects]
    return combined(action, chosen.label, answers)


def form_many(action: str, subjects: Sequence[Subject]) -> Form | Plan | Refusal:
    """What the action asks of several functions, once for all of them; the plan where none has anything to be asked."""
    answers = [form_of(action, subject) for subject in subjects]
    forms = [each for each in answers if isinstance(each, Form)]
    if len(subjects) == 1:
        return answers[0]
    if not forms:
        return plan_many(action, subjects, {})
    chosen = _BY_NAME[action]

    def alike(values: Values) -> Values:
        return chosen.together(subjects, values) if chosen.together else values

    return asked_together(f"{len(subjects)} functions: {chosen.label}", forms, alike)


def _own(subject: Subject, values: Values) -> Values:
    """The answers as they hold for one of several: where there is no alias, all callers use `$LATEST` as it is."""
    return values if subject.controls.aliases else {**values, "publish": ""}
