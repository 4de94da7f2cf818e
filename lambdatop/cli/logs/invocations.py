"""`lambdatop logs --invocations`: one line for each invocation as it ends, and what they say together at the end."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import asdict

from lambdatop.cli.logs.line import iso, local
from lambdatop.cli.output import put
from lambdatop.clock import Clock
from lambdatop.model.invocations.from_log import Fold
from lambdatop.model.invocations.invocation import FAILED, Invocation, Outcome, Totals, totals
from lambdatop.model.logs.line import LogLine
from lambdatop.model.text import safe
from lambdatop.words import format

BATCH_LINES = 5_000
"""Folded at a time: fewer invocations than `Fold` keeps, so that none is dropped before it was printed."""
COUNTED = 100_000
"""Invocations that the totals are made of; the newest, if there are more."""
_ERRORS_NAMED = 3


class InvocationFormat(Struct, frozen=True):
    """How invocations are printed."""

    each: Callable[[Invocation, datetime], str]
    """One invocation, and the present moment, for the age of those still running."""
    all: Callable[[Totals], str]


class Invocations(Struct):
    """Prints each invocation once it is known how it ended: of a repeated one each attempt."""

    form: InvocationFormat
    clock: Clock
    request_id: str | None = None
    """If given, only this one."""
    fold: Fold = field(default_factory=Fold)
    ended: dict[tuple[str, int], Invocation] = field(default_factory=dict)
    """What was printed, by request and attempt."""
    dropped: int = 0

    def show(self, lines: Sequence[LogLine], newest: int | None = None) -> None:
        for start in range(0, len(lines), BATCH_LINES):
            self.fold.add(lines[start : start + BATCH_LINES])
            fresh = [each for each in self._kept() if _is_over(each) and _key(each) not in self.ended]
            self.ended.update((_key(each), each) for each in fresh)
            self._print(fresh if newest is None else fresh[-newest:])
        self._drop()

    def end(self) -> None:
        """Print what has not ended, and the totals."""
        still = [each for each in self._kept() if not _is_over(each)]
        self._print(still)
        put(self.form.all(totals([*self.ended.values(), *still], self.dropped)))

    def _kept(self) -> Iterable[Invocation]:
        """Oldest first."""
        kept = reversed(self.fold.invocations())
        return kept if self.request_id is None else (each for each in kept if each.request_id == self.request_id)

    def _print(self, invocations: Iterable[Invocation]) -> None:
        if text := "".join(self.form.each(each, self.clock.now()) for each in invocations):
            put(text)

    def _drop(self) -> None:
        excess = len(self.ended) - COUNTED
        if excess > COUNTED // 10:  # now and then, not each time
            self.dropped += excess
            self.ended = dict(list(self.ended.items())[excess:])


def as_json() -> InvocationFormat:
    """One object for each, its members those of `Invocation`; at last one whose only member is `totals`."""

    def each(invocation: Invocation, now: datetime) -> str:
        members = asdict(invocation)
        named = {"request_id": members.pop("request_id"), "function": members.pop("function_name")}
        times = {name: iso(getattr(invocation, name)) for name in ("started", "ended")}
        return json.dumps(named | members | times) + "\n"

    def sums(all: Totals) -> str:
        return json.dumps({"totals": asdict(all) | {"errors": dict(all.errors)}}) + "\n"

    return InvocationFormat(each, sums)


def plain(*, dated: bool, named: bool, coloured: bool) -> InvocationFormat:
    """Aligned columns for people; `named` has the function's name in each line, behind the columns."""

    def each(invocation: Invocation, now: datetime) -> str:
        line = _line(invocation, now, dated=dated, named=named)
        return f"\x1b[31m{line}\x1b[0m\n" if coloured and invocation.outcome in FAILED else f"{line}\n"

    return InvocationFormat(each, lambda all: f"{_sum(all)}\n")


def _line(invocation: Invocation, now: datetime, *, dated: bool, named: bool) -> str:
    init_ms = invocation.init_ms if invocation.init_ms is not None else invocation.restore_ms
    columns = (
        (local(invocation.started, dated=dated) if invocation.started else format.UNKNOWN).ljust(23 if dated else 12),
        invocation.outcome.ljust(len(Outcome.OUT_OF_MEMORY)),
        _took(invocation, now).rjust(9),
        ("" if invocation.billed_ms is None else f"billed {format.duration(invocation.billed_ms)}").ljust(16),
        _memory(invocation).rjust(16),
        (f"cold {format.duration(init_ms)}" if invocation.cold else "").ljust(14),
        safe(invocation.request_id),
        safe(invocation.function_name) if named else "",
        invocation.trace_id or "",
        f"attempt {invocation.attempts}" if invocation.attempts > 1 else "",
        safe(invocation.error or ""),
    )
    return "  ".join(column for column in columns if column).rstrip()


def _took(invocation: Invocation, now: datetime) -> str:
    """The duration; of a running one its age so far."""
    if invocation.outcome is Outcome.RUNNING and invocation.started is not None:
        return format.age((now - invocation.started).total_seconds())
    return format.duration(invocation.duration_ms)


def _memory(invocation: Invocation) -> str:
    used, size = invocation.used_mb, invocation.memory_mb
    return "" if used is None else f"{format.megabytes(used)}/{format.megabytes(size)} MB"


def _sum(all: Totals) -> str:
    parts = [
        f"{all.count:,} invocations",
        f"{all.running:,} running" if all.running else "",
        f"{format.percent(all.cold_percent)} % cold",
        f"p50 {format.duration(all.p50_ms)}",
        f"p95 {format.duration(all.p95_ms)}",
        f"billed {format.duration(all.billed_ms)}",
        f"{all.failed:,} failed",
        *(f"{count}× {safe(error)}" for error, count in all.errors[:_ERRORS_NAMED]),
        f"{len(all.errors) - _ERRORS_NAMED} other errors" if len(all.errors) > _ERRORS_NAMED else "",
        f"{all.timeouts}× timeout" if all.timeouts else "",
        f"{all.kills}× out of memory" if all.kills else "",
        f"{all.dropped:,} older ones not counted" if all.dropped else "",
    ]
    return " · ".join(part for part in parts if part)


def _is_over(invocation: Invocation) -> bool:
    """True if it is known how it ended. UNKNOWN is not: its REPORT may come with the next lines."""
    return invocation.outcome not in (Outcome.RUNNING, Outcome.UNKNOWN)


def _key(invocation: Invocation) -> tuple[str, int]:
    return invocation.request_id, invocation.attempts
