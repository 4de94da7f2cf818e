"""X-Ray tracing on and off, with what its traces cost."""

from collections.abc import Iterator, Sequence

from lambdatop.actions.planning.configuration_steps import (
    configure,
    is_released,
    reaches_callers,
    release_field,
    released,
)
from lambdatop.actions.planning.form import OFF, ON, Field, Form, Values, switched
from lambdatop.actions.planning.monthly_cost import charged
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.warnings_ import configuring
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.cost.cost import HOURS_PER_MONTH
from lambdatop.model.reference.prices import TRACE_RECORDED_USD

ALWAYS_PER_S, SHARE_ABOVE = 1.0, 0.05
"""AWS: one request a second is traced, and of the others one of twenty."""


def plan_tracing(subject: Subject, on: bool, release: str = "") -> Plan | Refusal:
    """Plan Active or PassThrough tracing, published for the alias `release` if one is named."""
    if subject.function.tracing is on:
        return Refusal(
            f"tracing of {subject.name} is {ON if on else OFF} already", already=is_released(subject, release)
        )
    steps = released(subject, release)
    if isinstance(steps, Refusal):
        return steps
    before, after = ({"Mode": "Active" if each else "PassThrough"} for each in (not on, on))
    shown = (OFF if on else ON, ON if on else OFF)
    return Plan(
        action="tracing",
        title=f"{subject.name}: X-Ray tracing {shown[0]} → {shown[1]}",
        functions=(subject.name,),
        steps=(configure(subject, "tracing", "TracingConfig", before, after, shown), *steps),
        why=subject.row.why.text if on and subject.row and subject.row.why else None,
        expect="one request a second is traced, and of the others one of twenty"
        if on
        else "no new traces, unless a caller decides to sample; what there is stays for 30 days",
        warnings=(*_of_the_role(on), *configuring(subject, f"tracing {shown[0]}", release)),
        cost=charged(subject, _usd(subject), on=on) if reaches_callers(subject, release) else None,
    )


def tracing_form(subject: Subject) -> Form | Plan | Refusal:
    """Ask whether to bring it to an alias, where there is one; without any it is switched over."""
    asked = release_field(subject)
    if not asked:
        return plan_tracing(subject, not subject.function.tracing)
    return Form(action="tracing", title=f"{subject.name}: X-Ray tracing", fields=(_field(subject), *asked))


def tracing_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered; without an answer it is switched over."""
    field = _field(subject)
    on = switched(field, {field.name: field.value, **values})
    return on if isinstance(on, Refusal) else plan_tracing(subject, on, values.get("publish", "").strip())


def tracing_together(subjects: Sequence[Subject], values: Values) -> Values:
    """For several at once: on where it is off, and only if it is on everywhere off."""
    return {"tracing": OFF if all(subject.function.tracing for subject in subjects) else ON, **values}


def _field(subject: Subject) -> Field:
    return Field(
        name="tracing",
        label="tracing",
        kind="toggle",
        value=OFF if subject.function.tracing else ON,
        hint=f"now {ON if subject.function.tracing else OFF}",
    )


def _of_the_role(on: bool) -> Iterator[str]:
    if on:
        yield "its role must be allowed xray:PutTraceSegments and xray:PutTelemetryRecords, else there are no traces"


def _usd(subject: Subject) -> float | None:
    """What its traces cost a month; the free tier belongs to the whole account and is left out."""
    per_min = subject.row.invocations_per_min if subject.row else None
    if per_min is None:
        return None
    per_s = per_min / 60
    traced = min(per_s, ALWAYS_PER_S) + SHARE_ABOVE * max(0.0, per_s - ALWAYS_PER_S)
    return traced * 3600 * HOURS_PER_MONTH * TRACE_RECORDED_USD
