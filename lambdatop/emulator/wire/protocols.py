"""Which protocol a request speaks: CloudWatch alone understands three, depending on the client's age."""

from collections.abc import Mapping

from lambdatop.emulator.wire.json_ import JsonRpc, RestJson
from lambdatop.emulator.wire.message import WireProtocol, WireRequest
from lambdatop.emulator.wire.models import Service
from lambdatop.emulator.wire.query import QueryProtocol
from lambdatop.emulator.wire.rpc_cbor import RpcCbor

_PROTOCOLS: Mapping[str, WireProtocol] = {
    "rest-json": RestJson(),
    "json": JsonRpc(),
    "smithy-rpc-v2-cbor": RpcCbor(),
    "query": QueryProtocol(),
}


def protocol_of(service: Service, request: WireRequest) -> WireProtocol:
    """The protocol of a request to a service; what cannot be told is answered as readably as the service can."""
    metadata = service.description["metadata"]
    offered = metadata.get("protocols", [metadata["protocol"]])
    readable = "json" if "json" in offered else offered[0]
    return _PROTOCOLS[next((name for name in _spoken(request) if name in offered), readable)]


def _spoken(request: WireRequest) -> list[str]:
    headers = request.headers
    spoken = []
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        spoken.append("smithy-rpc-v2-cbor")
    if "x-amz-target" in headers:
        spoken.append("json")
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        spoken.append("query")
    return spoken
