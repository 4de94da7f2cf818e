"""How long a function's log group keeps its events: by default for ever, at a cost."""

from collections.abc import Iterator

from lambdatop.actions.planning.form import Choice, Field, Form, Values, chosen, listed
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.warnings_ import overwritten
from lambdatop.actions.settings.retention import DAYS, LogRetention
from lambdatop.model.changes.plan import Plan, Refusal, Step

FOR_EVER = "never"
PROPOSED_DAYS = 30


def plan_retention(subject: Subject, days: int | None) -> Plan | Refusal:
    """Plan to keep the function's log for `days`, None for ever. AWS: only certain numbers are possible."""
    group, before = subject.function.log_group, subject.controls.retention_days
    if not subject.controls.log_group_exists:
        return Refusal(_no_group(subject))
    if days is not None and days not in DAYS:
        return Refusal(
            f"retention: {listed([f'{each:,}' for each in DAYS])} days, or {FOR_EVER}; not {days:,}", mistyped=True
        )
    if days == before:
        return Refusal(f"{group} keeps its events {_kept(days)} already", already=True)
    shorter = days is not None and (before is None or days < before)
    return Plan(
        action="retention",
        title=f"{subject.name}: log retention {_shown(before)} → {_shown(days)}",
        functions=(subject.name,),
        steps=(
            Step(
                setting=LogRetention(group),
                before=None if before is None else {"retentionInDays": before},
                after=None if days is None else {"retentionInDays": days},
                label=f"retention of {group}",
                shown_before=_shown(before),
                shown_after=_shown(days),
            ),
        ),
        expect=f"{group} keeps its events {_kept(days)}",
        warnings=(*_deleted(days, shorter=shorter), *_shared(subject), *overwritten(subject, _shown(before))),
        hurts=shorter,
    )


def retention_form(subject: Subject) -> Form | Refusal:
    """Ask for the number of days; proposed is a month if the log is kept for ever, else the current number."""
    if not subject.controls.log_group_exists:
        return Refusal(_no_group(subject))
    return Form(action="retention", title=f"{subject.name}: log retention", fields=(_field(subject),))


def retention_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered."""
    text = chosen(_field(subject), {"days": values.get("days", "").removesuffix("days").strip()})
    if isinstance(text, Refusal):
        return text
    return plan_retention(subject, None if text == FOR_EVER else int(text))


def _field(subject: Subject) -> Field:
    before = subject.controls.retention_days
    return Field(
        name="days",
        label="days",
        kind="choice",
        value=str(before or PROPOSED_DAYS),
        hint=f"now {_kept(before)}",
        options=(*(Choice(str(days), _shown(days)) for days in DAYS), Choice(FOR_EVER, "for ever")),
    )


def _deleted(days: int | None, *, shorter: bool) -> Iterator[str]:
    if shorter:
        yield f"events older than {_shown(days)} are deleted for good: undo only keeps what is left"


def _shared(subject: Subject) -> Iterator[str]:
    if subject.function.shares_log_group:
        yield f"{subject.function.log_group} is a log group of its own name: other functions may write there too"


def _no_group(subject: Subject) -> str:
    if subject.controls.log_group_exists is None:
        return subject.unread("its log group", "logs:DescribeLogGroups")
    return f"{subject.name} has no log group {subject.function.log_group} yet: it is made by the first invocation"


def _kept(days: int | None) -> str:
    return "for ever" if days is None else f"for {_shown(days)}"


def _shown(days: int | None) -> str:
    return "for ever" if days is None else "1 day" if days == 1 else f"{days:,} days"
