"""What a function costs a month as it is and as it would be, at the traffic of the window that is looked at."""

from lambdatop.actions.subject import Subject
from lambdatop.model.cost import usd_per_month
from lambdatop.model.plan import Cost


def monthly(
    subject: Subject, *, memory_mb: int | None = None, pace: float = 1.0, more_provisioned: int = 0
) -> float | None:
    """USD a month, provisioned concurrency included; None where the traffic or what is provisioned is unknown."""
    provisioned = subject.controls.provisioned
    if provisioned is None:
        return None
    return usd_per_month(
        subject.function,
        subject.row.metrics if subject.row else None,
        memory_mb=memory_mb,
        pace=pace,
        provisioned=max(0, sum(each.requested for each in provisioned) + more_provisioned),
    )


def compared(subject: Subject, before_usd: float | None, after_usd: float | None) -> Cost:
    """The cost before and after, with why it is unknown where it is."""
    known = before_usd is not None and after_usd is not None
    return Cost(before_usd=before_usd, after_usd=after_usd, unknown=None if known else _unknown(subject))


def charged(subject: Subject, more_usd: float | None, *, on: bool) -> Cost:
    """The cost of switching something on or off that is charged for by itself."""
    base = monthly(subject)
    if base is None or more_usd is None:
        return compared(subject, None, None)
    return Cost(before_usd=base if on else base + more_usd, after_usd=base + more_usd if on else base)


def _unknown(subject: Subject) -> str:
    if subject.controls.provisioned is None:
        return subject.unread("what is provisioned", "lambda:ListProvisionedConcurrencyConfigs")
    return f"{subject.name}: no traffic was measured"
