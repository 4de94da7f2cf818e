"""The JSON protocols: one path with `X-Amz-Target` (CloudWatch, Logs, tagging), and REST (Lambda, X-Ray)."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from msgspec import Struct

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.wire.message import Reply, WireCall, WireRequest
from lambdatop.emulator.wire.models import Service
from lambdatop.emulator.wire.shapes import scalar, understood


def dumps(value: Any) -> bytes:
    """JSON as AWS's services write it: compact, blobs in base64."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_base64).encode()


def _base64(value: bytes) -> str:
    return b64encode(value).decode()


def _loads(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except ValueError as malformed:
        raise ServiceError("SerializationException", f"malformed JSON: {malformed}") from malformed


def _error(service: Service, error: ServiceError, content_type: str) -> Reply:
    members = service.error_shape(error.code).get("members", {})
    message = next((name for name in members if name.lower() == "message"), "message")
    body = {"__type": error.code, message: error.message, **error.members}
    headers = {"content-type": content_type, "x-amzn-errortype": error.code}
    return Reply(status=error.status, body=dumps(body), headers=headers | query_error(service, error))


def query_error(service: Service, error: ServiceError) -> dict[str, str]:
    """The header that tells a client of a once-query service the code which it had before (`awsQueryCompatible`)."""
    if "awsQueryCompatible" not in service.description["metadata"]:
        return {}
    shape = service.error_shape(error.code).get("error", {})
    blame = "Sender" if error.status < 500 else "Receiver"
    return {"x-amzn-query-error": f"{shape.get('code', error.code)};{blame}"}


class JsonRpc(Struct, frozen=True):
    """awsJson 1.0 and 1.1: the operation in a header, parameters and answer in the body."""

    def read(self, service: Service, request: WireRequest) -> WireCall:
        operation = service.operation(request.headers.get("x-amz-target", "").rpartition(".")[2])
        return WireCall(operation=operation, params=understood(operation.input_shape, _loads(request.body)))

    def answer(self, call: WireCall, answer: dict[str, Any]) -> Reply:
        content_type = self._content_type(call.operation.service_model.metadata)
        body = dumps(answer) if call.operation.output_shape else b""
        return Reply(status=200, body=body, headers={"content-type": content_type})

    def error(self, service: Service, error: ServiceError) -> Reply:
        return _error(service, error, self._content_type(service.description["metadata"]))

    def _content_type(self, metadata: Mapping[str, Any]) -> str:
        return f"application/x-amz-json-{metadata['jsonVersion']}"


class RestJson(Struct, frozen=True):
    """REST with JSON bodies: parameters in path, query, headers and body."""

    def read(self, service: Service, request: WireRequest) -> WireCall:
        operation, labels = service.route(request.method, request.path, request.query)
        shape: Any = operation.input_shape
        if shape is None:
            return WireCall(operation=operation, params={})
        params = _body(shape, request) | _bound(shape, labels, request)
        return WireCall(operation=operation, params=params)

    def answer(self, call: WireCall, answer: dict[str, Any]) -> Reply:
        status = call.operation.http.get("responseCode", 200)
        shape: Any = call.operation.output_shape
        if shape is None:
            return Reply(status=status, body=b"")
        headers = {"content-type": "application/json"}
        body = dict(answer)
        for name, member in shape.members.items():
            if name not in body:
                continue
            match member.serialization.get("location"):
                case "statusCode":
                    status = body.pop(name)
                case "header":
                    headers[member.serialization.get("name", name)] = str(body.pop(name))
        payload = shape.serialization.get("payload")
        if payload is None:
            return Reply(status=status, body=dumps(body), headers=headers)
        content = body.get(payload, b"")
        return Reply(status=status, body=content if isinstance(content, bytes) else dumps(content), headers=headers)

    def error(self, service: Service, error: ServiceError) -> Reply:
        return _error(service, error, "application/json")


def _body(shape: Any, request: WireRequest) -> dict[str, Any]:
    payload = shape.serialization.get("payload")
    if payload is None:
        content = _loads(request.body) if request.body else {}
        in_body = {name for name, member in shape.members.items() if "location" not in member.serialization}
        parsed: dict[str, Any] = understood(shape, {name: content[name] for name in in_body & content.keys()})
        return parsed
    if shape.members[payload].type_name == "blob":
        return {payload: request.body}
    return {payload: understood(shape.members[payload], _loads(request.body))}


def _bound(shape: Any, labels: Mapping[str, str], request: WireRequest) -> dict[str, Any]:
    """What is bound to the path, the query and the headers."""
    query = parse_qs(request.query, keep_blank_values=True)
    params: dict[str, Any] = {}
    for name, member in shape.members.items():
        wire = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                params[name] = scalar(member, labels[wire])
            case "querystring" if wire in query:
                values = query[wire]
                params[name] = values if member.type_name == "list" else understood(member, values[0])
            case "header" if wire.lower() in request.headers:
                params[name] = scalar(member, request.headers[wire.lower()])
    return params
