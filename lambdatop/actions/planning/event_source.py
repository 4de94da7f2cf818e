"""Pausing and resuming what feeds a function: a consumer that does harm stops, and nothing of its queue is lost."""

from collections.abc import Iterator, Sequence

from lambdatop.actions.planning.form import OFF, ON, Choice, Field, Form, Values, chosen, listed, switched
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.warnings_ import overwritten
from lambdatop.actions.settings.event_source import EventSourceMapping
from lambdatop.model.changes.plan import Plan, Refusal, Step
from lambdatop.model.controls import EventSource

ALL = "all"
_MOVING = ("Enabling", "Disabling", "Creating", "Updating", "Deleting")


def plan_event_source(subject: Subject, uuid: str, enabled: bool) -> Plan | Refusal:
    """Plan to resume or pause one event source mapping, or with `all` every one that is not so already."""
    sources = subject.controls.event_sources
    if not sources:
        return Refusal(_none(subject))
    named = [each for each in sources if uuid in (ALL, each.uuid)]
    if not named:
        return Refusal(f"{subject.name} has no event source {uuid}; there is {_names(sources)}")
    changed = [each for each in named if each.enabled is not enabled]
    if not changed:
        are = "is" if len(named) == 1 else "are"
        return Refusal(f"{_names(named)} of {subject.name} {are} {_word(enabled)} already", already=True)
    what = f"event source {_names(changed)}" if len(changed) == 1 else f"event sources {_names(changed)}"
    return Plan(
        action="event_source",
        title=f"{subject.name}: {what} {_word(not enabled)} → {_word(enabled)}",
        functions=(subject.name,),
        steps=tuple(_switch(each, enabled) for each in changed),
        why=subject.row.why.text if subject.row and subject.row.why else None,
        expect=_expected(changed, enabled),
        warnings=(*_warned(changed, enabled), *overwritten(subject, _word(not enabled))),
        hurts=not enabled,
    )


def event_source_form(subject: Subject) -> Form | Plan | Refusal:
    """Ask for the event source, if there are several; a single one is toggled."""
    sources = subject.controls.event_sources
    if not sources:
        return Refusal(_none(subject))
    if len(sources) == 1:
        return plan_event_source(subject, sources[0].uuid, not sources[0].enabled)
    return Form(
        action="event_source",
        title=f"{subject.name}: event sources",
        fields=(_which(subject), _to_what(subject)),
    )


def event_source_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered; without an answer what runs is paused, and only if nothing does it is resumed."""
    if not subject.controls.event_sources:
        return Refusal(_none(subject))
    said = _uuid(subject, values.get("source", "").strip())
    uuid = ALL if said == ALL else chosen(_which(subject), {"source": said})
    enabled = switched(_to_what(subject), values) if values.get("enabled") else _to_what(subject).value == ON
    if isinstance(uuid, Refusal):
        return uuid
    return enabled if isinstance(enabled, Refusal) else plan_event_source(subject, uuid, enabled)


def _uuid(subject: Subject, said: str) -> str:
    """The id of the event source with that name; otherwise the text as typed."""
    called = [each.uuid for each in subject.controls.event_sources or () if _name(each) == said]
    return called[0] if len(called) == 1 else said


def event_source_together(subjects: Sequence[Subject], values: Values) -> Values:
    """For several functions at once: all of their event sources, as the ids of one mean nothing to the others."""
    running = any(each.enabled for subject in subjects for each in subject.controls.event_sources or ())
    return {"enabled": OFF if running else ON, **values, "source": ALL}


def _switch(source: EventSource, enabled: bool) -> Step:
    return Step(
        setting=EventSourceMapping(source.uuid),
        before={"Enabled": not enabled},
        after={"Enabled": enabled},
        label=f"event source {_name(source)}",
        shown_before=_word(not enabled),
        shown_after=_word(enabled),
    )


def _which(subject: Subject) -> Field:
    sources = subject.controls.event_sources or ()
    options = [Choice(each.uuid, f"{_name(each)}, {each.state.lower()}{_invoked(each)}") for each in sources]
    if len(options) > 1:
        options.append(Choice(ALL, "all of them"))
    return Field(
        name="source",
        label="event source",
        kind="choice",
        value=options[0].value if options else "",
        options=tuple(options),
    )


def _to_what(subject: Subject) -> Field:
    running = any(each.enabled for each in subject.controls.event_sources or ())
    return Field(
        name="enabled",
        label="enabled",
        kind="toggle",
        value=OFF if running else ON,
        hint="off pauses it: what waits stays in the queue or stream",
    )


def _expected(sources: Sequence[EventSource], enabled: bool) -> str:
    if enabled:
        return "it goes on where it stopped; what has waited comes at once"
    return f"nothing of {_names(sources)} reaches the function any more; what is on its way is finished"


def _warned(sources: Sequence[EventSource], enabled: bool) -> Iterator[str]:
    moving = [each for each in sources if each.state in _MOVING]
    if moving:
        yield f"{_names(moving)} is {moving[0].state.lower()}: AWS refuses another change until it is through"
    if enabled:
        return
    if any(":sqs:" in each.source_arn for each in sources):
        yield "messages wait in the queue until its retention period ends (AWS: 4 days unless set)"
    if any(":kinesis:" in each.source_arn or ":dynamodb:" in each.source_arn for each in sources):
        yield "records wait in the stream until they expire (AWS: 24 hours unless set); iterator age rises meanwhile"


def _none(subject: Subject) -> str:
    if subject.controls.event_sources is None:
        return subject.unread("its event sources", "lambda:ListEventSourceMappings")
    return f"{subject.name} has no event source: what calls it directly is stopped by the brake"


def _name(source: EventSource) -> str:
    return source.source or source.uuid


def _names(sources: Sequence[EventSource]) -> str:
    return listed([_name(each) for each in sources], "and")


def _invoked(source: EventSource) -> str:
    return f", for {source.qualifier}" if source.qualifier else ""


def _word(enabled: bool) -> str:
    return "enabled" if enabled else "paused"
