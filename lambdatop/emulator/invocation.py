"""One simulated invocation: the single fact from which metrics, log lines, traces and alarms are all derived."""

from typing import Literal

from msgspec import Struct

Outcome = Literal["ok", "error", "timeout", "oom"]


class InvocationStep(Struct, frozen=True, kw_only=True):
    """A call to something downstream, as X-Ray records it under the function's segment."""

    name: str
    """What X-Ray names the node: `DynamoDB`, `S3`, `api.payments.example`."""
    namespace: Literal["aws", "remote"]
    operation: str | None
    """AWS's operation (`Query`); None for a plain HTTP call."""
    resource: str | None
    """Table, bucket, queue or URL."""
    start_ms: float
    """Offset from the handler's start (after init)."""
    duration_ms: float
    status: int
    """HTTP status of the answer."""
    error: str | None = None
    """The exception's type if the call failed."""
    retries: int = 0


class EmulatedInvocation(Struct, frozen=True, kw_only=True):
    """What happened once. Times are epoch seconds; the handler begins at `start` + `init_ms`."""

    function_name: str
    request_id: str
    version: str
    """`$LATEST` or a published version."""
    stream: str
    """The environment's log stream; invocations of one stream never overlap."""
    start: float
    duration_ms: float
    """AWS's Duration: the handler alone, without init."""
    billed_ms: int
    """ceil(duration + init)."""
    memory_mb: int
    max_used_mb: int
    """The highest of the environment so far; never falls within a stream."""
    init_ms: float | None
    """Set if this was a cold start."""
    outcome: Outcome
    error: tuple[str, str] | None
    """Exception type and message, if the outcome is error."""
    trace_id: str | None
    """`1-xxxxxxxx-…` if X-Ray sampled it."""
    steps: tuple[InvocationStep, ...]
    http: tuple[str, str] | None
    """Method and URL if the function is behind an API."""

    @property
    def end(self) -> float:
        """When it was over, epoch seconds."""
        return self.start + ((self.init_ms or 0) + self.duration_ms) / 1000
