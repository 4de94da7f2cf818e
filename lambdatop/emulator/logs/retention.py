"""How long the log groups keep their events: what is said of it, not what is forgotten by it."""

from typing import TYPE_CHECKING

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.logs.groups import group_of
from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


@operation("logs.PutRetentionPolicy")
def put_retention_policy(account: "Account", params: Params) -> Answer:
    """Keep a group's events for some days. AWS: only certain numbers of days."""
    days = params["retentionInDays"]
    if days not in _DAYS:
        raise ServiceError(
            "InvalidParameterException",
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(map(str, _DAYS))}]",
        )
    account.retention[group_of(account, params["logGroupName"])] = days
    return {}


@operation("logs.DeleteRetentionPolicy")
def delete_retention_policy(account: "Account", params: Params) -> Answer:
    """Keep a group's events for ever."""
    account.retention[group_of(account, params["logGroupName"])] = None
    return {}
