"""Another memory size, and what it should do to memory, speed and cost, as far as measurements tell."""

import math
from collections.abc import Iterator

from lambdatop.actions.planning.configuration_steps import (
    configure,
    is_released,
    reaches_callers,
    release_field,
    released,
)
from lambdatop.actions.planning.form import Field, Form, Values, whole
from lambdatop.actions.planning.monthly_cost import compared, monthly, present_mb
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.warnings_ import configuring, only_latest
from lambdatop.model import words
from lambdatop.model.changes.evidence import Evidence
from lambdatop.model.changes.plan import Cost, Plan, Refusal
from lambdatop.model.fleet.findings import Rule
from lambdatop.model.insights.insights import MB_PER_VCPU
from lambdatop.model.insights.usage import pace

SMALLEST_MB, LARGEST_MB = 128, 10_240
"""AWS: of functions that are not on Managed Instances."""
SIZES_MB = (128, 256, 512, 768, 1024, 1536, 2048, 3008, 4096, 6144, 8192, LARGEST_MB)
"""What people choose from; any number in between is possible."""
HEADROOM, ROUNDED_TO_MB = 1.3, 64
MIN_REPORTS = 10
"""Fewer say too little of how much memory is needed."""
NOTICEABLE = 0.05
"""A smaller relative change in duration is not called faster or slower."""


def plan_memory(subject: Subject, mb: int, release: str = "") -> Plan | Refusal:
    """Plan a memory size in MB, published for the alias `release` if one is named. AWS: 128 to 10,240."""
    before = subject.function.memory_mb
    if not SMALLEST_MB <= mb <= LARGEST_MB:
        return Refusal(f"memory: {SMALLEST_MB} to {LARGEST_MB:,} MB, not {mb:,}", mistyped=True)
    if mb == before:
        told = f"{subject.name} has {mb:,} MB of memory already; {SMALLEST_MB} to {LARGEST_MB:,} are possible"
        return Refusal(told, already=is_released(subject, release))
    steps = released(subject, release)
    if isinstance(steps, Refusal):
        return steps
    used_mb = _used_mb(subject)
    shown = (f"{before:,} MB", f"{mb:,} MB")
    return Plan(
        action="memory",
        title=f"{subject.name}: memory {before:,} → {mb:,} MB",
        functions=(subject.name,),
        steps=(configure(subject, "memory", "MemorySize", before, mb, shown), *steps),
        why=_why(subject, mb),
        expect=only_latest(subject, release, "; ".join(_expected(subject, mb))),
        warnings=(*_too_small(subject, mb), *configuring(subject, shown[0], release)),
        cost=_cost(subject, mb) if reaches_callers(subject, release) else None,
        hurts=used_mb is not None and mb < used_mb,
    )


def memory_form(subject: Subject) -> Form:
    """Ask for the size; proposed is the memory used plus a third, or the next step up if all of it was used."""
    return Form(action="memory", title=f"{subject.name}: memory", fields=(_field(subject), *release_field(subject)))


def memory_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered."""
    mb = whole(_field(subject), values)
    return mb if isinstance(mb, Refusal) else plan_memory(subject, mb, values.get("publish", ""))


def suggested_mb(subject: Subject) -> int:
    """The size that the evidence suggests; the current one without evidence."""
    present, used_mb = subject.function.memory_mb, _used_mb(subject)
    larger = next((size for size in SIZES_MB if size > present), present)
    if subject.finding(Rule.OUT_OF_MEMORY) or (subject.usage is not None and subject.usage.cpu_bound):
        return larger
    if used_mb is None or not _measured(subject):
        return present
    wanted = math.ceil(used_mb * HEADROOM / ROUNDED_TO_MB) * ROUNDED_TO_MB
    return min(LARGEST_MB, max(SMALLEST_MB, wanted))


def _field(subject: Subject) -> Field:
    used_mb = _used_mb(subject)
    used = f"; used {used_mb:,.0f} MB at most" if used_mb is not None else ""
    return Field(
        name="memory",
        label="memory",
        kind="number",
        value=str(suggested_mb(subject)),
        hint=f"now {subject.function.memory_mb:,} MB{used}",
        now=subject.function.memory_mb,
        minimum=SMALLEST_MB,
        maximum=LARGEST_MB,
        unit="MB",
    )


def _used_mb(subject: Subject) -> float | None:
    """The most that was seen in use; what is more than all of it was seen under another size."""
    seen = (subject.row.used_mb if subject.row else None, subject.usage.used_mb if subject.usage else None)
    return max((used for used in seen if used is not None and used <= subject.function.memory_mb), default=None)


def _measured(subject: Subject) -> bool:
    """True if enough invocations were looked at to go below the present size."""
    reports = subject.row.reports if subject.row else None
    insights = subject.row is not None and subject.row.metrics is not None and subject.row.metrics.used_mb is not None
    return insights or (reports is not None and reports.count >= MIN_REPORTS)


def _why(subject: Subject, mb: int) -> str | None:
    raised = mb > subject.function.memory_mb
    wanting = (Rule.OUT_OF_MEMORY, Rule.NEAR_MEMORY, Rule.TIMEOUTS, Rule.NEAR_TIMEOUT, Rule.COLD_STARTS)
    found = subject.finding(*(wanting if raised else (Rule.OVERSIZED,)))
    bound = subject.usage is not None and subject.usage.cpu_bound
    busy = f"CPU-bound: its vCPU is {min(100.0, subject.usage.cpu_p95 or 0):.0f} % busy" if subject.usage else ""
    said = [each for each in (found, busy if raised and bound else None) if each]
    used_mb = _used_mb(subject)
    if used_mb is not None and not any(" MB used" in each for each in said):
        said.append(f"used {used_mb:,.0f} of {subject.function.memory_mb:,} MB")
    return "; ".join(said) or None


def _expected(subject: Subject, mb: int) -> Iterator[str]:
    before = subject.function.memory_mb
    if mb > before and subject.finding(Rule.OUT_OF_MEMORY):
        yield f"no kills, if {mb:,} MB are enough: what it needs above {before:,} MB was never seen"
    used_mb = _used_mb(subject)
    if mb < before and used_mb is not None and used_mb <= mb:
        yield f"enough for the {used_mb:,.0f} MB that were used at most"
    faster = pace(subject.usage, before, mb) if subject.usage else None
    if faster is None:
        if mb > before:
            yield f"faster only if it is CPU-bound, which is not known: {_why_unknown(subject)}"
    elif abs(1 - faster) < NOTICEABLE:
        yield "about as fast as before: it is not the CPU that it waits for"
    else:
        yield _changed(subject, faster)


def _why_unknown(subject: Subject) -> str:
    """Why nothing tells how busy its CPU is: Insights cannot be the remedy where it is attached already."""
    if Evidence.USAGE in subject.refused:
        return "Lambda Insights is attached, but its records could not be read"
    if subject.function.has_insights:
        return "Lambda Insights is attached, but has too few records of this size"
    return "Lambda Insights would tell"


def _changed(subject: Subject, faster: float) -> str:
    p95_ms = subject.row.metrics.duration_p95_ms if subject.row and subject.row.metrics else None
    bound = " (CPU-bound)" if subject.usage is not None and subject.usage.cpu_bound else ""
    if not p95_ms:
        return f"durations about {words.times(faster)}{bound}"
    then_ms = p95_ms * faster
    among = max(p95_ms, then_ms) / 1000
    return f"p95 about {words.about(p95_ms / 1000, among)} → {words.about(then_ms / 1000, among)}{bound}"


def _too_small(subject: Subject, mb: int) -> Iterator[str]:
    used_mb = _used_mb(subject)
    if used_mb is not None and mb < used_mb:
        yield f"less than the {used_mb:,.0f} MB that were used: invocations will be killed"
    elif used_mb is not None and mb < used_mb * 1.1:
        yield f"hardly more than the {used_mb:,.0f} MB that were used"
    elif used_mb is None and mb < subject.function.memory_mb:
        yield "how much it uses is unknown: no REPORT line was seen"
    if mb < min(subject.function.memory_mb, MB_PER_VCPU) and subject.usage is None:
        yield "less CPU too, in proportion: it may get slower"


def _cost(subject: Subject, mb: int) -> Cost:
    """Where nothing tells how much faster or slower it gets, the durations stay as they are."""
    present = present_mb(subject)
    faster = pace(subject.usage, round(present), mb) if subject.usage and present else None
    after = monthly(subject, memory_mb=mb, pace=1.0 if faster is None else faster)
    return compared(subject, monthly(subject), after)
