"""The aims of a change: which figures it should improve, which it must not worsen, and which are only reported.

It follows from what the plan changes, not from the key that made it, so that taking a change back has its purpose, too.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from lambdatop.model.changes.plan import Facts, Plan, Step


class Measure(StrEnum):
    """A figure that is compared, in the words that the verdict uses."""

    INVOCATIONS = "invocations"
    ERRORS = "errors"
    THROTTLES = "throttled"
    KILLS = "out of memory"
    TIMEOUTS = "timeouts"
    COLD = "cold starts"
    P50 = "p50"
    P95 = "p95"
    P99 = "p99"
    CONCURRENCY = "concurrency"
    AGE = "iterator age"
    MEMORY = "memory unused"
    COST = "cost"


HIGHER_IS_BETTER: Final = frozenset({Measure.MEMORY})


class ChangeAims(Struct, frozen=True, kw_only=True):
    """The aims of one change. A failure is a guard that outweighs every improvement."""

    aims: tuple[Measure, ...] = ()
    failures: tuple[Measure, ...] = (Measure.ERRORS, Measure.KILLS, Measure.TIMEOUTS, Measure.THROTTLES)
    guards: tuple[Measure, ...] = (Measure.P95,)
    told: tuple[Measure, ...] = (Measure.COST,)
    """Shown besides, without a say in the verdict."""

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All of them once, what is aimed at first."""
        return tuple(dict.fromkeys((*self.aims, *self.failures, *self.guards, *self.told)))


_M = Measure
STOP: Final = ChangeAims(aims=(_M.INVOCATIONS,), failures=(), guards=(), told=(_M.THROTTLES, _M.COST))
"""The brake and the paused event source, and both taken back: what they shut out is no failure."""
MORE_MEMORY: Final = ChangeAims(aims=(_M.KILLS, _M.TIMEOUTS, _M.P95), told=(_M.P50, _M.MEMORY, _M.COST))
LESS_MEMORY: Final = ChangeAims(aims=(_M.COST,), told=(_M.MEMORY,))
TIMEOUT: Final = ChangeAims(aims=(_M.TIMEOUTS, _M.ERRORS))
PROVISIONED: Final = ChangeAims(aims=(_M.COLD, _M.P99), guards=(_M.P95,))
RESERVED: Final = ChangeAims(aims=(_M.THROTTLES, _M.AGE), guards=(), told=(_M.CONCURRENCY,))
VERSION: Final = ChangeAims(aims=(_M.ERRORS, _M.P95, _M.TIMEOUTS, _M.KILLS), guards=(_M.COLD,))
WATCHED: Final = ChangeAims(guards=(_M.P95, _M.COLD))
"""Tracing, layers, log levels: none of them should be noticed."""


def purpose_of(plan: Plan) -> ChangeAims | None:
    """The aims of the plan's changes on its function; None if no figure of the function should move.

    An alias that is moved beside another change only brings that to its callers; what is stopped is stopped, whatever
    has to go before.
    """
    found = [purpose for step in plan.steps if (purpose := _of_step(step)) is not None]
    if STOP in found:
        return STOP
    return next((purpose for purpose in found if purpose is not VERSION), found[0] if found else None)


def _of_step(step: Step) -> ChangeAims | None:
    before, after = step.before or {}, step.after or {}
    match step.setting.kind:
        case "configuration":
            return _of_configuration(before, after)
        case "reserved concurrency":
            return STOP if 0 in (reserved(step.before), reserved(step.after)) else RESERVED
        case "event source":
            return STOP
        case "provisioned concurrency":
            return PROVISIONED
        case "alias":
            return VERSION if step.before is not None and step.after is not None else None
        case _:
            return None


def _of_configuration(before: Mapping[str, Any], after: Mapping[str, Any]) -> ChangeAims:
    if _changes("MemorySize", before, after):
        return MORE_MEMORY if after["MemorySize"] > before["MemorySize"] else LESS_MEMORY
    return TIMEOUT if _changes("Timeout", before, after) else WATCHED


def _changes(member: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    one, other = before.get(member), after.get(member)
    return isinstance(one, int) and isinstance(other, int) and one != other


def reserved(facts: Facts | None) -> int | None:
    """The reserved concurrency in a setting's facts; None where nothing is reserved."""
    return _whole(facts, "ReservedConcurrentExecutions")


def _whole(facts: Facts | None, member: str) -> int | None:
    found = (facts or {}).get(member)
    return found if isinstance(found, int) else None


def provisioned_by(plan: Plan) -> int:
    """By how much the plan raises its function's provisioned concurrency; negative where it takes some away."""
    steps = (step for step in plan.steps if step.setting.kind == "provisioned concurrency")
    return sum(_provisioned(each.after) - _provisioned(each.before) for each in steps)


def _provisioned(facts: Facts | None) -> int:
    return _whole(facts, "ProvisionedConcurrentExecutions") or 0


def memory_of(plan: Plan) -> tuple[int | None, int | None]:
    """Its function's memory before and after, where the plan changes it."""
    for step in plan.steps:
        before, after = (step.before or {}).get("MemorySize"), (step.after or {}).get("MemorySize")
        if isinstance(before, int) and isinstance(after, int):
            return before, after
    return None, None
