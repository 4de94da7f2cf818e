"""Another timeout: long enough for what succeeds, short enough that what hangs is cut off and not paid for."""

import math
from collections.abc import Iterator

from lambdatop.actions.planning.configuration_steps import configure, is_released, release_field, released
from lambdatop.actions.planning.form import Field, Form, Values, whole
from lambdatop.actions.planning.monthly_cost import compared, monthly
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.warnings_ import configuring, only_latest
from lambdatop.model import words
from lambdatop.model.changes.plan import Cost, Plan, Refusal
from lambdatop.model.fleet.findings import Rule

SHORTEST_S, LONGEST_S = 1, 900
"""AWS: of an ordinary invocation."""
ROOM = 3.0
"""Of p99: what is slow on a bad day still succeeds."""
CUT_OFF = 0.97
"""Of the timeout: a p99 above this was cut off, and says nothing of how long it would have taken."""
VISIBILITY = 6
"""AWS: a queue's visibility timeout should be this many times the function's."""


def plan_timeout(subject: Subject, seconds: int, release: str = "") -> Plan | Refusal:
    """Plan a timeout in seconds, published for the alias `release` if one is named. AWS: 1 to 900."""
    before = subject.function.timeout_s
    if not SHORTEST_S <= seconds <= LONGEST_S:
        return Refusal(f"timeout: {SHORTEST_S} to {LONGEST_S} s, not {seconds:,}", mistyped=True)
    if seconds == before:
        told = f"{subject.name} has a timeout of {seconds:,} s already; {SHORTEST_S} to {LONGEST_S} are possible"
        return Refusal(told, already=is_released(subject, release))
    steps = released(subject, release)
    if isinstance(steps, Refusal):
        return steps
    p99_s, shown = _p99_s(subject), (f"{before:,} s", f"{seconds:,} s")
    return Plan(
        action="timeout",
        title=f"{subject.name}: timeout {before:,} → {seconds:,} s",
        functions=(subject.name,),
        steps=(configure(subject, "timeout", "Timeout", before, seconds, shown), *steps),
        why=_why(subject),
        expect=only_latest(subject, release, _expected(subject, seconds)),
        warnings=(*_too_short(subject, seconds), *_queues(subject, seconds), *configuring(subject, shown[0], release)),
        cost=_cost(subject),
        hurts=seconds < before and p99_s is not None and seconds < p99_s,
    )


def timeout_form(subject: Subject) -> Form:
    """Ask for the timeout; proposed is three times the p99, or twice the current one if that cuts requests off."""
    return Form(action="timeout", title=f"{subject.name}: timeout", fields=(_field(subject), *release_field(subject)))


def timeout_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered."""
    seconds = whole(_field(subject), values)
    return seconds if isinstance(seconds, Refusal) else plan_timeout(subject, seconds, values.get("publish", ""))


def suggested_s(subject: Subject) -> int:
    """A timeout that the evidence speaks for; the present one where there is none."""
    present, p99_s = subject.function.timeout_s, _p99_s(subject)
    if subject.finding(Rule.TIMEOUTS) or (p99_s is not None and p99_s >= CUT_OFF * present):
        return min(LONGEST_S, max(SHORTEST_S, 2 * present))
    return present if p99_s is None else min(LONGEST_S, max(SHORTEST_S, math.ceil(p99_s * ROOM)))


def _field(subject: Subject) -> Field:
    p99_s = _p99_s(subject)
    seen = f"; p99 {words.seconds(p99_s, p99_s)}" if p99_s is not None else ""
    return Field(
        name="timeout",
        label="timeout",
        kind="number",
        value=str(suggested_s(subject)),
        hint=f"now {subject.function.timeout_s:,} s{seen}",
        now=subject.function.timeout_s,
        minimum=SHORTEST_S,
        maximum=LONGEST_S,
        unit="s",
    )


def _p99_s(subject: Subject) -> float | None:
    p99_ms = subject.row.metrics.duration_p99_ms if subject.row and subject.row.metrics else None
    return p99_ms / 1000 if p99_ms is not None else None


def _why(subject: Subject) -> str | None:
    p99_s = _p99_s(subject)
    found = subject.finding(Rule.TIMEOUTS, Rule.NEAR_TIMEOUT)
    return found or (f"p99 is {words.seconds(p99_s, p99_s)}" if p99_s is not None else None)


def _expected(subject: Subject, seconds: int) -> str:
    before = subject.function.timeout_s
    if seconds > before:
        return f"what needs {before:,} to {seconds:,} s succeeds; what hangs runs, and is paid for, that much longer"
    return f"what hangs is cut off after {seconds:,} s instead of {before:,}; nothing else changes"


def _too_short(subject: Subject, seconds: int) -> Iterator[str]:
    before, p99_s = subject.function.timeout_s, _p99_s(subject)
    if seconds > before:
        return
    if p99_s is None:
        yield "how long it takes is unknown: nothing was measured"
    elif seconds < p99_s:
        yield f"p99 is {words.seconds(p99_s, p99_s)}: more than 1 of 100 invocations will time out"
    elif seconds < 1.5 * p99_s:
        yield f"p99 is {words.seconds(p99_s, p99_s)}: little room for a bad day"


def _queues(subject: Subject, seconds: int) -> Iterator[str]:
    """AWS refuses a timeout that is longer than the visibility timeout of the queue that feeds the function."""
    if seconds <= subject.function.timeout_s:
        return
    for source in subject.controls.event_sources or ():
        if ":sqs:" in source.source_arn:
            yield (
                f"queue {source.source}: its visibility timeout must be {seconds:,} s at least, "
                f"and should be {VISIBILITY * seconds:,} s"
            )


def _cost(subject: Subject) -> Cost:
    """The same: only what is cut off, or no longer is, changes, and nothing tells how long that runs."""
    now = monthly(subject)
    return compared(subject, now, now)
