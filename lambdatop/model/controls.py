"""Everything of one function that can be changed, as it was read: what a plan is made from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, field

from lambdatop.model.function import Function

DIGEST: Final = "sha256:"
"""Prefix of the placeholder for a value that must not be shown."""


class Alias(Struct, frozen=True, kw_only=True):
    """A name for a version, or for two by weight."""

    name: str
    version: str
    weights: Mapping[str, float] = field(default_factory=dict)
    """The additional versions' shares of the traffic."""
    revision_id: str | None = None
    description: str = ""

    @property
    def versions(self) -> tuple[str, ...]:
        """All to which it sends callers, its own first."""
        return (self.version, *self.weights)


class Version(Struct, frozen=True, kw_only=True):
    """One published version."""

    version: str
    published: datetime | None
    description: str = ""
    code_sha256: str | None = None
    snap_start: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    """What its configuration is, by AWS's members; what may be secret as a digest."""


class Provisioned(Struct, frozen=True, kw_only=True):
    """Provisioned concurrency of one alias or version."""

    qualifier: str
    requested: int
    status: str
    """AWS's: IN_PROGRESS, READY or FAILED."""
    reason: str | None = None
    autoscaled: bool = False
    """It is a scalable target of Application Auto Scaling, which may set another value at any time."""


class EventSource(Struct, frozen=True, kw_only=True):
    """One event source mapping."""

    uuid: str
    source_arn: str
    state: str
    """AWS's: Enabled, Disabled, Enabling, Disabling, …"""
    qualifier: str | None = None
    """The alias or version that it invokes; None for `$LATEST`."""

    @property
    def enabled(self) -> bool:
        return self.state in ("Enabled", "Enabling", "Creating", "Updating")

    @property
    def source(self) -> str:
        """The queue's, stream's or topic's own name."""
        return self.source_arn.rsplit(":", 1)[-1].split("/stream/")[0].rsplit("/", 1)[-1]


class Limits(Struct, frozen=True, kw_only=True):
    """The account's concurrency in this Region."""

    total: int
    unreserved: int


class Controls(Struct, frozen=True, kw_only=True):
    """One function's settings. What could not be read is None, and `refused` says why."""

    function: Function
    """From GetFunctionConfiguration, so with its revision."""
    role_arn: str | None = None
    application_log_level: str | None = None
    system_log_level: str | None = None
    tenant_isolation: bool = False
    update_status: str | None = None
    """AWS's LastUpdateStatus: Successful, InProgress or Failed."""
    code_sha256: str | None = None
    """Of the code in `$LATEST`: whether publishing it would release more than a change of the configuration."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Of `$LATEST`, as a version has them."""
    reserved: int | None = None
    """None where none is reserved."""
    reserved_known: bool = True
    """False if it could not be read: then None is not to be believed."""
    versions: tuple[Version, ...] | None = None
    """By number, oldest first; without `$LATEST`."""
    aliases: tuple[Alias, ...] | None = None
    provisioned: tuple[Provisioned, ...] | None = None
    event_sources: tuple[EventSource, ...] | None = None
    tags: Mapping[str, str] | None = None
    limits: Limits | None = None
    log_group_exists: bool | None = None
    """None if it could not be read: then `retention_days` is not to be believed."""
    retention_days: int | None = None
    """Of its log group; None for ever, or unknown."""
    insights_layer_arn: str | None = None
    """The newest version of the Lambda Insights layer for its Region and architecture, if it was read."""
    role_policies: tuple[str, ...] | None = None
    """The ARNs of the managed policies on its role, if they were read."""
    refused: tuple[str, ...] = ()
    """One line for each call that AWS refused, naming the IAM action."""

    @property
    def stack(self) -> str | None:
        """The CloudFormation stack that owns the function and will set it back; None if no tag says so."""
        return (self.tags or {}).get("aws:cloudformation:stack-name")
