"""How an emulated operation is declared: a function of the account and the call's parameters, found by its name."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

Params = dict[str, Any]
Answer = dict[str, Any]
Handler = Callable[["Account", Params], Answer]

HEADERS = "@headers"
"""Beside an answer's members: headers of the HTTP response that the model does not know."""

OPERATIONS: dict[str, Handler] = {}
"""`service.Operation` (botocore's service name, AWS's operation name) to its handler."""


Stream = Callable[["Account", Params, float], AsyncIterator[bytes]]
"""An operation that answers with an event stream: account, parameters, seconds between updates -> frames."""

STREAMS: dict[str, Stream] = {}
"""The same for operations that answer with an event stream."""


def operation(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of `service.Operation`; it returns the members of the operation's output shape."""

    def register(handler: Handler) -> Handler:
        OPERATIONS[name] = handler
        return handler

    return register


def stream(name: str) -> Callable[[Stream], Stream]:
    """Register the handler of a `service.Operation` whose answer is an event stream."""

    def register(handler: Stream) -> Stream:
        STREAMS[name] = handler
        return handler

    return register
