"""Lambda's concurrency: what is reserved for a function, what is provisioned for an alias or version, what is left."""

from typing import TYPE_CHECKING

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.function import LATEST, EmulatedFunction, EmulatedProvisioned, iso
from lambdatop.emulator.lambda_.checks import invalid, missing, paged, qualified
from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

ACCOUNT_CONCURRENCY = 1000
KEPT_UNRESERVED = 100
_AGE_S = 60 * 86400
"""How old is at least what was there before anybody looked."""
_GIB = 1 << 30
_CODE_LIMIT = 75 * _GIB


@operation("lambda.GetAccountSettings")
def get_account_settings(account: "Account", params: Params) -> Answer:
    """Limits and usage of the account."""
    return {
        "AccountLimit": {
            "TotalCodeSize": _CODE_LIMIT,
            "CodeSizeUnzipped": 250 << 20,
            "CodeSizeZipped": 50 << 20,
            "ConcurrentExecutions": ACCOUNT_CONCURRENCY,
            "UnreservedConcurrentExecutions": ACCOUNT_CONCURRENCY - account.reserved_total,
        },
        "AccountUsage": {
            "TotalCodeSize": 5_100_000 * len(account.functions),
            "FunctionCount": len(account.functions),
        },
    }


@operation("lambda.PutFunctionConcurrency")
def put_function_concurrency(account: "Account", params: Params) -> Answer:
    """Reserve concurrency; 0 stops the function. AWS: at least 100 must stay unreserved."""
    function = account.function(params["FunctionName"])
    wanted = params["ReservedConcurrentExecutions"]
    others = account.reserved_total - (function.reserved or 0)
    if wanted < 0:
        raise invalid(f"Value '{wanted}' at 'reservedConcurrentExecutions' must be greater than or equal to 0")
    if wanted and ACCOUNT_CONCURRENCY - others - wanted < KEPT_UNRESERVED:
        raise invalid(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{KEPT_UNRESERVED}]."
        )
    if wanted < sum(each.requested for each in function.provisioned.values()):
        raise invalid("ReservedConcurrentExecutions is lower than the function's provisioned concurrency.")
    function.reserved = wanted
    _steered(account, function)
    return {"ReservedConcurrentExecutions": wanted}


@operation("lambda.GetFunctionConcurrency")
def get_function_concurrency(account: "Account", params: Params) -> Answer:
    """What is reserved; nothing at all if nothing is."""
    reserved = account.function(params["FunctionName"]).reserved
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}


@operation("lambda.DeleteFunctionConcurrency")
def delete_function_concurrency(account: "Account", params: Params) -> Answer:
    """Share the account's unreserved concurrency again."""
    function = account.function(params["FunctionName"])
    function.reserved = None
    _steered(account, function)
    return {}


@operation("lambda.PutProvisionedConcurrencyConfig")
def put_provisioned_concurrency_config(account: "Account", params: Params) -> Answer:
    """Keep environments ready for an alias or a published version. AWS: never for `$LATEST`."""
    function = account.function(params["FunctionName"])
    qualifier, version = qualified(function, params)
    wanted = params["ProvisionedConcurrentExecutions"]
    if version == LATEST:
        raise invalid("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    if wanted < 1:
        raise invalid(f"Value '{wanted}' at 'provisionedConcurrentExecutions' must be greater than or equal to 1")
    others = sum(each.requested for name, each in function.provisioned.items() if name != qualifier)
    _check_room(account, function, wanted + others)
    function.provisioned[qualifier] = EmulatedProvisioned(wanted, account.clock())
    _steered(account, function)
    return _provisioned(account, function, function.provisioned[qualifier])


def _check_room(account: "Account", function: EmulatedFunction, wanted: int) -> None:
    """AWS: provisioned concurrency fits into what is reserved, or leaves 100 of the unreserved."""
    if function.reserved is not None and wanted > function.reserved:
        raise invalid(
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
        )
    unreserved = ACCOUNT_CONCURRENCY - account.reserved_total - KEPT_UNRESERVED
    if function.reserved is None and wanted > unreserved:
        raise invalid(
            "Specified ConcurrentExecutions for function is greater than account's available concurrency "
            f"[{unreserved}]."
        )


@operation("lambda.GetProvisionedConcurrencyConfig")
def get_provisioned_concurrency_config(account: "Account", params: Params) -> Answer:
    """How far the provisioning of a qualifier is."""
    function = account.function(params["FunctionName"])
    qualifier, _ = qualified(function, params)
    if qualifier not in function.provisioned:
        raise ServiceError(
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
            404,
            Type="User",
        )
    return _provisioned(account, function, function.provisioned[qualifier])


@operation("lambda.ListProvisionedConcurrencyConfigs")
def list_provisioned_concurrency_configs(account: "Account", params: Params) -> Answer:
    """Every qualifier's provisioning."""
    function = account.function(params["FunctionName"])
    configs = [
        {"FunctionArn": f"{function.arn}:{name}"} | _provisioned(account, function, each)
        for name, each in sorted(function.provisioned.items())
    ]
    page, marker = paged(configs, params)
    return {"ProvisionedConcurrencyConfigs": list(page)} | marker


@operation("lambda.DeleteProvisionedConcurrencyConfig")
def delete_provisioned_concurrency_config(account: "Account", params: Params) -> Answer:
    """Let the ready environments go."""
    function = account.function(params["FunctionName"])
    if function.provisioned.pop(params["Qualifier"], None) is None:
        raise missing(f"No Provisioned Concurrency Config found for {function.arn}:{params['Qualifier']}")
    _steered(account, function)
    return {}


def _provisioned(account: "Account", function: EmulatedFunction, config: EmulatedProvisioned) -> Answer:
    ready = config.ready(account.clock()) and not function.fails
    failed = config.ready(account.clock()) and function.fails
    return {
        **({"StatusReason": function.fails} if failed else {}),
        "RequestedProvisionedConcurrentExecutions": config.requested,
        "AllocatedProvisionedConcurrentExecutions": config.requested if ready else 0,
        "AvailableProvisionedConcurrentExecutions": config.requested if ready else 0,
        "Status": "READY" if ready else "FAILED" if failed else "IN_PROGRESS",
        "LastModified": iso(max(config.since, account.started - _AGE_S)).replace(".000", ""),
    }


def _steered(account: "Account", function: EmulatedFunction) -> None:
    function.steered(account.clock())
    account.changed(function)
