"""What an alarm watches and when it rings: AWS's members as one value, and that value in words.

PutMetricAlarm replaces the whole alarm, so that whoever changes a threshold has to send everything else again as it
was: what is kept of an alarm is every member that can be written, also those that lambdatop has no word for.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

WRITABLE: Final = (
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Period",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "Metrics",
    "ThresholdMetricId",
    "EvaluationWindow",
    "WarmUpConfiguration",
    "EvaluationCriteria",
    "EvaluationInterval",
    "ActionConfiguration",
)
"""What PutMetricAlarm takes besides the name; tags are ignored when an alarm is replaced."""

LAMBDA, INSIGHTS = "AWS/Lambda", "LambdaInsights"
_FUNCTION_DIMENSIONS = {LAMBDA: "FunctionName", INSIGHTS: "function_name"}


class Operator(StrEnum):
    """AWS's ComparisonOperator, those with one threshold."""

    ABOVE = "GreaterThanThreshold"
    AT_LEAST = "GreaterThanOrEqualToThreshold"
    BELOW = "LessThanThreshold"
    AT_MOST = "LessThanOrEqualToThreshold"

    @property
    def sign(self) -> str:
        return {self.ABOVE: ">", self.AT_LEAST: "≥", self.BELOW: "<", self.AT_MOST: "≤"}[self]

    def breached(self, value: float, threshold: float) -> bool:
        """True if the value is on the wrong side."""
        match self:
            case Operator.ABOVE:
                return value > threshold
            case Operator.AT_LEAST:
                return value >= threshold
            case Operator.BELOW:
                return value < threshold
            case Operator.AT_MOST:
                return value <= threshold


class Missing(StrEnum):
    """AWS's TreatMissingData."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


class Watched(Struct, frozen=True, kw_only=True):
    """One metric at one statistic, by the period: what an alarm looks at."""

    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    """Names and values, by name."""
    stat: str
    """A Statistic or an ExtendedStatistic: `Sum`, `p90`."""
    period_s: int = 60

    @property
    def function(self) -> str | None:
        """The function that the dimensions name; None for an alarm on the account, or on something else."""
        wanted = _FUNCTION_DIMENSIONS.get(self.namespace)
        return next((value for name, value in self.dimensions if name == wanted), None)

    @property
    def high_resolution(self) -> bool:
        """AWS: an alarm with a period of 10, 20 or 30 s costs three times as much."""
        return self.period_s < 60


class Definition(Struct, frozen=True, kw_only=True):
    """All that decides whether an alarm on one metric rings."""

    watched: Watched
    operator: Operator
    threshold: float
    datapoints: int
    """How many of the last `periods` have to breach the threshold."""
    periods: int
    missing: Missing = Missing.MISSING

    def members(self) -> dict[str, Any]:
        """As PutMetricAlarm takes it."""
        watched = self.watched
        stat = "ExtendedStatistic" if is_extended(watched.stat) else "Statistic"
        return {
            "Namespace": watched.namespace,
            "MetricName": watched.metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in watched.dimensions],
            stat: watched.stat,
            "Period": watched.period_s,
            "EvaluationPeriods": self.periods,
            "DatapointsToAlarm": self.datapoints,
            "Threshold": self.threshold,
            "ComparisonOperator": self.operator.value,
            "TreatMissingData": self.missing.value,
        }


def settings(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The writable members of a described alarm, in AWS's form."""
    return {name: raw[name] for name in WRITABLE if raw.get(name) not in (None, "", [], {})}


def definition_of(members: Mapping[str, Any]) -> Definition | None:
    """The definition of an alarm on one metric; None for metric math, anomaly detection and what is unknown here."""
    stat, metric = members.get("Statistic") or members.get("ExtendedStatistic"), members.get("MetricName")
    operator = next((each for each in Operator if each == members.get("ComparisonOperator")), None)
    threshold = _number(members.get("Threshold"))
    periods, period_s = _number(members.get("EvaluationPeriods")), _number(members.get("Period"))
    if not stat or not metric or operator is None or threshold is None or not periods or not period_s:
        return None
    dimensions = [(str(each.get("Name")), str(each.get("Value"))) for each in members.get("Dimensions") or ()]
    watched = Watched(
        namespace=str(members.get("Namespace")),
        metric=str(metric),
        dimensions=tuple(sorted(dimensions)),
        stat=str(stat),
        period_s=max(1, int(period_s)),
    )
    return Definition(
        watched=watched,
        operator=operator,
        threshold=threshold,
        datapoints=max(1, int(_number(members.get("DatapointsToAlarm")) or periods)),
        periods=max(1, int(periods)),
        missing=next((each for each in Missing if each == members.get("TreatMissingData")), Missing.MISSING),
    )


DAY_S: Final = 86_400
_HIGH_RESOLUTIONS = (10, 20, 30)


def problem(definition: Definition) -> str | None:
    """Why AWS would refuse such an alarm, in a line that says what is possible; None if it would not."""
    period_s, periods = definition.watched.period_s, definition.periods
    if period_s not in _HIGH_RESOLUTIONS and (period_s < 60 or period_s % 60):
        return f"the period is 10, 20 or 30 s or whole minutes, not {period_s:,} s"
    if period_s in _HIGH_RESOLUTIONS and definition.watched.namespace == LAMBDA:
        return "Lambda's metrics come by the minute: a period of whole minutes is needed"
    longest = DAY_S if period_s < 3_600 else 7 * DAY_S
    if not 1 <= periods <= longest // period_s:
        return f"1 to {longest // period_s:,} periods of {period_s:,} s are possible, not {periods:,}"
    if not 1 <= definition.datapoints <= periods:
        return f"1 to {periods:,} of the {periods:,} data points can have to breach it, not {definition.datapoints:,}"
    if not abs(definition.threshold) < 1e300:
        return "the threshold is not a number"
    return None


def is_extended(stat: str) -> bool:
    """AWS: percentiles and trimmed means are no Statistic but an ExtendedStatistic."""
    return stat not in ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e300 else None  # neither infinite nor not a number
