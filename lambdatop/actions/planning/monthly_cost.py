"""What a function costs a month as it is and as it would be, at the traffic of the window that is looked at."""

from lambdatop.actions.planning.configuration_steps import pinned
from lambdatop.actions.planning.subject import Subject
from lambdatop.model.changes.marks import LATEST
from lambdatop.model.changes.plan import Cost
from lambdatop.model.cost.cost import usd_per_month
from lambdatop.model.cost.memory_sizes import size_now
from lambdatop.model.reference.prices import borrowed


def monthly(
    subject: Subject, *, memory_mb: float | None = None, pace: float = 1.0, more_provisioned: int = 0
) -> float | None:
    """USD a month, provisioned concurrency included; None where traffic, size or what is provisioned is unknown.

    Without `memory_mb` it is priced by the size that callers run with now.
    """
    provisioned = subject.controls.provisioned
    memory_mb = present_mb(subject) if memory_mb is None else memory_mb
    if provisioned is None or memory_mb is None:
        return None
    return usd_per_month(
        subject.function,
        subject.row.metrics if subject.row else None,
        memory_mb=memory_mb,
        pace=pace,
        provisioned=max(0, sum(each.requested for each in provisioned) + more_provisioned),
    )


def present_mb(subject: Subject) -> float | None:
    """The memory that callers run with now, in MB: where they use an alias, not that of `$LATEST`. None if unknown."""
    controls, function = subject.controls, subject.function
    if controls.aliases is not None and not pinned(subject):
        return function.memory_mb
    seen_mb = size_now(function, subject.row.sizes) if subject.row is not None else None
    if seen_mb is not None or controls.aliases is None:
        return seen_mb
    versions = {version for alias in controls.aliases for version in (alias.version, *alias.weights)}
    sizes = {version_mb(subject, version) for version in versions}
    return sizes.pop() if len(sizes) == 1 else None


def version_mb(subject: Subject, version: str) -> int | None:
    """The memory that a version was published with, in MB, or that of `$LATEST`; None if that is unknown."""
    if version == LATEST:
        return subject.function.memory_mb
    settings = next((each.settings for each in subject.controls.versions or () if each.version == version), {})
    size = settings.get("MemorySize", "")
    return int(size) if size.isascii() and size.isdecimal() else None


def compared(subject: Subject, before_usd: float | None, after_usd: float | None) -> Cost:
    """The cost before and after, with why it is unknown where it is."""
    known = before_usd is not None and after_usd is not None
    return Cost(
        before_usd=before_usd,
        after_usd=after_usd,
        unknown=None if known else _unknown(subject),
        prices_of=borrowed(subject.function.region),
    )


def charged(subject: Subject, more_usd: float | None, *, on: bool) -> Cost:
    """The cost of switching something on or off that is billed separately."""
    base = monthly(subject)
    if base is None or more_usd is None:
        return compared(subject, None, None)
    before_usd, after_usd = (base, base + more_usd) if on else (base + more_usd, base)
    return compared(subject, before_usd, after_usd)


def _unknown(subject: Subject) -> str:
    if subject.controls.provisioned is None:
        return subject.unread("what is provisioned", "lambda:ListProvisionedConcurrencyConfigs")
    if present_mb(subject) is None:
        return f"{subject.name}: which memory its callers run with was not seen"
    return f"{subject.name}: no traffic was measured"
