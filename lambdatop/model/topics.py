"""Whom alarms can tell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topics:
    """The SNS topics of the account and Region that an alarm can tell, by ARN."""

    arns: tuple[str, ...] = ()
    refused: str | None = None
    """Why they could not be listed; one can be typed all the same."""
    complete: bool = True
