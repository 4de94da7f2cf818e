"""What can be done to an alarm that there is: another condition or topic, silence, a test, an end.

One that lambdatop did not make is not overwritten or deleted without its name typed: somebody else counts on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, assert_never, get_args

from lambdatop.actions.alarms.checks import NOWHERE, Around, cautions, refusal, topic_name
from lambdatop.actions.alarms.create import SIGNED, changed, description, monthly, shown, tells
from lambdatop.actions.planning.form import ON
from lambdatop.actions.settings.alarm import (
    CALM,
    RINGING,
    AlarmActions,
    AlarmStateForced,
    MetricAlarm,
    definition,
)
from lambdatop.model.alarms.alarm import Alarm, AlarmKind, AlarmState
from lambdatop.model.alarms.condition_text import condition
from lambdatop.model.alarms.definition import Definition
from lambdatop.model.changes.plan import Plan, Refusal, Step

MOST_NAMED = 3
Deed = Literal["on", "off", "test", "delete"]
"""What can be done to an alarm besides another condition: its actions on or off, let it go off, its end."""
DEEDS: Final[tuple[Deed, ...]] = get_args(Deed)


def plan_alarm_edit(
    alarm: Alarm,
    wanted: Definition,
    *,
    where: Around = NOWHERE,
    topics: Sequence[str] | None = None,
    expect: str | None = None,
) -> Plan | Refusal:
    """Plan another condition and, unless `topics` is None, others to tell; everything else stays as it is."""
    if alarm.definition is None:
        return not_edited(alarm)
    refused = refusal(wanted, topics or (), where)
    if refused is not None:
        return Refusal(refused, mistyped=True)
    before, after = definition(alarm.settings), definition(_edited(alarm, wanted, topics))
    if before == after:
        return Refusal(f"{alarm.name} is so already: {shown(alarm)}", already=True)
    step = Step(
        setting=MetricAlarm(alarm.name),
        before=before,
        after=after,
        label=f"alarm {alarm.name}",
        shown_before=shown(alarm),
        shown_after=f"{condition(wanted)}, {tells(after['AlarmActions'])}",
    )
    return Plan(
        action="alarm",
        title=f"{alarm.name}: {changed(alarm, wanted, after['AlarmActions'])}",
        functions=alarm.functions,
        steps=(step,),
        expect=expect,
        warnings=(*cautions(wanted, topics or (), where), *_foreign(alarm)),
        cost=monthly(before, wanted),
        typed=None if alarm.ours else alarm.name,
    )


def not_edited(alarm: Alarm) -> Refusal:
    """The refusal of another condition for an alarm that watches more than one metric."""
    return Refusal(f"{alarm.name} is a {alarm.kind.value} alarm: those are shown here, not edited")


def plan_alarm_deed(alarm: Alarm, deed: Deed) -> Plan | Refusal:
    """Plan what can be done to an alarm besides another condition."""
    match deed:
        case "on" | "off":
            return plan_alarm_actions([alarm], enabled=deed == ON)
        case "test":
            return plan_alarm_test(alarm)
        case "delete":
            return plan_alarm_delete(alarm)
    assert_never(deed)


def _edited(alarm: Alarm, wanted: Definition, topics: Sequence[str] | None) -> Mapping[str, Any]:
    kept = {name: value for name, value in alarm.settings.items() if name not in ("Statistic", "ExtendedStatistic")}
    if str(kept.get("AlarmDescription", "")).endswith(SIGNED):
        kept["AlarmDescription"] = description(wanted)
    if topics is not None:
        kept |= {"AlarmActions": list(topics), "OKActions": list(topics)}
    return kept | wanted.members()


def plan_alarm_delete(alarm: Alarm) -> Plan | Refusal:
    """Plan its end. Undoing makes it anew, without its tags and its state."""
    if alarm.kind is AlarmKind.COMPOSITE:
        return _composite(alarm)
    before = definition(alarm.settings)
    step = Step(
        setting=MetricAlarm(alarm.name),
        before=before,
        after=None,
        label=f"alarm {alarm.name}",
        shown_before=shown(alarm),
        shown_after="none",
    )
    return Plan(
        action="alarm",
        title=f"{alarm.name}: delete the alarm",
        functions=alarm.functions,
        steps=(step,),
        warnings=(
            "nobody is told any more when this happens",
            "an undo makes it anew, without its tags, and it begins without data",
            *_foreign(alarm),
        ),
        cost=monthly(before, None),
        hurts=True,
        typed=None if alarm.ours else alarm.name,
    )


def plan_alarm_actions(alarms: Sequence[Alarm], *, enabled: bool) -> Plan | Refusal:
    """Plan that these alarms act again, or that they go on changing their state and tell nobody."""
    composite = next((alarm for alarm in alarms if alarm.kind is AlarmKind.COMPOSITE), None)
    if composite is not None:
        return _composite(composite)
    others = [alarm for alarm in alarms if alarm.actions_enabled is not enabled]
    word = "on" if enabled else "off"
    if not others:
        return Refusal(f"the actions of {_named(alarms)} are {word} already", already=True)
    steps = tuple(
        Step(
            setting=AlarmActions(alarm.name),
            before={"ActionsEnabled": not enabled},
            after={"ActionsEnabled": enabled},
            label=f"actions of {alarm.name}",
            shown_before="off" if enabled else "on",
            shown_after=word,
            item=alarm.name,
        )
        for alarm in others
    )
    silent = "until they are turned on again nobody is told by it: nothing turns them on by itself"
    return Plan(
        action="alarm",
        title=f"{_named(others)}: actions {word}",
        functions=tuple(dict.fromkeys(name for alarm in others for name in alarm.functions)),
        steps=steps,
        warnings=tuple(_idle(others) if enabled else (silent,)),
    )


def plan_alarm_test(alarm: Alarm) -> Plan | Refusal:
    """Plan that it goes off by hand, to see whether somebody is told. AWS: its next evaluation sets it right."""
    if alarm.kind is AlarmKind.COMPOSITE:
        return _composite(alarm)
    if alarm.state is AlarmState.ALARM:
        return Refusal(f"{alarm.name} is in ALARM already")
    step = Step(
        setting=AlarmStateForced(alarm.name),
        before={"StateValue": CALM},
        after={"StateValue": RINGING},
        label=f"state of {alarm.name}",
        shown_before="no alarm",
        shown_after=RINGING,
    )
    return Plan(
        action="alarm",
        title=f"{alarm.name}: test, let it go off",
        functions=alarm.functions,
        steps=(step,),
        expect=f"it returns by itself at its next evaluation, within {_period_min(alarm)} min",
        warnings=tuple(_told_by_test(alarm)),
        hurts=bool(alarm.actions) and alarm.actions_enabled,
    )


def _told_by_test(alarm: Alarm) -> Iterator[str]:
    if not alarm.actions:
        yield "it has no actions: nobody will be told"
    elif not alarm.actions_enabled:
        yield "its actions are off: nobody will be told"
    else:
        names = ", ".join(map(topic_name, alarm.actions))
        yield f"its actions run as if it were true: {names} will be told, and nobody will know that it is a test"


def _period_min(alarm: Alarm) -> int:
    known = alarm.definition
    return max(1, -(-known.watched.period_s // 60)) if known is not None else 1


def _idle(alarms: Sequence[Alarm]) -> Iterator[str]:
    idle = [alarm for alarm in alarms if not alarm.actions]
    if idle:
        yield f"{_named(idle)}: there are no actions to turn on"


def _foreign(alarm: Alarm) -> Iterator[str]:
    if not alarm.ours:
        yield "lambdatop did not make this alarm: whoever did may set it back, or count on it as it is"


def _composite(alarm: Alarm) -> Refusal:
    return Refusal(f"{alarm.name} is a composite alarm: those are shown here, not changed")


def _named(alarms: Sequence[Alarm]) -> str:
    names = [alarm.name for alarm in alarms]
    return ", ".join(names) if len(names) <= MOST_NAMED else f"{len(names)} alarms"
