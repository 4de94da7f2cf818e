"""Lambda's versions and aliases: publishing, and moving what callers use from one version to another."""

import re
from typing import TYPE_CHECKING

from lambdatop.emulator.function import LATEST, EmulatedAlias, EmulatedFunction
from lambdatop.emulator.lambda_.checks import (
    conflict,
    invalid,
    missing,
    paged,
    refuse_stale,
    refuse_while_settling,
    version_of,
)
from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_ALIAS_NAME = re.compile(r"^(?!^\d+$)[\w-]{1,128}$")


@operation("lambda.ListVersionsByFunction")
def list_versions_by_function(account: "Account", params: Params) -> Answer:
    """`$LATEST` and the published versions, oldest first."""
    function = account.function(params["FunctionName"])
    page, marker = paged([function.config, *function.versions.values()], params)
    return {"Versions": list(page)} | marker


@operation("lambda.PublishVersion")
def publish_version(account: "Account", params: Params) -> Answer:
    """Freeze `$LATEST` as a version. AWS: without a change since the last one, that one is the answer."""
    function = account.function(params["FunctionName"])
    refuse_while_settling(account, function)
    refuse_stale(params.get("RevisionId"), function.config["RevisionId"], "GetFunction/GetAlias")
    if params.get("CodeSha256", function.config["CodeSha256"]) != function.config["CodeSha256"]:
        raise invalid(f"CodeSHA256 ({params['CodeSha256']}) is different from current CodeSHA256 in $LATEST")
    return function.publish(account.clock(), params.get("Description")) | {
        "State": "Active",
        "LastUpdateStatus": "Successful",
    }


@operation("lambda.ListAliases")
def list_aliases(account: "Account", params: Params) -> Answer:
    """The aliases by name; with FunctionVersion those on that version."""
    function = account.function(params["FunctionName"])
    wanted = params.get("FunctionVersion")
    aliases = [alias for _, alias in sorted(function.aliases.items()) if wanted in (None, alias.version)]
    page, marker = paged(aliases, params)
    return {"Aliases": [_described(function, alias) for alias in page]} | marker


@operation("lambda.GetAlias")
def get_alias(account: "Account", params: Params) -> Answer:
    """One alias."""
    function = account.function(params["FunctionName"])
    return _described(function, _alias(function, params["Name"]))


@operation("lambda.CreateAlias")
def create_alias(account: "Account", params: Params) -> Answer:
    """A new name for a version."""
    function = account.function(params["FunctionName"])
    name = params["Name"]
    if name in function.aliases:
        raise conflict(f"Alias already exists: {function.arn}:{name}")
    if not _ALIAS_NAME.match(name):
        raise invalid(f"Value '{name}' at 'name' failed to satisfy constraint")
    version_of(function, params["FunctionVersion"])
    alias = EmulatedAlias(
        name=name,
        version=params["FunctionVersion"],
        description=params.get("Description", ""),
        revision=function.revised(),
        weights=_weights(function, params),
    )
    function.aliases[name] = alias
    _steered(account, function)
    return _described(function, alias)


@operation("lambda.UpdateAlias")
def update_alias(account: "Account", params: Params) -> Answer:
    """Move an alias, or share its traffic out; what callers get changes at once."""
    function = account.function(params["FunctionName"])
    alias = _alias(function, params["Name"])
    refuse_stale(params.get("RevisionId"), alias.revision, "GetFunction/GetAlias")
    version = params.get("FunctionVersion", alias.version)
    version_of(function, version)
    weights = _weights(function, params) if "RoutingConfig" in params else alias.weights
    if weights and LATEST in (version, *weights):
        raise invalid("$LATEST is not supported for an alias pointing to more than 1 version")
    alias.version, alias.weights = version, weights
    alias.description = params.get("Description", alias.description)
    alias.revision = function.revised()
    _steered(account, function)
    return _described(function, alias)


@operation("lambda.DeleteAlias")
def delete_alias(account: "Account", params: Params) -> Answer:
    """Remove an alias; AWS does not mind if there is none."""
    function = account.function(params["FunctionName"])
    if function.aliases.pop(params["Name"], None):
        function.provisioned.pop(params["Name"], None)
        _steered(account, function)
    return {}


def _steered(account: "Account", function: EmulatedFunction) -> None:
    function.steered(account.clock())
    account.changed(function)


def _alias(function: EmulatedFunction, name: str) -> EmulatedAlias:
    if name not in function.aliases:
        raise missing(f"Cannot find alias arn: {function.arn}:{name}")
    return function.aliases[name]


def _weights(function: EmulatedFunction, params: Params) -> dict[str, float]:
    """The additional versions' shares. AWS: one additional version at most, its share from 0 to 1."""
    weights: dict[str, float] = (params.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    if len(weights) > 1:
        raise invalid("Number of items in AdditionalVersionWeights cannot be greater than 1.")
    for version, share in weights.items():
        version_of(function, version)
        if not 0 <= share <= 1:
            raise invalid(f"Invalid weight {share} of version {version}")
    return dict(weights)


def _described(function: EmulatedFunction, alias: EmulatedAlias) -> Answer:
    answer: Answer = {
        "AliasArn": f"{function.arn}:{alias.name}",
        "Name": alias.name,
        "FunctionVersion": alias.version,
        "Description": alias.description,
        "RevisionId": alias.revision,
    }
    return answer | ({"RoutingConfig": {"AdditionalVersionWeights": dict(alias.weights)}} if alias.weights else {})
