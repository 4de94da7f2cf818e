"""One function of the emulated account: its configuration, versions and aliases.

Whatever is changed here becomes an epoch of the function's course, from which all its numbers follow.
"""

import copy
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from lambdatop.emulator.simulation.chance import mixed
from lambdatop.emulator.simulation.course import Course
from lambdatop.emulator.simulation.epoch import Epoch, Lane
from lambdatop.emulator.simulation.profile import Behaviour, BehaviourChange, Profile, behaviour, changed

LATEST = "$LATEST"
INSIGHTS_GROUP = "/aws/lambda-insights"
"""The log group of Lambda Insights, shared by all functions."""
SETTLING_S = 1.5
READY_AFTER_S = 3.0

Configuration = dict[str, Any]
"""One FunctionConfiguration, as ListFunctions returns it."""


class Spell(Struct, frozen=True):
    """A change that the world works on a function from `since` to `until` (epoch seconds)."""

    since: float
    until: float
    change: BehaviourChange


class Blueprint(Struct, frozen=True, kw_only=True):
    """What a function is made from: its first configuration and its nature."""

    configuration: Configuration
    profile: Profile
    spells: tuple[Spell, ...] = ()
    defects: dict[str, BehaviourChange] = field(default_factory=dict)
    """By CodeSha256: what is wrong with that code."""
    deployed: tuple[float, str] | None = None
    """When the alias in use was moved to where it is, and the version it had been on."""


class EmulatedProvisioned(Struct):
    """Provisioned concurrency of one alias or version."""

    requested: int
    since: float

    def ready(self, now: float) -> bool:
        return now >= self.since + READY_AFTER_S


class EmulatedAlias(Struct, kw_only=True):
    """A name for a version, or for two by weight."""

    name: str
    version: str
    description: str
    revision: str
    weights: dict[str, float]
    """The additional versions' shares of the traffic."""


def has_insights(configuration: Mapping[str, Any]) -> bool:
    """True if the Lambda Insights extension is among a configuration's layers, in whatever version."""
    return any(":layer:LambdaInsightsExtension" in layer["Arn"] for layer in configuration.get("Layers", ()))


def iso(at: float) -> str:
    """A LastModified as lambda writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


class EmulatedFunction:
    """A function's state. What costs anything to know is made when it is first asked for: most functions are idle."""

    __slots__ = (
        "_blueprint",
        "_course",
        "_former",
        "_make",
        "_revision",
        "aliases",
        "arn",
        "fails",
        "fed",
        "key",
        "name",
        "provisioned",
        "reserved",
        "settles",
        "tags",
        "versions",
    )

    def __init__(self, name: str, arn: str, key: int, make: Callable[["EmulatedFunction"], Blueprint]) -> None:
        self.name = name
        self.arn = arn
        self.key = key
        self.versions: dict[str, Configuration] = {}
        self.aliases: dict[str, EmulatedAlias] = {}
        self.reserved: int | None = None
        self.fed = True
        self.fails: str | None = None
        """Why nothing that takes its time comes off from now on, in AWS's words: updates and provisioning."""
        self.provisioned: dict[str, EmulatedProvisioned] = {}
        self.tags: dict[str, str] = {}
        self.settles = -math.inf
        self._make = make
        self._blueprint: Blueprint | None = None
        self._course: Course | None = None
        self._former: Configuration | None = None
        self._revision = 0

    @property
    def blueprint(self) -> Blueprint:
        """What it was made from; made on first use."""
        if self._blueprint is None:
            self._blueprint = self._make(self)
        return self._blueprint

    @property
    def profile(self) -> Profile:
        """Its nature, spells and defects apart."""
        return self.blueprint.profile

    @property
    def config(self) -> Configuration:
        """The configuration of `$LATEST`; a dictionary to read, changed only through `configure`."""
        return self.blueprint.configuration

    def configuration(self, version: str) -> Configuration | None:
        """The configuration of a version, or None if it was never published."""
        return self.config if version == LATEST else self.versions.get(version)

    @property
    def course(self) -> Course:
        """Its course through time; begun on first use, with an epoch for every spell."""
        if self._course is None:
            self._course = self._begun()
        return self._course

    def _begun(self) -> Course:
        """The course from the beginning of time to the last thing that happened before the account's start."""
        blueprint = self.blueprint
        alias = self.aliases.get(self.profile.alias or "")
        if alias is None or blueprint.deployed is None:
            course = Course(key=self.key, traffic=self.profile.traffic, first=self._epoch(-math.inf))
        else:
            moved, current = blueprint.deployed[0], alias.version
            alias.version = blueprint.deployed[1]
            course = Course(key=self.key, traffic=self.profile.traffic, first=self._epoch(-math.inf))
            alias.version = current
            course.add(self._epoch(moved))
        for at in sorted({moment for spell in blueprint.spells for moment in (spell.since, spell.until)}):
            if at < math.inf:
                course.add(self._epoch(at))
        return course

    @property
    def insights(self) -> bool:
        """True if the Lambda Insights extension measures what its callers use, or once did."""
        if self._course is None and not has_insights(self.config):
            return False  # of the many that never had it no course is begun for this
        return any(epoch.measured for epoch in self.course.epochs)

    @property
    def log_group(self) -> str:
        """The log group that it writes to."""
        return str(self.config["LoggingConfig"]["LogGroup"])

    def revised(self) -> str:
        """A new revision id."""
        self._revision += 1
        first, second = mixed(self.key, self._revision), mixed(self.key, -self._revision)
        digits = f"{first:016x}{second:016x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def configure(self, at: float, **members: Any) -> None:
        """Change `$LATEST`: the members are replaced, the revision and LastModified move on, and it settles a while."""
        _ = self.course  # begun before the change, or its past would have it
        self._former = dict(self.config)
        self.config.update(members, RevisionId=self.revised(), LastModified=iso(at))
        self.settles = at + SETTLING_S
        self.steered(at)

    def publish(self, at: float, description: str | None = None) -> Configuration:
        """Make a version of `$LATEST`, LastModified now; the last one again if nothing changed since."""
        number = max((int(version) for version in self.versions), default=0)
        last = self.versions.get(str(number))
        if last and _content(last) == _content(self.config):
            return last
        version = str(number + 1)
        made = copy.deepcopy(self.config)
        made.update(
            Version=version, FunctionArn=f"{self.arn}:{version}", RevisionId=self.revised(), LastModified=iso(at)
        )
        if description is not None:
            made["Description"] = description
        self.versions[version] = made
        return made

    def steered(self, at: float) -> None:
        """Let what was changed outside `$LATEST` (aliases, concurrency) take effect from `at` on."""
        pending = {self.settles, *(each.since + READY_AFTER_S for each in self.provisioned.values())}
        for moment in sorted({at, *(moment for moment in pending if moment > at)}):
            self.course.add(self._epoch(moment))

    def settling(self, now: float) -> bool:
        """True while an update is in progress: AWS refuses others meanwhile."""
        return now < self.settles

    def qualifiers(self) -> tuple[str, ...]:
        """What traffic passes through: the alias its callers use, if it exists."""
        alias = self.profile.alias
        return (alias,) if alias in self.aliases and alias is not None else ()

    def _epoch(self, at: float) -> Epoch:
        used = self.qualifiers()
        alias = self.aliases[used[0]] if used else None
        latest = self._in_force(at)
        group = latest["LoggingConfig"]["LogGroup"]
        return Epoch(
            since=at,
            lanes=tuple(self._lane(version, share, at) for version, share in _shares(alias)),
            alias=alias.name if alias else None,
            reserved=self.reserved,
            fed=self.fed,
            provisioned=self._ready(alias, at),
            tracing=latest["TracingConfig"]["Mode"] == "Active",
            log_group="" if group == f"/aws/lambda/{self.name}" else group,
        )

    def _in_force(self, at: float) -> Configuration:
        """The configuration that `$LATEST` runs with: the former one until an update has settled."""
        return self._former if self._former is not None and at < self.settles else self.config

    def _lane(self, version: str, share: float, at: float) -> Lane:
        return Lane(
            version=version,
            share=share,
            behaviour=self.behaviour(version, at),
            insights=has_insights(self._running(version, at)),
        )

    def _running(self, version: str, at: float) -> Configuration:
        """The configuration that a version runs with at a moment."""
        return self.versions.get(version) or self._in_force(at)

    def behaviour(self, version: str, at: float) -> Behaviour:
        """What a version does at a moment: its nature under the world's spells and its code's defects."""
        configuration = self._running(version, at)
        blueprint = self.blueprint
        changes = [spell.change for spell in blueprint.spells if spell.since <= at < spell.until]
        if defect := blueprint.defects.get(configuration["CodeSha256"]):
            changes.append(defect)
        profile = changed(blueprint.profile, changes)
        return behaviour(profile, configuration["MemorySize"], configuration["Timeout"])

    def _ready(self, alias: EmulatedAlias | None, at: float) -> int:
        """The provisioned environments that the traffic finds ready."""
        if alias is None:
            return 0
        names = {alias.name, alias.version, *alias.weights}
        return sum(each.requested for name, each in self.provisioned.items() if name in names and each.ready(at))


def _shares(alias: EmulatedAlias | None) -> list[tuple[str, float]]:
    if alias is None:
        return [(LATEST, 1.0)]
    return [(alias.version, 1 - sum(alias.weights.values())), *alias.weights.items()]


_OWN = {"Version", "FunctionArn", "RevisionId", "LastModified", "Description"}


def _content(configuration: Configuration) -> Configuration:
    """What of a configuration makes a new version worth publishing."""
    return {name: value for name, value in configuration.items() if name not in _OWN}
