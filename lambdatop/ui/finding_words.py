"""A finding in words: here and not in the model, since the time of day is that of who reads it."""

from lambdatop.model.findings import Finding
from lambdatop.model.text import safe
from lambdatop.ui import format


def told(finding: Finding) -> str:
    """A finding with the time of day at which it began."""
    return safe(finding.told(format.clock(finding.since, seconds=False)) if finding.since else finding.text)
