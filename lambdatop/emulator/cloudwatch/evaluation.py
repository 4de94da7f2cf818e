"""Time passes for an account: what time alone brings about happens, which is that its alarms are evaluated."""

from functools import partial
from typing import TYPE_CHECKING, Any

from lambdatop.emulator.cloudwatch.query import Points, known_statistic, points, series_of
from lambdatop.emulator.cloudwatch.source import source
from lambdatop.emulator.contents.metric import dimensions_of

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account


def advance(account: "Account") -> None:
    """Evaluate the account's alarms, once a minute of its clock."""
    account.alarms.evaluate(account.clock(), partial(_watched, account))


def _watched(account: "Account", settings: dict[str, Any], start: int, end: int, period: int) -> Points:
    """The points an alarm looks at, as they stood at `end`."""
    if "Metrics" in settings:
        results = series_of(account, settings["Metrics"], start, end)
        return results[0][2] if results else {}
    stat = known_statistic(settings.get("Statistic") or settings["ExtendedStatistic"])
    identity = settings["Namespace"], settings["MetricName"], dimensions_of(settings.get("Dimensions", ()))
    supply = source(account, *identity)
    return points(supply, stat, start, end, period, end) if supply else {}
