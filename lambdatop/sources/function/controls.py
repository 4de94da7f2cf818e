"""Everything that can be changed about one function, read when the user is about to change it.

The control plane answers 15 calls a second for the whole account, so nothing is requested twice, and what depends on
another answer is requested only if that answer calls for it. What AWS refuses is left out and named.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Answer, Gate
from lambdatop.model.controls import Controls, EventSource, Provisioned
from lambdatop.model.function import Function
from lambdatop.sources.fleet.inventory import decode_function
from lambdatop.sources.function import controls_decode as decoded
from lambdatop.sources.function.insights_layer import newest_insights_layer, role_policies

Members = Mapping[str, Any]
"""Some members of Controls as they were read: none where AWS refused."""

PACE_S = 0.7
"""Between two functions: each takes about ten calls, and AWS's control plane takes 15 a second from all together."""
MOST_ALIASES = 5
"""The qualifiers whose event sources are listed; a listing by the function's name alone may lack them."""


class _Readings(Struct):
    """What AWS refused."""

    refused: list[str] = field(default_factory=list)

    async def of(self, reading: Awaitable[Members]) -> Members:
        """What was read; nothing where AWS refused it."""
        try:
            return await reading
        except AwsError as error:
            self.refused.append(error.line())
            return {}


async def read_controls(aws: Gate, name: str, *, insights: bool = False) -> Controls:
    """The settings of a function; with `insights` also what switching Lambda Insights on needs to know.

    Raises AwsError if the configuration itself cannot be read. Sources: lambda GetFunctionConfiguration, then at once
    GetFunctionConcurrency, GetAccountSettings, ListVersionsByFunction, ListAliases, ListProvisionedConcurrencyConfigs,
    ListEventSourceMappings, ListTags; application-autoscaling DescribeScalableTargets; logs DescribeLogGroups.
    """
    answer = await aws.call("lambda", "GetFunctionConfiguration", FunctionName=name)
    function, readings = decode_function(answer), _Readings()
    found = replace(decoded.controls(answer, function), reserved_known=False)
    parts = await asyncio.gather(
        _aliases_and_sources(aws, function, readings),
        _provisioned(aws, function, readings),
        readings.of(_versions(aws, function)),
        readings.of(_reserved(aws, function)),
        readings.of(_tags(aws, function)),
        readings.of(_limits(aws)),
        readings.of(_retention(aws, function)),
        *(_of_insights(aws, found, readings) if insights else ()),
    )
    members = {name: value for part in parts for name, value in part.items()}
    return replace(found, **members, refused=tuple(sorted(set(readings.refused))))


async def _aliases_and_sources(aws: Gate, function: Function, readings: _Readings) -> Members:
    """Event sources are listed by what they invoke, which may be an alias."""
    own, aliases = await asyncio.gather(
        readings.of(_event_sources(aws, function.name)), readings.of(_aliases(aws, function))
    )
    if not own:
        return aliases
    names = [f"{function.name}:{alias.name}" for alias in aliases.get("aliases", ())[:MOST_ALIASES]]
    of_aliases = await asyncio.gather(*(readings.of(_event_sources(aws, name)) for name in names))
    sources: dict[str, EventSource] = {
        each.uuid: each for part in (own, *of_aliases) for each in part.get("event_sources", ())
    }
    return {**aliases, "event_sources": tuple(sources.values())}


async def _aliases(aws: Gate, function: Function) -> Members:
    raw = [each async for page in _listed(aws, "ListAliases", function.name) for each in page.get("Aliases") or ()]
    return {"aliases": decoded.aliases(raw)}


async def _event_sources(aws: Gate, invoked: str) -> Members:
    pages = [page async for page in _listed(aws, "ListEventSourceMappings", invoked)]
    raw = [each for page in pages for each in page.get("EventSourceMappings") or ()]
    return {"event_sources": tuple(source for each in raw if (source := decoded.event_source(each)) is not None)}


async def _versions(aws: Gate, function: Function) -> Members:
    pages = [page async for page in _listed(aws, "ListVersionsByFunction", function.name)]
    found = [version for page in pages for each in page["Versions"] if (version := decoded.version(each)) is not None]
    return {"versions": tuple(sorted(found, key=lambda version: int(version.version)))}


async def _provisioned(aws: Gate, function: Function, readings: _Readings) -> Members:
    """With the scaling target, read only where concurrency is provisioned. A refusal counts as none, and is named."""
    read = await readings.of(_configured(aws, function))
    found: tuple[Provisioned, ...] = read.get("provisioned", ())
    if not found:
        return read
    resources = {f"function:{function.name}:{each.qualifier}": each for each in found}
    scaled = (await readings.of(_scaled(aws, list(resources)))).get("scaled", ())
    return {"provisioned": tuple(replace(each, autoscaled=name in scaled) for name, each in resources.items())}


async def _configured(aws: Gate, function: Function) -> Members:
    pages = [page async for page in _listed(aws, "ListProvisionedConcurrencyConfigs", function.name)]
    raw = [each for page in pages for each in page.get("ProvisionedConcurrencyConfigs") or ()]
    return {"provisioned": tuple(config for each in raw if (config := decoded.provisioned(each)) is not None)}


async def _scaled(aws: Gate, resources: list[str]) -> Members:
    """Those of the resources that Application Auto Scaling has as scalable targets."""
    pages = aws.pages(
        "application-autoscaling",
        "DescribeScalableTargets",
        ServiceNamespace="lambda",
        ResourceIds=resources[:50],
        ScalableDimension="lambda:function:ProvisionedConcurrency",
    )
    return {"scaled": {each.get("ResourceId") async for page in pages for each in page.get("ScalableTargets") or ()}}


async def _reserved(aws: Gate, function: Function) -> Members:
    answer = await aws.call("lambda", "GetFunctionConcurrency", FunctionName=function.name)
    return {"reserved": decoded.reserved(answer), "reserved_known": True}


async def _tags(aws: Gate, function: Function) -> Members:
    return {"tags": decoded.tags(await aws.call("lambda", "ListTags", Resource=function.arn))}


async def _limits(aws: Gate) -> Members:
    return {"limits": decoded.limits(await aws.call("lambda", "GetAccountSettings"))}


async def _retention(aws: Gate, function: Function) -> Members:
    """By name in order, so that of the groups that begin like this the very one is the first."""
    answer = await aws.call("logs", "DescribeLogGroups", logGroupNamePrefix=function.log_group, limit=1)
    exists, days = decoded.retention(answer, function.log_group)
    return {"log_group_exists": exists, "retention_days": days}


def _of_insights(aws: Gate, found: Controls, readings: _Readings) -> tuple[Awaitable[Members], ...]:
    role = (found.role_arn or "").rpartition("/")[2]
    return (readings.of(_layer(aws, found.function)), readings.of(_policies(aws, role)))


async def _layer(aws: Gate, function: Function) -> Members:
    return {"insights_layer_arn": await newest_insights_layer(aws, function)}


async def _policies(aws: Gate, role: str) -> Members:
    return {"role_policies": await role_policies(aws, role)}


def _listed(aws: Gate, operation: str, name: str) -> AsyncIterator[Answer]:
    return aws.pages("lambda", operation, FunctionName=name)
