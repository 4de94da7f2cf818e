"""What a plan warns of whatever it changes: who will set it back, what it does not reach, what stands in its way."""

from collections.abc import Iterator

from lambdatop.actions.planning.configuration_steps import differing, find_alias, pinned, reaches_callers, same_code
from lambdatop.actions.planning.form import listed
from lambdatop.actions.planning.subject import Subject
from lambdatop.model.changes.marks import LATEST
from lambdatop.model.changes.plan import Refusal


def overwritten(subject: Subject, former: str) -> Iterator[str]:
    """Who owns the function, and will set it back to `former`."""
    stack = subject.controls.stack
    if stack is not None:
        back = f"sets {former} again" if former != "none" else "may undo this"
        yield f"managed by CloudFormation stack {stack}: the next deployment {back} unless the template changes"
    elif subject.controls.tags is None:
        yield "its tags could not be read: a CloudFormation stack may own it and set it back"


def updating(subject: Subject) -> Iterator[str]:
    """What an update that is under way, or has failed, means for the next one."""
    match subject.controls.update_status:
        case "InProgress":
            yield "an update of the function is in progress: AWS refuses another until it is through"
        case "Failed":
            yield "the last update of the function has failed: it still runs with what was before that"


def latest_alone(subject: Subject, former: str) -> Iterator[str]:
    """Which aliases go on with `former`, since the configuration of a published version never changes."""
    aliases = pinned(subject)
    if aliases:
        names = listed([f"{alias.name} (version {alias.version})" for alias in aliases], "and")
        keep = "keeps" if len(aliases) == 1 else "keep"
        yield f"changes $LATEST alone: {names} {keep} {former} until a version is published"
    elif subject.controls.aliases is None:
        yield f"changes $LATEST alone, and its aliases could not be read: callers of one keep {former}"


def only_latest(subject: Subject, release: str, expected: str) -> str | None:
    """What is expected, and of whom only: where callers use an alias, of them nothing unless it is released to them."""
    if not expected or reaches_callers(subject, release):
        return expected or None
    return f"of callers of $LATEST alone: {expected}"


def releasing(subject: Subject, name: str) -> Iterator[str]:
    """What else callers of an alias get when `$LATEST` is published and the alias moved to it."""
    alias = find_alias(subject, name)
    if isinstance(alias, Refusal):
        return
    if alias.version == LATEST:
        yield f"{name} follows $LATEST now, and no longer will"
    elif not same_code(subject, alias):
        yield (
            f"releases everything that is in $LATEST: its code is not known to be that of version {alias.version}, "
            f"which {name} is on"
        )
    changed = differing(subject, alias)
    if changed:
        yield f"releases what else was changed in $LATEST since version {alias.version}: {', '.join(changed)}"
    others = [each.name for each in pinned(subject) if each.name != name]
    if others:
        yield f"{listed(others, 'and')} {'stays' if len(others) == 1 else 'stay'} as before"
    if any(each.qualifier == name for each in subject.controls.provisioned or ()):
        yield f"provisioned concurrency of {name} is made ready anew for the new version"
    if subject.function.snap_start:
        yield "SnapStart takes a snapshot of the new version first, which takes minutes"
    yield "a published version stays when this is undone; the alias goes back"


def configuring(subject: Subject, former: str, release: str = "") -> Iterator[str]:
    """The warnings of every change to the configuration of `$LATEST`; `release` is the alias that gets it, if any."""
    yield from releasing(subject, release) if release else latest_alone(subject, former)
    yield from updating(subject)
    yield from overwritten(subject, former)
