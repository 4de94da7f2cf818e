"""How a function writes its log: the format, and with JSON the minimum levels of its own and Lambda's lines."""

from collections.abc import Iterator, Mapping

from lambdatop.actions.planning.configuration_steps import configure, is_released, release_field, released
from lambdatop.actions.planning.form import Choice, Field, Form, Values, chosen
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.warnings_ import configuring
from lambdatop.model.changes.plan import Plan, Refusal

FORMATS = ("Text", "JSON")
APPLICATION_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
SYSTEM_LEVELS = ("DEBUG", "INFO", "WARN")
USUAL = "INFO"
"""AWS: of both, with JSON."""


def plan_logging(
    subject: Subject, form: str, application_level: str = "", system_level: str = "", release: str = ""
) -> Plan | Refusal:
    """Plan the log's format and levels, published for the alias `release` if one is named. AWS: levels need JSON.

    A level that is not named stays as it is, or becomes INFO where there was none.
    """
    before = _now(subject)
    after = _wanted(subject, form, application_level, system_level)
    if isinstance(after, Refusal):
        return after
    if after == before:
        return Refusal(f"{subject.name} logs as {_shown(before)} already", already=is_released(subject, release))
    steps = released(subject, release)
    if isinstance(steps, Refusal):
        return steps
    shown = (_shown(before), _shown(after))
    return Plan(
        action="logging",
        title=f"{subject.name}: log {shown[0]} → {shown[1]}",
        functions=(subject.name,),
        steps=(configure(subject, "log", "LoggingConfig", before, after, shown), *steps),
        expect="from the next environments on; what is written already stays as it is",
        warnings=(*_of_reading(before, after), *configuring(subject, shown[0], release)),
    )


def logging_form(subject: Subject) -> Form:
    """Ask for format and levels; proposed are the current ones, and JSON if the format is text."""
    return Form(
        action="logging",
        title=f"{subject.name}: log format and levels",
        fields=(*_fields(subject), *release_field(subject)),
    )


def logging_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered."""
    form, application, system = (chosen(field, values) for field in _fields(subject))
    for answer in (form, application, system):
        if isinstance(answer, Refusal):
            return answer
    return plan_logging(subject, str(form), str(application), str(system), values.get("publish", "").strip())


def _now(subject: Subject) -> dict[str, str]:
    """As GetFunctionConfiguration returns it."""
    controls, function = subject.controls, subject.function
    levels = {
        "ApplicationLogLevel": controls.application_log_level,
        "SystemLogLevel": controls.system_log_level,
    }
    known = {name: level for name, level in levels.items() if level is not None}
    return {"LogFormat": function.log_format, **known, "LogGroup": function.log_group}


def _wanted(subject: Subject, form: str, application_level: str, system_level: str) -> dict[str, str] | Refusal:
    controls, group = subject.controls, subject.function.log_group
    for name, value, possible in (
        ("format", form, FORMATS),
        ("application level", application_level or USUAL, APPLICATION_LEVELS),
        ("system level", system_level or USUAL, SYSTEM_LEVELS),
    ):
        if value not in possible:
            return Refusal(f"{name}: {', '.join(possible)}; not {value[:40]}", mistyped=True)
    if form == "JSON":
        return {
            "LogFormat": form,
            "ApplicationLogLevel": application_level or controls.application_log_level or USUAL,
            "SystemLogLevel": system_level or controls.system_log_level or USUAL,
            "LogGroup": group,
        }
    return {"LogFormat": form, "LogGroup": group}


def _of_reading(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    if before["LogFormat"] != after["LogFormat"]:
        yield "metric filters, subscriptions and queries made for the other format no longer match"
    if after.get("SystemLogLevel") == "WARN":
        yield "WARN hides the reports of what succeeded: memory, cold starts and billed time become unknown"
    if after.get("ApplicationLogLevel") in ("TRACE", "DEBUG") and before.get("ApplicationLogLevel") != after.get(
        "ApplicationLogLevel"
    ):
        yield "more is written, and what is written is paid for"


def _fields(subject: Subject) -> tuple[Field, ...]:
    controls = subject.controls
    return (
        Field(
            name="format",
            label="format",
            kind="choice",
            value="JSON",
            hint=f"now {_shown(_now(subject))}",
            options=tuple(Choice(each, each) for each in FORMATS),
        ),
        _level("application", controls.application_log_level, APPLICATION_LEVELS, "what the code itself writes"),
        _level("system", controls.system_log_level, SYSTEM_LEVELS, "what Lambda writes; WARN hides the reports"),
    )


def _level(name: str, present: str | None, levels: tuple[str, ...], hint: str) -> Field:
    return Field(
        name=name,
        label=f"{name} level",
        kind="choice",
        value=present if present in levels else "",
        hint=f"{hint}; only with JSON",
        options=(Choice("", f"as it is, else {USUAL}"), *(Choice(each, each) for each in levels)),
        optional=True,
    )


def _shown(facts: Mapping[str, str]) -> str:
    levels = [facts[name] for name in ("ApplicationLogLevel", "SystemLogLevel") if name in facts]
    return " ".join([facts["LogFormat"], "/".join(levels)]).strip()
