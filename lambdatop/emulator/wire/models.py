"""botocore's service models, loaded when a service is first asked for: Lambda's alone takes 40 ms.

botocore itself is imported then too (140 ms), so that a child process can say early where it listens.
"""

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from msgspec import Struct

from lambdatop.emulator.errors import ServiceError

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

SERVICES: Mapping[str, str] = {
    "lambda": "lambda",
    "monitoring": "cloudwatch",
    "logs": "logs",
    "xray": "xray",
    "sts": "sts",
    "tagging": "resourcegroupstaggingapi",
    "iam": "iam",
    "sns": "sns",
    "application-autoscaling": "application-autoscaling",
}
"""SigV4 signing name to botocore's service name."""


class Route(Struct, frozen=True):
    """One REST operation's address: `{Label}` segments bind a parameter, `{Label+}` binds the rest of the path.

    `query` is what the query must hold word for word (`find=LayerVersion`); most ask for nothing.
    """

    operation: str
    method: str
    segments: tuple[str, ...]
    query: str

    def match(self, method: str, segments: list[str], query: str) -> dict[str, str] | None:
        """The labels' values (decoded) if this route serves the path, else None."""
        if method != self.method or (self.query and self.query not in query.split("&")):
            return None
        labels: dict[str, str] = {}
        for index, expected in enumerate(self.segments):
            if expected.endswith("+}"):
                labels[expected[1:-2]] = unquote("/".join(segments[index:]))
                return labels if segments[index:] else None
            if index >= len(segments):
                return None
            if expected.startswith("{"):
                labels[expected[1:-1]] = unquote(segments[index])
            elif expected != segments[index]:
                return None
        return labels if len(segments) == len(self.segments) else None


class Service(Struct, frozen=True):
    """One service's model and, if it speaks REST, its routes: the most literal first."""

    name: str
    model: "ServiceModel"
    description: Mapping[str, Any]
    routes: tuple[Route, ...]

    def operation(self, name: str) -> "OperationModel":
        """The operation's model; raises `UnknownOperationException` as AWS does."""
        if name not in self.description["operations"]:
            raise ServiceError("UnknownOperationException", f"{self.name} has no operation {name!r}", 404)
        return self.model.operation_model(name)

    def route(self, method: str, path: str, query: str = "") -> tuple["OperationModel", dict[str, str]]:
        """The operation at a percent-encoded path and the labels in it; raises `UnknownOperationException`."""
        segments = path.strip("/").split("/")
        for route in self.routes:
            labels = route.match(method, segments, query)
            if labels is not None:
                return self.operation(route.operation), labels
        raise ServiceError("UnknownOperationException", f"{self.name} has no operation at {method} {path}", 404)

    def error_shape(self, code: str) -> Mapping[str, Any]:
        """The modelled error's raw shape; empty for an error that the model does not know."""
        shape: Mapping[str, Any] = self.description["shapes"].get(code, {})
        return shape if shape.get("exception") else {}


@functools.cache
def service(name: str) -> Service:
    """The service's model, by botocore's name. Only botocore's own models count, not those of ~/.aws/models."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    description = loader.load_service_model(name, "service-2")
    rest = description["metadata"]["protocol"] == "rest-json"
    return Service(name, ServiceModel(description, name), description, _routes(description) if rest else ())


def _routes(description: Mapping[str, Any]) -> tuple[Route, ...]:
    routes = (_route(name, operation["http"]) for name, operation in description["operations"].items())
    return tuple(sorted(routes, key=_vagueness))


def _vagueness(route: Route) -> tuple[int, int]:
    return sum(part.startswith("{") for part in route.segments), -len(route.query)


def _route(name: str, http: Mapping[str, Any]) -> Route:
    path, _, query = http["requestUri"].partition("?")
    return Route(name, http["method"], tuple(path.strip("/").split("/")), query)
