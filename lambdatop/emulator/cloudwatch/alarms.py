"""CloudWatch's alarm operations over the account's AlarmBook."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from lambdatop.emulator.cloudwatch.query import known_statistic
from lambdatop.emulator.contents.alarm_book import COMPARISONS, AlarmHistoryItem, EmulatedAlarm
from lambdatop.emulator.contents.composite import Composite, rings
from lambdatop.emulator.contents.metric import dimensions_of
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_T = TypeVar("_T")

ALARMS_PER_PAGE = 100
_DAY_S = 86400
_STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
_MISSING = ("breaching", "notBreaching", "ignore", "missing")


@operation("cloudwatch.DescribeAlarms")
def describe_alarms(account: "Account", params: Params) -> Answer:
    """The alarms by name, at most 100 a page. AWS: only metric alarms unless AlarmTypes asks for others."""
    kinds = params.get("AlarmTypes", ["MetricAlarm"])
    found = [*_metric_alarms(account, params, kinds), *_composite_alarms(account, params, kinds)]
    page, token = _paged(sorted(found, key=_name), params.get("MaxRecords"), params.get("NextToken"))
    return {
        "MetricAlarms": [each for each in page if "AlarmRule" not in each],
        "CompositeAlarms": [each for each in page if "AlarmRule" in each],
    } | token


def _metric_alarms(account: "Account", params: Params, kinds: Sequence[str]) -> Iterator[Answer]:
    for name, alarm in account.alarms.alarms.items():
        if "MetricAlarm" in kinds and _asked_for(name, alarm.state, params):
            yield _described(account, alarm)


def _composite_alarms(account: "Account", params: Params, kinds: Sequence[str]) -> Iterator[Answer]:
    for composite in account.alarms.composites if "CompositeAlarm" in kinds else ():
        told = _described_composite(account, composite)
        if _asked_for(composite.name, told["StateValue"], params):
            yield told


def _asked_for(name: str, state: str, params: Params) -> bool:
    return (
        name in params.get("AlarmNames", (name,))
        and name.startswith(params.get("AlarmNamePrefix", ""))
        and state == params.get("StateValue", state)
    )


def _name(described: Answer) -> str:
    return str(described["AlarmName"])


@operation("cloudwatch.DescribeAlarmsForMetric")
def describe_alarms_for_metric(account: "Account", params: Params) -> Answer:
    """The alarms on exactly this metric."""
    wanted = params["Namespace"], params["MetricName"], dimensions_of(params.get("Dimensions", ()))
    narrowed = {name: params[name] for name in ("Statistic", "ExtendedStatistic", "Period") if name in params}
    return {
        "MetricAlarms": [
            _described(account, alarm)
            for alarm in account.alarms.alarms.values()
            if _watches(alarm) == wanted and narrowed.items() <= alarm.settings.items()
        ]
    }


def _watches(alarm: EmulatedAlarm) -> tuple[Any, ...]:
    settings = alarm.settings
    return settings.get("Namespace"), settings.get("MetricName"), dimensions_of(settings.get("Dimensions", ()))


def _described(account: "Account", alarm: EmulatedAlarm) -> Answer:
    shown = {name: value for name, value in alarm.settings.items() if name != "Tags"}
    if alarm.reason_data:
        shown["StateReasonData"] = alarm.reason_data
    return shown | {
        "AlarmArn": f"arn:aws:cloudwatch:{account.region}:{account.id}:alarm:{alarm.name}",
        "AlarmConfigurationUpdatedTimestamp": alarm.configured,
        "StateValue": alarm.state,
        "StateReason": alarm.reason,
        "StateUpdatedTimestamp": alarm.updated,
        "StateTransitionedTimestamp": alarm.transitioned,
    }


def _described_composite(account: "Account", composite: Composite) -> Answer:
    """The alarm as DescribeAlarms tells it; its state is as old as the youngest of those that it is made of."""
    known = account.alarms.alarms
    states = {name: str(known[name].state) for name in composite.children if name in known}
    ringing = rings(composite, states)
    changed = max((known[name].transitioned for name in states), default=account.started)
    return {
        "AlarmName": composite.name,
        "AlarmArn": f"arn:aws:cloudwatch:{account.region}:{account.id}:alarm:{composite.name}",
        "AlarmRule": composite.rule,
        "ActionsEnabled": True,
        "AlarmActions": [],
        "OKActions": [],
        "InsufficientDataActions": [],
        "AlarmConfigurationUpdatedTimestamp": account.started,
        "StateValue": "ALARM" if ringing else "OK",
        "StateReason": f"{composite.rule} is {'' if ringing else 'not '}true",
        "StateUpdatedTimestamp": changed,
        "StateTransitionedTimestamp": changed,
    }


@operation("cloudwatch.DescribeAlarmHistory")
def describe_alarm_history(account: "Account", params: Params) -> Answer:
    """What happened to the alarms, newest first unless asked."""
    found = [
        item
        for item in account.alarms.history
        if item.alarm == params.get("AlarmName", item.alarm)
        and item.kind == params.get("HistoryItemType", item.kind)
        and params.get("StartDate", item.at) <= item.at <= params.get("EndDate", item.at)
    ]
    found.sort(key=lambda item: item.at)
    if params.get("ScanBy") != "TimestampAscending":
        found.reverse()
    page, token = _paged(found, params.get("MaxRecords"), params.get("NextToken"))
    return {"AlarmHistoryItems": [_told(item) for item in page]} | token


def _told(item: AlarmHistoryItem) -> Answer:
    return {
        "AlarmName": item.alarm,
        "AlarmType": "MetricAlarm",
        "Timestamp": item.at,
        "HistoryItemType": item.kind,
        "HistorySummary": item.summary,
        "HistoryData": item.data,
    }


def _paged(found: Sequence[_T], size: int | None, token: str | None) -> tuple[Sequence[_T], Answer]:
    if token is not None and not token.isdigit():
        raise ServiceError("InvalidNextToken", "The NextToken is not valid.")
    offset = int(token or 0)
    end = offset + min(size or ALARMS_PER_PAGE, ALARMS_PER_PAGE)
    return found[offset:end], {"NextToken": str(end)} if end < len(found) else {}


@operation("cloudwatch.PutMetricAlarm")
def put_metric_alarm(account: "Account", params: Params) -> Answer:
    """Create or wholly replace an alarm; a new one starts without data and is evaluated at the next minute."""
    check(params)
    settings: dict[str, Any] = {
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        "TreatMissingData": "missing",
        **({} if "Metrics" in params else {"Dimensions": []}),
        **params,
    }
    account.alarms.put(settings, account.clock())
    return {}


def check(params: Params) -> None:
    """Refuse what AWS would refuse of a PutMetricAlarm."""
    for member in ("EvaluationPeriods", "ComparisonOperator", "Threshold"):
        if member not in params:
            raise ServiceError("ValidationException", f"The parameter {member} is required.")
    if params["ComparisonOperator"] not in COMPARISONS:
        raise _invalid("ComparisonOperator", params["ComparisonOperator"])
    if params.get("TreatMissingData", "missing") not in _MISSING:
        raise _invalid("TreatMissingData", params["TreatMissingData"])
    if params.get("DatapointsToAlarm", 1) > params["EvaluationPeriods"]:
        raise ServiceError("ValidationException", "The value for DatapointsToAlarm must not exceed EvaluationPeriods.")
    if any(len(params.get(name, ())) > 5 for name in ("OKActions", "AlarmActions", "InsufficientDataActions")):
        raise ServiceError("ValidationException", "An alarm has at most 5 actions for each state.")
    if "Metrics" in params:
        if "MetricName" in params:
            raise ServiceError("InvalidParameterCombinationException", "Metrics and MetricName exclude each other.")
        return
    _check_metric(params)


def _check_metric(params: Params) -> None:
    for member in ("MetricName", "Namespace", "Period"):
        if member not in params:
            raise ServiceError("ValidationException", f"The parameter {member} is required.")
    if ("Statistic" in params) == ("ExtendedStatistic" in params):
        raise ServiceError(
            "InvalidParameterCombinationException", "Exactly one of Statistic and ExtendedStatistic must be specified."
        )
    known_statistic(params.get("Statistic") or params["ExtendedStatistic"])
    period = params["Period"]
    if period not in (10, 20, 30) and (period < 60 or period % 60):
        raise _invalid("Period", period)
    if params["EvaluationPeriods"] * period > (_DAY_S if period < 3600 else 7 * _DAY_S):
        raise ServiceError(
            "ValidationException", "Metrics cannot be checked across more than a day (EvaluationPeriods * Period)"
        )


def _invalid(member: str, value: object) -> ServiceError:
    return ServiceError("InvalidParameterValueException", f"The value {value} for parameter {member} is invalid.")


@operation("cloudwatch.DeleteAlarms")
def delete_alarms(account: "Account", params: Params) -> Answer:
    """Delete alarms. AWS: at most 100 names; unknown ones do not stop the known ones."""
    names = params["AlarmNames"]
    if len(names) > ALARMS_PER_PAGE:
        raise ServiceError("ValidationException", "AlarmNames has more than 100 members.")
    for name in names:
        account.alarms.delete(name, account.clock())
    return {}


@operation("cloudwatch.SetAlarmState")
def set_alarm_state(account: "Account", params: Params) -> Answer:
    """Put an alarm into a state by hand; it stays there until its next evaluation says otherwise."""
    alarm = account.alarms.alarms.get(params["AlarmName"])
    if alarm is None:
        raise ServiceError("ResourceNotFound", f"Alarm {params['AlarmName']} does not exist", 404)
    if params["StateValue"] not in _STATES:
        raise _invalid("StateValue", params["StateValue"])
    account.alarms.transition(alarm, params["StateValue"], params["StateReason"], None, account.clock())
    return {}


@operation("cloudwatch.EnableAlarmActions")
def enable_alarm_actions(account: "Account", params: Params) -> Answer:
    """Let alarms act again."""
    return _actions_enabled(account, params, True)


@operation("cloudwatch.DisableAlarmActions")
def disable_alarm_actions(account: "Account", params: Params) -> Answer:
    """Keep alarms from acting; they go on changing their state."""
    return _actions_enabled(account, params, False)


def _actions_enabled(account: "Account", params: Params, enabled: bool) -> Answer:
    for name in params["AlarmNames"]:
        if name in account.alarms.alarms:
            account.alarms.alarms[name].settings["ActionsEnabled"] = enabled
    return {}
