"""What a planner may know of a function: its settings just read, and what the screen knows of it already."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, field

from lambdatop.model.alarms.alarm import Topics
from lambdatop.model.alarms.definition import Watched
from lambdatop.model.changes.evidence import Evidence
from lambdatop.model.controls import Controls
from lambdatop.model.fleet.diagnosis import Finding, Rule
from lambdatop.model.fleet.row import Row
from lambdatop.model.function import Function
from lambdatop.model.insights.usage import Usage
from lambdatop.model.metrics import Series

REMEMBERING: Final = frozenset({"brake", "rollback"})
"""The actions whose plans use the journal's entries about the function."""


class Former(Struct, frozen=True):
    """What a function had before its brake was pulled, from the journal: releasing it restores this."""

    reserved: int | None
    """None where nothing was reserved."""
    provisioned: Mapping[str, int] = field(default_factory=dict)
    """Environments by alias or version: the brake takes them away first."""


class RolledBack(Struct, frozen=True, kw_only=True):
    """An alias that lambdatop moved to an older version, from the journal."""

    at: datetime
    before: str
    """What it pointed to: `version 42`, `version 41 · 10 % 42`."""
    version: str
    """What it was moved to."""


class Subject(Struct, frozen=True, kw_only=True):
    """One function, and the moment."""

    controls: Controls
    row: Row | None
    """Figures, findings and alarms; None where only the settings were read."""
    now: datetime
    usage: Usage | None = None
    """What Lambda Insights measured of its newest invocations; None where it is not attached or was not read."""
    refused: Mapping[Evidence, str] = field(default_factory=dict)
    """The evidence that AWS refused, each with one line that says why."""
    alarm_past: Mapping[Watched, Series] = field(default_factory=dict)
    """The last days of the metrics that alarms watch; without them thresholds follow from the settings alone."""
    topics: Topics | None = None
    """The SNS topics that an alarm can tell; None where they were not listed."""
    objective_ms: float | None = None
    """What its slowest requests may take, from config.toml."""
    former: Former | None = None
    """What it had before its brake was pulled; None if that is not known."""
    rolled_back: Mapping[str, RolledBack] = field(default_factory=dict)
    """Aliases whose last move was to an older version, according to the journal."""

    @property
    def function(self) -> Function:
        return self.controls.function

    @property
    def name(self) -> str:
        return self.controls.function.name

    @property
    def gaps(self) -> tuple[str, ...]:
        """What a plan for it has to do without, as warnings."""
        return tuple(f"{what} could not be read: {why}" for what, why in self.refused.items())

    def unread(self, what: str, action: str) -> str:
        """Why `what` is not known: what came of the call of that IAM action, else that it is needed."""
        operation = action.partition(":")[2]
        told = next((line for line in self.controls.refused if operation in line), f"needs {action}")
        return f"{self.name}: {what} could not be read; {told}"

    def finding(self, *rules: Rule) -> str | None:
        """What was found of the function under one of these rules, the strongest first; None if nothing was."""
        found = self.found(*rules)
        return found.text if found is not None else None

    def found(self, *rules: Rule) -> Finding | None:
        """The same with all that is known of it."""
        findings = self.row.findings if self.row is not None else ()
        return next((finding for finding in findings if finding.rule in rules), None)
