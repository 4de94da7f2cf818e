"""What `lambdatop traces` asks AWS: the list, one trace, and why there is none; refusals are told and remembered."""

from msgspec import Struct, field

from lambdatop.aws.errors import AccessDenied, AwsError, CredentialsError, SettingsError
from lambdatop.aws.gate import Gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.clock import Clock
from lambdatop.model.function import Function
from lambdatop.model.function_name import plain_name
from lambdatop.model.metrics import Window
from lambdatop.model.time_window import period_of
from lambdatop.model.traces.segments import Trace
from lambdatop.model.traces.summary import TraceStatus, TraceSummary
from lambdatop.model.traces.why_no_traces import why_no_traces
from lambdatop.sources.fleet.by_name import named
from lambdatop.sources.metric_data import MetricQuery, measure
from lambdatop.sources.traces.destination import TraceDestination
from lambdatop.sources.traces.recent import Recent, traces
from lambdatop.sources.traces.segments import OpenedTrace
from lambdatop.updates import TraceRead, TracesArrived


class Narrowed(Struct, frozen=True, kw_only=True):
    """Which traces are wanted."""

    slow_s: float | None = None
    errors: bool = False
    cold: bool = False

    @property
    def expressions(self) -> tuple[str, ...]:
        """The filter expressions by which X-Ray chooses them."""
        slow = () if self.slow_s is None else (f"duration >= {self.slow_s:f}",)
        errors = ("(error = true OR fault = true OR throttle = true)",) if self.errors else ()
        return (*slow, *errors, *(("annotation.ColdStart = true",) if self.cold else ()))

    def takes(self, trace: TraceSummary) -> bool:
        """The same of a summary: what spans tell was not chosen by X-Ray."""
        return (
            (self.slow_s is None or (trace.duration_s or 0.0) >= self.slow_s)
            and (not self.errors or trace.status is not TraceStatus.OK)
            and (not self.cold or trace.cold is True)
        )


EVERY = Narrowed()


class TraceQueries(Struct, kw_only=True):
    """One function's traces in a stretch of time."""

    aws: Gate
    clock: Clock
    window: Window
    name: str
    """As the command line has it, perhaps an ARN; once it is found, the function's own."""
    function: Function | None = None
    """None if it may not be looked up."""
    refused: bool = False
    _where: TraceDestination = field(default_factory=TraceDestination)

    async def find(self) -> None:
        """Look the function up. Raises NotFound for an unknown one, and other AwsErrors."""
        try:
            self.function = await named(self.aws, self.name)
            self.name = self.function.name
        except AccessDenied as error:
            self.name = plain_name(self.name)
            self._refuse(error)

    async def listed(self, narrowed: Narrowed, most: int) -> tuple[TraceSummary, ...]:
        """The newest traces wanted, newest first. Raises AwsError if none can be listed at all."""
        recent = Recent(self.name, 0, moment=self.window, narrowed=narrowed.expressions, kept=most)
        found: tuple[TraceSummary, ...] = ()
        try:
            async for update in traces(self.aws, self.clock, recent, self._where):
                if isinstance(update, TracesArrived):
                    found = update.traces
        except (CredentialsError, SettingsError):
            raise
        except AwsError as error:
            if not found:
                raise
            self._refuse(error)
        return tuple(filter(narrowed.takes, found))

    async def trace(self, trace_id: str) -> Trace | None:
        """The whole trace, without segments if it is not kept anywhere."""
        found = None
        async for update in OpenedTrace(self.name, trace_id).read(self.aws, self.clock, self._where):
            found = update.trace if isinstance(update, TraceRead) else found
        return found

    async def why_none(self) -> str:
        """The likeliest reason for an empty list."""
        return why_no_traces(self.function, invocations=await self._invocations(), destination=self._where.known)

    async def _invocations(self) -> float | None:
        query = MetricQuery(self.name, "Invocations", "Sum", period_of(self.window.seconds // 60))
        try:
            points = await measure(self.aws, (query,), self.window.start, self.window.end)
        except AwsError:
            return None
        return sum(value for _, value in points[query])

    def _refuse(self, error: AwsError) -> None:
        self.refused = True
        complain(error.line(), Exit.PARTIAL)
