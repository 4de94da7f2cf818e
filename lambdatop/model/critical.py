"""The critical path of a trace, and its bottleneck named in one sentence."""

from dataclasses import dataclass

from lambdatop.model.segments import Trace


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time that the answer waited for, and the segment it was spent in itself. Epoch seconds."""

    segment_id: str
    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """Where most of a trace's critical path went: calls to one thing, init, or the code itself."""

    what: str
    """`DynamoDB Query orders`, `init`, `checkout-api's own code`; raw text."""
    seconds: float
    """On the critical path, all calls together."""
    share: float
    """Of the whole trace, 0 to 1."""
    calls: int
    """0 if it is not a call."""
    sequential: bool
    """True if there were several calls and each began after the one before had ended."""
    parallel_s: float | None
    """About how long the trace would take if they ran at the same time; None unless sequential."""
    segment_ids: tuple[str, ...]


def critical_path(trace: Trace) -> tuple[Stretch, ...]:
    """The stretches that make up the trace's duration, by time; they never overlap."""
    raise NotImplementedError


def bottleneck(trace: Trace) -> Bottleneck | None:
    """What the critical path spends most in; None for a trace without a length."""
    raise NotImplementedError


def told(found: Bottleneck, trace: Trace) -> str:
    """`79 % of 1.90 s is DynamoDB Query orders: 3 calls one after another (0.45 s each); in parallel about 1.0 s`."""
    raise NotImplementedError
