"""Lambda's event source mappings: the queues and streams that feed the consumers of the fleet."""

from typing import TYPE_CHECKING

from lambdatop.emulator.account import split_name
from lambdatop.emulator.function import EmulatedFunction
from lambdatop.emulator.lambda_.checks import conflict, missing, paged
from lambdatop.emulator.mapping import SETTLING_S, Mapping
from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_SETTINGS = (
    *("BatchSize", "FilterCriteria", "ScalingConfig", "MaximumBatchingWindowInSeconds", "ParallelizationFactor"),
    *("DestinationConfig", "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError", "MaximumRetryAttempts"),
    *("TumblingWindowInSeconds", "FunctionResponseTypes", "MetricsConfig"),
)


@operation("lambda.ListEventSourceMappings")
def list_event_source_mappings(account: "Account", params: Params) -> Answer:
    """The mappings, of one function or one source if asked."""
    wanted = account.function(params["FunctionName"]) if "FunctionName" in params else None
    found = [
        mapping
        for mapping in account.mappings.values()
        if wanted in (None, mapping.function) and params.get("EventSourceArn", mapping.source) == mapping.source
    ]
    page, marker = paged(found, params)
    return {"EventSourceMappings": [_described(account, mapping) for mapping in page]} | marker


@operation("lambda.GetEventSourceMapping")
def get_event_source_mapping(account: "Account", params: Params) -> Answer:
    """One mapping."""
    return _described(account, _mapping(account, params["UUID"]))


@operation("lambda.UpdateEventSourceMapping")
def update_event_source_mapping(account: "Account", params: Params) -> Answer:
    """Switch a mapping on or off, or change its settings; it takes a moment."""
    mapping = _mapping(account, params["UUID"])
    now = account.clock()
    if now < mapping.changed + SETTLING_S:
        raise conflict("Cannot update the event source mapping because it is in use.")
    if "FunctionName" in params:
        mapping.function = account.function(split_name(params["FunctionName"])[0])
    mapping.switching = params.get("Enabled", mapping.enabled) != mapping.enabled
    mapping.enabled = params.get("Enabled", mapping.enabled)
    mapping.settings |= {name: params[name] for name in _SETTINGS if name in params}
    mapping.changed = now
    _switch(account, mapping.function)
    return _described(account, mapping)


def _switch(account: "Account", function: EmulatedFunction) -> None:
    """Nothing arrives while every mapping of a function is off."""
    mappings = [mapping for mapping in account.mappings.values() if mapping.function is function]
    function.fed = any(mapping.enabled for mapping in mappings)
    function.steered(account.clock())
    account.changed(function)


def _mapping(account: "Account", uuid: str) -> Mapping:
    if uuid not in account.mappings:
        raise missing("The resource you requested does not exist.")
    return account.mappings[uuid]


def _described(account: "Account", mapping: Mapping) -> Answer:
    arn = f"arn:aws:lambda:{account.region}:{account.id}:event-source-mapping:{mapping.uuid}"
    return mapping.settings | {
        "UUID": mapping.uuid,
        "EventSourceMappingArn": arn,
        "EventSourceArn": mapping.source,
        "FunctionArn": mapping.function.arn,
        "LastModified": mapping.changed,
        "LastProcessingResult": "OK",
        "State": mapping.state(account.clock()),
        "StateTransitionReason": "User action",
    }
