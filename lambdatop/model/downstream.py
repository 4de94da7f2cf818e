"""Across many traces of one function: where its time goes, who fails under it, and what sets its slowest apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from lambdatop.model.segments import Kind, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """One thing that the function's time goes into: a downstream, init, or its own code."""

    what: str
    """`DynamoDB Query orders`; raw text."""
    kind: Kind
    traces: int
    """In how many of the traces it occurs."""
    calls: int
    share: float
    """Of all the traces' critical paths together, 0 to 1."""
    mean_ms: float
    """On the critical path of a trace in which it occurs."""
    p50_ms: float
    p99_ms: float
    errors: int
    """Calls that ended in error or throttle (4xx)."""
    faults: int
    """Calls that ended in fault (5xx)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Downstream:
    """What a number of traces say together."""

    traces: int
    p50_ms: float | None
    p99_ms: float | None
    spenders: tuple[Spender, ...]
    """The largest share first."""
    difference: str | None
    """`p99 is spent in init; p50 in DynamoDB Query orders`; None with too few traces to say."""
    edges: tuple[Edge, ...] = ()
    edges_counted: bool = False
    """True if the edges were counted in the traces, as GetServiceGraph did not answer."""


def downstream(traces: Sequence[Trace], function: str) -> Downstream:
    """Sum up assembled traces, from the function's own segment down; edges are counted in the traces."""
    raise NotImplementedError
