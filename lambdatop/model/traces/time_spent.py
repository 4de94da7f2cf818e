"""What a trace's time is spent on, in plain words: a call, init, a function's own code.

A segment is one of many ways to say it: two calls to one table are one thing, the parts that the code named itself are
its own code, and what X-Ray infers under a call is the call.
"""

from msgspec import Struct

from lambdatop.model.traces.segments import Segment, SegmentKind, Trace


class TimeUse(Struct, frozen=True):
    """What time in a segment is spent for. What has the same words is one thing, though it be many segments."""

    kind: SegmentKind
    what: str
    """`DynamoDB Query orders`, `init`, `checkout-api's own code`; raw text."""
    segment: Segment
    """The call, the function, the init: the segment itself or one above it."""


def purposes(trace: Trace, function: str | None = None) -> dict[str, TimeUse]:
    """The use of time of every segment by its id. `function`'s init is called `init`; by default the first one's."""
    home = function if function is not None else _first_function(trace)
    found: dict[str, TimeUse] = {}
    for root in trace.roots:
        found[root.id] = _own(root, root.name, home) or TimeUse(root.kind, root.name, root)
    for segment in trace.walk():
        above = found[segment.id]
        for child in segment.children:
            found[child.id] = above if above.kind is SegmentKind.INIT else _own(child, segment.name, home) or above
    return found


def _first_function(trace: Trace) -> str | None:
    return next((each.name for each in trace.walk() if each.kind is SegmentKind.FUNCTION), None)


def _own(segment: Segment, around: str, home: str | None) -> TimeUse | None:
    """The use that begins with this segment; None if it belongs to the one above, whose name is `around`."""
    match segment.kind:
        case SegmentKind.CALL:
            return TimeUse(SegmentKind.CALL, segment.title, segment)
        case SegmentKind.INIT:
            word = "restore" if segment.name == "Restore" else "init"
            return TimeUse(SegmentKind.INIT, word if home in (around, None) else f"{around}'s {word}", segment)
        case SegmentKind.OVERHEAD:
            word = "queueing" if segment.name == "Dwell Time" else "overhead"
            return TimeUse(SegmentKind.OVERHEAD, word if home in (around, None) else f"{around}'s {word}", segment)
        case SegmentKind.FUNCTION:
            return TimeUse(SegmentKind.FUNCTION, f"{segment.name}'s own code", segment)
        case SegmentKind.SERVICE:
            what = f"Lambda around {segment.name}'s code" if code_under(segment) else segment.name
            return TimeUse(SegmentKind.SERVICE, what, segment)
        case SegmentKind.PART if segment.origin is not None and not segment.inferred:
            return TimeUse(SegmentKind.PART, segment.name, segment)
    return None


def code_under(service: Segment) -> Segment | None:
    """The function's segment under Lambda's; an attempt may stand in between, and it may never have been delivered."""
    near = (each for child in service.children for each in (child, *child.children))
    return next((each for each in near if each.kind is SegmentKind.FUNCTION), None)
