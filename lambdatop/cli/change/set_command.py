"""`lambdatop set`: one change of a function, or of several, by the same plans as the keys of the screen."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from lambdatop.actions.catalogue import MOST_AT_ONCE, form_many, plan_many
from lambdatop.actions.journal.before_brake import former
from lambdatop.actions.journal.journal import Journal, default_path, place_of
from lambdatop.actions.journal.rollbacks import rolled_back
from lambdatop.actions.planning.form import Form
from lambdatop.actions.planning.subject import REMEMBERING, Subject
from lambdatop.aws.gate import Gate
from lambdatop.cli.change.confirm import Consent, carried_out
from lambdatop.cli.change.parser import ACTIONS
from lambdatop.cli.change.undo_command import known
from lambdatop.cli.connect import gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.output import guarded
from lambdatop.cli.preferences import preferred
from lambdatop.clock import Clock, SystemClock
from lambdatop.config import Config
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.function import Function
from lambdatop.model.text import safe
from lambdatop.sources.fleet.by_name import named
from lambdatop.sources.function.controls import PACE_S, read_controls
from lambdatop.sources.function.evidence import past_of, row_of, topics_of, usage_of
from lambdatop.updates import IdentityKnown
from lambdatop.workflow.protection import protect

NOTHING: Final = "none"
"""For an answer that is none: `set reserved api none`."""
ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "memory": ("memory", "publish"),
    "timeout": ("timeout", "publish"),
    "provisioned": ("qualifier", "count"),
    "reserved": ("reserved",),
    "brake": ("brake",),
    "rollback": ("alias",),
    "weights": ("alias", "version", "percent"),
    "event-source": ("enabled", "source"),
    "tracing": ("tracing", "publish"),
    "insights": ("insights", "publish", "layer", "policy"),
    "logging": ("format", "application", "system", "publish"),
    "retention": ("days",),
    "publish": ("publish",),
    "alarm": ("which", "threshold", "datapoints", "topic"),
}
"""What each action asks, in the order in which values without a name are taken."""
NEEDS_NOTHING: Final = frozenset({"brake", "rollback", "publish"})
DEFAULTS: Final[Mapping[str, Mapping[str, str]]] = {"brake": {"brake": "on"}}


class Wanted(Struct, frozen=True):
    """What the command line asks for."""

    action: str
    functions: tuple[str, ...]
    """Names or ARNs."""
    values: tuple[str, ...] = ()
    """Each a value alone, or `NAME=VALUE`."""


def run(config: Config, wanted: Wanted, consent: Consent) -> int:
    """Make the change; the exit code."""
    return guarded(lambda: _run(preferred(config), wanted, consent, SystemClock()))


def _run(config: Config, wanted: Wanted, consent: Consent, clock: Clock) -> int:
    with gate(config, clock) as aws:
        return asyncio.run(_change(aws, clock, config, wanted, consent))


async def _change(aws: Gate, clock: Clock, config: Config, wanted: Wanted, consent: Consent) -> int:
    try:
        if len(wanted.functions) > MOST_AT_ONCE:
            return complain(f"at most {MOST_AT_ONCE} functions at once", Exit.USAGE)
        who = await known(aws)
        journal = Journal(default_path() if not config.demo else None)
        subjects = await _subjects(aws, clock, config, wanted, journal, who)
        planned = _planned(subjects, wanted)
        if isinstance(planned, Form):
            return complain("\n".join(questions(planned)), Exit.USAGE)
        if isinstance(planned, Refusal):
            return complain(safe(planned.reason), _code(planned))
        plan = protect(planned, config.protected, who.account, *(subject.controls for subject in subjects))
        return await carried_out(aws, clock, plan, consent, journal, who)
    finally:
        await aws.close()


async def _subjects(
    aws: Gate, clock: Clock, config: Config, wanted: Wanted, journal: Journal, who: IdentityKnown
) -> list[Subject]:
    """Each function once, and what may not be read of them. Raises AwsError if one of them cannot be read."""
    subjects: dict[str, Subject] = {}
    for name in wanted.functions:
        if subjects:
            await clock.sleep(PACE_S)
        function = await named(aws, name)
        if function.name not in subjects:
            subjects[function.name] = await _subject(aws, clock, config, wanted, function, journal, who)
    for refused in dict.fromkeys(line for subject in subjects.values() for line in subject.controls.refused):
        complain(refused, Exit.PARTIAL)
    return [*subjects.values()]


async def _subject(
    aws: Gate, clock: Clock, config: Config, wanted: Wanted, function: Function, journal: Journal, who: IdentityKnown
) -> Subject:
    """The settings, and the figures that speak for or against a change. Raises AwsError."""
    controls = await read_controls(aws, function.name, insights=wanted.action == "insights")
    is_alarm = wanted.action == "alarm"
    row = await row_of(aws, clock, function, alarms_needed=is_alarm)
    used = await usage_of(aws, clock, function) if wanted.action == "memory" else None
    named_here = (alarm.definition for alarm in row.alarms if alarm.name in wanted.values)
    watched = [each.watched for each in named_here if each is not None]
    here = place_of(who, aws.endpoint_url)
    entries = journal.entries() if wanted.action in REMEMBERING else ()
    return Subject(
        controls=controls,
        row=row,
        now=clock.now(),
        usage=used,
        former=former(entries, function.name, here),
        rolled_back=rolled_back(entries, function.name, here),
        alarm_past=await past_of(aws, clock, function, watched) if is_alarm else {},
        topics=await topics_of(aws) if is_alarm else None,
        objective_ms=config.objective_ms(function.name),
    )


def _planned(subjects: Sequence[Subject], wanted: Wanted) -> Plan | Refusal | Form:
    """The plan; the form where there is something to ask and nothing was answered.

    What would only be switched over by a key has to be said here: a script does not know what it is now.
    """
    action = wanted.action.replace("-", "_")
    asked = form_many(action, subjects)
    if isinstance(asked, Refusal):
        return asked
    given = answers(wanted.action, wanted.values)
    if isinstance(given, Refusal):
        return given
    if not given and wanted.action not in NEEDS_NOTHING:
        told = f"say what: {wanted.action} {ACTIONS[wanted.action]}"
        return asked if isinstance(asked, Form) else Refusal(told, mistyped=True)
    proposed = _proposed(asked) if isinstance(asked, Form) else {}
    return plan_many(action, subjects, {**proposed, **DEFAULTS.get(wanted.action, {}), **given})


def _code(refusal: Refusal) -> Exit:
    if refusal.already:
        return Exit.OK
    return Exit.USAGE if refusal.mistyped else Exit.FAILED


def _proposed(form: Form) -> Mapping[str, str]:
    """What the form proposes; no text is no answer, which may be another one than none."""
    return {field.name: field.value for field in form.fields if field.value or field.kind != "text"}


def answers(action: str, words: Sequence[str]) -> Mapping[str, str] | Refusal:
    """Which question each word answers: `NAME=VALUE` that one, others the questions in their order."""
    names = ANSWERS[action]
    split = [word.partition("=") for word in words]
    if any(not word for word in words) or any(name in names and equals and not value for name, equals, value in split):
        return Refusal(f"{action}: a value is empty; {NOTHING} is said so", mistyped=True)
    given = {name: _said(value) for name, equals, value in split if equals and name in names}
    free = (name for name in names if name not in given)
    for word, (name, equals, _) in zip(words, split, strict=True):
        if equals and name in names:
            continue
        question = next(free, None)
        if question is None:
            return Refusal(f"{action}: {word} answers nothing; it takes {_listed(names)}", mistyped=True)
        given[question] = _said(word)
    return given


def _said(word: str) -> str:
    """An answer as the forms take it, where none is an empty one."""
    return "" if word == NOTHING else word


def questions(form: Form) -> Iterator[str]:
    """What can be answered, and what is proposed."""
    yield safe(f"{form.title}: what shall it be?")
    for field in form.fields:
        proposed = f"; proposed {field.value}" if field.value else ""
        hint = f" ({field.hint})" if field.hint else ""
        yield safe(f"  {field.name}: {field.possible}{hint}{proposed}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name.upper() for name in names)
