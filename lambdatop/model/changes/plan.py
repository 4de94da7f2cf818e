"""A change to AWS as data: what there is, what is wanted, the literal calls that make it so, and the way back.

Everything that lambdatop can change is a Setting: one piece of AWS's state that is read by one call and written by one
call. A plan is a row of steps, each of which takes one setting from its value to the wanted one; so one executor
serves them all, and undoing a plan is taking its steps back, last first.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Literal, NamedTuple, Protocol, runtime_checkable

from msgspec import Struct
from msgspec.structs import replace

Facts = Mapping[str, Any]
"""What a setting is, in AWS's own members and JSON's own values; compared as a whole."""

PUBLISHED: Final = "<published>"
"""Placeholder in a step's facts for the number of the version that an earlier step of the same plan publishes."""


class Call(Struct, frozen=True):
    """One call, in AWS's own words: botocore's service name, the operation, its parameters."""

    service: str
    operation: str
    params: Mapping[str, Any]

    @property
    def action(self) -> str:
        """`lambda:UpdateFunctionConfiguration`, as IAM and the journal name it."""
        return f"{self.service}:{self.operation}"


class Reading(Struct, frozen=True, kw_only=True):
    """What AWS says of a setting now."""

    facts: Facts | None
    """None if it does not exist."""
    revision_id: str | None = None
    """What a write may name to be refused if anything has changed since; None where AWS has no such thing."""
    status: Literal["settled", "in progress", "failed"] = "settled"
    locked: bool = False
    """True while it is in progress and AWS refuses writes to it."""
    reason: str | None = None
    """Why it failed, or what it is busy with, in AWS's words."""


@runtime_checkable  # for updates_codec, which reads one from bytes
class Setting(Protocol):
    """One piece of AWS's state that can be changed. Implementations are frozen Structs of strings: keys to it."""

    @property
    def kind(self) -> str:
        """Its name in the journal."""
        ...

    @property
    def reversible(self) -> bool:
        """False if there is no call that takes a change of it back."""
        ...

    def reading(self) -> Call:
        """The call that tells what it is."""
        ...

    def decode(self, answer: Mapping[str, Any] | None) -> Reading:
        """What the answer says; None is AWS's "not found"."""
        ...

    def writing(self, before: Facts | None, after: Facts | None, revision_id: str | None) -> Call:
        """The call that takes it from `before` to `after`, either of which may be None for "does not exist"."""
        ...


class Step(Struct, frozen=True, kw_only=True):
    """One setting, from its current value to the wanted one."""

    setting: Setting
    before: Facts | None
    after: Facts | None
    label: str
    """What it is in a word or two: `memory`, `alias live`."""
    shown_before: str
    """As a person reads it: `1,024 MB`; `none` if it does not exist."""
    shown_after: str
    item: str = ""
    """What it belongs to where a plan does the same to several: a failure stops only what is behind it of its item."""
    also: tuple[str, ...] = ()
    """The other items that need it, too: what they share is changed once, and without it nothing is done to them."""

    @property
    def call(self) -> Call:
        """The literal call, without the revision that is read just before it is sent."""
        return self.setting.writing(self.before, self.after, None)

    def concerns(self, function: str) -> bool:
        """True if it changes something of that function, of those that its plan is for."""
        return self.item in ("", function) or function in self.also

    @property
    def inverse(self) -> "Step | None":
        """The step that takes this one back; None if nothing does. Nothing has to wait for that."""
        if not self.setting.reversible:
            return None
        return replace(
            self,
            before=self.after,
            after=self.before,
            shown_before=self.shown_after,
            shown_after=self.shown_before,
            also=(),
        )


class Cost(Struct, frozen=True, kw_only=True):
    """USD a month at the traffic of the window looked at; None is unknown."""

    before_usd: float | None
    after_usd: float | None
    estimated: bool = True
    """True if it is from metrics, not from what was billed: shown with `≈`."""
    unknown: str | None = None
    """Why it is unknown, where it is."""
    prices_of: str | None = None
    """The Region whose prices are used if those of the own Region are not known."""

    @property
    def delta_usd(self) -> float | None:
        if self.before_usd is None or self.after_usd is None:
            return None
        return self.after_usd - self.before_usd


class Plan(Struct, frozen=True, kw_only=True):
    """A change that waits for a yes. Nothing in it has happened yet."""

    action: str
    """Which of the program's actions made it: `memory`, `brake`, `alarm`, …"""
    title: str
    """`image-resize: memory 1,024 → 1,536 MB`."""
    functions: tuple[str, ...]
    steps: tuple[Step, ...]
    why: str | None = None
    """The finding that it answers."""
    expect: str | None = None
    """What should become of it."""
    warnings: tuple[str, ...] = ()
    cost: Cost | None = None
    hurts: bool = False
    """Requests may fail by it: cancel is the default then."""
    typed: str | None = None
    """What must be typed to confirm: a protected function's name, a foreign alarm's, a number of functions."""
    undoes: str | None = None
    """The id of the receipt that it takes back."""


class Refusal(Struct, frozen=True):
    """Why there can be no such plan, in one line that says what is possible."""

    reason: str
    mistyped: bool = False
    """True if the answers are invalid by themselves, regardless of AWS's state."""
    already: bool = False
    """True if all is as it is wanted: there is nothing to be done."""


class Result(StrEnum):
    """What became of a step."""

    APPLIED = "applied"
    NOT_APPLIED = "not applied"
    """AWS refused it, or it was never sent."""
    DRIFTED = "drifted"
    """Not sent: the setting was no longer what the plan had seen."""
    UNKNOWN = "unknown"
    """Sent, but neither an answer nor a reading tells whether it took effect."""


class StepOutcome(Struct, frozen=True, kw_only=True):
    """One step as it went."""

    step: Step
    result: Result
    error: str | None = None
    """One line that names the remedy."""
    theirs: Facts | None = None
    """Where it drifted: what the setting is now."""
    settled: bool = True
    """False if it was applied and then failed to settle, or was not waited for."""

    @property
    def stands(self) -> bool:
        """True if the setting is as the step wanted it: it was applied, or was found to be so already."""
        already = self.result is Result.DRIFTED and self.theirs == self.step.after
        return self.result is Result.APPLIED or already


class Receipt(Struct, frozen=True, kw_only=True):
    """What a confirmed plan came to."""

    id: str
    plan: Plan
    outcomes: tuple[StepOutcome, ...]
    """Of the steps that were come to, in order; those behind a failed one were not tried."""
    begun: datetime
    ended: datetime
    account: str
    region: str
    caller: str

    @property
    def applied(self) -> bool:
        """True if every step was."""
        done = [outcome.result for outcome in self.outcomes]
        return len(done) == len(self.plan.steps) and all(result is Result.APPLIED for result in done)

    @property
    def changed(self) -> bool:
        """True if any step was, or may have been, applied."""
        return any(outcome.result in (Result.APPLIED, Result.UNKNOWN) for outcome in self.outcomes)

    @property
    def inverse(self) -> tuple[Step, ...]:
        """The steps that take back what was applied, or may have been, last first."""
        changed = (Result.APPLIED, Result.UNKNOWN)
        taken = (outcome.step for outcome in reversed(self.outcomes) if outcome.result in changed)
        return tuple(inverse for step in taken if (inverse := step.inverse) is not None)


class Difference(NamedTuple):
    """One member of a setting that has changed meanwhile: what the plan saw, what it is now, what was wanted."""

    name: str
    was: str
    now: str
    wanted: str


def differences(step: Step, now: Facts | None) -> Iterator[Difference]:
    """The members that are no longer what the step saw, in JSON; `not there` without the setting itself."""
    for name in sorted({*(step.before or {}), *(now or {}), *(step.after or {})}):
        was, is_now, wanted = (_member(facts, name) for facts in (step.before, now, step.after))
        if was != is_now:
            yield Difference(name, was, is_now, wanted)


def _member(facts: Facts | None, name: str) -> str:
    return "not there" if facts is None else json.dumps(facts.get(name), ensure_ascii=False)


class Progress(Struct, frozen=True, kw_only=True):
    """A confirmed plan on its way."""

    plan: Plan
    outcomes: tuple[StepOutcome, ...]
    """Of the steps that are done with."""
    doing: str
    """What it is doing now, in a few words: `sending`, `settling: the function is being updated`."""
    since: datetime
