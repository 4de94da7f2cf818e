"""What the alarm dialog offers and what becomes of an answer: a new alarm of the recommended set, or another condition.

Pure: the dialog shows offers and hands back what was typed; which plan that makes is told here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from msgspec import Struct

from lambdatop.actions.alarms.basis import EVERYTHING, AlarmGrounds, expected
from lambdatop.actions.alarms.change import plan_alarm_edit
from lambdatop.actions.alarms.checks import Around, topic_name
from lambdatop.model.alarms.alarm import Alarm
from lambdatop.model.alarms.definition import Definition, Watched
from lambdatop.model.alarms.suggestions import Ceilings, already, possible, watched
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.function import Function
from lambdatop.model.metrics import Series
from lambdatop.state import State

NOBODY: Final = ""
AS_IT_IS: Final = "="


class Offer(Struct, frozen=True, kw_only=True):
    """One row of the dialog."""

    key: str
    words: str
    definition: Definition | None
    """What is suggested; None for several alarms at once."""
    why: str = ""
    there: tuple[str, ...] | None = None
    """The alarms that watch it already; None where that is not the question."""
    together: bool = False
    """True if it is one of those that EVERYTHING makes."""


class Tell(Struct, frozen=True):
    """Somebody to tell: an ARN, NOBODY, or AS_IT_IS."""

    key: str
    words: str


class Offering(Protocol):
    """What the dialog is about."""

    @property
    def title(self) -> str: ...

    @property
    def stands(self) -> str:
        """What the thresholds in the list are."""
        ...

    @property
    def several(self) -> bool:
        """True if there is something to choose from."""
        ...

    @property
    def watched(self) -> Sequence[Watched]:
        """The metrics whose past is needed."""
        ...

    def offers(self, state: State) -> Sequence[Offer]: ...

    def tells(self, state: State) -> Sequence[Tell]:
        """Whom it can tell, first what is proposed."""
        ...

    def plan(self, state: State, key: str, wanted: Definition | None, topic: str) -> Plan | Refusal: ...


class Making(Struct, frozen=True):
    """A new alarm, or all that are lacking, for one function."""

    function: Function
    objective_ms: float | None = None

    @property
    def title(self) -> str:
        return f"{self.function.name}: new alarm"

    @property
    def stands(self) -> str:
        return "SUGGESTED"

    @property
    def several(self) -> bool:
        return True

    @property
    def watched(self) -> Sequence[Watched]:
        return tuple(watched(self.function, what) for what in possible(self.function))

    def _grounds(self, state: State) -> AlarmGrounds:
        basis = state.alarm_basis
        return AlarmGrounds(
            function=self.function,
            alarms=state.fleet.alarms,
            past=basis.past,
            topics=basis.topics,
            ceilings=Ceilings(
                account=state.fleet.concurrency_limit,
                reserved=basis.reserved.get(self.function.name),
                objective_ms=self.objective_ms,
            ),
        )

    def offers(self, state: State) -> Sequence[Offer]:
        found: list[Offer] = []
        for each in self._grounds(state).suggested:
            there = already(state.fleet.alarms, each)
            offer = Offer(
                key=each.what.value,
                words=each.what.words,
                definition=each.definition,
                why=each.why,
                there=there,
                together=each.what.recommended and not there,
            )
            found.append(offer)
        lacking = sum(offer.together for offer in found)
        if lacking > 1:
            found.append(Offer(key=EVERYTHING, words=f"all {lacking} lacking", definition=None))
        return found

    def tells(self, state: State) -> Sequence[Tell]:
        return _topics(state, self.function.name)

    def plan(self, state: State, key: str, wanted: Definition | None, topic: str) -> Plan | Refusal:
        known = self._grounds(state)
        if key == EVERYTHING:
            return known.plan_everything(topic or None)
        if wanted is None:
            return Refusal("a threshold and data points are needed")
        by_key = {each.what.value: each for each in known.suggested}
        return known.plan_one(by_key[key], wanted, topic or None)


class Editing(Struct, frozen=True):
    """Another condition for an alarm that there is."""

    alarm: Alarm
    definition: Definition

    @property
    def title(self) -> str:
        return f"{self.alarm.name}: edit"

    @property
    def stands(self) -> str:
        return "NOW"

    @property
    def several(self) -> bool:
        return False

    @property
    def watched(self) -> Sequence[Watched]:
        return (self.definition.watched,)

    def offers(self, state: State) -> Sequence[Offer]:
        return (
            Offer(
                key=self.alarm.name,
                words=self.definition.watched.metric,
                definition=self.definition,
            ),
        )

    def tells(self, state: State) -> Sequence[Tell]:
        now = ", ".join(map(topic_name, self.alarm.actions)) or "nobody"
        return (Tell(AS_IT_IS, f"as it is: {now}"), *_topics(state, self.alarm.function_name))

    def plan(self, state: State, key: str, wanted: Definition | None, topic: str) -> Plan | Refusal:
        if wanted is None:
            return Refusal("a threshold and data points are needed")
        topics = None if topic == AS_IT_IS else [topic] if topic else []
        where, expect = _around(state, self.alarm.function_name), expected(state.alarm_basis.past, wanted)
        return plan_alarm_edit(self.alarm, wanted, where=where, topics=topics, expect=expect)


def _around(state: State, function: str | None) -> Around:
    row = state.fleet.rows.get(function) if function is not None else None
    return Around(
        account=state.identity.account if state.identity is not None else "",
        region=state.region or "",
        timeout_s=row.function.timeout_s if row is not None else None,
        topics=state.alarm_basis.topics,
    )


def _topics(state: State, function: str | None) -> Sequence[Tell]:
    """The topics that the function's and the account's other alarms tell come first; somebody has chosen them."""
    listed = state.alarm_basis.topics
    used = Counter(arn for alarm in state.fleet.alarms for arn in alarm.actions if ":sns:" in arn)
    own = {arn for alarm in state.fleet.alarms if alarm.function_name == function for arn in alarm.actions}
    known = listed.arns if listed is not None else ()
    arns = sorted({*known, *used}, key=lambda arn: (arn not in own, -used[arn], arn))
    nobody, topics = Tell(NOBODY, "nobody"), [Tell(arn, topic_name(arn)) for arn in arns]
    return (*topics, nobody) if used else (nobody, *topics)


def past(known: Mapping[Watched, Series], wanted: Definition | None) -> Series | None:
    """What was measured of what the alarm watches."""
    return known.get(wanted.watched) if wanted is not None else None
