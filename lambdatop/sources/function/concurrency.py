"""What bounds a function's concurrency: what is reserved for it, and what is provisioned."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from lambdatop.aws.errors import AccessDenied, AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.sources.function import controls_decode as decoded

FRESH: Final = timedelta(minutes=5)
"""AWS: 15 calls of Lambda's control plane a second, for everybody in the account together."""


class Bounds(Struct):
    """What is known of one function's; what AWS refuses is unknown."""

    function: str
    reserved: int | None = None
    provisioned: Mapping[str, int] | None = None
    """What was requested, by alias or version; None if that is unknown, empty if there is none."""
    refused: AwsError | None = None
    """Why what is provisioned is unknown."""
    _asked: datetime | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self, aws: Gate, clock: Clock, since: datetime | None = None) -> None:
        """Read the bounds, unless they are fresh (and were read after `since`, if that is given).

        A passing error is no answer: they are read again the next time.
        """
        async with self._asking:
            now = clock.now()
            if self._asked is None or now - self._asked >= FRESH or (since is not None and self._asked < since):
                self._asked = now if await self._ask(aws) else None

    async def _ask(self, aws: Gate) -> bool:
        """True if everything was answered, or refused for a missing permission."""
        troubles: list[AwsError] = []
        reserved = provisioned = refused = None
        try:
            reserved = decoded.reserved(await aws.call("lambda", "GetFunctionConcurrency", FunctionName=self.function))
        except AwsError as error:
            troubles.append(error)
        try:
            provisioned = await _provisioned(aws, self.function)
        except AwsError as error:
            refused = error
            troubles.append(error)
        self.reserved, self.provisioned, self.refused = reserved, provisioned, refused
        return all(isinstance(trouble, AccessDenied) for trouble in troubles)


async def _provisioned(aws: Gate, function: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    async for page in aws.pages("lambda", "ListProvisionedConcurrencyConfigs", FunctionName=function):
        configs = (decoded.provisioned(raw) for raw in page["ProvisionedConcurrencyConfigs"])
        found |= {each.qualifier: each.requested for each in configs if each is not None}
    return found
