"""What a plan warns of whatever it changes: who will set it back, what it does not reach, what stands in its way."""

from collections.abc import Iterator

from lambdatop.actions.fields import listed
from lambdatop.actions.subject import Subject


def overwritten(subject: Subject, former: str) -> Iterator[str]:
    """Who owns the function, and will set it back to `former`."""
    stack = subject.controls.stack
    if stack is not None:
        yield (
            f"managed by CloudFormation stack {stack}: the next deployment sets {former} again "
            "unless the template changes"
        )
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
    aliases = subject.controls.aliases
    if aliases:
        names = listed([f"{alias.name} (version {alias.version})" for alias in aliases], "and")
        keep = "keeps" if len(aliases) == 1 else "keep"
        yield f"changes $LATEST alone: {names} {keep} {former} until a version is published"
    elif aliases is None:
        yield f"changes $LATEST alone, and its aliases could not be read: callers of one keep {former}"


def configuring(subject: Subject, former: str) -> Iterator[str]:
    """The warnings of every change to the configuration of `$LATEST`."""
    yield from latest_alone(subject, former)
    yield from updating(subject)
    yield from overwritten(subject, former)
