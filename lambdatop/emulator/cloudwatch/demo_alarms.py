"""The alarms of the demo: one rings, one will as its incident goes on, one has no data."""

from typing import TYPE_CHECKING, Any

from lambdatop.emulator.contents.composite import Composite

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_SET_BEFORE_S = 45 * 60
_PAGER = "arn:aws:sns:{region}:{account}:oncall"


def _alarm(name: str, metric: str, threshold: float, periods: int, **members: Any) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "Namespace": "AWS/Lambda",
        "MetricName": metric,
        "Threshold": float(threshold),
        "EvaluationPeriods": periods,
        "DatapointsToAlarm": periods,
        "ComparisonOperator": "GreaterThanThreshold",
        "Period": 60,
        "TreatMissingData": "missing",
        "ActionsEnabled": True,
        "OKActions": [],
        "InsufficientDataActions": [],
        **members,
    }


def _of(function: str) -> list[dict[str, str]]:
    return [{"Name": "FunctionName", "Value": function}]


_ALARMS = (
    _alarm("checkout-api errors", "Errors", 50, 3, Statistic="Sum", Dimensions=_of("checkout-api")),
    _alarm("checkout-api p90", "Duration", 1500, 15, ExtendedStatistic="p90", Dimensions=_of("checkout-api")),
    _alarm(
        *("image-resize errors", "Errors", 5, 3),
        Statistic="Sum",
        Dimensions=_of("image-resize"),
        TreatMissingData="notBreaching",
    ),
    _alarm("orders-consumer lag", "IteratorAge", 600_000, 5, Statistic="Maximum", Dimensions=_of("orders-consumer")),
    _alarm("payment-capture p90", "Duration", 8000, 15, ExtendedStatistic="p90", Dimensions=_of("payment-capture")),
    _alarm("nightly-rollup errors", "Errors", 0, 3, Statistic="Sum", Dimensions=_of("nightly-rollup")),
    _alarm("account concurrency", "ClaimedAccountConcurrency", 900, 10, Statistic="Maximum", Dimensions=[]),
)


_SHOP = Composite("shop cannot sell", 'ALARM("checkout-api errors") OR ALARM("payment-capture p90")')


def set_alarms(account: "Account") -> None:
    """Set the demo's alarms as if 45 minutes ago, so that they have a history."""
    at = account.started - _SET_BEFORE_S
    pager = _PAGER.format(region=account.region, account=account.id)
    for alarm in _ALARMS:
        watched = [each["Value"] for each in alarm["Dimensions"]]
        if all(name in account.functions for name in watched):
            account.alarms.put(alarm | {"AlarmActions": [pager]}, at)
    if all(name in account.alarms.alarms for name in _SHOP.children):
        account.alarms.composites = (_SHOP,)
