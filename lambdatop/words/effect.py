"""What a change has brought about, as one sentence: when, what, whether it helped, and the figures that say so."""

from collections.abc import Iterator
from datetime import tzinfo

from lambdatop.model.changes.aims import Measure
from lambdatop.model.changes.effect import SAME_FROM, Effect, Verdict
from lambdatop.model.changes.marks import LATEST
from lambdatop.model.changes.plan import Receipt
from lambdatop.model.changes.shifts import NEEDED, Shift, Turn
from lambdatop.model.changes.windows import Figures, due, latest_alone
from lambdatop.model.text import safe
from lambdatop.words import format

_MOST = 4
"""Figures in a sentence."""


def what(receipt: Receipt) -> str:
    """What was changed, in a few words for a chart's mark: `memory 1,536 MB`."""
    steps = receipt.plan.steps
    more = f" and {len(steps) - 1} more" if len(steps) > 1 else ""
    return safe(f"{steps[0].label} {steps[0].shown_after}{more}") if steps else safe(receipt.plan.action)


def sentence(receipt: Receipt, effect: Effect | None, tz: tzinfo | None = None) -> str:
    """`14:41 memory 1,536 MB: it helped. Out of memory 9 → 0 in 15 min; p95 2.8 s → 2.0 s; $0.131 → $0.147/h.`"""
    begin = f"{format.moment(receipt.ended, None, tz)} {what(receipt)}: "
    if effect is None or effect.after is None or effect.before is None:
        unknown = effect is not None and effect.verdict is Verdict.UNKNOWN
        why = "another change came too soon after" if unknown else f"first figures at {_due(receipt, tz)}"
        return f"{begin}{effect.verdict if effect else Verdict.EARLY}; {why}."
    if effect.verdict is Verdict.UNREACHED:
        return f"{begin}{_unreached(effect, effect.after)}."
    if effect.verdict in (Verdict.EARLY, Verdict.UNKNOWN):
        return f"{begin}{effect.verdict}; {_wanting(receipt, effect, effect.before, effect.after)}."
    first, *rest = [*_parts(effect, effect.before, effect.after), *_traffic(effect)] or ["nothing has moved"]
    told = "; ".join([f"{first} in {effect.minutes} min", *rest])
    return f"{begin}{effect.verdict}. {told[:1].upper()}{told[1:]}."


def hint(receipt: Receipt, effect: Effect | None) -> str | None:
    """What a key can do about it."""
    if effect is None or effect.verdict not in (Verdict.HELPED, Verdict.WORSE) or not receipt.inverse:
        return None
    return "u undoes" if receipt.plan.undoes is None else None


def _due(receipt: Receipt, tz: tzinfo | None) -> str:
    return format.moment(due(receipt), None, tz)


def _unreached(effect: Effect, after: Figures) -> str:
    """What its callers run instead: of a change to `$LATEST` they get nothing until it is published for their alias."""
    others = {version: share for version, share in (after.versions or {}).items() if version != LATEST}
    most = max(others, key=lambda version: others[version])
    if effect.reached:
        return f"it has reached {format.percent(100 * effect.reached)} % of the invocations only; version {most} runs"
    return f"{effect.verdict}; they run version {safe(most)}, not $LATEST"


def _wanting(receipt: Receipt, effect: Effect, before: Figures, after: Figures) -> str:
    """What is still wanting for a verdict."""
    if not after.versions and after.invocations and latest_alone(receipt):
        return "whether its callers run $LATEST is unknown"
    one, other = before.invocations or 0, after.invocations or 0
    if other < NEEDED and Measure.INVOCATIONS not in effect.purpose.aims:
        return f"{other:,.0f} of {NEEDED} invocations so far"
    if one < NEEDED and Measure.INVOCATIONS not in effect.purpose.aims:
        return f"only {one:,.0f} invocations in the {effect.minutes} min before"
    if Measure.COST in effect.purpose.aims and None in (before.cost_usd_per_hour, after.cost_usd_per_hour):
        return "what it costs is unknown"
    if after.window.seconds < SAME_FROM.total_seconds():
        return f"no difference in the first {effect.minutes} min"
    return "CloudWatch knows too little of it"


def _parts(effect: Effect, before: Figures, after: Figures) -> Iterator[str]:
    """The figures that decided, else those aimed at; then the cost, and what else has moved."""
    purpose = effect.purpose
    moved = [shift for shift in effect.shifts if shift.moved and shift.measure is not Measure.COST]
    decisive = [shift for shift in moved if shift.measure not in purpose.told]
    calm = [shift for shift in effect.shifts if shift.turn is Turn.SAME and shift.measure in purpose.aims]
    some = [*decisive, *(calm if not decisive else ())][: _MOST - 1]
    for shift in some:
        yield _figure(shift, before, after)
    if before.cost_usd_per_hour is not None and after.cost_usd_per_hour is not None:
        yield f"${format.usd(before.cost_usd_per_hour)} → ${format.usd(after.cost_usd_per_hour)}/h"
    for shift in moved:
        if shift not in decisive:
            yield _figure(shift, before, after)


def _figure(shift: Shift, before: Figures, after: Figures) -> str:
    measure, one, other = shift.measure, shift.before, shift.after
    match measure:
        case Measure.KILLS:
            return f"{measure} {before.kills:,} → {after.kills:,}"
        case Measure.TIMEOUTS:
            return f"{measure} {before.timeouts:,} → {after.timeouts:,}"
        case Measure.ERRORS | Measure.THROTTLES | Measure.COLD:
            return f"{measure} {_percent(one)} → {_percent(other)} %"
        case Measure.INVOCATIONS:
            return f"{measure} {format.count(one)} → {format.count(other)}/min"
        case Measure.P50 | Measure.P95 | Measure.P99 | Measure.AGE:
            return f"{measure} {format.duration(one)} → {format.duration(other)}"
        case Measure.MEMORY:
            return f"memory {_memory(before)} → {_memory(after)} MB"
        case _:
            return f"{measure} {format.count(one)} → {format.count(other)}"


def _percent(rate: float | None) -> str:
    return format.percent(100 * rate if rate is not None else None)


def _memory(figures: Figures) -> str:
    return f"{format.megabytes(figures.used_mb)}/{format.megabytes(figures.memory_mb)}"


def _traffic(effect: Effect) -> Iterator[str]:
    """A note where traffic differs so much that the comparison is weak."""
    factor = effect.traffic
    if factor is not None:
        yield f"traffic {100 * (factor - 1):+,.0f} %" if factor < 10 else f"traffic ×{format.count(factor)}"
