"""The one gate to AWS: clients, deadline, error translation, answer check, read-only guard and meter in one place."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from lambdatop.aws.answers import check
from lambdatop.aws.errors import AwsError, CredentialsError, ReadOnly
from lambdatop.aws.meter import Meter, price_usd
from lambdatop.aws.session import Clients, Connection, Login
from lambdatop.aws.shapes import Odd, oddities
from lambdatop.aws.translate import bad_answer, sdk_errors, translate
from lambdatop.clock import Clock

Answer = dict[str, Any]

DEADLINE_S = 15.0
"""For one call with its retries: a slow drip beats every socket timeout."""

PATIENCE_S = {"Invoke": 930.0}
"""AWS: a function runs for up to 15 minutes, all of which its caller may wait for the first byte of the answer."""

_READ = re.compile(
    r"(Get|List|Describe|Filter|BatchGet|Lookup)[A-Z]|Start(LiveTail|Query|TraceRetrieval)$|(StopQuery|CancelTraceRetrieval)$"
)
_TOKENS = {
    # operation: the token's name in the request and in the answer
    "ListFunctions": ("Marker", "NextMarker"),
    "ListVersionsByFunction": ("Marker", "NextMarker"),
    "ListAliases": ("Marker", "NextMarker"),
    "ListEventSourceMappings": ("Marker", "NextMarker"),
    "ListProvisionedConcurrencyConfigs": ("Marker", "NextMarker"),
    "ListLayerVersions": ("Marker", "NextMarker"),
    "ListAttachedRolePolicies": ("Marker", "Marker"),
    "FilterLogEvents": ("nextToken", "nextToken"),
    "DescribeLogGroups": ("nextToken", "nextToken"),
    "DescribeLogStreams": ("nextToken", "nextToken"),
}
_USUAL_TOKENS = ("NextToken", "NextToken")


class Gate:
    """Every request of the program. Operations and parameters are AWS's own; answers keep raw timestamps."""

    def __init__(self, connection: Connection, clock: Clock, *, deadline_s: float = DEADLINE_S) -> None:
        self.connection = connection
        self.clock = clock
        self.deadline_s = deadline_s
        self.meter = Meter(clock.monotonic())
        self._clients = Clients(connection)
        self._odd: dict[str, Odd] = {}
        """By service and operation, what finds a member of another type in an answer."""

    @property
    def region(self) -> str | None:
        """The Region in use; None until the first call has settled it."""
        return self._clients.region

    @property
    def endpoint_url(self) -> str | None:
        """Where the calls go if not to AWS's own endpoints, without a password; settled like the Region."""
        url = self._clients.endpoint_url
        return _without_password(url) if url else None

    async def call(self, service: str, operation: str, **params: Any) -> Answer:
        """One operation, answered within the deadline. A write is sent once and never retried.

        Raises AwsError; ReadOnly for a write in read-only mode. Refused credentials are reloaded for the next call.
        """
        self._refuse_write(operation)
        async with self._logged_in(service, operation) as login:
            async with asyncio.timeout(PATIENCE_S.get(operation, self.deadline_s)):
                answer = await self._send(login, service, operation, params, once=is_write(operation))
                await _read_whole(answer)
        check(operation, answer, self._endpoint(service), self._odd[f"{service}:{operation}"])
        return answer

    async def pages(self, service: str, operation: str, **params: Any) -> AsyncIterator[Answer]:
        """Every page of a paged operation. Raises AwsError.

        A token that comes back ends it, in CloudWatch Logs, which repeats the last one; elsewhere what is listed would
        be taken for all there is: BadAnswer.
        """
        ask, told = _TOKENS.get(operation, _USUAL_TOKENS)
        followed: set[str] = set()
        while True:
            answer = await self.call(service, operation, **params)
            yield answer
            token = answer.get(told)
            if not token or (service == "logs" and token in followed):
                return
            if token in followed:
                raise bad_answer(operation, self._endpoint(service), " (pages without end)")
            followed.add(token)
            params[ask] = token

    async def stream(self, service: str, operation: str, **params: Any) -> AsyncGenerator[Answer, None]:
        """The events of an event-stream operation (StartLiveTail) until it ends. Any end means: reconnect."""
        self._refuse_write(operation)
        async with self._logged_in(service, operation) as login:
            async with asyncio.timeout(self.deadline_s):
                answer = await self._send(login, service, operation, params, once=True)
            async with aclosing(_events(answer["responseStream"])) as events:
                async for event in events:
                    yield event

    def odd_member(self, service: str, operation: str, part: Answer) -> str | None:
        """The first member of this part of an answer whose type is not AWS's; None if all fit."""
        return self._odd[f"{service}:{operation}"](part)

    def usd_per_hour(self) -> float:
        """What the program's own calls cost at the present pace."""
        return self.meter.usd_per_hour(self.clock.monotonic())

    async def close(self) -> None:
        """Close every connection."""
        await self._clients.close()

    def _refuse_write(self, operation: str) -> None:
        if self.connection.read_only and is_write(operation):
            raise ReadOnly(f"{operation} is a write, and this is read-only mode")

    @asynccontextmanager
    async def _logged_in(self, service: str, operation: str) -> AsyncIterator[Login]:
        """The login for one call; what the call raises is translated, and a refused login is reloaded for the next."""
        async with self._clients.in_use() as login:
            try:
                yield login
            except sdk_errors() as error:
                refused = self._translated(error, service, operation)
                if isinstance(refused, CredentialsError):
                    await self._clients.renew(login)
                raise refused from error

    async def _send(self, login: Login, service: str, operation: str, params: dict[str, Any], *, once: bool) -> Answer:
        client = await self._clients.get(login, service, once=once, silence_s=PATIENCE_S.get(operation))
        method = getattr(client, _method(operation))
        called = f"{service}:{operation}"
        answer: Answer = {}
        try:
            answer = await method(**params)
        finally:
            self.meter.count(self.clock.monotonic(), called, price_usd(service, operation, params, answer))
        if called not in self._odd:
            shape = client.meta.service_model.operation_model(operation).output_shape
            self._odd[called] = oddities(shape) if shape is not None else _nothing_odd
        return answer

    def _translated(self, error: BaseException, service: str, operation: str) -> AwsError:
        return translate(
            error,
            service=service,
            operation=operation,
            profile=self._clients.profile,
            endpoint=self._endpoint(service),
        )

    def _endpoint(self, service: str) -> str:
        return self.endpoint_url or f"{service} in {self.region or 'an unknown Region'}"


def is_write(operation: str) -> bool:
    """True unless the operation is known to change nothing."""
    return _READ.match(operation) is None


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url


def _method(operation: str) -> str:
    """`GetMetricData` -> `get_metric_data`, as botocore names its methods."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation).lower()


def _nothing_odd(_: object) -> None:
    """Of an operation that answers with nothing."""


async def _read_whole(answer: Answer) -> None:
    """A body that the SDK leaves to be read is read here, within the deadline and with the same errors."""
    for name, value in answer.items():
        if hasattr(value, "read"):
            answer[name] = await value.read()


async def _events(stream: Any) -> AsyncGenerator[Answer, None]:
    try:
        async for event in stream:
            yield event
    finally:
        stream.close()
