"""Who we are, how much may run at once, and what our own calls cost."""

from collections.abc import AsyncIterator

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.updates import ApiUsed, IdentityKnown, LimitsKnown, RegionKnown, Update


async def identity(aws: Gate) -> AsyncIterator[Update]:
    """The caller's account and ARN, or the Region alone. Raises AwsError.

    Source: sts GetCallerIdentity, which needs no permission, but a service control policy may deny it all the same.
    """
    try:
        answer = await aws.call("sts", "GetCallerIdentity")
    except AwsError:
        if aws.region is not None:
            yield RegionKnown(aws.region)
        raise
    yield IdentityKnown(account=answer["Account"], arn=answer.get("Arn", ""), region=aws.region or "")


async def caller(aws: Gate) -> IdentityKnown:
    """The caller's account and ARN, where nothing can be done without them. Raises AwsError."""
    async for update in identity(aws):
        if isinstance(update, IdentityKnown):
            return update
    raise AwsError("sts:GetCallerIdentity returned no identity")


async def limits(aws: Gate) -> AsyncIterator[Update]:
    """The account's concurrency limit in this Region. Source: lambda GetAccountSettings."""
    answer = await aws.call("lambda", "GetAccountSettings")
    limit = answer["AccountLimit"].get("ConcurrentExecutions")
    if isinstance(limit, int):
        yield LimitsKnown(limit)


def used(aws: Gate) -> ApiUsed:
    """The calls so far and their cost, from the gate's meter."""
    return ApiUsed(calls=aws.meter.calls.total(), cost_usd=aws.meter.cost_usd, usd_per_hour=aws.usd_per_hour())
