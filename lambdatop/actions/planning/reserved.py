"""Reserved concurrency: a share of the account's for one function, which is its ceiling too; and 0 as the brake."""

import math
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from lambdatop.actions.planning.concurrency_room import KEPT_UNRESERVED, peak, reservable, shown
from lambdatop.actions.planning.form import OFF, ON, Field, Form, Values, whole_or_none
from lambdatop.actions.planning.monthly_cost import compared, monthly
from lambdatop.actions.planning.provisioned import obstacle
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.warnings_ import overwritten
from lambdatop.actions.settings.concurrency import PROVISIONED, RESERVED, ProvisionedConcurrency, ReservedConcurrency
from lambdatop.model.changes.plan import Plan, Refusal, Step
from lambdatop.model.fleet.findings import Rule

ROOM, ROUNDED_TO = 1.5, 5
"""What is reserved is a ceiling too: there has to be more above the peak than for provisioned concurrency."""


def plan_reserved(subject: Subject, count: int | None) -> Plan | Refusal:
    """Plan to reserve `count`, or with None to reserve nothing. AWS: 100 stay unreserved; free of charge."""
    before = subject.controls.reserved
    if subject.controls.reserved_known and count == before:
        possible = f"; 0 to {most:,} are possible" if (most := reservable(subject)) else ""
        return Refusal(f"{subject.name} has {shown(before)} reserved already{possible}", already=True)
    impossible = _impossible(subject, count)
    if impossible is not None:
        return Refusal(impossible)
    highest = peak(subject)
    return Plan(
        action="reserved",
        title=f"{subject.name}: reserved concurrency {shown(before)} → {shown(count)}",
        functions=(subject.name,),
        steps=(_reserve(subject, count),),
        why=subject.finding(Rule.THROTTLED),
        expect=_expected(subject, count),
        warnings=(*_warned(subject, count), *overwritten(subject, shown(before))),
        hurts=count is not None and (count == 0 or (highest is not None and count < highest)),
    )


def plan_brake(subject: Subject, *, pull: bool | None = None) -> Plan | Refusal:
    """Plan to let nothing run, or where nothing may run now to let it run again with what it had before.

    `pull` decides which of the two it must be. Provisioned concurrency goes first, as AWS reserves no less than that.
    """
    controls = subject.controls
    if not controls.reserved_known:
        return Refusal(_unread(subject))
    stopped = controls.reserved == 0
    if pull is not None and pull is stopped:
        told = "stopped already" if stopped else "not stopped: its brake is not pulled"
        return Refusal(f"{subject.name} is {told}", already=True)
    if stopped:
        return _released(subject)
    if controls.provisioned is None:
        return Refusal(
            subject.unread("what is provisioned, which goes first,", "lambda:ListProvisionedConcurrencyConfigs")
        )
    before = shown(controls.reserved)
    return Plan(
        action="brake",
        title=f"{subject.name}: brake, reserved concurrency {before} → 0",
        functions=(subject.name,),
        steps=(*_unprovision(subject), _reserve(subject, 0)),
        why=subject.row.why.text if subject.row and subject.row.why else None,
        expect="no invocation starts any more; those that run now finish; the brake again releases it",
        warnings=(*_of_the_brake(subject), *overwritten(subject, before)),
        cost=compared(subject, monthly(subject), 0.0),
        hurts=True,
    )


def reserved_form(subject: Subject) -> Form:
    """Ask for the number; proposed is 1.5 times the peak, or the peak plus what is throttled now."""
    return Form(action="reserved", title=f"{subject.name}: reserved concurrency", fields=(_field(subject),))


def reserved_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered."""
    count = whole_or_none(replace(_field(subject), maximum=None), values)  # the plan says why no more are possible
    return count if isinstance(count, Refusal) else plan_reserved(subject, count)


def brake_at_once(subject: Subject) -> Plan | Refusal:
    """The plan at once: there are no questions."""
    return plan_brake(subject)


def brake_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan; `brake` may say `on` or `off`, else it is the other than now."""
    text = values.get("brake", "").strip().lower()
    if text not in ("", ON, OFF):
        return Refusal(f"the brake is {ON} or {OFF}, not {text[:40]}", mistyped=True)
    return plan_brake(subject, pull={ON: True, OFF: False}.get(text))


def brake_together(subjects: Sequence[Subject], values: Values) -> Mapping[str, str]:
    """For several at once: stop those that run; only if all are stopped, release them."""
    running = any(subject.controls.reserved != 0 for subject in subjects)
    return {"brake": ON if running else OFF, **values}


def _reserve(subject: Subject, count: int | None) -> Step:
    before = subject.controls.reserved
    return Step(
        setting=ReservedConcurrency(subject.name),
        before=None if before is None else {RESERVED: before},
        after=None if count is None else {RESERVED: count},
        label="reserved concurrency",
        shown_before=shown(before),
        shown_after=shown(count),
    )


def _unprovision(subject: Subject) -> Iterator[Step]:
    for each in subject.controls.provisioned or ():
        yield Step(
            setting=ProvisionedConcurrency(subject.name, each.qualifier),
            before={PROVISIONED: each.requested},
            after=None,
            label=f"provisioned concurrency of {each.qualifier}",
            shown_before=shown(each.requested),
            shown_after="none",
        )


def _released(subject: Subject) -> Plan | Refusal:
    former, most = subject.former, reservable(subject)
    reserved = former.reserved if former is not None else None
    if reserved is not None and most is not None and reserved > most:
        return Refusal(f"{reserved:,} no longer fit: {most:,} can be reserved for {subject.name}; set another number")
    again = tuple(_provision_again(subject))
    more = sum((step.after or {})[PROVISIONED] for step in again)
    return Plan(
        action="brake",
        title=f"{subject.name}: brake released, reserved concurrency 0 → {shown(reserved)}",
        functions=(subject.name,),
        steps=(_reserve(subject, reserved), *again),
        why="its brake is pulled: nothing may run",
        expect="it runs again; what has waited in queues and streams, and what its callers retry, comes at once",
        warnings=(*_of_releasing(subject), *overwritten(subject, "0")),
        cost=compared(subject, 0.0, monthly(subject, more_provisioned=more)) if again else None,
        hurts=former is None,
    )


def _provision_again(subject: Subject) -> Iterator[Step]:
    """What the brake removed, unless some was provisioned since or it has become impossible."""
    there = {each.qualifier for each in subject.controls.provisioned or ()}
    for qualifier, count in subject.former.provisioned.items() if subject.former is not None else ():
        if qualifier not in there and obstacle(subject, qualifier) is None:
            yield Step(
                setting=ProvisionedConcurrency(subject.name, qualifier),
                before=None,
                after={PROVISIONED: count},
                label=f"provisioned concurrency of {qualifier}",
                shown_before=shown(None),
                shown_after=shown(count),
            )


def _of_releasing(subject: Subject) -> Iterator[str]:
    former = subject.former
    if former is None:
        yield (
            "what it had before is not known, as the journal here has not pulled this brake: nothing is reserved for "
            "it then, and a runaway may throttle the others; to reserve a number, set reserved concurrency instead"
        )
        return
    there = {each.qualifier: each.requested for each in subject.controls.provisioned or ()}
    for qualifier, count in former.provisioned.items():
        hindered = obstacle(subject, qualifier)
        if qualifier in there:
            yield f"{qualifier} had {count:,} provisioned before; somebody has provisioned {there[qualifier]:,} since"
        elif hindered is not None:
            yield f"the {count:,} that {qualifier} had provisioned do not come back: {hindered}"


def _of_the_brake(subject: Subject) -> Iterator[str]:
    """AWS: with 0 reserved asynchronous events are not kept for 6 hours, as those are that are throttled otherwise."""
    yield (
        "who calls it gets 429 and has to try again; asynchronous events go to its dead-letter queue or on-failure "
        "destination without a retry, and are lost where it has neither"
    )
    sources = subject.controls.event_sources or ()
    if sources:
        yield "queues and streams wait, and what expires there is lost: pausing the event source is kinder"
    if any(":sqs:" in each.source_arn for each in sources):
        yield "each throttled try of a message counts towards its queue's dead-letter rule"
    if subject.controls.provisioned:
        yield "its provisioned concurrency goes first, as AWS reserves no less; the brake again brings back both"
    if any(each.autoscaled for each in subject.controls.provisioned or ()):
        yield "Application Auto Scaling may provision it again"


def _impossible(subject: Subject, count: int | None) -> str | None:
    most = reservable(subject)
    provisioned = sum(each.requested for each in subject.controls.provisioned or ())
    if not subject.controls.reserved_known:
        return _unread(subject)
    if count is not None and (count < 0 or (count and most is not None and count > most)):
        told = f"0 to {most:,}" if most is not None else "0 or more"
        return f"reserved concurrency: {told}, as {KEPT_UNRESERVED} must stay unreserved; not {count:,}"
    if count is not None and count < provisioned:
        return f"reserved concurrency: {provisioned:,} or more, as so many are provisioned; not {count:,}"
    return None


def _unread(subject: Subject) -> str:
    return subject.unread("what is reserved", "lambda:GetFunctionConcurrency")


def _expected(subject: Subject, count: int | None) -> str:
    highest = peak(subject)
    seen = f" ({highest:,} ran at once at most)" if highest is not None else ""
    if count is None:
        return f"no ceiling of its own{seen}: it shares what is unreserved with the others"
    if count == 0:
        return "no invocation starts any more; those that run now finish"
    return f"never more than {count:,} at once{seen}, and always room for them"


def _warned(subject: Subject, count: int | None) -> Iterator[str]:
    highest, most = peak(subject), reservable(subject)
    if count == 0:
        yield from _of_the_brake(subject)
    if count and highest is not None and count < highest:
        yield f"{highest:,} ran at once: what is above {count:,} is throttled"
    if count and most is not None:
        yield f"the other functions share the {most + KEPT_UNRESERVED - count:,} that stay unreserved"
    if count and most is None:
        yield f"the account's limits could not be read: AWS refuses it unless {KEPT_UNRESERVED} stay unreserved"
    if count is None and subject.controls.reserved:
        yield "a runaway may take everything that is unreserved, and throttle the others"


def _field(subject: Subject) -> Field:
    reserved, highest = subject.controls.reserved, peak(subject)
    seen = f"; {highest:,} ran at once at most" if highest is not None else ""
    return Field(
        name="reserved",
        label="reserved concurrency",
        kind="number",
        value=str(_suggested(subject)),
        hint=f"now {shown(reserved)}{seen}; empty reserves nothing",
        now=reserved,
        minimum=0,
        maximum=reservable(subject),
        optional=True,
    )


def _suggested(subject: Subject) -> int:
    """What the traffic would take if nothing were throttled, and a tenth; without throttles the peak and a half."""
    reserved, row, most = subject.controls.reserved, subject.row, reservable(subject)
    wanted = max(1, math.ceil((peak(subject) or 0) * ROOM))
    if reserved and row is not None and row.throttles and row.invocations:
        demand = reserved * (1 + min(3.0, row.throttles / row.invocations)) * 1.1
        wanted = math.ceil(demand / ROUNDED_TO) * ROUNDED_TO
    return wanted if most is None else min(wanted, most)
