"""What follows from an update, decided by plain functions of the state before and after it; the app carries it out.

A reaction happens once: each is told by what `before` did not know yet.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from lambdatop.config import Config
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.updates import (
    EffectMeasured,
    FunctionsListed,
    IdentityKnown,
    JournalRead,
    PlanEnded,
    SourceFailed,
    Trouble,
    Update,
)

if TYPE_CHECKING:
    from lambdatop.model.changes.plan import Plan

NOTICE_S: Final = 20.0
"""How long a notice stands on the screen."""
NEWS: Final = timedelta(hours=1)
"""The verdict on an older change is on the function's screen, and no news."""
SUGGESTIONS: Final = 3
ALARM_KINDS: Final = "alarm"
"""How the kinds of all settings of alarms begin."""


class FinishStart(Struct, frozen=True):
    """Make and ask for all that the first rows did not need."""


class MeasureFleet(Struct, frozen=True):
    """Begin to measure the functions."""


class OpenFunction(Struct, frozen=True):
    """Open this function's screen."""

    function: str


class ReadJournal(Struct, frozen=True):
    """Follow what the journal knows of this account."""

    who: IdentityKnown


class RereadAlarms(Struct, frozen=True):
    """List the alarms at once, and often for a while; and read this alarm's history, if one is shown."""

    history: str | None


class Notify(Struct, frozen=True):
    """Show a notice, wherever the user is by now."""

    text: str
    title: str = ""
    severity: Literal["information", "warning"] = "information"


class End(Struct, frozen=True):
    """End the program, with what made it end."""

    result: SourceFailed | str


FollowUp = FinishStart | MeasureFleet | OpenFunction | ReadJournal | RereadAlarms | Notify | End


def follow_ups(before: State, after: State, update: Update, *, config: Config, now: datetime) -> tuple[FollowUp, ...]:
    """What the app has to do once `update` has made `after` of `before`, in this order."""
    first = (FinishStart(),) if _has_answered(after) and not _has_answered(before) else ()
    return (*first, *_follow_ups(before, after, update, config=config, now=now))


def _has_answered(state: State) -> bool:
    """True once the list of functions has begun to arrive, or was refused."""
    return bool(state.fleet.rows) or state.fleet.complete or "functions" in state.health


def _follow_ups(before: State, after: State, update: Update, *, config: Config, now: datetime) -> Iterator[FollowUp]:
    match update:
        case FunctionsListed():
            if not before.fleet.rows:
                yield MeasureFleet()
            if config.function is not None and not before.fleet.complete:
                yield from _opened(before, after, config.function)
        case SourceFailed(trouble=Trouble.CREDENTIALS | Trouble.SETTINGS) if not before.fleet.rows:
            yield End(update)
        case IdentityKnown() if not config.demo:
            yield ReadJournal(update)
        case JournalRead():
            yield from _interrupted(before, update)
        case EffectMeasured():
            yield from _verdict(before, after, update, now)
        case PlanEnded(receipt) if receipt.changed and _is_of_alarms(receipt.plan):
            history = after.alarm_basis.history
            yield RereadAlarms(history.name if history is not None else None)


def _opened(before: State, after: State, called: str) -> Iterator[FollowUp]:
    """Open the function that the command line calls by name or ARN once it is listed; end if it does not exist."""
    name = _named(after, called)
    if name is not None:
        if _named(before, called) is None:
            yield OpenFunction(name)
    elif after.fleet.complete:
        from difflib import get_close_matches

        near = get_close_matches(called, after.fleet.rows, n=SUGGESTIONS)
        hint = f"; did you mean {safe(', '.join(near))}?" if near else ""
        yield End(f"there is no function {called} in this account and Region{hint}")


def _named(state: State, called: str) -> str | None:
    """The name of the function with this name or ARN, if it is known."""
    rows = state.fleet.rows
    return called if called in rows else next((name for name in rows if rows[name].function.arn == called), None)


def _interrupted(before: State, update: JournalRead) -> Iterator[FollowUp]:
    """Once: whoever was there when it happened may not know how it ended either."""
    new = [each for each in update.left if each.id not in before.interrupted]
    if new:
        newest, *others = reversed(new)
        more = f", and {len(others)} more" if others else ""
        text = f"left in the middle: {newest.plan.title}{more}; J shows what is known of it"
        yield Notify(safe(text), severity="warning")


def _verdict(before: State, after: State, measured: EffectMeasured, now: datetime) -> Iterator[FollowUp]:
    """A verdict once it is known, and again if it turns; also on what was done by earlier sessions."""
    from lambdatop.model.changes.effect import Verdict
    from lambdatop.model.changes.windows import own
    from lambdatop.words.effect import hint, sentence

    effect = measured.effect
    known = before.effects.get((measured.function, measured.receipt_id))
    receipt = next((each for each in after.receipts if each.id == measured.receipt_id), None)
    if receipt is None or effect.verdict not in (Verdict.HELPED, Verdict.WORSE):
        return
    if (known is not None and known.verdict is effect.verdict) or now - receipt.ended > NEWS:
        return
    its = own(receipt, measured.function)
    text = " ".join(filter(None, (sentence(its, effect), hint(its, effect))))
    yield Notify(text, measured.function, "warning" if effect.verdict is Verdict.WORSE else "information")


def _is_of_alarms(plan: "Plan") -> bool:
    return any(step.setting.kind.startswith(ALARM_KINDS) for step in plan.steps)
