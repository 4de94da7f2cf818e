"""Every action once: its name, what it asks, and the plan that it makes. Keys, menu and command line follow from here.

An action is asked for with `form_of`, and answered with `plan_of`; where there is nothing to ask there is a plan at
once. A new action is one more entry of ACTIONS.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lambdatop.actions.fields import Choice, Field, Form, Values
from lambdatop.actions.plan_memory import memory_form, memory_from
from lambdatop.actions.subject import Subject
from lambdatop.actions.together import combined
from lambdatop.model.plan import Plan, Refusal

__all__ = ["ACTIONS", "Action", "Choice", "Field", "Form", "Values", "form_of", "plan_many", "plan_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that can be done to a function."""

    name: str
    """In a word, as `lambdatop set`, the journal and a plan's `action` have it."""
    label: str
    """As the menu has it."""
    form: Callable[[Subject], Form | Plan | Refusal]
    plan: Callable[[Subject, Values], Plan | Refusal]
    together: Callable[[Sequence[Subject], Values], Values] | None = None
    """For several functions at once: the answers that mean the same for all of them."""


ACTIONS: tuple[Action, ...] = (Action(name="memory", label="memory size", form=memory_form, plan=memory_from),)

_BY_NAME: Mapping[str, Action] = {action.name: action for action in ACTIONS}


def form_of(action: str, subject: Subject) -> Form | Plan | Refusal:
    """What the action asks of that function; the plan itself where there is nothing to ask."""
    return _BY_NAME[action].form(subject)


def plan_of(action: str, subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for these answers."""
    return _BY_NAME[action].plan(subject, values)


def plan_many(action: str, subjects: Sequence[Subject], values: Values) -> Plan | Refusal:
    """One plan for several functions; how many they are must be typed. Those that cannot have it are told."""
    if len(subjects) == 1:
        return plan_of(action, subjects[0], values)
    chosen = _BY_NAME[action]
    alike = chosen.together(subjects, values) if chosen.together else values
    return combined(action, chosen.label, [(subject.name, chosen.plan(subject, alike)) for subject in subjects])
