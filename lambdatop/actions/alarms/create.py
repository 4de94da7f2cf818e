"""New alarms on a function: one of AWS's recommended set with the threshold wished for, or all that are lacking."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from lambdatop.actions.alarms.checks import Around, around, cautions, refusal, topic_name, unsure
from lambdatop.actions.settings.alarm import MetricAlarm, definition
from lambdatop.model.alarms.alarm import Alarm, Topics
from lambdatop.model.alarms.condition_text import condition, difference
from lambdatop.model.alarms.definition import Definition
from lambdatop.model.alarms.suggestions import Suggestion, already
from lambdatop.model.changes.plan import Cost, Facts, Plan, Refusal, Step
from lambdatop.model.function import Function
from lambdatop.model.reference.prices import ALARM_USD, HIGH_RESOLUTION_ALARM_USD

SIGNED = "Made with lambdatop."
NONE = "none"


class Wish(Struct, frozen=True, kw_only=True):
    """An alarm as it shall be."""

    suggestion: Suggestion
    """With the definition wished for in the place of the suggested one."""
    topic: str | None = None
    """The ARN of the SNS topic that is told when it goes off and when that is over; None tells nobody."""
    expect: str | None = None
    """What it would have done in the past."""


def plan_alarm_create(
    function: Function, wish: Wish, alarms: Sequence[Alarm], topics: Topics | None = None
) -> Plan | Refusal:
    """Plan one alarm. `alarms` are those that there are: one of this name is replaced, as AWS does it.

    `topics` are those that can be told, None if they were not listed.
    """
    where = around(function, topics)
    step = _step(wish, alarms, where)
    if isinstance(step, Refusal):
        return step
    suggestion = wish.suggestion
    return Plan(
        action="alarm",
        title=f"{function.name}: {_made(suggestion, step, alarms)}",
        functions=(function.name,),
        steps=(step,),
        why=suggestion.why,
        expect=wish.expect,
        warnings=(
            *_doubled(suggestion, alarms),
            *cautions(suggestion.definition, told(wish.topic), where),
            *_silent(wish.topic),
        ),
        cost=monthly(step.before, suggestion.definition),
    )


def plan_alarm_set(
    function: Function,
    wishes: Sequence[Wish],
    alarms: Sequence[Alarm],
    topic: str | None = None,
    topics: Topics | None = None,
) -> Plan | Refusal:
    """Plan all of these that watch what no alarm watches yet."""
    lacking = [wish for wish in wishes if not already(alarms, wish.suggestion)]
    if not lacking:
        return Refusal(f"{function.name} has an alarm on everything that is recommended")
    where = around(function, topics)
    steps: list[Step] = []
    for wish in lacking:
        step = _step(Wish(suggestion=wish.suggestion, topic=topic), alarms, where)
        if isinstance(step, Refusal):
            return step
        steps.append(step)
    count = len(steps)
    watched = [wish.suggestion for wish in wishes if wish not in lacking]
    there = [f"{each.what.words}: {', '.join(already(alarms, each))} watches it already" for each in watched]
    return Plan(
        action="alarm",
        title=f"{function.name}: {count} recommended alarm{'s' if count > 1 else ''}",
        functions=(function.name,),
        steps=tuple(steps),
        why="AWS recommends them for every function; thresholds from its last 7 days",
        expect="; ".join(f"{wish.suggestion.what.words} {wish.expect}" for wish in lacking if wish.expect) or None,
        warnings=(*there, *unsure(told(topic), where), *_silent(topic)),
        cost=Cost(
            before_usd=0.0,
            after_usd=sum(price(wish.suggestion.definition) for wish in lacking),
            estimated=False,
        ),
    )


def _step(wish: Wish, alarms: Iterable[Alarm], where: Around) -> Step | Refusal:
    suggestion = wish.suggestion
    refused = refusal(suggestion.definition, told(wish.topic), where)
    if refused is not None:
        return Refusal(f"{suggestion.what.words}: {refused}", mistyped=True)
    old = next((alarm for alarm in alarms if alarm.name == suggestion.name), None)
    actions = told(wish.topic)
    members = suggestion.definition.members() | {
        "AlarmDescription": description(suggestion.definition),
        "AlarmActions": actions,
        "OKActions": actions,
    }
    before, after = definition(old.settings) if old is not None else None, definition(members)
    if old is not None and before == after:
        return Refusal(f"{old.name} is so already: {shown(old)}", already=True)
    return Step(
        setting=MetricAlarm(suggestion.name),
        before=before,
        after=after,
        label=f"alarm {suggestion.name}",
        shown_before=shown(old) if old is not None else NONE,
        shown_after=f"{condition(suggestion.definition)}, {tells(actions)}",
        item=suggestion.name,
    )


def _made(suggestion: Suggestion, step: Step, alarms: Iterable[Alarm]) -> str:
    """`alarm on sum of Errors > 5 in 3 of 3 minutes`; of one that is there already what becomes of it."""
    old = next((alarm for alarm in alarms if alarm.name == suggestion.name), None)
    if old is None:
        return f"alarm on {condition(suggestion.definition)}"
    actions = (step.after or {}).get("AlarmActions", ())
    return f"alarm on {suggestion.what.words}: {changed(old, suggestion.definition, actions)}"


def changed(alarm: Alarm, wanted: Definition, actions: Sequence[str]) -> str:
    """What becomes of an alarm: `threshold 25 → 40, tells oncall → tells nobody`."""
    known = alarm.definition
    judged = difference(known, wanted) if known is not None else ""
    whom = "" if list(alarm.actions) == list(actions) else f"{tells(alarm.actions)} → {tells(actions)}"
    return ", ".join(each for each in (judged, whom) if each) or condition(wanted)


def told(topic: str | None) -> list[str]:
    """Whom an alarm tells, as AWS has it."""
    return [topic] if topic else []


def description(wanted: Definition) -> str:
    """What stands in the alarm for whoever is woken by it."""
    return f"{condition(wanted)}. {SIGNED}"


def shown(alarm: Alarm) -> str:
    """An alarm as a person reads it: `sum of Errors > 5 in 3 of 3 minutes, tells oncall`."""
    known = alarm.definition
    said = condition(known) if known is not None else alarm.kind.value
    return f"{said}, {tells(alarm.actions)}"


def tells(actions: Sequence[str]) -> str:
    """`tells oncall`, `tells nobody`."""
    return f"tells {', '.join(topic_name(arn) for arn in actions)}" if actions else "tells nobody"


def price(wanted: Definition) -> float:
    """What such an alarm costs a month, USD."""
    return HIGH_RESOLUTION_ALARM_USD if wanted.watched.high_resolution else ALARM_USD


def monthly(before: Facts | None, after: Definition | None) -> Cost:
    """An alarm's price before and after, USD a month; it does not depend on the traffic."""
    was = _price_of(before) if before is not None else 0.0
    return Cost(before_usd=was, after_usd=price(after) if after is not None else 0.0, estimated=False)


def _price_of(facts: Facts) -> float:
    metrics = sum(1 for query in facts.get("Metrics", ()) if "MetricStat" in query) or 1
    period_s = facts.get("Period") or 60
    return metrics * (HIGH_RESOLUTION_ALARM_USD if period_s < 60 else ALARM_USD)


def _doubled(suggestion: Suggestion, alarms: Iterable[Alarm]) -> Iterator[str]:
    others = [name for name in already(alarms, suggestion) if name != suggestion.name]
    if others:
        yield f"{', '.join(others)} watches its {suggestion.definition.watched.metric} already"


def _silent(topic: str | None) -> Iterator[str]:
    if topic is None:
        yield "tells nobody: the alarm is only seen here and in CloudWatch"
