"""What the alarm action asks: of what, above what, how many data points, whom to tell; or what to do to one there is.

The screen has a dialog of its own for it, with the past on a chart; the command line answers this form.
"""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from lambdatop.actions.alarms.basis import EVERYTHING, AlarmGrounds, expected
from lambdatop.actions.alarms.change import DEEDS, Deed, plan_alarm_deed, plan_alarm_edit
from lambdatop.actions.alarms.checks import around
from lambdatop.actions.planning.form import Choice, Field, Form, Values, chosen, listed, written
from lambdatop.actions.planning.subject import Subject
from lambdatop.model.alarms.alarm import OURS, Alarm
from lambdatop.model.alarms.bounds import endless
from lambdatop.model.alarms.condition_text import amount, typed
from lambdatop.model.alarms.definition import Definition
from lambdatop.model.alarms.suggestions import Ceilings
from lambdatop.model.changes.plan import Plan, Refusal

_DATAPOINTS = re.compile(r"\s*(\d{1,6})\s*(?:(?:of|/)\s*(\d{1,6}))?\s*", re.IGNORECASE)


def alarm_form(subject: Subject) -> Form:
    """Ask; nothing typed takes what is suggested."""
    known = grounds(subject).suggested
    kinds = (
        *(Choice(each.what.value, each.what.words) for each in known),
        Choice(EVERYTHING, "all that are lacking"),
        *(Choice(alarm.name, "the alarm of that name") for alarm in _alarms(subject)),
    )
    thresholds = ", ".join(
        f"{each.what.words} {amount(each.definition.watched, each.definition.threshold)}" for each in known
    )
    return Form(
        action="alarm",
        title=f"{subject.name}: alarm",
        fields=(
            Field(name="which", label="alarm on", kind="choice", value=kinds[0].value, options=kinds),
            Field(
                name="threshold",
                label="threshold",
                kind="text",
                value="",
                optional=True,
                hint=f"suggested: {thresholds}; {listed(DEEDS)} does that to an alarm that is there",
            ),
            Field(
                name="datapoints",
                label="datapoints",
                kind="text",
                value="",
                optional=True,
                hint="as in 2 of 3; AWS's recommendation otherwise",
            ),
            Field(
                name="topic",
                label="SNS topic",
                kind="text",
                value="",
                optional=True,
                hint="the topic to tell, by name or ARN; else as it is, and nobody for a new one",
            ),
        ),
    )


def alarm_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered. Without a topic, which is not none, an alarm that is there tells whom it told."""
    which, *_, topic_field = alarm_form(subject).fields
    what, topic = chosen(which, values), written(topic_field, values)
    if isinstance(what, Refusal):
        return what
    if isinstance(topic, Refusal):
        return topic
    said = values.get("threshold", "").strip().lower()
    deed = next((each for each in DEEDS if each == said), None)
    if deed is not None:
        return _done(subject, what, deed, values)
    topic = topic_arn(topic, subject.function.arn)
    if what == EVERYTHING:
        return grounds(subject).plan_everything(topic or None)
    return _one(subject, what, topic, values)


def _one(subject: Subject, what: str, topic: str, values: Values) -> Plan | Refusal:
    """The plan of one alarm with the condition that was answered: another for one that is there, else a new one."""
    known = grounds(subject)
    suggestion = next((each for each in known.suggested if each.what == what), None)
    there = _there(subject, what)
    basis = there.definition if there is not None else suggestion.definition if suggestion is not None else None
    if basis is None:
        return Refusal(f"{what} watches more than one metric: its threshold is not changed here")
    wanted = answered(basis, values.get("threshold", ""), values.get("datapoints", ""))
    if isinstance(wanted, Refusal):
        return wanted
    if there is not None:
        topics = None if "topic" not in values else [topic] if topic else []
        where = around(subject.function, subject.topics)
        expect = expected(known.past, wanted)
        return plan_alarm_edit(there, wanted, where=where, topics=topics, expect=expect)
    assert suggestion is not None  # else the basis is that of an alarm that is there
    return known.plan_one(suggestion, wanted, topic or None)


def _done(subject: Subject, what: str, deed: Deed, values: Values) -> Plan | Refusal:
    """The plan of a deed to an alarm that is there."""
    alarm = _there(subject, what)
    if alarm is None:
        return Refusal(f"{subject.name} has no alarm that lambdatop made on {what}: {deed} is for one that is there")
    if values.get("datapoints", "").strip() or values.get("topic", "").strip():
        return Refusal(f"{deed} takes nothing more", mistyped=True)
    return plan_alarm_deed(alarm, deed)


def _there(subject: Subject, what: str) -> Alarm | None:
    """The alarm of that name, or the one that lambdatop made on that."""
    names = (what, f"{OURS}{subject.name}-{what}")
    return next((alarm for name in names for alarm in _alarms(subject) if alarm.name == name), None)


def grounds(subject: Subject) -> AlarmGrounds:
    """What suggestions and new alarms rest on."""
    limits = subject.controls.limits
    return AlarmGrounds(
        function=subject.function,
        alarms=_alarms(subject),
        past=subject.alarm_past,
        topics=subject.topics,
        ceilings=Ceilings(
            account=limits.total if limits is not None else None,
            reserved=subject.controls.reserved,
            objective_ms=subject.objective_ms,
        ),
    )


def answered(suggested: Definition, threshold: str, datapoints: str) -> Definition | Refusal:
    """The definition with what was typed of threshold and data points; nothing typed leaves what is suggested."""
    value = typed(suggested.watched, threshold) if threshold.strip() else suggested.threshold
    if value is None:
        example = amount(suggested.watched, suggested.threshold)
        return Refusal(f"the threshold is a number such as {example}, not {threshold.strip()[:40]}", mistyped=True)
    counts = counted(datapoints) if datapoints.strip() else (suggested.datapoints, suggested.periods)
    if counts is None:
        return Refusal(f"data points are told as 2 of 3, not {datapoints.strip()[:40]}", mistyped=True)
    wanted = replace(suggested, threshold=value, datapoints=counts[0], periods=counts[1])
    always = endless(wanted)
    return Refusal(always, mistyped=True) if always is not None else wanted


def counted(text: str) -> tuple[int, int] | None:
    """`2 of 3`, `2/3`, or `3` for all of them; None if it is neither."""
    match = _DATAPOINTS.fullmatch(text)
    return (int(match[1]), int(match[2] or match[1])) if match else None


def topic_arn(topic: str, function_arn: str) -> str:
    """A topic that is told by its name alone is one of the function's account and Region."""
    parts = function_arn.split(":")
    if not topic or ":" in topic or len(parts) < 5:
        return topic
    return ":".join((*parts[:2], "sns", *parts[3:5], topic))


def _alarms(subject: Subject) -> Sequence[Alarm]:
    return subject.row.alarms if subject.row is not None else ()
