"""`lambdatop set`: one change of a function, or of several, by the same plans as the keys of the screen."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from lambdatop.actions.catalogue import MOST_AT_ONCE, form_many, plan_many
from lambdatop.actions.journal.journal import Journal, default_path
from lambdatop.actions.planning.form import Form
from lambdatop.actions.planning.subject import Subject
from lambdatop.aws.gate import Gate
from lambdatop.cli.change.arguments import ACTIONS, ANSWERS, DEFAULTS, NEEDS_NOTHING
from lambdatop.cli.change.confirm import Consent, carried_out
from lambdatop.cli.connect import gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.output import guarded
from lambdatop.cli.preferences import preferred
from lambdatop.clock import Clock, SystemClock
from lambdatop.config import Config
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.text import safe
from lambdatop.sources.fleet.account import caller
from lambdatop.sources.fleet.by_name import named
from lambdatop.workflow.guard import guard
from lambdatop.workflow.subjects import Gatherer

NOTHING: Final = "none"
"""For an answer that is none: `set reserved api none`."""


class SetArguments(Struct, frozen=True):
    """What the command line asks for."""

    action: str
    functions: tuple[str, ...]
    """Names or ARNs."""
    values: tuple[str, ...] = ()
    """Each a value alone, or `NAME=VALUE`."""


def run(config: Config, wanted: SetArguments, consent: Consent) -> int:
    """Make the change; the exit code."""
    return guarded(lambda: _run(preferred(config), wanted, consent, SystemClock()))


def _run(config: Config, wanted: SetArguments, consent: Consent, clock: Clock) -> int:
    with gate(config, clock) as aws:
        return asyncio.run(_change(aws, clock, config, wanted, consent))


async def _change(aws: Gate, clock: Clock, config: Config, wanted: SetArguments, consent: Consent) -> int:
    try:
        if len(wanted.functions) > MOST_AT_ONCE:
            return complain(f"at most {MOST_AT_ONCE} functions at once", Exit.USAGE)
        who = await caller(aws)
        journal = Journal(default_path() if not config.demo else None)
        gatherer = Gatherer(aws=aws, clock=clock, config=config, journal=journal, who=who)
        subjects = await _subjects(gatherer, wanted)
        planned = _planned(subjects, wanted)
        if isinstance(planned, Form):
            return complain("\n".join(questions(planned)), Exit.USAGE)
        if isinstance(planned, Refusal):
            return complain(safe(planned.reason), _code(planned))
        checked = await guard(aws, config, planned, (subject.controls for subject in subjects))
        return await carried_out(aws, clock, checked, consent, journal, who)
    finally:
        await aws.close()


async def _subjects(gatherer: Gatherer, wanted: SetArguments) -> list[Subject]:
    """Each function once; what may not be read of them is printed. Raises AwsError if one of them cannot be read."""
    names = [(await named(gatherer.aws, name)).name for name in wanted.functions]
    subjects = await gatherer.subjects(_action(wanted), tuple(dict.fromkeys(names)), mentioned=wanted.values)
    for refused in dict.fromkeys(line for subject in subjects for line in subject.controls.refused):
        complain(refused, Exit.PARTIAL)
    return subjects


def _action(wanted: SetArguments) -> str:
    """The action as the planners name it."""
    return wanted.action.replace("-", "_")


def _planned(subjects: Sequence[Subject], wanted: SetArguments) -> Plan | Refusal | Form:
    """The plan; the form where there is something to ask and nothing was answered.

    What would only be switched over by a key has to be said here: a script does not know what it is now.
    """
    action = _action(wanted)
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
