"""The query protocol: a form in, XML out. STS speaks it, and CloudWatch with clients from before 2025."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from msgspec import Struct

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.wire.message import Reply, WireCall, WireRequest
from lambdatop.emulator.wire.models import Service
from lambdatop.emulator.wire.shapes import scalar, understood

_HEADERS = {"content-type": "text/xml"}
_REQUEST_ID = "00000000-0000-4000-8000-000000000000"


class QueryProtocol(Struct, frozen=True):
    """`Action=…&List.member.1.Name=…` in, `<ActionResponse><ActionResult>…` out."""

    def read(self, service: Service, request: WireRequest) -> WireCall:
        form = dict(parse_qsl(request.body.decode(errors="replace") or request.query, keep_blank_values=True))
        operation = service.operation(form.get("Action", ""))
        shape: Any = operation.input_shape
        params = understood(shape, _structure(shape, _tree(form))) if shape else {}
        return WireCall(operation=operation, params=params)

    def answer(self, call: WireCall, answer: dict[str, Any]) -> Reply:
        name, shape = call.operation.name, call.operation.output_shape
        result = "".join(_xml(f"{name}Result", shape, answer)) if shape else ""
        namespace = call.operation.service_model.metadata["xmlNamespace"]
        metadata = f"<ResponseMetadata><RequestId>{_REQUEST_ID}</RequestId></ResponseMetadata>"
        body = f'<{name}Response xmlns="{namespace}">{result}{metadata}</{name}Response>'
        return Reply(status=200, body=body.encode(), headers=_HEADERS)

    def error(self, service: Service, error: ServiceError) -> Reply:
        code = service.error_shape(error.code).get("error", {}).get("code", error.code)
        blame = "Sender" if error.status < 500 else "Receiver"
        namespace = service.description["metadata"]["xmlNamespace"]
        body = (
            f'<ErrorResponse xmlns="{namespace}"><Error><Type>{blame}</Type><Code>{escape(code)}</Code>'
            f"<Message>{escape(error.message)}</Message></Error><RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
        )
        return Reply(status=error.status, body=body.encode(), headers=_HEADERS)


Tree = dict[str, "Tree | str"]


def _tree(form: dict[str, str]) -> Tree:
    """The form's dotted names as a tree."""
    root: Tree = {}
    for dotted, value in form.items():
        *parents, leaf = dotted.split(".")
        node = root
        for parent in parents:
            child = node.setdefault(parent, {})
            if not isinstance(child, dict):
                raise ServiceError("MalformedQueryString", f"{dotted} is both a value and a structure")
            node = child
        node[leaf] = value
    return root


def _structure(shape: Any, tree: Tree) -> dict[str, Any]:
    return {name: _value(member, tree[name]) for name, member in shape.members.items() if name in tree}


def _value(shape: Any, node: Tree | str) -> Any:
    match shape.type_name:
        case "structure":
            return _structure(shape, node) if isinstance(node, dict) else {}
        case "list":
            return [_value(shape.member, item) for item in _numbered(node, "member")]
        case "map":
            entries = [item for item in _numbered(node, "entry") if isinstance(item, dict)]
            return {str(item["key"]): _value(shape.value, item["value"]) for item in entries}
        case _:
            return scalar(shape, node)


def _numbered(node: Tree | str, name: str) -> list[Tree | str]:
    """The items of `name.1`, `name.2`, … in order; an empty list is sent as an empty value."""
    items = node.get(name, {}) if isinstance(node, dict) else {}
    return [items[key] for key in sorted(items, key=int)] if isinstance(items, dict) else []


def _xml(tag: str, shape: Any, value: Any) -> Iterator[str]:
    yield f"<{tag}>"
    match shape.type_name:
        case "structure":
            for name, item in value.items():
                if name in shape.members:
                    yield from _xml(name, shape.members[name], item)
        case "list":
            for item in value:
                yield from _xml("member", shape.member, item)
        case "map":
            for key, item in value.items():
                yield f"<entry><key>{escape(key)}</key>"
                yield from _xml("value", shape.value, item)
                yield "</entry>"
        case "timestamp":
            yield datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")
        case "boolean":
            yield str(value).lower()
        case _:
            yield escape(str(value))
    yield f"</{tag}>"
