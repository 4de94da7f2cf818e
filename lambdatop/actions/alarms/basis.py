"""What is known for the alarms of one function, and what follows from it: suggestions, and the plans of new alarms.

The form of the command line and of several functions, and the dialog of the screen, are both answered from here.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from lambdatop.actions.alarms.create import Wish, plan_alarm_create, plan_alarm_set
from lambdatop.model.alarms.alarm import Alarm, Topics
from lambdatop.model.alarms.definition import Definition, Watched
from lambdatop.model.alarms.evaluation import evaluate, fired
from lambdatop.model.alarms.suggestions import Ceilings, Suggestion, suggestions
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.function import Function
from lambdatop.model.metrics import Series

EVERYTHING: Final = "set"
"""The answer that makes every recommended alarm that is lacking."""


class AlarmGrounds(Struct, frozen=True, kw_only=True):
    """One function, and what thresholds and plans of new alarms on it rest on."""

    function: Function
    alarms: Sequence[Alarm]
    """Those that there are: what they watch is not lacking."""
    past: Mapping[Watched, Series]
    """The last days, as far as they were read."""
    topics: Topics | None
    """The SNS topics that can be notified; None if they were not listed."""
    ceilings: Ceilings

    @property
    def suggested(self) -> tuple[Suggestion, ...]:
        """The recommended set and what else is possible, with thresholds from the past as far as it was read."""
        return suggestions(self.function, self.past, self.ceilings)

    def plan_one(self, suggestion: Suggestion, wanted: Definition, topic: str | None) -> Plan | Refusal:
        """The plan of a new alarm with the condition wanted in the place of the suggested one."""
        wish = Wish(suggestion=replace(suggestion, definition=wanted), topic=topic, expect=expected(self.past, wanted))
        return plan_alarm_create(self.function, wish, self.alarms, self.topics)

    def plan_everything(self, topic: str | None) -> Plan | Refusal:
        """The plan of all recommended alarms that are lacking."""
        wishes = [
            Wish(suggestion=each, topic=topic, expect=expected(self.past, each.definition))
            for each in self.suggested
            if each.what.recommended
        ]
        return plan_alarm_set(self.function, wishes, self.alarms, topic, self.topics)


def expected(past: Mapping[Watched, Series], wanted: Definition) -> str | None:
    """What such an alarm would have done in the past; None where that was not read."""
    series = past.get(wanted.watched)
    return fired(evaluate(series, wanted), series.end - series.start) if series is not None else None
