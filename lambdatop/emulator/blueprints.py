"""How the fleet's functions come into being: configuration, versions and aliases for the stories and for the calm."""

import base64
import hashlib
import math
from typing import Any

from msgspec.structs import replace

from lambdatop.emulator.function import (
    LATEST,
    Blueprint,
    EmulatedAlias,
    EmulatedFunction,
    EmulatedProvisioned,
    Spell,
    iso,
)
from lambdatop.emulator.simulation import fleet
from lambdatop.emulator.simulation.chance import mixed
from lambdatop.emulator.simulation.profile import BehaviourChange
from lambdatop.emulator.simulation.stories import STORIES
from lambdatop.emulator.simulation.story import Deployment, Story, traffic_of

_STORIES = {story.name: story for story in STORIES}
_DAY_S = 86400
_RELEASE_S = 8.3 * _DAY_S
"""How long a version is in use before the next."""


def blueprint(function: EmulatedFunction, started: float, fleet_size: int) -> Blueprint:
    """What the function of this name is made from."""
    story = _STORIES.get(function.name)
    return _story_blueprint(function, story, started) if story else _calm_blueprint(function, started, fleet_size)


def configuration(
    function: EmulatedFunction, *, runtime: str | None, arm: bool, at: float, **members: Any
) -> dict[str, Any]:
    """A FunctionConfiguration in ListFunctions' shape; a runtime of None makes it a container image."""
    name = function.name
    made: dict[str, Any] = {
        "FunctionName": name,
        "FunctionArn": function.arn,
        "Role": f"arn:aws:iam::{function.arn.split(':')[4]}:role/{name}",
        "CodeSize": 40_000 + mixed(function.key, 20) % 9_000_000,
        "Description": fleet.description(name),
        "Timeout": 30,
        "MemorySize": 128,
        "LastModified": iso(at),
        "CodeSha256": code_sha(name, "1"),
        "Version": LATEST,
        "Environment": {"Variables": {"STAGE": "prod", "LOG_LEVEL": "INFO"}},
        "TracingConfig": {"Mode": "Active"},
        "RevisionId": function.revised(),
        "PackageType": "Zip" if runtime else "Image",
        "Architectures": ["arm64" if arm else "x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
    }
    if runtime:
        made.update(Runtime=runtime, Handler=_handler(runtime))
    return made | members


def code_sha(name: str, version: str) -> str:
    """The CodeSha256 of the code that a version was published with."""
    return base64.b64encode(hashlib.sha256(f"{name}:{version}".encode()).digest()).decode()


def _handler(runtime: str) -> str:
    if runtime.startswith("java"):
        return "example.shop.Handler::handleRequest"
    if runtime.startswith("dotnet"):
        return "Shop::Shop.Function::Handler"
    return "bootstrap" if runtime.startswith("provided") else "app.handler"


def _calm_blueprint(function: EmulatedFunction, started: float, fleet_size: int) -> Blueprint:
    name, key = function.name, function.key
    arm = fleet.is_arm(key)
    profile = fleet.calm_profile(name, key, fleet_size)
    function.tags = fleet.tags(name, key)
    modified = started - _DAY_S * (2 + mixed(key, 21) % 200) - mixed(key, 22) % _DAY_S
    slowest_s = profile.latency.ms[-1] / 1000
    made = configuration(
        function,
        runtime=None if name in fleet.FROM_IMAGE else fleet.runtime_of(key),
        arm=arm,
        at=modified,
        MemorySize=profile.tuned_mb,
        Timeout=next(limit for limit in (3, 10, 30, 60, 300, 900) if limit > 2.5 * slowest_s),
        **fleet.oddities(name, function.arn.split(":")[3], arm),
    )
    if profile.alias:
        _publish(function, made, modified, first=7, last=8)
    if name in fleet.AUTOSCALED:
        alias, least = fleet.AUTOSCALED[name]
        function.provisioned[alias] = EmulatedProvisioned(least, -math.inf)
    return Blueprint(configuration=made, profile=profile)


def _story_blueprint(function: EmulatedFunction, story: Story, started: float) -> Blueprint:
    function.tags = {"team": story.name.split("-", 1)[0], "stage": "prod"}
    if story.name == "image-resize":
        function.tags["aws:cloudformation:stack-name"] = "media"
    deployed = story.deployment
    modified = started - (deployed.ago_s if deployed else 40 * _DAY_S)
    made = configuration(
        function,
        runtime=story.runtime,
        arm=story.arm,
        at=modified,
        MemorySize=story.memory_mb,
        Timeout=story.timeout_s,
        **fleet.oddities(story.name, function.arn.split(":")[3], story.arm),
        **story.members,
    )
    function.reserved = story.reserved
    defects: dict[str, BehaviourChange] = {}
    if deployed:
        _publish(function, made, modified, first=deployed.version - 2, last=deployed.version)
        if deployed.defect:
            defects[made["CodeSha256"]] = deployed.defect
    return Blueprint(
        configuration=made,
        profile=replace(story.profile, traffic=traffic_of(story, started)),
        spells=tuple(
            Spell((started - trial.ago_s) // 60 * 60, (started - trial.ended_ago_s) // 60 * 60, trial.change)
            if trial.ended_ago_s > -math.inf
            else Spell((started - trial.ago_s) // 60 * 60, math.inf, trial.change)
            for trial in story.trials
        ),
        defects=defects,
        deployed=_deployment(deployed, started),
    )


def _deployment(deployed: Deployment | None, started: float) -> tuple[float, str] | None:
    """When the alias was moved, and the version it was moved from."""
    return (started - deployed.ago_s, str(deployed.version - 1)) if deployed else None


def _publish(function: EmulatedFunction, latest: dict[str, Any], at: float, first: int, last: int) -> None:
    """Versions `first` to `last`, the last one of today's code, and the alias `live` on it."""
    for number in range(first, last + 1):
        version = str(number)
        function.versions[version] = latest | {
            "Version": version,
            "FunctionArn": f"{function.arn}:{version}",
            "CodeSha256": code_sha(function.name, version),
            "RevisionId": function.revised(),
            "LastModified": iso(at - (last - number) * _RELEASE_S),
        }
    latest["CodeSha256"] = code_sha(function.name, str(last))
    function.aliases["live"] = EmulatedAlias(
        name="live", version=str(last), description="what callers use", revision=function.revised(), weights={}
    )
