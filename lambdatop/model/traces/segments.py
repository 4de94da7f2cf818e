"""One X-Ray trace as a tree: what did what, from when to when, and how it ended.

X-Ray delivers documents in any order, in two styles, some parts on their own and some never; `assembly` makes these
values from them. Times are epoch seconds as X-Ray gives them.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct, field

from lambdatop.model.traces.summary import TraceStatus


class SegmentKind(StrEnum):
    """What a segment represents, in any style of document."""

    SERVICE = "service"
    """Lambda itself (origin AWS::Lambda): queueing, attempts, throttles."""
    FUNCTION = "function"
    """The code (origin AWS::Lambda::Function)."""
    INIT = "init"
    """`Init` or `Initialization`, and SnapStart's `Restore`."""
    INVOCATION = "invocation"
    """The older style's `Invocation`, in which the code's own parts hang."""
    OVERHEAD = "overhead"
    CALL = "call"
    """A call downstream: namespace aws or remote."""
    PART = "part"
    """Anything else: what the code named itself, other services' segments."""


class SegmentException(Struct, frozen=True, kw_only=True):
    """One exception of a segment's cause, raw text."""

    type: str | None
    message: str | None
    stack: tuple[str, ...] = ()
    """`handler (app.py:12)`, innermost first."""
    remote: bool = False


class Segment(Struct, frozen=True, kw_only=True, gc=False):
    """A segment or subsegment with what hangs under it, by start. Texts are raw."""

    id: str
    name: str
    kind: SegmentKind
    start_s: float
    end_s: float | None
    """None while it is in progress, or where nothing says when it ended."""
    status: TraceStatus = TraceStatus.OK
    in_progress: bool = False
    origin: str | None = None
    namespace: str | None = None
    operation: str | None = None
    """AWS's operation, as `Query`."""
    resource: str | None = None
    """Table, bucket, queue, topic, function or URL."""
    method: str | None = None
    url: str | None = None
    http_status: int | None = None
    retries: int | None = None
    request_id: str | None = None
    log_groups: tuple[str, ...] = ()
    failures: tuple[SegmentException, ...] = ()
    annotations: Mapping[str, str | float | bool] = field(default_factory=dict)
    children: tuple["Segment", ...] = ()
    adopted: bool = False
    """Its parent was never delivered: it hangs where it fits."""
    inferred: bool = False
    """X-Ray made it up from the call above it, as the called service sends no traces."""
    lasted_s: float | None = None
    """How long it really took, where it began before the trace did and its bar is cut there."""

    @property
    def seconds(self) -> float | None:
        """How long it took; None where nothing says when it ended."""
        if self.lasted_s is not None:
            return self.lasted_s
        return None if self.end_s is None else self.end_s - self.start_s

    @property
    def title(self) -> str:
        """Name, operation and resource: `DynamoDB Query orders`."""
        return " ".join(part for part in (self.name, self.operation, self.resource) if part)

    def walk(self) -> Iterator["Segment"]:
        """This segment and all under it, parents first."""
        waiting = [self]
        while waiting:
            segment = waiting.pop()
            yield segment
            waiting += reversed(segment.children)


class Trace(Struct, frozen=True, kw_only=True, gc=False):
    """One assembled trace. `start_s` to `end_s` is the time that its bars are to the scale of."""

    id: str
    start_s: float
    end_s: float
    roots: tuple[Segment, ...]
    limited: bool = False
    """AWS: a trace over 500 KB is cut (LimitExceeded)."""
    unreadable: int = 0
    """Documents that could not be decoded."""

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s

    def walk(self) -> Iterator[Segment]:
        """All segments, parents first."""
        for root in self.roots:
            yield from root.walk()

    def function(self, name: str) -> Segment | None:
        """The segment of this function's code, or None."""
        return next((each for each in self.walk() if each.kind is SegmentKind.FUNCTION and each.name == name), None)

    def request_id(self, function: str) -> str | None:
        """The request that the trace made of this function, as Lambda's segment names it."""
        found = (each.request_id for each in self.walk() if each.name == function and each.request_id)
        return next(found, None)
