"""Lambda's functions: list, get, update, create and delete."""

import re
from typing import TYPE_CHECKING, Any

from lambdatop.emulator.blueprints import code_sha, configuration
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.function import LATEST, Blueprint, Configuration, EmulatedFunction
from lambdatop.emulator.lambda_.checks import conflict, invalid, paged, qualified, refuse_stale, refuse_while_settling
from lambdatop.emulator.operations import Answer, Params, operation
from lambdatop.emulator.simulation.chance import key_of
from lambdatop.emulator.simulation.latency import latency
from lambdatop.emulator.simulation.profile import Profile, Traffic

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_PLAIN = (
    *("Role", "Handler", "Description", "Timeout", "MemorySize", "Runtime", "KMSKeyArn"),
    *("DeadLetterConfig", "FileSystemConfigs", "EphemeralStorage"),
)
"""Members of UpdateFunctionConfiguration that are stored as they come."""

_NAME = re.compile(r"^[\w-]{1,64}$")
_TIMEOUT_S = (1, 900)
_MEMORY_MB = (128, 10_240)
_EPHEMERAL_MB = (512, 10_240)
_LAYERS = 5
_ENVIRONMENT_BYTES = 4096


@operation("lambda.ListFunctions")
def list_functions(account: "Account", params: Params) -> Answer:
    """The functions by name, 50 a page; with FunctionVersion=ALL every published version too."""
    if params.get("FunctionVersion") == "ALL":
        everything = [
            version
            for function in account.functions.values()
            for version in (function.config, *function.versions.values())
        ]
        page, marker = paged(everything, params)
        return {"Functions": list(page)} | marker
    functions, marker = paged(list(account.functions.values()), params)
    return {"Functions": [function.config for function in functions]} | marker


@operation("lambda.GetFunctionConfiguration")
def get_function_configuration(account: "Account", params: Params) -> Answer:
    """One version's configuration with its state, which ListFunctions does not tell."""
    function = account.function(params["FunctionName"])
    return described(account, function, qualified(function, params)[1])


def described(account: "Account", function: EmulatedFunction, version: str) -> Configuration:
    """A version's configuration and the state it is in."""
    shown = function.versions.get(version, function.config)
    settling = version == LATEST and function.settling(account.clock())
    state = {"State": "Active", "LastUpdateStatus": "InProgress" if settling else "Successful"}
    if settling:
        state["LastUpdateStatusReason"] = "The function is being updated."
    elif version == LATEST and function.fails:
        state |= {"LastUpdateStatus": "Failed", "LastUpdateStatusReason": function.fails}
    return shown | state


@operation("lambda.GetFunction")
def get_function(account: "Account", params: Params) -> Answer:
    """Configuration, code, tags and reserved concurrency in one answer."""
    function = account.function(params["FunctionName"])
    shown = described(account, function, qualified(function, params)[1])
    image = shown["PackageType"] == "Image"
    host = f"{account.id}.dkr.ecr.{account.region}.amazonaws.com"
    code = (
        {"RepositoryType": "ECR", "ImageUri": f"{host}/{function.name}:latest"} if image else {"RepositoryType": "S3"}
    )
    answer: Answer = {"Configuration": shown, "Code": code}
    if function.tags:
        answer["Tags"] = dict(function.tags)
    if function.reserved is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
    return answer


@operation("lambda.UpdateFunctionConfiguration")
def update_function_configuration(account: "Account", params: Params) -> Answer:
    """Change `$LATEST`. AWS: it settles a while, during which invocations keep the old configuration."""
    function = account.function(params["FunctionName"])
    refuse_while_settling(account, function)
    refuse_stale(params.get("RevisionId"), function.config["RevisionId"], "GetFunction/GetAlias")
    check(params)
    function.configure(account.clock(), **_changes(function, params))
    account.changed(function)
    return described(account, function, LATEST)


def check(params: Params) -> None:
    """Refuse values out of AWS's ranges."""
    _check_range("timeout", params.get("Timeout"), _TIMEOUT_S)
    _check_range("memorySize", params.get("MemorySize"), _MEMORY_MB)
    _check_range("ephemeralStorage.size", params.get("EphemeralStorage", {}).get("Size"), _EPHEMERAL_MB)
    if len(params.get("Layers", ())) > _LAYERS:
        raise invalid(f"Cannot reference more than {_LAYERS} layers.")
    variables = params.get("Environment", {}).get("Variables", {})
    if sum(len(name) + len(value) for name, value in variables.items()) > _ENVIRONMENT_BYTES:
        raise invalid("Lambda was unable to configure your environment variables: they exceed the 4KB limit.")


def _check_range(member: str, value: int | None, bounds: tuple[int, int]) -> None:
    low, high = bounds
    if value is not None and not low <= value <= high:
        bound = f"greater than or equal to {low}" if value < low else f"less than or equal to {high}"
        raise invalid(
            f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
            f"Member must have value {bound}"
        )


def _changes(function: EmulatedFunction, params: Params) -> dict[str, Any]:
    """The members to replace; LoggingConfig alone is merged, as AWS does, and a layer gets a size."""
    changes = {name: params[name] for name in _PLAIN if name in params}
    if "Environment" in params:
        changes["Environment"] = {"Variables": params["Environment"].get("Variables", {})}
    if "TracingConfig" in params:
        changes["TracingConfig"] = {"Mode": params["TracingConfig"].get("Mode", "PassThrough")}
    if "Layers" in params:
        changes["Layers"] = [{"Arn": arn, "CodeSize": 4_211_508} for arn in params["Layers"]]
    if "SnapStart" in params:
        changes["SnapStart"] = {"ApplyOn": params["SnapStart"].get("ApplyOn", "None"), "OptimizationStatus": "Off"}
    if "LoggingConfig" in params:
        changes["LoggingConfig"] = _logging(function, params["LoggingConfig"])
    if "VpcConfig" in params:
        changes["VpcConfig"] = params["VpcConfig"] | {"VpcId": "vpc-0a1b2c3d" if params["VpcConfig"] else ""}
    return changes


def _logging(function: EmulatedFunction, wanted: Params) -> dict[str, str]:
    merged: dict[str, str] = function.config["LoggingConfig"] | wanted
    levels = ("ApplicationLogLevel", "SystemLogLevel")
    if merged["LogFormat"] == "JSON":
        return {level: "INFO" for level in levels} | merged
    if any(level in wanted for level in levels):
        raise invalid("The log level filters can only be used with the JSON log format.")
    return {name: value for name, value in merged.items() if name not in levels}


@operation("lambda.CreateFunction")
def create_function(account: "Account", params: Params) -> Answer:
    """A new function; nobody calls it yet."""
    name = params["FunctionName"]
    if not _NAME.match(name):
        raise ServiceError("ValidationException", f"Value '{name}' at 'functionName' failed to satisfy constraint")
    if name in account.functions:
        raise conflict(f"Function already exist: {name}")
    check(params)
    function = EmulatedFunction(
        name, account.arn(name), key_of(account.seed, name), lambda made: _new(account, made, params)
    )
    function.tags = dict(params.get("Tags", {}))
    account.functions = dict(sorted({**account.functions, name: function}.items()))
    account.forget_called()
    function.configure(account.clock(), **_changes(function, params))
    if params.get("Publish"):
        function.publish(account.clock())
    return described(account, function, LATEST)


def _new(account: "Account", function: EmulatedFunction, params: Params) -> Blueprint:
    image = params.get("PackageType") == "Image"
    made = configuration(
        function,
        runtime=None if image else params.get("Runtime", "python3.13"),
        arm=params.get("Architectures") == ["arm64"],
        at=account.clock(),
        Timeout=3,
        Description="",
        TracingConfig={"Mode": "PassThrough"},
        Environment={"Variables": {}},
        CodeSha256=code_sha(function.name, "created"),
    )
    return Blueprint(configuration=made, profile=Profile(traffic=Traffic(), latency=latency(30, 90), tuned_mb=128))


@operation("lambda.DeleteFunction")
def delete_function(account: "Account", params: Params) -> Answer:
    """Remove a function, or with a qualifier one of its versions."""
    function = account.function(params["FunctionName"])
    qualifier, version = qualified(function, params)
    if qualifier == LATEST:
        account.functions = {name: each for name, each in account.functions.items() if each is not function}
        account.forget_called()
    elif any(version == alias.version or version in alias.weights for alias in function.aliases.values()):
        raise conflict(f"Version {version} is in use by an alias of {function.name}.")
    else:
        del function.versions[version]
    return {"StatusCode": 204}
