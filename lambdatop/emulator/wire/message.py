"""What goes over the wire, before and after any protocol has looked at it."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct, field

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.wire.models import Service

if TYPE_CHECKING:
    from botocore.model import OperationModel

_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/,]+)/([^/,]+)/aws4_request")


class WireRequest(Struct, frozen=True, kw_only=True):
    """One HTTP request. Header names are lower case; `path` is still percent-encoded and has no query."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def scope(self) -> tuple[str, str] | None:
        """Region and signing name from SigV4's credential scope; None if the request is not signed."""
        found = _SCOPE.search(self.headers.get("authorization", ""))
        return (found[1], found[2]) if found else None


class Reply(Struct, frozen=True, kw_only=True):
    """One HTTP response."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class WireCall(Struct, frozen=True, kw_only=True):
    """A request understood: the operation's model and its parameters under AWS's member names."""

    operation: "OperationModel"
    params: dict[str, Any]


class WireProtocol(Protocol):
    """How one of AWS's protocols reads requests and writes answers. Unreadable input raises `ServiceError`."""

    def read(self, service: Service, request: WireRequest) -> WireCall: ...

    def answer(self, call: WireCall, answer: dict[str, Any]) -> Reply: ...

    def error(self, service: Service, error: ServiceError) -> Reply: ...
