"""How an emulated operation is declared: a function of the account and the call's parameters, found by its name."""

from collections.abc import Callable
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


class AwsError(Exception):
    """An error as AWS would answer it: `code` is the modelled exception's name, `status` the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400, **members: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members


def operation(name: str) -> Callable[[Handler], Handler]:
    """Register the handler of `service.Operation`; it returns the members of the operation's output shape."""

    def register(handler: Handler) -> Handler:
        OPERATIONS[name] = handler
        return handler

    return register
