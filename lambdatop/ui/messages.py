"""What screens and panes tell the app: past tense, never a call."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from textual.message import Message

from lambdatop.model.alarms.alarm import Alarm
from lambdatop.model.focus import QueryAgreed
from lambdatop.model.metrics import Window

if TYPE_CHECKING:  # nobody plans before there is anything to be seen
    from lambdatop.model.changes.plan import Plan, Receipt
    from lambdatop.model.invocations import by_hand
    from lambdatop.model.invocations.invocation import Invocation
    from lambdatop.model.logs.line import LogLine
    from lambdatop.workflow.guard import Guarded

PaneName = Literal["charts", "log", "invocations", "traces", "downstream", "insights", "starts"]


class FocusWanted(Message):
    """The cursor rests on this function: its charts, log and traces are wanted."""

    def __init__(self, function: str) -> None:
        super().__init__()
        self.function = function


class FunctionOpened(Message):
    """A function was opened, perhaps on one of its panes."""

    def __init__(self, function: str, pane: PaneName | None = None) -> None:
        super().__init__()
        self.function = function
        self.pane = pane


class PanesChanged(Message):
    """Other panes are in view than before: what nobody sees need not be asked for."""


class TraceOpened(Message):
    """A trace of the function in focus was opened, out of a list as it was shown."""

    def __init__(self, trace_id: str, among: Sequence[str] = ()) -> None:
        super().__init__()
        self.trace_id = trace_id
        self.among = among


class InvocationOpened(Message):
    """An invocation was opened: its lines in the log, and why it has no trace, should it have none."""

    def __init__(self, invocation: "Invocation", lines: "Sequence[LogLine]", no_trace: str) -> None:
        super().__init__()
        self.invocation = invocation
        self.lines = lines
        self.no_trace = no_trace


class LogEventOpened(Message):
    """One line of a log was opened."""

    def __init__(self, line: "LogLine") -> None:
        super().__init__()
        self.line = line


class MomentWanted(Message):
    """This stretch was pointed at; None lets log, invocations and traces go on live."""

    def __init__(self, moment: Window | None) -> None:
        super().__init__()
        self.moment = moment


class LogWanted(Message):
    """The log read so far back in minutes, None for its newest lines; by Live Tail or by polling."""

    def __init__(self, minutes: int | None, *, live: bool) -> None:
        super().__init__()
        self.minutes = minutes
        self.live = live


class WindowWanted(Message):
    """Another focus window: its length in minutes, and its end; None ends it now, for ever."""

    def __init__(self, minutes: int, until: datetime | None = None) -> None:
        super().__init__()
        self.minutes = minutes
        self.until = until


class QueryPriced(Message):
    """A Logs Insights query that counts cold starts is wanted at a price: `agreed` holds if the user says yes to it."""

    def __init__(self, agreed: QueryAgreed, question: str, reasons: Sequence[str], *, yes: str) -> None:
        super().__init__()
        self.agreed = agreed
        self.question = question
        self.reasons = reasons
        self.yes = yes


class RequestWanted(Message):
    """The log lines of one request of the function in focus are wanted, first those written around a moment.

    `within` is when it ran; without it the request is taken to have begun about then.
    """

    def __init__(self, request_id: str, around: datetime, within: Window | None = None) -> None:
        super().__init__()
        self.request_id = request_id
        self.around = around
        self.within = within or Window(around, around)


class AlarmEditWanted(Message):
    """This alarm is to have another condition or other topics."""

    def __init__(self, alarm: Alarm) -> None:
        super().__init__()
        self.alarm = alarm


class AlarmLookedAt(Message):
    """The cursor rests on this alarm: its history is wanted."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class PlanWanted(Message):
    """A plan was made on a screen; it is to be guarded, shown and asked about."""

    def __init__(self, plan: "Plan") -> None:
        super().__init__()
        self.plan = plan


class PlanConfirmed(Message):
    """The user has said yes to a plan: the only way by which anything is ever written."""

    def __init__(self, guarded: "Guarded") -> None:
        super().__init__()
        self.guarded = guarded


class UndoWanted(Message):
    """What a receipt tells is to be taken back: a plan that does is to be made and asked about."""

    def __init__(self, receipt: "Receipt") -> None:
        super().__init__()
        self.receipt = receipt


class InvocationConfirmed(Message):
    """The user has said yes to an invocation by hand."""

    def __init__(self, invocation: "by_hand.ManualInvocation") -> None:
        super().__init__()
        self.invocation = invocation
