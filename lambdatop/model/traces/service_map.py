"""The service map around one function, as a tree: its callers, what it calls, and what those call.

X-Ray's map (GetServiceGraph) and one counted in traces are drawn alike: nodes and links that may run in circles.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from lambdatop.model.traces.segments import Segment, SegmentKind, Trace
from lambdatop.model.traces.summary import TraceStatus

FUNCTION: Final = "AWS::Lambda::Function"
SERVICE: Final = "AWS::Lambda"
_TYPES: Final = {
    "DynamoDB": "AWS::DynamoDB::Table",
    "S3": "AWS::S3::Bucket",
    "SQS": "AWS::SQS::Queue",
    "Lambda": SERVICE,
}
"""X-Ray's types with a short name; others are shown without `AWS::`."""


class MapFigures(Struct, frozen=True, kw_only=True):
    """What is counted on a node or a link of the map."""

    calls: int = 0
    errors: int = 0
    """4xx and throttles."""
    faults: int = 0
    """5xx."""
    seconds: float | None = 0.0
    """All calls together; None if unknown."""

    def __add__(self, other: "MapFigures") -> "MapFigures":
        known = self.seconds is not None and other.seconds is not None
        return MapFigures(
            calls=self.calls + other.calls,
            errors=self.errors + other.errors,
            faults=self.faults + other.faults,
            seconds=(self.seconds or 0.0) + (other.seconds or 0.0) if known else None,
        )


class Link(Struct, frozen=True):
    """An arrow of the map to the node of this key (X-Ray's ReferenceId)."""

    to: str
    figures: MapFigures


class Node(Struct, frozen=True, kw_only=True):
    """A service on the map."""

    key: str
    name: str
    type: str
    """X-Ray's: `AWS::Lambda::Function`, `AWS::DynamoDB::Table`, `remote`, `client`."""
    figures: MapFigures
    links: tuple[Link, ...] = ()


class Edge(Struct, frozen=True, kw_only=True):
    """One arrow of the service map as a tree, from GetServiceGraph or counted in the traces."""

    name: str
    kind: str
    """X-Ray's type: `AWS::DynamoDB::Table`, `remote`, `client`."""
    depth: int
    """0 is the function; callers are above at -1, what it calls at 1, what those call at 2."""
    calls: int
    errors: int
    faults: int
    mean_ms: float | None


def edges_around(nodes: Sequence[Node], function: str) -> tuple[Edge, ...]:
    """The tree around a function: callers, the function, then what it calls, the most called first.

    Lambda's node and the function's are one here. Each node is gone into once, so that circles end.
    """
    by_key = {node.key: node for node in nodes}
    own = [node for node in nodes if node.name == function and node.type in (SERVICE, FUNCTION)]
    if not own:
        return ()
    home = min(own, key=lambda node: node.type != FUNCTION)
    callers = sorted(_callers(nodes, own), key=lambda edge: (-edge.calls, edge.name))
    return (*callers, _edge(home, home.figures, 0), *_called(own, by_key))


def _callers(nodes: Sequence[Node], own: Sequence[Node]) -> Iterator[Edge]:
    keys = {node.key for node in own}
    for node in nodes:
        counted = [link.figures for link in node.links if link.to in keys]
        if counted and node.key not in keys:
            yield _edge(node, sum(counted, MapFigures()), -1)


def _called(own: Sequence[Node], by_key: Mapping[str, Node]) -> Iterator[Edge]:
    seen = {node.key for node in own}
    waiting = [(link, 1) for link in _links(own)]
    while waiting:
        link, depth = waiting.pop()
        node = by_key.get(link.to)
        if node is None:
            continue
        yield _edge(node, link.figures, depth)
        if node.key not in seen:
            as_one = _with_function(node, by_key)
            seen |= {each.key for each in as_one}
            waiting += [(each, depth + 1) for each in _links(as_one)]


def _with_function(node: Node, by_key: Mapping[str, Node]) -> Sequence[Node]:
    """A node, and with Lambda's of a function also the function's own."""
    linked = (by_key.get(link.to) for link in node.links if node.type == SERVICE)
    return [node, *(each for each in linked if each and each.type == FUNCTION and each.name == node.name)]


def _links(nodes: Sequence[Node]) -> list[Link]:
    """The links that lead on from nodes that are one, the most called last."""
    keys = {node.key for node in nodes}
    links = [link for node in nodes for link in node.links if node.type == FUNCTION or link.to not in keys]
    return sorted(links, key=lambda link: (link.figures.calls, link.to))


def _edge(node: Node, figures: MapFigures, depth: int) -> Edge:
    known = figures.calls > 0 and figures.seconds is not None
    return Edge(
        name=node.name,
        kind=node.type,
        depth=depth,
        calls=figures.calls,
        errors=figures.errors,
        faults=figures.faults,
        mean_ms=1_000 * (figures.seconds or 0.0) / figures.calls if known else None,
    )


def counted(traces: Sequence[Trace]) -> tuple[Node, ...]:
    """The map that these traces draw."""
    figures: dict[tuple[str, str], MapFigures] = {}
    links: dict[tuple[str, str], dict[tuple[str, str], MapFigures]] = {}
    for trace in traces:
        for host, place, passage in _passages(trace):
            figures[place] = figures.get(place, MapFigures()) + passage
            if host is not None:
                arrows = links.setdefault(host, {})
                arrows[place] = arrows.get(place, MapFigures()) + passage
    return tuple(
        Node(
            key=_key(place),
            name=place[0],
            type=place[1],
            figures=each,
            links=tuple(Link(_key(to), arrow) for to, arrow in links.get(place, {}).items()),
        )
        for place, each in figures.items()
    )


def _key(place: tuple[str, str]) -> str:
    return f"{place[1]} {place[0]}"


def _passages(trace: Trace) -> Iterator[tuple[tuple[str, str] | None, tuple[str, str], MapFigures]]:
    """Every time that the trace passed through a service: the one that called it, itself (name, type), and how."""
    waiting: list[tuple[Segment, tuple[str, str] | None]] = [(root, None) for root in trace.roots]
    while waiting:
        segment, host = waiting.pop()
        place = _place(segment)
        if place is not None:
            yield host, place, _figures(segment, trace)
        waiting += [(child, place or host) for child in segment.children]


def _place(segment: Segment) -> tuple[str, str] | None:
    """The node of a segment; None for a call whose own segment exists."""
    match segment.kind:
        case SegmentKind.FUNCTION:
            return segment.name, FUNCTION
        case SegmentKind.SERVICE:
            return segment.name, SERVICE
        case SegmentKind.CALL if any(child.origin or child.inferred for child in segment.children):
            return None
        case SegmentKind.CALL if segment.namespace == "remote":
            return segment.name, "remote"
        case SegmentKind.CALL:
            return segment.resource or segment.name, _TYPES.get(segment.name, f"AWS::{segment.name}")
    return (segment.name, segment.origin) if segment.origin else None


def _figures(segment: Segment, trace: Trace) -> MapFigures:
    return MapFigures(
        calls=1,
        errors=segment.status in (TraceStatus.ERROR, TraceStatus.THROTTLE),
        faults=segment.status is TraceStatus.FAULT,
        seconds=trace.end_s - segment.start_s if segment.seconds is None else segment.seconds,
    )
