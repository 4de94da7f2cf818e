"""Smithy's RPC v2 over CBOR, which CloudWatch speaks with botocore's newest releases."""

from typing import Any

from msgspec import Struct

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.wire import cbor
from lambdatop.emulator.wire.json_ import query_error
from lambdatop.emulator.wire.message import Reply, WireCall, WireRequest
from lambdatop.emulator.wire.models import Service
from lambdatop.emulator.wire.shapes import understood

_HEADERS = {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}


class RpcCbor(Struct, frozen=True):
    """`POST /service/<target prefix>/operation/<operation>` with CBOR both ways."""

    def read(self, service: Service, request: WireRequest) -> WireCall:
        operation = service.operation(request.path.rpartition("/")[2])
        content = cbor.decode(request.body) if request.body else {}
        return WireCall(operation=operation, params=understood(operation.input_shape, content))

    def answer(self, call: WireCall, answer: dict[str, Any]) -> Reply:
        shape: Any = call.operation.output_shape
        return Reply(status=200, body=cbor.encode(_timed(shape, answer)) if shape else b"", headers=_HEADERS)

    def error(self, service: Service, error: ServiceError) -> Reply:
        body = {"__type": error.code, "message": error.message, **error.members}
        return Reply(status=error.status, body=cbor.encode(body), headers=_HEADERS | query_error(service, error))


def _timed(shape: Any, value: Any) -> Any:
    """The answer with its timestamps marked, and doubles as such: CBOR tells 1 from 1.0."""
    match shape.type_name:
        case "structure":
            return {name: _timed(shape.members[name], item) for name, item in value.items() if name in shape.members}
        case "list":
            return [_timed(shape.member, item) for item in value]
        case "map":
            return {key: _timed(shape.value, item) for key, item in value.items()}
        case "timestamp":
            return cbor.Timestamp(value)
        case "double" | "float":
            return float(value)
        case _:
            return value
