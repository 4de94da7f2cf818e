"""What sources report, and the screens of where they look: the past tense of everything that can change the State.

Those of one function carry its name. An update is made once and read once: a tuple, whose class is made in a tenth of a
dataclass's 0.3 ms, thirty times before the first frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from lambdatop.model.logs.tail_status import POLLING

if TYPE_CHECKING:  # what most of these describe is far from being known when the first rows are to be painted
    from lambdatop.model.alarms.alarm import Alarm, Topics
    from lambdatop.model.alarms.definition import Watched
    from lambdatop.model.alarms.history import AlarmHistory
    from lambdatop.model.changes.effect import Effect
    from lambdatop.model.changes.marks import Change
    from lambdatop.model.changes.plan import Progress, Receipt
    from lambdatop.model.fleet.fleet import AccountMetrics
    from lambdatop.model.focus import Focus
    from lambdatop.model.function import Function
    from lambdatop.model.insights.insights import Insights
    from lambdatop.model.invocations.by_hand import Invoked
    from lambdatop.model.invocations.cold_starts import ColdStarts
    from lambdatop.model.logs.line import LogLine
    from lambdatop.model.logs.report import ReportSample
    from lambdatop.model.logs.tail_status import TailStatus
    from lambdatop.model.metrics import Charts, FunctionMetrics, Series
    from lambdatop.model.traces.downstream import Downstream
    from lambdatop.model.traces.segments import Trace
    from lambdatop.model.traces.summary import TraceSummary
    from lambdatop.model.traces.why_no_traces import Destination

FocusSource = Literal["charts", "logs", "traces", "trace", "downstream", "insights", "starts", "changes", "effect"]
"""The sources that look at the focus function alone: their trouble goes when the focus does."""
AccountSource = Literal["functions", "identity", "limits", "metrics", "reports", "alarms"]
"""The sources that look at the whole account, all the time."""
AlarmSource = Literal["alarm data", "topics", "reserved", "alarm history"]
"""The sources of the alarm screens, while one of those is open."""
SourceName = FocusSource | AccountSource | AlarmSource
FOCUS_SOURCES: Final[frozenset[FocusSource]] = frozenset(get_args(FocusSource))


class IdentityKnown(NamedTuple):
    account: str
    arn: str
    region: str


class RegionKnown(NamedTuple):
    """Where we are, though who we are was refused."""

    region: str


class LimitsKnown(NamedTuple):
    concurrent_executions: int


class FunctionsListed(NamedTuple):
    functions: tuple[Function, ...]
    complete: bool
    """False while the first listing is still being paged."""
    at: datetime


class FleetMeasured(NamedTuple):
    metrics: Mapping[str, FunctionMetrics]
    """Of some functions: those not named keep what they had, which is as of now if none is named."""
    at: datetime


class AccountMeasured(NamedTuple):
    metrics: AccountMetrics


class AlarmsListed(NamedTuple):
    alarms: tuple[Alarm, ...]
    at: datetime


class AlarmPastMeasured(NamedTuple):
    """What an alarm watches, over the last days."""

    watched: Watched
    series: Series


class TopicsListed(NamedTuple):
    topics: Topics


class ReservedRead(NamedTuple):
    function: str
    reserved: int | None
    """None where no concurrency is reserved."""


class AlarmHistoryRead(NamedTuple):
    history: AlarmHistory


class ReportsSampled(NamedTuple):
    function: str
    sample: ReportSample | None
    at: datetime


class FocusMoved(NamedTuple):
    focus: Focus


class ChartsMeasured(NamedTuple):
    function: str
    charts: Charts


class LogsArrived(NamedTuple):
    function: str
    lines: tuple[LogLine, ...]
    tail: TailStatus = POLLING


class TracesArrived(NamedTuple):
    function: str
    traces: tuple[TraceSummary, ...]
    """All of the window, newest first."""


class TraceRead(NamedTuple):
    """The opened trace; read anew while it is in progress."""

    function: str
    trace: Trace


class TraceDestinationKnown(NamedTuple):
    """Of the whole account."""

    destination: Destination


class DownstreamMeasured(NamedTuple):
    function: str
    downstream: Downstream


class InsightsMeasured(NamedTuple):
    function: str
    insights: Insights


class StartsMeasured(NamedTuple):
    function: str
    starts: ColdStarts


class ChangesFound(NamedTuple):
    function: str
    changes: tuple[Change, ...]
    """By time: what AWS tells of its deployments."""


class Trouble(StrEnum):
    """Whether asking again can help."""

    PASSING = "passing"
    CREDENTIALS = "credentials"
    """Only once the user has logged in."""
    SETTINGS = "settings"
    """Only with another profile, Region or endpoint."""


class SourceFailed(NamedTuple):
    source: SourceName
    error: str
    """One line that names the remedy."""
    at: datetime
    retry_in_s: float
    trouble: Trouble = Trouble.PASSING


class SourceAnswered(NamedTuple):
    source: SourceName
    at: datetime


class PlanAdvanced(NamedTuple):
    """A confirmed plan has come a step further."""

    progress: Progress


class PlanEnded(NamedTuple):
    """A confirmed plan has come to its end, whatever that was."""

    receipt: Receipt


class JournalRead(NamedTuple):
    """What the journal tells of this account and Region: by earlier sessions, and by other terminals."""

    receipts: tuple[Receipt, ...]
    """Of changes that came to their end, by time."""
    left: tuple[Receipt, ...]
    """Of changes that were left in the middle."""


class InvocationEnded(NamedTuple):
    """What the user invoked by hand has answered, or nobody knows."""

    invoked: Invoked


class EffectMeasured(NamedTuple):
    """What a change of this session has brought about so far; kept, whatever is in focus."""

    function: str
    receipt_id: str
    effect: Effect


class ApiUsed(NamedTuple):
    calls: int
    cost_usd: float
    usd_per_hour: float


Update = (
    IdentityKnown
    | RegionKnown
    | LimitsKnown
    | FunctionsListed
    | FleetMeasured
    | AccountMeasured
    | AlarmsListed
    | AlarmPastMeasured
    | TopicsListed
    | ReservedRead
    | AlarmHistoryRead
    | ReportsSampled
    | FocusMoved
    | ChartsMeasured
    | LogsArrived
    | TracesArrived
    | TraceRead
    | TraceDestinationKnown
    | DownstreamMeasured
    | InsightsMeasured
    | StartsMeasured
    | ChangesFound
    | SourceFailed
    | SourceAnswered
    | PlanAdvanced
    | PlanEnded
    | JournalRead
    | EffectMeasured
    | InvocationEnded
    | ApiUsed
)


FocusUpdate = (
    ChartsMeasured
    | LogsArrived
    | TracesArrived
    | TraceRead
    | DownstreamMeasured
    | InsightsMeasured
    | StartsMeasured
    | ChangesFound
)
