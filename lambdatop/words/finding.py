"""A finding in words: here and not in the model, since the time of day is that of who reads it."""

from lambdatop.model.fleet.findings import Finding
from lambdatop.model.fleet.row import Row
from lambdatop.model.text import safe
from lambdatop.words import format


def began(finding: Finding, row: Row) -> str | None:
    """When a finding of that row began; with the day if it was not the day of the figures that tell it."""
    today = row.metrics.window.end if row.metrics is not None else None
    return format.moment(finding.since, today) if finding.since is not None else None


def told(finding: Finding, row: Row) -> str:
    """A finding with the moment at which it began."""
    since = began(finding, row)
    return safe(finding.told(since) if since is not None else finding.text)
