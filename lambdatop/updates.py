"""What sources report, and the screens of where they look: the past tense of everything that can change the State.

Those of one function carry its name. All are plain values, so that `updates_codec` can send them to another process;
what most of them describe is imported only there, for the first frame does not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, get_args

from msgspec import Struct

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


class Reported(Struct, frozen=True, tag=True, gc=False):
    """What all updates are: named by their class where they are bytes, and in no cycle."""


class IdentityKnown(Reported, frozen=True):
    account: str
    arn: str
    region: str


class RegionKnown(Reported, frozen=True):
    """Where we are, though who we are was refused."""

    region: str


class LimitsKnown(Reported, frozen=True):
    concurrent_executions: int


class FunctionsListed(Reported, frozen=True):
    functions: tuple[Function, ...]
    complete: bool
    """False while the first listing is still being paged."""
    at: datetime


class FleetMeasured(Reported, frozen=True):
    metrics: Mapping[str, FunctionMetrics]
    """Of some functions: those not named keep what they had, which is as of now if none is named."""
    at: datetime


class AccountMeasured(Reported, frozen=True):
    metrics: AccountMetrics


class AlarmsListed(Reported, frozen=True):
    alarms: tuple[Alarm, ...]
    at: datetime


class AlarmPastMeasured(Reported, frozen=True):
    """What an alarm watches, over the last days."""

    watched: Watched
    series: Series


class TopicsListed(Reported, frozen=True):
    topics: Topics


class ReservedRead(Reported, frozen=True):
    function: str
    reserved: int | None
    """None where no concurrency is reserved."""


class AlarmHistoryRead(Reported, frozen=True):
    history: AlarmHistory


class ReportsSampled(Reported, frozen=True):
    function: str
    sample: ReportSample | None
    at: datetime


class FocusMoved(Reported, frozen=True):
    focus: Focus


class ChartsMeasured(Reported, frozen=True):
    function: str
    charts: Charts


class LogsArrived(Reported, frozen=True):
    function: str
    lines: tuple[LogLine, ...]
    tail: TailStatus = POLLING


class TracesArrived(Reported, frozen=True):
    function: str
    traces: tuple[TraceSummary, ...]
    """All of the window, newest first."""


class TraceRead(Reported, frozen=True):
    """The opened trace; read anew while it is in progress."""

    function: str
    trace: Trace


class TraceDestinationKnown(Reported, frozen=True):
    """Of the whole account."""

    destination: Destination


class DownstreamMeasured(Reported, frozen=True):
    function: str
    downstream: Downstream


class InsightsMeasured(Reported, frozen=True):
    function: str
    insights: Insights


class StartsMeasured(Reported, frozen=True):
    function: str
    starts: ColdStarts


class ChangesFound(Reported, frozen=True):
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


class SourceFailed(Reported, frozen=True):
    source: SourceName
    error: str
    """One line that names the remedy."""
    at: datetime
    retry_in_s: float
    trouble: Trouble = Trouble.PASSING


class SourceAnswered(Reported, frozen=True):
    source: SourceName
    at: datetime


class PlanAdvanced(Reported, frozen=True):
    """A confirmed plan has come a step further."""

    progress: Progress


class PlanEnded(Reported, frozen=True):
    """A confirmed plan has come to its end, whatever that was."""

    receipt: Receipt


class JournalRead(Reported, frozen=True):
    """What the journal tells of this account and Region: by earlier sessions, and by other terminals."""

    receipts: tuple[Receipt, ...]
    """Of changes that came to their end, by time."""
    left: tuple[Receipt, ...]
    """Of changes that were left in the middle."""


class InvocationEnded(Reported, frozen=True):
    """What the user invoked by hand has answered, or nobody knows."""

    invoked: Invoked


class EffectMeasured(Reported, frozen=True):
    """What a change of this session has brought about so far; kept, whatever is in focus."""

    function: str
    receipt_id: str
    effect: Effect


class ApiUsed(Reported, frozen=True):
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
