"""The journal in words, for its screen and for `lambdatop journal`: who did what to which function, and how it went."""

from datetime import datetime, tzinfo

from lambdatop.actions.journal.journal import JournalEntry
from lambdatop.model.changes.plan import Receipt, Result
from lambdatop.model.text import safe
from lambdatop.words import format
from lambdatop.words import plan as plan_words
from lambdatop.words.spans import Span


def who(receipt: Receipt) -> str:
    """`oncall/ada` for an assumed role, `ada` for a user; unknown if no caller was recorded."""
    parts = receipt.caller.rpartition(":")[2].split("/")
    return safe("/".join(parts[1:]) or parts[0]) or format.UNKNOWN


def functions(receipt: Receipt) -> str:
    """The function's name, or how many they are."""
    names = receipt.plan.functions
    return safe(names[0]) if len(names) == 1 else f"{len(names)} functions"


def change(receipt: Receipt) -> str:
    """`memory 1,024 MB → 1,536 MB`; the first of several, and how many more."""
    steps = receipt.plan.steps
    if not steps:
        return safe(receipt.plan.title)
    first, more = steps[0], f" and {len(steps) - 1} more" if len(steps) > 1 else ""
    if receipt.plan.action == "invoke":
        return safe(f"{first.label}, {first.shown_after}")
    return safe(f"{first.label} {first.shown_before} → {first.shown_after}{more}")


def result(entry: JournalEntry, *, undone: bool) -> Span:
    """What became of it in a few words, and whether it was taken back since."""
    receipt = entry.receipt
    if undone:
        return ("undone", "dim")
    if not entry.finished and not receipt.outcomes:
        return ("begun, and never ended", "warn")
    if receipt.plan.action == "invoke":
        return _ran(receipt)
    return plan_words.verdict(receipt)


def _ran(receipt: Receipt) -> Span:
    outcome = receipt.outcomes[0]
    match outcome.result:
        case Result.APPLIED:
            return ("ran", "good") if outcome.error is None else (f"failed: {safe(outcome.error)}", "bad")
        case Result.UNKNOWN:
            return ("unknown: it may have run", "warn")
        case _:
            return ("not run", "bad")


def when(at: datetime, now: datetime, tz: tzinfo | None = None) -> str:
    """The time of day, with the day where it is not today's: `14:41:02`, `11-23 14:41:02`."""
    local = at.astimezone(tz)
    today = local.date() == now.astimezone(tz).date()
    same_year = local.year == now.astimezone(tz).year
    return f"{local:%H:%M:%S}" if today else f"{local:%m-%d %H:%M:%S}" if same_year else f"{local:%Y-%m-%d %H:%M}"
