"""Publishing `$LATEST` as a version, alone or for an alias: the one change that cannot be undone."""

from collections.abc import Iterator

from lambdatop.actions.planning.configuration_steps import publish, release_field, released
from lambdatop.actions.planning.form import Form, Values
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.warnings_ import releasing, updating
from lambdatop.model.changes.plan import Plan, Refusal


def plan_publish(subject: Subject, release: str = "") -> Plan | Refusal:
    """Plan a version of `$LATEST` as it is, and to move the alias `release` to it if one is named."""
    if release:
        steps = released(subject, release)
    else:
        alone = publish(subject)
        steps = alone if isinstance(alone, Refusal) else (alone,)
    if isinstance(steps, Refusal):
        return steps
    moved = f", alias {release} to it" if release else ""
    return Plan(
        action="publish",
        title=f"{subject.name}: publish a version{moved}",
        functions=(subject.name,),
        steps=steps,
        expect=f"all callers of {release} get what is in $LATEST now" if release else "nothing changes for callers",
        warnings=(*_of_publishing(subject, release), *updating(subject)),
    )


def publish_form(subject: Subject) -> Form | Plan | Refusal:
    """Ask for the alias to move, if there is one."""
    asked = release_field(subject)
    if not asked:
        return plan_publish(subject)
    return Form(action="publish", title=f"{subject.name}: publish", fields=asked)


def publish_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered."""
    return plan_publish(subject, values.get("publish", "").strip())


def _of_publishing(subject: Subject, release: str) -> Iterator[str]:
    if release:
        yield from releasing(subject, release)
    else:
        yield "a published version stays: there is no call that takes it back"
    if subject.controls.versions:
        yield f"if nothing has changed since version {subject.controls.versions[-1].version}, AWS answers with that one"
    if subject.function.snap_start and not release:
        yield "SnapStart takes a snapshot of the new version first, which takes minutes"
