"""The HTTP front of the emulated account: finds service, Region and operation, and answers in the client's protocol.

Everything but faults answers as AWS would, errors included: typed, in the protocol's own form, never a web page.
"""

import asyncio
import functools
import importlib
import logging
import pkgutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aiohttp import web

from lambdatop.emulator.cloudwatch.evaluation import advance
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.faults import Fault, Faults, error_of, resource_of
from lambdatop.emulator.operations import HEADERS, OPERATIONS, STREAMS
from lambdatop.emulator.wire.json_ import dumps
from lambdatop.emulator.wire.message import Reply, WireCall, WireProtocol, WireRequest
from lambdatop.emulator.wire.models import SERVICES, Service, service
from lambdatop.emulator.wire.protocols import protocol_of
from lambdatop.emulator.wire.shapes import lint

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_MODULES: Mapping[str, tuple[str, ...]] = {
    "lambda": ("lambda_",),
    "cloudwatch": ("cloudwatch",),
    "logs": ("logs", "logquery.operations"),
    "xray": ("xray",),
    "sts": ("services.sts",),
    "resourcegroupstaggingapi": ("services.tagging",),
    "iam": ("services.iam",),
    "sns": ("services.sns",),
    "application-autoscaling": ("services.autoscaling",),
}
"""The modules, and packages with all of their modules, that register a service's operations."""

_GLOBAL = ("iam",)
"""Services that are one for all Regions, however their requests are signed: the account in the emulator's own."""

_HTML = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please log in to the network.</body></html>"
_LISTENING_S = 0.05
"""How often it is looked whether a client that gets no answer has gone."""
_log = logging.getLogger(__name__)


class Gateway:
    """Serves every request to the emulated AWS, whatever its service and Region."""

    def __init__(
        self, account: Callable[[str], "Account"], *, faults: Faults, lint: bool = False, tail_every_s: float = 1.0
    ) -> None:
        self.faults = faults
        self.problems: set[str] = set()
        self.calls: Counter[str] = Counter()
        self._account = account
        self._lint = lint
        self._tail_every_s = tail_every_s

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request."""
        received = WireRequest(
            method=request.method,
            path=request.raw_path.partition("?")[0],
            query=request.raw_path.partition("?")[2],
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.read(),
        )
        scope = received.scope()
        if scope is None:
            return _typed("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
        region, signing_name = scope
        if signing_name in _GLOBAL:
            region = ""
        if signing_name not in SERVICES:
            return _typed("UnknownOperationException", f"the service {signing_name!r} is not emulated", 404)
        spoken_to = service(SERVICES[signing_name])
        protocol = protocol_of(spoken_to, received)
        try:
            call = protocol.read(spoken_to, received)
            return await self._answer(request, spoken_to, protocol, call, region)
        except ServiceError as error:
            return _response(protocol.error(spoken_to, error))

    async def _answer(
        self, request: web.Request, spoken_to: Service, protocol: WireProtocol, call: WireCall, region: str
    ) -> web.StreamResponse:
        name = f"{spoken_to.name}.{call.operation.name}"
        self.calls[name] += 1
        fault = self.faults.take(name)
        if fault is not None:
            await asyncio.sleep(fault.delay_s)
            if fault.kind in ("reset", "cut") and request.transport is not None:
                request.transport.abort()
            if fault.kind == "cut":
                return web.Response()
            error = error_of(fault, name, resource_of(name, region, call.params))
            if error is not None:
                raise error
        _refuse_incomplete(call)
        load(spoken_to.name)
        if (stream := STREAMS.get(name)) is not None:
            return await self._streamed(request, name, stream(self._account(region), call.params, self._tail_every_s))
        answer = self._call(name, call, region)
        headers = answer.pop(HEADERS, {})
        if fault is not None and fault.kind == "same_token" and "nextToken" in call.params:
            answer |= {"events": [], "nextToken": call.params["nextToken"]}
        await _afterwards(fault, request)
        return _response(_spoiled(fault, protocol.answer(call, answer), answer), headers)

    async def _streamed(self, request: web.Request, name: str, frames: AsyncIterator[bytes]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "application/vnd.amazon.eventstream"})
        first = await anext(frames)  # a refusal must come before the stream has begun
        await response.prepare(request)
        try:
            await response.write(first)
            async for frame in frames:
                if (fault := self.faults.take(f"{name}.frame")) is not None:
                    await asyncio.sleep(fault.delay_s)
                    if fault.kind == "reset" and request.transport is not None:
                        request.transport.abort()
                await response.write(frame)
            await response.write_eof()
        except ConnectionResetError:
            _log.debug("the reader of a live tail went away")
        return response

    def _call(self, name: str, call: WireCall, region: str) -> dict[str, Any]:
        handler = OPERATIONS.get(name)
        if handler is None:
            raise ServiceError("UnknownOperationException", f"{name} is not emulated", 501)
        account = self._account(region)
        advance(account)
        answer = handler(account, call.params)
        if self._lint and call.operation.output_shape:
            members = {member: value for member, value in answer.items() if member != HEADERS}
            self.problems.update(f"{name}{problem}" for problem in lint(call.operation.output_shape, members))
        return answer


@functools.cache
def load(name: str) -> None:
    """Import the modules that register a service's operations."""
    for place in _MODULES[name]:
        module = importlib.import_module(f"lambdatop.emulator.{place}")
        for each in pkgutil.iter_modules(getattr(module, "__path__", ())):
            importlib.import_module(f"{module.__name__}.{each.name}")


def load_everything() -> None:
    """Pay now for what the first calls would pay: models and handlers of every service, some 0.3 s."""
    for name in SERVICES.values():
        load(name)
        service(name)


def _refuse_incomplete(call: WireCall) -> None:
    """The client usually checks this itself; a hand-made request may not have."""
    shape = call.operation.input_shape
    for member in shape.required_members if shape else ():
        if member not in call.params:
            raise ServiceError(
                "ValidationException", f"1 validation error detected: Value at '{member}' must not be null"
            )


def _spoiled(fault: Fault | None, reply: Reply, answer: dict[str, Any]) -> Reply:
    match fault and fault.kind:
        case "html":
            return Reply(status=200, body=_HTML, headers={"content-type": "text/html"})
        case "broken_json":
            return Reply(status=200, body=reply.body[: len(reply.body) // 2], headers=reply.headers)
        case "null_members":
            return Reply(status=200, body=dumps(dict.fromkeys(answer)), headers=reply.headers)
        case _:
            return reply


def _typed(code: str, message: str, status: int) -> web.Response:
    headers = {"content-type": "application/json", "x-amzn-errortype": code}
    return _response(Reply(status=status, body=dumps({"__type": code, "message": message}), headers=headers))


async def _afterwards(fault: Fault | None, request: web.Request) -> None:
    """What goes wrong once the call has taken effect: an error instead of the answer, or no answer ever."""
    if fault is not None and fault.kind == "failed_after":
        raise ServiceError("ServiceException", "An error occurred and the request cannot be processed.", 500)
    silent = fault is not None and fault.kind == "silent"
    while silent and request.transport is not None:  # noqa: ASYNC110  aiohttp has no event for a client that goes
        await asyncio.sleep(_LISTENING_S)


def _response(reply: Reply, headers: Mapping[str, str] | None = None) -> web.Response:
    told = {"x-amzn-requestid": str(uuid4()), **reply.headers, **(headers or {})}
    return web.Response(status=reply.status, body=reply.body, headers=told)
